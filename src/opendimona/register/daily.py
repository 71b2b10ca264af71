"""Daily registrations while a batch is decided: reading those that matter, noting new versions, writing them.

A batch without such declarations asks nothing of this module.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

from msgspec import Struct

from opendimona.core.calendar import parse_day
from opendimona.core.declaration import DimonaDailyRegistration
from opendimona.core.file import DailyRegistration, Employer, File, Period, Person
from opendimona.register.arrays import booleans, integers, words
from opendimona.register.store import Connection, fetch

COLUMNS: LiteralString = "number, version, period, start_date, start_hour, end_date, end_hour, is_cancelled"
_current: LiteralString = ", ".join(["r." + column.strip() for column in COLUMNS.split(",")])
READ: LiteralString = f"""
    SELECT r.ssin, {_current}
      FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[]) AS w (ssin, number, first_day, last_day)
      LEFT JOIN daily_registration AS one
        ON one.ssin = w.ssin AND one.number = w.number AND one.recorded_to = 'infinity'
      JOIN daily_registration AS r ON r.ssin = w.ssin AND r.recorded_to = 'infinity'
       AND r.start_date BETWEEN least(w.first_day, one.start_date - 10) AND greatest(w.last_day, one.end_date + 10)"""
WRITE: LiteralString = f"""
    INSERT INTO daily_registration (ssin, recorded_from, recorded_to, {COLUMNS})
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::smallint[],
                         %s::bigint[], %s::date[], %s::smallint[], %s::date[], %s::smallint[], %s::boolean[])"""
SUPERSEDE: LiteralString = """
    UPDATE daily_registration AS r SET recorded_to = w.moment
      FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::timestamptz[]) AS w (ssin, number, version, moment)
     WHERE r.ssin = w.ssin AND r.number = w.number AND r.version = w.version"""
MARGIN = timedelta(days=10)
"""How far around its days a declaration looks: further than the longest registration."""


class Registrations:
    """The registrations of a batch: the current ones by worker and number, and what is to be written."""

    def __init__(self) -> None:
        self.current: dict[int, dict[int, DailyRegistration]] = {}
        self.rows: list[tuple[int, datetime, DailyRegistration]] = []

    def file(
        self,
        ssin: int,
        person: Person | None,
        periods: dict[int, Period],
        employer: Employer | None,
        number: int,
        changing: int | None,
    ) -> File:
        """The file for a declaration that refers to a number; `changing`: of the registration that is to change."""
        current = self.current.get(ssin, {})
        registration = None if changing is None else current.get(changing)
        of_employer = {one.number for one in periods.values() if employer is not None and one.employer == employer.id}
        return File(
            employer=employer, person=person, periods=tuple(periods.values()), target_ssin=ssin, reference="known",
            target=periods.get(number if registration is None else registration.period), registration=registration,
            registration_reference="blocked" if registration is None else "known",
            registrations=tuple(one for one in current.values() if one.period in of_employer),
        )  # fmt: skip

    def store(self, ssin: int, registration: DailyRegistration, recorded_at: datetime) -> None:
        """Put a registration in the place of its former version."""
        self.current.setdefault(ssin, {})[registration.number] = registration
        self.rows.append((ssin, recorded_at, registration))


class Wanted(Struct, frozen=True, gc=False):
    """What one declaration looks at: its own registration (0 for a new one), and those of the worker on some days."""

    ssin: int
    number: int
    first_day: date | None
    last_day: date | None


def wanted_by(block: DimonaDailyRegistration, ssin: int, number: int) -> Wanted:
    """What a declaration looks at; no days beside its own registration's when it gives none that can be read."""
    given = [parse_day(text) for text in (block.start_date, block.end_date) if text is not None]
    days = [day for day in given if day is not None and 1900 < day.year < 9000]
    return Wanted(ssin, number, min(days) - MARGIN if days else None, max(days) + MARGIN if days else None)


async def read_registrations(connection: Connection, registrations: Registrations, wanted: Sequence[Wanted]) -> None:
    """Read what the declarations of a batch look at."""
    columns = (
        integers([one.ssin for one in wanted]), integers([one.number for one in wanted]),
        words([one.first_day for one in wanted]), words([one.last_day for one in wanted]),
    )  # fmt: skip
    for row in await fetch(connection, READ, *columns):
        registrations.current.setdefault(row[0], {})[row[1]] = registration_of(row[1:])


def registration_of(row: Sequence[Any]) -> DailyRegistration:
    """A registration from a row of `COLUMNS`."""
    return DailyRegistration(row[0], row[2], row[3], row[4], row[5], row[6], row[7], row[1])


async def write_registrations(connection: Connection, rows: Iterable[tuple[int, datetime, DailyRegistration]]) -> None:
    """Write new versions, and close those before them: of this batch at once, of others where they stand."""
    rows = list(rows)
    ends = {(ssin, one.number, one.version - 1): recorded_at for ssin, recorded_at, one in rows if one.version}
    fresh = {(ssin, one.number, one.version) for ssin, _, one in rows}
    closed = [(*key, moment) for key, moment in ends.items() if key not in fresh]
    if closed:
        ssins, numbers, versions, moments = zip(*closed, strict=True)
        parameters = (integers(ssins), integers(numbers), integers(versions), words(moments))
        await connection.execute(SUPERSEDE, parameters, prepare=True)
    some = [one for _, _, one in rows]
    columns = (
        integers([ssin for ssin, _, _ in rows]), words([recorded_at for _, recorded_at, _ in rows]),
        words([ends.get((ssin, one.number, one.version)) or "infinity" for ssin, _, one in rows]),
        integers([one.number for one in some]), integers([one.version for one in some]),
        integers([one.period for one in some]), words([one.start for one in some]),
        integers([one.start_hour for one in some]), words([one.end for one in some]),
        integers([one.end_hour for one in some]), booleans([one.is_cancelled for one in some]),
    )  # fmt: skip
    await connection.execute(WRITE, columns, prepare=True)
