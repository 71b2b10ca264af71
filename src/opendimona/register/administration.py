"""Reference data: employers and persons, put in by batches; and forgetting everything (sandbox)."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from opendimona.core.file import Employer
from opendimona.register.arrays import booleans, integers, texts, words
from opendimona.register.entries import EmployerEntry, InvalidEntry, WorkerEntry, employer_entry_keys, worker_entry_ssin
from opendimona.register.interface import EmployerKey
from opendimona.register.notices.kinds import EMPLOYER_RENUMBERED
from opendimona.register.notices.outbox import Told, tell
from opendimona.register.persons import COLUMNS, REPLACE
from opendimona.register.repertory import RAISE_VERSION, keys_of
from opendimona.register.store import READ_EMPLOYERS as READ
from opendimona.register.store import Connection, employer_of, employer_parameters, fetch

CHUNK = 5000
FORGET_ATTEMPTS = 5
INSERT_EMPLOYERS: LiteralString = """
    INSERT INTO employer (nsso, provisional, enterprise, name, active_from, active_to, kind, sub_entities,
                          is_secured_only, is_migrated, may_register_daily)
    SELECT nsso, provisional, enterprise, name, active_from, active_to, kind,
           string_to_array(subs, E'\\n'), secured, migrated, daily
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::text[],
                  %s::boolean[], %s::boolean[], %s::boolean[])
        AS w (nsso, provisional, enterprise, name, active_from, active_to, kind, subs, secured, migrated, daily)"""
UPDATE_EMPLOYERS: LiteralString = """
    UPDATE employer SET nsso = coalesce(w.nsso, employer.nsso),
           provisional = coalesce(w.provisional, employer.provisional),
           enterprise = coalesce(w.enterprise, employer.enterprise), name = w.name, active_from = w.active_from,
           active_to = w.active_to, kind = w.kind, sub_entities = string_to_array(w.subs, E'\\n'),
           is_secured_only = w.secured, is_migrated = w.migrated, may_register_daily = w.daily,
           is_assumed = false
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[],
                  %s::text[], %s::text[], %s::boolean[], %s::boolean[], %s::boolean[])
        AS w (id, nsso, provisional, enterprise, name, active_from, active_to, kind, subs, secured, migrated, daily)
     WHERE employer.id = w.id"""
FORGET: LiteralString = (
    "TRUNCATE employer, person, journal, period, daily_registration, idempotency_key, pending, worker_total, "
    "employer_total, employer_day, identity_event, employer_former_number, outbox, notice, notice_block, inbox, "
    "acknowledgement, endpoint, dead_letter, pending_reminder, filing_task, filing_task_item, filed_for, "
    "followed_employer"
)  # fmt: skip
FOLLOW: LiteralString = """
    INSERT INTO followed_employer (employer) SELECT id FROM employer WHERE nsso = ANY(%s::bigint[])
    ON CONFLICT DO NOTHING"""
UPSERT_PERSONS: LiteralString = f"""
    INSERT INTO person ({COLUMNS})
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::text[], %s::boolean[], %s::boolean[],
                         %s::text[], %s::integer[], %s::integer[], %s::text[])
    {REPLACE}"""


async def put_employers(connection: Connection, entries: Sequence[EmployerEntry]) -> int:
    """Put employers in the repertory, all or none: each replaces the one that bears any of its numbers, or is new.

    Raises InvalidEntry for a malformed number, or for numbers that belong to different employers.
    """
    keyed = [employer_entry_keys(entry, index) for index, entry in enumerate(entries)]
    async with connection.transaction():
        for first in range(0, len(entries), CHUNK):
            await put_chunk(connection, entries[first : first + CHUNK], keyed[first : first + CHUNK], first)
    return len(entries)


async def put_chunk(
    connection: Connection, entries: Sequence[EmployerEntry], keyed: Sequence[list[EmployerKey]], first: int
) -> None:
    """Put one chunk of employers, within an open transaction."""
    rows = await fetch(connection, READ, *employer_parameters({key for keys in keyed for key in keys}, ()))
    owner: dict[EmployerKey, int] = {}
    before: dict[int, Employer] = {}
    for employer in map(employer_of, rows):
        before[employer.id] = employer
        for key in keys_of(employer):
            owner[key] = employer.id
    renumbered: list[Told] = []
    known: dict[int, tuple[Any, ...]] = {}
    fresh: list[tuple[Any, ...]] = []
    seen: set[EmployerKey] = set()
    for index, (entry, keys) in enumerate(zip(entries, keyed, strict=True)):
        owners = {owner[key] for key in keys if key in owner}
        if len(owners) > 1 or (not owners and not seen.isdisjoint(keys)):
            raise InvalidEntry(
                first + index, "enterpriseNumber", "these numbers belong to different employers, or stand twice"
            )
        seen.update(keys)
        columns = employer_columns(entry, keys)
        if owners:
            number = owners.pop()
            known[number] = columns
            if not before[number].is_assumed and not set(keys) <= set(keys_of(before[number])):
                renumbered.append(Told(kind=EMPLOYER_RENUMBERED, employer=number))
        else:
            fresh.append(columns)
    if fresh:
        await connection.execute(INSERT_EMPLOYERS, arrays(fresh))
    if known:
        await connection.execute(UPDATE_EMPLOYERS, (integers(known), *arrays(list(known.values()))))
        await connection.execute(RAISE_VERSION)
    await tell(connection, renumbered)


def employer_columns(entry: EmployerEntry, keys: list[EmployerKey]) -> tuple[Any, ...]:
    """The columns of an employer in the order of `INSERT_EMPLOYERS`."""
    numbers: dict[str, int] = dict(keys)
    flags = entry.flags or []
    return (
        numbers.get("nsso"),
        numbers.get("provisional"),
        numbers.get("enterprise"),
        entry.name,
        entry.active_from,
        entry.active_to,
        entry.kind,
        "\n".join(entry.sub_entities or []),
        "securedChannelOnly" in flags,
        "notMigrated" not in flags,
        "dailyRegistration" in flags,
    )


def arrays(rows: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """The rows of `employer_columns` as one array per column."""
    c = list(zip(*rows, strict=True))
    return (
        integers(c[0]), integers(c[1]), integers(c[2]), texts(c[3]), words(c[4]), words(c[5]), words(c[6]), texts(c[7]),
        booleans(c[8]), booleans(c[9]), booleans(c[10]),
    )  # fmt: skip


async def put_workers(connection: Connection, entries: Sequence[WorkerEntry]) -> int:
    """Put persons in the register of persons, all or none; each replaces the one with its SSIN. Raises InvalidEntry."""
    persons = {worker_entry_ssin(entry, index): entry for index, entry in enumerate(entries)}
    ssins = sorted(persons)
    async with connection.transaction():
        for first in range(0, len(ssins), CHUNK):
            chunk = ssins[first : first + CHUNK]
            some = [persons[ssin] for ssin in chunk]
            columns = (
                integers(chunk), texts([p.family_name for p in some]), texts([p.given_name for p in some]),
                words([p.birth_date for p in some]), texts([None if p.gender is None else str(p.gender) for p in some]),
                booleans([p.flexi_eligible is not False for p in some]), booleans([bool(p.pensioner) for p in some]),
                texts([p.place_of_birth for p in some]), integers([p.country_of_birth for p in some]),
                integers([p.nationality for p in some]), texts([p.post_code for p in some]),
            )  # fmt: skip
            await connection.execute(UPSERT_PERSONS, columns, prepare=True)
    return len(entries)


async def follow_employers(connection: Connection, numbers: Sequence[int]) -> None:
    """From now on, an answer that a program had at once is a notice to these employers (NSSO numbers) too."""
    await connection.execute(FOLLOW, (integers(numbers),), prepare=True)


async def forget_everything(connection: Connection) -> None:
    """Empty the register: employers, persons, journal, periods, registrations, keys, notices. No number is reused.

    Whoever reads several tables at the moment may have taken them in another order: then once more.
    """
    for attempt in range(FORGET_ATTEMPTS):
        try:
            async with connection.transaction():
                await connection.execute(FORGET)
                await connection.execute(RAISE_VERSION)
            return
        except psycopg.errors.DeadlockDetected:
            if attempt == FORGET_ATTEMPTS - 1:
                raise
