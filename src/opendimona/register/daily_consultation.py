"""Reading a daily registration, now or as the register knew it at a past moment."""

from datetime import datetime
from typing import LiteralString

from opendimona.register.consultation import EMPLOYER_WIDTH, is_of_unit, known_or_default
from opendimona.register.daily import COLUMNS, registration_of
from opendimona.register.interface import Caller, NotFound, RegistrationView
from opendimona.register.store import EMPLOYER_COLUMNS, PERSON_COLUMNS, Connection, employer_of, person_of

WIDTH = len(COLUMNS.split(","))
_columns: LiteralString = ", ".join(
    ["r." + column.strip() for column in COLUMNS.split(",")]
    + ["e." + column.strip() for column in EMPLOYER_COLUMNS.split(",")]
    + ["person." + column.strip() for column in PERSON_COLUMNS.split(",")]
)
READ: LiteralString = f"""
    SELECT r.ssin, r.recorded_from, {_columns}
      FROM daily_registration AS r
      JOIN period AS p ON p.ssin = r.ssin AND p.number = r.period AND p.version = 0
      JOIN employer AS known ON known.id = p.employer
      JOIN employer AS e ON e.id = coalesce(known.merged_into, known.id) LEFT JOIN person ON person.ssin = r.ssin
     WHERE r.ssin = ANY(ARRAY(  -- whoever declared it, and whose its period became when an SSIN was replaced
               SELECT ssin FROM journal WHERE ssin <> 0 AND (journal.number = %(number)s
                   OR journal.number = ANY(ARRAY(SELECT period FROM journal WHERE journal.number = %(number)s)))))
       AND r.number = %(number)s AND r.recorded_from <= coalesce(%(as_of)s::timestamptz, 'infinity')
       AND CASE WHEN %(as_of)s::timestamptz IS NULL THEN r.recorded_to = 'infinity'
                ELSE r.recorded_to > %(as_of)s::timestamptz END"""


async def read_registration(
    connection: Connection, number: int, caller: Caller, as_of: datetime | None
) -> RegistrationView:
    """The registration with this number, now or as the register knew it. Raises NotFound."""
    cursor = await connection.execute(READ, {"number": number, "as_of": as_of}, prepare=True)
    for row in await cursor.fetchall():
        employer = employer_of(row[2 + WIDTH : 2 + WIDTH + EMPLOYER_WIDTH])
        registration = registration_of(row[2:])
        if caller.may_act_for(employer) and await is_of_unit(connection, caller, number, registration.period):
            worker = person_of(row[0], known_or_default(row[2 + WIDTH + EMPLOYER_WIDTH :]))
            return RegistrationView(registration=registration, employer=employer, worker=worker, recorded_from=row[1])
    raise NotFound
