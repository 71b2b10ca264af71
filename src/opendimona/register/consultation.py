"""Reading the register: a declaration, a period, and the searches; now, or as the register knew it at a past moment."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec

from opendimona.core.declaration import Declaration
from opendimona.core.file import Employer, Person
from opendimona.register.arrays import integers
from opendimona.register.interface import Answer, Caller, Criteria, NotFound, PeriodView, RelationView
from opendimona.register.store import (
    EMPLOYER_COLUMNS,
    PERIOD_COLUMNS,
    PERSON_COLUMNS,
    Connection,
    anomalies_of,
    employer_of,
    fetch,
    period_of,
    person_of,
    read_employers,
)
from opendimona.register.units import DECLARATION_WITHIN, PERIOD_WITHIN, is_within, read_units

EMPLOYER_WIDTH = len(EMPLOYER_COLUMNS.split(","))
PERSON_WIDTH = len(PERSON_COLUMNS.split(","))
PERIOD_WIDTH = len(PERIOD_COLUMNS.split(","))
_employer: LiteralString = ", ".join(["e." + column.strip() for column in EMPLOYER_COLUMNS.split(",")])
_person: LiteralString = ", ".join(["person." + column.strip() for column in PERSON_COLUMNS.split(",")])
_period: LiteralString = ", ".join(["p." + column.strip() for column in PERIOD_COLUMNS.split(",")])

SAME_PERSON: LiteralString = """ANY(ARRAY(
    SELECT %(ssin)s::bigint
     UNION SELECT replaced_by FROM person WHERE ssin = %(ssin)s AND replaced_by IS NOT NULL
     UNION SELECT unnest(formerly) FROM person
            WHERE ssin = coalesce((SELECT replaced_by FROM person WHERE ssin = %(ssin)s), %(ssin)s)))"""
"""Every SSIN of the person who bears one: the one asked for, the one in force, and those before."""
_ANSWERS: LiteralString = f"""
    SELECT j.number, j.entry::text, coalesce(d.result, j.result)::text,
           CASE WHEN d.number IS NULL THEN j.anomalies ELSE d.anomalies END,
           coalesce(d.is_late, j.is_late), coalesce(d.deadline, j.deadline), j.body,
           CASE WHEN d.entry = 'z' THEN NULL ELSE coalesce(d.period, j.period) END,
           j.received_at, j.recorded_at, j.filed_by,
           CASE WHEN d.entry = 'z' THEN NULL ELSE coalesce(nullif(d.ssin, 0), nullif(j.ssin, 0)) END, e.id IS NOT NULL,
           {_employer}, {_person}
      FROM """
_DECIDED: LiteralString = """ AS j
      LEFT JOIN LATERAL (  -- what was decided last: a decision, or its undoing
           SELECT * FROM journal AS d WHERE d.number = j.number AND d.entry IN ('d', 'z')
            ORDER BY d.recorded_at DESC LIMIT 1) AS d ON true
      LEFT JOIN employer AS known ON known.id = j.employer
      LEFT JOIN employer AS e ON e.id = coalesce(known.merged_into, known.id)
      LEFT JOIN person ON d.entry IS DISTINCT FROM 'z'
                      AND person.ssin = coalesce(nullif(d.ssin, 0), nullif(j.ssin, 0))
     WHERE j.entry IN ('i', 'o', 'u', 'c', 'r')"""
JOURNAL: LiteralString = _ANSWERS + "journal" + _DECIDED
OF_WORKER: LiteralString = f"""(
    SELECT * FROM journal WHERE ssin = {SAME_PERSON}
     UNION ALL SELECT * FROM journal  -- those that were identified later stand under nobody
                WHERE ssin = 0 AND number = ANY(ARRAY(
                      SELECT number FROM journal WHERE ssin = {SAME_PERSON} AND entry = 'd')))"""
"""What stands in the file of a person, or was found to be of that person."""
OF_EMPLOYERS: LiteralString = """
    SELECT * FROM journal WHERE period IS NULL AND employer = ANY(%(employers)s)
     UNION ALL SELECT * FROM journal WHERE period IS NOT NULL AND employer = ANY(%(employers)s) AND ssin = ANY(ARRAY(
               SELECT DISTINCT ssin FROM period WHERE version = 0 AND employer = ANY(%(employers)s)))"""
"""What was declared for employers: what has no period by an index of its own, the rest by its workers."""
OF_NOBODY: LiteralString = """
     UNION ALL SELECT * FROM journal WHERE period IS NULL AND employer IS NULL AND filed_by = %(client)s"""
"""What a client filed for an employer who is not known."""
PERIODS: LiteralString = f"""
    SELECT p.ssin, p.recorded_from, {_period}, {_employer}, {_person}
      FROM period AS p JOIN employer AS known ON known.id = p.employer
      JOIN employer AS e ON e.id = coalesce(known.merged_into, known.id) LEFT JOIN person ON person.ssin = p.ssin
     WHERE p.recorded_from <= %(as_of)s AND p.recorded_to > %(as_of)s"""
NOW: LiteralString = f"""
    SELECT p.ssin, p.recorded_from, {_period}, {_employer}, {_person}
      FROM period AS p JOIN employer AS e ON e.id = p.employer LEFT JOIN person ON person.ssin = p.ssin
     WHERE p.recorded_to = 'infinity'"""
MERGED: LiteralString = "SELECT id FROM employer WHERE merged_into = ANY(%s::bigint[])"
_declaration = msgspec.json.Decoder(Declaration)


def answer_of(row: Sequence[Any]) -> tuple[Answer, str]:
    """An answer from a row of `JOURNAL`, and the client that filed it."""
    ssin = row[11]
    employer = employer_of(row[13 : 13 + EMPLOYER_WIDTH]) if row[12] else None
    worker = None if ssin is None else person_of(ssin, known_or_default(row[13 + EMPLOYER_WIDTH :]))
    return Answer(
        number=row[0], result=row[2], anomalies=anomalies_of(row[3]), is_late=row[4], deadline=row[5],
        declaration=_declaration.decode(row[6]), period_number=row[7], employer=employer, worker=worker,
        received_at=row[8], recorded_at=row[9],
    ), row[10]  # fmt: skip


def known_or_default(columns: Sequence[Any]) -> Sequence[Any]:
    """The columns of a person, with the defaults of one who is not in the register of persons."""
    return (*columns[:4], True, False, None, None) if columns[4] is None else columns


def view_of(row: Sequence[Any]) -> PeriodView:
    """A period as shown, from a row of `PERIODS`."""
    employer = employer_of(row[2 + PERIOD_WIDTH : 2 + PERIOD_WIDTH + EMPLOYER_WIDTH])
    worker = person_of(row[0], known_or_default(row[2 + PERIOD_WIDTH + EMPLOYER_WIDTH :]))
    return PeriodView(period=period_of(row[2:]), employer=employer, worker=worker, recorded_from=row[1])


def may_read(answer: Answer, filed_by: str, caller: Caller) -> bool:
    """Whether a caller may read a declaration: by mandate or, when its employer is not known, as its sender."""
    if answer.employer is None:
        return caller.is_operator or filed_by == caller.client
    return caller.may_act_for(answer.employer)


async def is_of_unit(connection: Connection, caller: Caller, *numbers: int | None) -> bool:
    """Whether one of these declarations or periods is of the unit that a caller is bounded to, if it is."""
    if not caller.is_bounded:
        return True
    units = await read_units(connection, [number for number in numbers if number is not None])
    return is_within(caller, units, numbers)


async def read_answer(connection: Connection, number: int, caller: Caller) -> Answer:
    """The declaration with this number and the answer in force. Raises NotFound."""
    for row in await fetch(connection, JOURNAL + " AND j.number = %s", number):
        answer, filed_by = answer_of(row)
        if may_read(answer, filed_by, caller) and await is_of_unit(connection, caller, number, answer.period_number):
            return answer
    raise NotFound


async def read_answers(connection: Connection, numbers: Sequence[int], caller: Caller) -> dict[int, Answer]:
    """The declarations with these numbers that a caller may read, by number."""
    rows = await fetch(connection, JOURNAL + " AND j.number = ANY(%s::bigint[])", integers(numbers))
    found = [answer_of(row) for row in rows]
    concerned = {number for answer, _ in found for number in (answer.number, answer.period_number) if number}
    units = await read_units(connection, concerned) if caller.is_bounded else {}
    return {
        answer.number: answer
        for answer, filed_by in found
        if may_read(answer, filed_by, caller) and is_within(caller, units, (answer.number, answer.period_number))
    }


async def read_period(connection: Connection, number: int, caller: Caller, as_of: datetime | None) -> PeriodView:
    """The period with this number, now or as the register knew it. Raises NotFound."""
    owners = await fetch(connection, "SELECT DISTINCT ssin FROM journal WHERE number = %s AND ssin <> 0", number)
    for (ssin,) in owners:
        view = await find_version(connection, ssin, number, as_of)
        if view is not None and caller.may_act_for(view.employer) and await is_of_unit(connection, caller, number):
            return view
    raise NotFound


async def find_version(connection: Connection, ssin: int, number: int, as_of: datetime | None) -> PeriodView | None:
    """The version of a period in force, or None when the register did not know the period yet."""
    text = (NOW if as_of is None else PERIODS) + " AND p.ssin = %(ssin)s AND p.number = %(number)s"
    cursor = await connection.execute(text, {"as_of": as_of, "ssin": ssin, "number": number}, prepare=True)
    row = await cursor.fetchone()
    return None if row is None else view_of(row)


async def employers_searched(connection: Connection, criteria: Criteria, caller: Caller) -> list[int] | None:
    """The ids of the employers that a search is bounded to, and of those merged into them; None: every employer."""
    if criteria.employer is not None:
        found: Iterable[Employer] = await read_employers(connection, [criteria.employer])
    elif caller.mandate is not None:
        found = await read_employers(connection, caller.mandate)
    else:
        return None
    ids = sorted({employer.id for employer in found if caller.may_act_for(employer)})
    merged = await fetch(connection, MERGED, integers(ids))
    return [*ids, *(row[0] for row in merged)]


def conditions(criteria: Criteria, ids: list[int] | None, caller: Caller) -> tuple[LiteralString, dict[str, Any]]:
    """The conditions of a search of periods, and their parameters."""
    text: LiteralString = ""
    values: dict[str, Any] = {"as_of": criteria.as_of, "from": criteria.from_date, "to": criteria.to_date}
    if caller.is_bounded:
        text += PERIOD_WITHIN
        values["unit"] = caller.unit
    if ids is not None:
        text += " AND p.employer = ANY(%(employers)s)"
        values["employers"] = ids
    if ids is not None and criteria.ssin is None and not caller.is_bounded:  # else the workers are known already
        text += """ AND p.ssin = ANY(ARRAY(
                SELECT DISTINCT ssin FROM period WHERE version = 0 AND employer = ANY(%(employers)s)))"""
    if criteria.ssin is not None:
        text += f" AND p.ssin = {SAME_PERSON}"
        values["ssin"] = criteria.ssin
    if not criteria.include_cancelled or criteria.scope == "active":
        text += " AND NOT p.is_cancelled"
    if criteria.scope == "mutations":
        text += """ AND (p.start_date BETWEEN coalesce(%(from)s::date, '-infinity')
                                         AND coalesce(%(to)s::date, 'infinity')
                      OR p.end_date BETWEEN coalesce(%(from)s::date, '-infinity')
                                        AND coalesce(%(to)s::date, 'infinity'))"""
    elif criteria.from_date is not None or criteria.to_date is not None:
        text += """ AND p.start_date <= coalesce(%(to)s::date, 'infinity')
                    AND (p.end_date IS NULL OR p.end_date >= coalesce(%(from)s::date, '-infinity'))"""
    return text, values


async def search_periods(
    connection: Connection, criteria: Criteria, caller: Caller, limit: int, offset: int
) -> list[PeriodView]:
    """Periods by start date, then number."""
    ids = await employers_searched(connection, criteria, caller)
    text, values = conditions(criteria, ids, caller)
    statement = (NOW if criteria.as_of is None else PERIODS) + text
    statement += " ORDER BY p.start_date, p.number LIMIT %(limit)s OFFSET %(offset)s"
    cursor = await connection.execute(statement, values | {"limit": limit, "offset": offset})
    return [view_of(row) for row in await cursor.fetchall()]


async def search_declarations(
    connection: Connection, criteria: Criteria, caller: Caller, limit: int, offset: int
) -> list[Answer]:
    """Declarations in order of filing, those for employers that are not known among them for the one who filed them."""
    ids = await employers_searched(connection, criteria, caller)
    values: dict[str, Any] = {
        "employers": ids, "ssin": criteria.ssin, "client": caller.client, "unit": caller.unit, "as_of": criteria.as_of,
        "limit": limit, "offset": offset,
    }  # fmt: skip
    until: LiteralString = "" if criteria.as_of is None else " AND j.recorded_at <= %(as_of)s"
    page: LiteralString = " ORDER BY j.recorded_at, j.number LIMIT %(limit)s OFFSET %(offset)s"
    if criteria.ssin is None and ids is not None and not caller.is_bounded:
        source = OF_EMPLOYERS if criteria.employer is not None else OF_EMPLOYERS + OF_NOBODY
        # What a page holds is chosen first: the rest is looked up for that alone.
        chosen = f"(SELECT * FROM ({source}) AS j WHERE j.entry IN ('i', 'o', 'u', 'c', 'r'){until}{page})"
        cursor = await connection.execute(_ANSWERS + chosen + _DECIDED + " ORDER BY j.recorded_at, j.number", values)
        return [answer_of(row)[0] for row in await cursor.fetchall()]
    text: LiteralString = ""
    if criteria.ssin is not None:
        text += f" AND (j.ssin = {SAME_PERSON} OR (d.entry = 'd' AND d.ssin = {SAME_PERSON}))"
    if caller.is_bounded:
        text += DECLARATION_WITHIN
    if ids is not None:
        text += " AND (j.employer = ANY(%(employers)s)"
        text += ")" if criteria.employer is not None else " OR (j.employer IS NULL AND j.filed_by = %(client)s))"
    elif not caller.is_operator:
        text += " AND (j.employer IS NOT NULL OR j.filed_by = %(client)s)"
    source = "journal" if criteria.ssin is None else OF_WORKER
    cursor = await connection.execute(_ANSWERS + source + _DECIDED + text + until + page, values)
    return [answer_of(row)[0] for row in await cursor.fetchall()]


RELATIONS: LiteralString = f"""
    SELECT r.ssin, r.first_day, r.last_day, {_employer}, {_person}
      FROM (SELECT p.ssin, coalesce(known.merged_into, known.id) AS employer, min(p.start_date) AS first_day,
                   CASE WHEN bool_or(p.end_date IS NULL) THEN NULL ELSE max(p.end_date) END AS last_day
              FROM period AS p JOIN employer AS known ON known.id = p.employer WHERE NOT p.is_cancelled
               AND p.recorded_from <= %(as_of)s AND p.recorded_to > %(as_of)s"""


async def search_relations(
    connection: Connection, criteria: Criteria, caller: Caller, limit: int, offset: int
) -> list[RelationView]:
    """Relations by SSIN, then employer; cancelled periods are left out."""
    ids = await employers_searched(connection, criteria, caller)
    plain = Criteria(ssin=criteria.ssin)
    text, values = conditions(plain, ids, caller)
    statement = RELATIONS + text + " GROUP BY 1, 2) AS r JOIN employer AS e ON e.id = r.employer"
    statement += " LEFT JOIN person ON person.ssin = r.ssin WHERE true"
    if criteria.scope != "mutations":
        statement += """ AND r.first_day <= coalesce(%(to)s::date, 'infinity')
            AND (r.last_day IS NULL OR r.last_day >= coalesce(%(from)s::date, '-infinity'))"""
    else:
        statement += """ AND (r.first_day BETWEEN coalesce(%(from)s::date, '-infinity')
                                 AND coalesce(%(to)s::date, 'infinity')
            OR r.last_day BETWEEN coalesce(%(from)s::date, '-infinity') AND coalesce(%(to)s::date, 'infinity'))"""
    statement += " ORDER BY r.ssin, r.employer LIMIT %(limit)s OFFSET %(offset)s"
    moment = criteria.as_of if criteria.as_of is not None else datetime.max.replace(year=9998, tzinfo=UTC)
    values |= {"as_of": moment, "from": criteria.from_date, "to": criteria.to_date, "limit": limit, "offset": offset}
    cursor = await connection.execute(statement, values)
    return [relation_of(row) for row in await cursor.fetchall()]


def relation_of(row: Sequence[Any]) -> RelationView:
    """A relation from a row of `RELATIONS`."""
    employer = employer_of(row[3 : 3 + EMPLOYER_WIDTH])
    worker: Person = person_of(row[0], known_or_default(row[3 + EMPLOYER_WIDTH :]))
    return RelationView(employer=employer, worker=worker, start=row[1], end=row[2])
