"""Running totals while a batch is decided: reading those that a declaration may move, noting and writing the movements.

A worker's totals are safe without a lock: whoever moves them writes to the worker's journal too, where only one wins.
An employer's are shared by many workers, so they are read under a lock of the employer, held until the commit. A batch
that moves no counter asks nothing of this module.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import LiteralString, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from opendimona.core.checks.features import committee_text
from opendimona.core.decision import Movement
from opendimona.core.file import Employer, Features, File, Totals
from opendimona.law.rules import Law
from opendimona.register import packed
from opendimona.register.arrays import integers, words
from opendimona.register.store import Connection, fetch

READ_WORKERS: LiteralString = "SELECT ssin, counter, quarter, used FROM worker_total WHERE ssin = ANY(%s::bigint[])"
READ_EMPLOYERS: LiteralString = (
    "SELECT employer, counter, quarter, used FROM employer_total WHERE employer = ANY(%s::bigint[])"
)
READ_DAYS: LiteralString = """
    SELECT d.employer, d.counter, d.day, d.uses FROM unnest(%s::bigint[], %s::date[]) AS w (employer, day)
      JOIN employer_day AS d ON d.employer = w.employer AND d.day = w.day"""
LOCK_EMPLOYERS: LiteralString = """
    SELECT pg_advisory_xact_lock(%s, bucket)
      FROM (SELECT DISTINCT (id %% 4096)::int AS bucket FROM unnest(%s::bigint[]) AS w (id) ORDER BY 1) AS b"""
LOCK_CLASS = 0x0D1B
MOVE_WORKERS: LiteralString = """
    INSERT INTO worker_total (ssin, counter, quarter, used)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::bigint[])
    ON CONFLICT ON CONSTRAINT worker_total_key DO UPDATE SET used = worker_total.used + excluded.used"""
MOVE_EMPLOYERS: LiteralString = """
    INSERT INTO employer_total (employer, counter, quarter, used)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::bigint[])
    ON CONFLICT ON CONSTRAINT employer_total_key DO UPDATE SET used = employer_total.used + excluded.used"""
MOVE_DAYS: LiteralString = """
    INSERT INTO employer_day (employer, counter, day, uses)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[])
    ON CONFLICT ON CONSTRAINT employer_day_key DO UPDATE SET uses = employer_day.uses + excluded.uses"""
QuarterKey = tuple[int, str, int]
DayKey = tuple[int, str, date]
Key = TypeVar("Key")


class Counted(Struct, frozen=True, gc=False):
    """Whose counters a declaration may move: a worker's, and those of an employer on some days (none: empty)."""

    ssin: int
    employers: tuple[int, ...] = ()
    days: tuple[date, ...] = ()


class BatchTotals:
    """The totals of a batch by subject, with what its own declarations moved; and those movements."""

    def __init__(self) -> None:
        self._workers: dict[int, Totals] = {}
        self._employers: dict[int, Totals] = {}
        self._days: dict[int, dict[tuple[str, date], int]] = {}
        self.workers_moved: dict[QuarterKey, int] = {}
        self.employers_moved: dict[QuarterKey, int] = {}
        self.days_moved: dict[DayKey, int] = {}

    def knows(self, ssin: int) -> bool:
        """Whether a worker's totals were read."""
        return ssin in self._workers

    def learn(self, ssin: int, text: str) -> None:
        """Take in a worker's totals as `READ_FILES` gives them: counter, quarter and amount of each."""
        if ssin not in self._workers:
            totals = self._workers[ssin] = {}
            for total in text.split(",") if text else ():
                counter, quarter, used = total.split(" ")
                totals[counter, int(quarter)] = int(used)

    async def read(self, connection: Connection, counted: Sequence[Counted]) -> None:
        """Read the totals that these declarations may move; an employer's only truly under its lock."""
        if not counted:
            return
        for one in counted:
            self._workers[one.ssin] = {}
            for employer in one.employers:
                self._employers.setdefault(employer, {})
                self._days.setdefault(employer, {})
        workers = packed.integers(sorted(self._workers))
        for ssin, counter, quarter, used in await fetch(connection, READ_WORKERS, workers):
            self._workers[ssin][counter, quarter] = used
        if not self._employers:
            return
        for employer, counter, quarter, used in await fetch(
            connection, READ_EMPLOYERS, integers(sorted(self._employers))
        ):
            self._employers[employer][counter, quarter] = used
        pairs = sorted({(employer, day) for one in counted for employer in one.employers for day in one.days})
        columns = integers([employer for employer, _ in pairs]), words([day for _, day in pairs])
        for employer, counter, day, uses in await fetch(connection, READ_DAYS, *columns):
            self._days[employer][counter, day] = uses

    def add_to(self, file: File, ssin: int, client: Employer | None, is_agency: bool) -> File:
        """The file with the totals that the declaration may move; as it is when these were not read."""
        mine = self._workers.get(ssin)
        if mine is None:
            return file
        undertaking = client if is_agency else file.employer
        number = 0 if undertaking is None else undertaking.id
        return replace(
            file, client=client, worker_totals=mine, employer_totals=self._employers.get(number, {}),
            employer_day_uses=self._days.get(number, {}),
        )  # fmt: skip

    def note(self, ssin: int, movements: Iterable[Movement]) -> None:
        """Move the totals as an accepted declaration on a worker does; the next declaration sees it."""
        for movement in movements:
            key = movement.counter, movement.quarter
            if movement.employer is None:
                move(self._workers.setdefault(ssin, {}), key, movement.amount)
                move(self.workers_moved, (ssin, *key), movement.amount)
                continue
            employer = movement.employer
            if movement.amount:
                move(self._employers.setdefault(employer, {}), key, movement.amount)
                move(self.employers_moved, (employer, *key), movement.amount)
            if movement.day is not None:
                move(self._days.setdefault(employer, {}), (movement.counter, movement.day), movement.uses)
                move(self.days_moved, (employer, movement.counter, movement.day), movement.uses)


def move(totals: dict[Key, int], key: Key, amount: int) -> None:
    """Add to one total."""
    totals[key] = totals.get(key, 0) + amount


async def lock_employers(connection: Connection, counted: Iterable[Counted]) -> None:
    """Lock the employers whose totals are to be read, in sorted order, until the end of the transaction."""
    employers = {employer for one in counted for employer in one.employers}
    if employers:
        await fetch(connection, LOCK_EMPLOYERS, LOCK_CLASS, integers(employers))


def moved_parameters(moved: dict[QuarterKey, int] | dict[DayKey, int]) -> tuple[str, str, str, str]:
    """The arrays that the statements `MOVE_...` take, in order, so that two batches do not wait for each other."""
    rows = sorted((*key, amount) for key, amount in moved.items())
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return integers(columns[0]), words(columns[1]), words(columns[2]), integers(columns[3])


async def write_totals(connection: Connection, totals: BatchTotals) -> None:
    """Write what a batch moved, in its open transaction."""
    for statement, moved in (
        (MOVE_WORKERS, moved_parameters(totals.workers_moved) if totals.workers_moved else None),
        (MOVE_EMPLOYERS, moved_parameters(totals.employers_moved) if totals.employers_moved else None),
        (MOVE_DAYS, moved_parameters(totals.days_moved) if totals.days_moved else None),
    ):
        if moved is not None:
            await connection.execute(statement, moved, prepare=True)


def is_counted(law: Law, worker_type: str | None) -> bool:
    """Whether declarations of a worker type may move a counter."""
    return worker_type in law.counters_by_type


def counts_employers(law: Law, worker_type: str | None) -> bool:
    """Whether declarations of a worker type may move a counter of an employer."""
    return any(row.subject == "employer" for row in law.counters_by_type.get(worker_type or "", ()))


def is_agency(features: Features | None, declared: int | float | str | None) -> bool:
    """Whether the work is done for a client: by the features of a period, else by a declared joint committee."""
    return (features.joint_committee if features is not None else committee_text(declared)) == "322"
