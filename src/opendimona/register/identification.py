"""Who may be meant: persons of the register fetched by several blocking keys at once, then ranked by the core.

A person is fetched who has the birth date, or one slip away from it the same key of a name (whichever of the two), or
both keys. What a key forgives says `name_key` in the schema. No extension of PostgreSQL is needed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString

from opendimona.core.identity.dates import slips_of, swapped
from opendimona.core.identity.ranking import SHOWN, Candidate, Identity, Record, rank
from opendimona.law.identification import load_weights
from opendimona.register.arrays import integers
from opendimona.register.persons import FAMILY_NAME, FIRST_NAME
from opendimona.register.store import Connection, fetch

RECORD_COLUMNS: LiteralString = (
    "p.ssin, p.family_name, p.given_name, p.birth_date, p.gender, p.birth_place, p.birth_country, p.nationality, "
    "p.post_code, p.replaced_by"
)
WANTED: LiteralString = "ARRAY[name_key(%(family)s), name_key(split_part(translate(%(given)s, '-', ' '), ' ', 1))]"
BLOCKS: LiteralString = f"""
    SELECT {RECORD_COLUMNS} FROM person AS p WHERE p.ssin = ANY(ARRAY(
        (SELECT ssin FROM person WHERE birth_date = ANY(%(births)s::date[]) LIMIT 2000)
        UNION
        (SELECT ssin FROM person
          WHERE {FAMILY_NAME} = ANY({WANTED}) AND birth_date = ANY(%(slips)s::date[]) LIMIT 400)
        UNION
        (SELECT ssin FROM person
          WHERE {FAMILY_NAME} = ANY({WANTED}) AND birth_date BETWEEN %(first)s AND %(last_without_day)s LIMIT 1000)
        UNION
        (SELECT ssin FROM person
          WHERE {FIRST_NAME} = ANY({WANTED}) AND birth_date = ANY(%(slips)s::date[]) LIMIT 1000)
        UNION
        (SELECT ssin FROM person
          WHERE {FAMILY_NAME} = ANY({WANTED}) AND {FIRST_NAME} = ANY({WANTED})
            AND birth_date BETWEEN %(first)s AND %(last)s LIMIT 400)
        UNION
        (SELECT ssin FROM person
          WHERE {FAMILY_NAME} = ANY({WANTED}) AND {FIRST_NAME} = ANY({WANTED}) LIMIT 200)))"""
BY_SSIN: LiteralString = f"SELECT {RECORD_COLUMNS} FROM person AS p WHERE p.ssin = ANY(%s::bigint[])"


def record_of(row: Sequence[Any]) -> Record:
    """A person from a row of `RECORD_COLUMNS`."""
    return Record(
        ssin=row[0], family_name=row[1], given_name=row[2], birth=row[3], gender=row[4], birth_place=row[5],
        birth_country=row[6], nationality=row[7], post_code=row[8], replaced_by=row[9],
    )  # fmt: skip


def block_parameters(identity: Identity) -> dict[str, Any]:
    """What `BLOCKS` takes for an identity. Without a birth date only the names lead to anybody."""
    births: list[date] = []
    slips: list[date] = []
    first, last = date(1, 1, 1), date.max
    if identity.birth is not None:
        year = identity.birth.year
        first, last = date(year, 1, 1), date(year, 12, 31)
        if identity.is_day_known:
            births = [identity.birth]
            slips = sorted({*slips_of(identity.birth), *filter(None, [swapped(identity.birth)]), first})
    return {
        "family": identity.family_name or "", "given": identity.given_name or "", "births": births, "slips": slips,
        "first": first, "last": last,
        # Of a year without a day only the names lead to the person: the key of the family name has to do.
        "last_without_day": first if identity.is_day_known or identity.birth is None else last,
    }  # fmt: skip


async def find_candidates(connection: Connection, identity: Identity, limit: int = SHOWN) -> tuple[Candidate, ...]:
    """The persons of the register who may be the one, best first, replaced SSINs under the one in force."""
    cursor = await connection.execute(BLOCKS, block_parameters(identity), prepare=True, binary=True)
    records = [record_of(row) for row in await cursor.fetchall()]
    known = {record.ssin for record in records}
    missing = {record.replaced_by for record in records if record.replaced_by is not None} - known
    if missing:
        records += [record_of(row) for row in await fetch(connection, BY_SSIN, integers(sorted(missing)))]
    return rank(identity, records, load_weights(), limit)


async def find_numbers(connection: Connection, ssins: Sequence[int]) -> tuple[Candidate, ...]:
    """The persons with these SSINs, replaced ones under the one in force; nothing is said of their names."""
    records = [record_of(row) for row in await fetch(connection, BY_SSIN, integers(ssins))]
    current = {record.replaced_by or record.ssin: record for record in records}
    missing = current.keys() - {record.ssin for record in records}
    found = records + [record_of(row) for row in await fetch(connection, BY_SSIN, integers(sorted(missing)))]
    by_ssin = {record.ssin: record for record in found}
    return tuple(
        Candidate(
            record=by_ssin.get(ssin, record), points=0.0, certainty=0.0, reasons=(),
            found_as=None if record.ssin == ssin else record.ssin,
        )
        for ssin, record in sorted(current.items())
    )  # fmt: skip
