"""What happens to one file outside the desk's queue: a lock, an import. Same journal, same rules.

Each works on one short transaction that locks its workers, so that it never loses against the desk.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import psycopg
from msgspec.structs import replace

from opendimona.core.calendar import parse_hour
from opendimona.core.checks.features import committee_text
from opendimona.core.checks.fields import parse_planned
from opendimona.core.checks.overlaps import intersects, may_stand_together
from opendimona.core.checks.reference import parse_period_number
from opendimona.core.decide import Details
from opendimona.core.decision import Decision
from opendimona.core.declaration import Declaration
from opendimona.core.file import Features, File, Period
from opendimona.core.identifiers import enterprise_number, is_ssin
from opendimona.core.quotas import movements, plan_of
from opendimona.law.rules import Law
from opendimona.register.arrays import integers
from opendimona.register.batch import Batch, WorkerState, now
from opendimona.register.desk import ATTEMPTS, write
from opendimona.register.entries import InvalidEntry, PeriodEntry
from opendimona.register.interface import EmployerKey, NotFound, Overloaded
from opendimona.register.numbers import Numbers
from opendimona.register.reading import read_workers
from opendimona.register.store import (
    LOCK_CLASS,
    LOCK_WORKERS,
    Connection,
    fetch,
    read_employers,
)
from opendimona.register.subject import FIRST_DAY, LAST_DAY, employer_keys
from opendimona.register.totals import Counted, counts_employers, is_agency, is_counted, lock_employers

_declaration = msgspec.json.Decoder(Declaration)
OLD_NUMBER_MAX = 20
_encode = msgspec.json.Encoder().encode


async def open_files(connection: Connection, batch: Batch, ssins: Sequence[int]) -> None:
    """Lock the workers and read their whole files into the batch; a transaction must be open."""
    await fetch(connection, LOCK_WORKERS, LOCK_CLASS, integers(ssins))
    await read_workers(connection, batch, dict.fromkeys(ssins, (FIRST_DAY, LAST_DAY)))


async def read_totals(connection: Connection, batch: Batch, counted: Iterable[Counted | None]) -> None:
    """Lock the employers concerned and read the totals that may move; a transaction must be open."""
    found = [one for one in counted if one is not None]
    if found:
        await lock_employers(connection, found)
        await batch.totals.read(connection, found)


async def lock(connection: Connection, law: Law, number: int, agent: str) -> None:
    """Lock a period: its employer can no longer declare on it. Raises NotFound."""
    for _ in range(ATTEMPTS):
        try:
            async with connection.transaction():
                batch = Batch(law, now())
                owners = await fetch(
                    connection, "SELECT DISTINCT ssin FROM journal WHERE number = %s AND ssin <> 0", number
                )
                await open_files(connection, batch, [ssin for (ssin,) in owners])
                state = next((one for one in batch.workers.values() if number in one.periods), None)
                if state is None:
                    raise NotFound
                period = replace(state.periods[number], is_locked=True, version=state.periods[number].version + 1)
                note_event(batch, state, period, "l", agent, "{}")
                await write(connection, batch, [], is_committing=False)
                return
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


def note_event(batch: Batch, state: WorkerState, period: Period, entry: str, agent: str, body: str) -> None:
    """Note a lock or an import, and the version of the period that it leaves."""
    recorded_at = batch.moment(state)
    decision = Decision("A")
    batch.append(
        state, period.number, entry, period.number, period.employer, decision, batch.now, recorded_at, agent, body
    )
    batch.store(state, period, recorded_at)


async def import_periods(
    connection: Connection, law: Law, numbers: Numbers, entries: Sequence[PeriodEntry]
) -> list[int]:
    """Import periods all or none, and give their numbers; none may overlap another of the same features.

    Raises InvalidEntry for the first entry that cannot be taken.
    """
    ssins = [entry_ssin(entry, index) for index, entry in enumerate(entries)]
    for _ in range(ATTEMPTS):
        try:
            fresh = await numbers.reserve(connection, len(entries))
            async with connection.transaction():
                batch = Batch(law, now())
                batch.learn_employers(
                    await read_employers(connection, {key for entry in entries for key in keys_of_entry(entry)})
                )
                await open_files(connection, batch, sorted(set(ssins)))
                await refuse_known_numbers(connection, entries)
                await read_totals(connection, batch, counted_entries(batch, entries, ssins))
                taken = [
                    take_in(batch, entry, index, ssin, number)
                    for index, (entry, ssin, number) in enumerate(zip(entries, ssins, fresh, strict=True))
                ]
                await write(connection, batch, [], is_committing=False)
                return taken
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


def entry_ssin(entry: PeriodEntry, index: int) -> int:
    """The SSIN of an imported period's worker. Raises InvalidEntry."""
    if entry.worker.ssin is None or not is_ssin(entry.worker.ssin):
        raise InvalidEntry(index, "worker.ssin", "is missing or has wrong check digits")
    return int(entry.worker.ssin)


async def refuse_known_numbers(connection: Connection, entries: Sequence[PeriodEntry]) -> None:
    """Raises InvalidEntry for a period number that is malformed, given twice, or in use."""
    given: dict[int, int] = {}
    for index, entry in enumerate(entries):
        if entry.period_id is not None:
            number = parse_period_number(entry.period_id)
            if number is None or number in given:
                raise InvalidEntry(index, "periodId", "is no period number, or stands twice")
            given[number] = index
    rows: list[Any] = await fetch(
        connection, "SELECT number FROM journal WHERE number = ANY(%s::bigint[])", integers(given)
    )
    if rows:
        raise InvalidEntry(given[rows[0][0]], "periodId", "is in use already")


def take_in(batch: Batch, entry: PeriodEntry, index: int, ssin: int, fresh: int) -> int:
    """Put an imported period in its worker's file. Raises InvalidEntry when it does not fit."""
    employer = batch.employer_of(entry.employer, employer_keys(entry.employer))[0]
    if employer is None:
        raise InvalidEntry(index, "employer", "is not in the repertory: load the employers first")
    if entry.end_date is not None and entry.end_date < entry.start_date:
        raise InvalidEntry(index, "endDate", "is before the start")
    for member, planned in (
        ("plannedHoursNumber", entry.planned_hours_number),
        ("plannedDaysNumber", entry.planned_days_number),
    ):
        if planned is not None and parse_planned(planned) is None:
            raise InvalidEntry(index, member, "is a whole number from 1 to 999")
    start_hour, end_hour = hour_of(entry.start_hour, "startHour", index), hour_of(entry.end_hour, "endHour", index)
    if (
        entry.start_date == entry.end_date
        and start_hour is not None
        and end_hour is not None
        and end_hour <= start_hour
    ):
        raise InvalidEntry(index, "endHour", "is not after the start hour")
    number = fresh if entry.period_id is None else int(entry.period_id)
    state = batch.workers[ssin]
    period = Period(
        number=number,
        employer=employer.id,
        features=features_of(entry, index, batch.law),
        start=entry.start_date,
        end=entry.end_date,
        start_hour=start_hour,
        end_hour=end_hour,
        planned_hours=entry.planned_hours_number,
        planned_days=entry.planned_days_number,
        is_late=bool(entry.late),
        is_locked=bool(entry.locked),
        is_cancelled=bool(entry.cancelled),
        details=old_number_of(entry, index),
    )
    for other in state.periods.values():
        if not period.is_cancelled and not other.is_cancelled and other.employer == employer.id:
            if intersects(period, other) and not may_stand_together(period.features, period.start, other, batch.law):
                raise InvalidEntry(
                    index, "startDate", f"the period overlaps period {other.number} of the same features"
                )
    client = (
        None
        if period.features.user_enterprise is None
        else batch.employers.get(("enterprise", period.features.user_enterprise))
    )
    file = File(employer=employer, periods=tuple(state.periods.values()))
    file = batch.totals.add_to(file, ssin, client, is_agency(period.features, None))
    moved = movements(batch.law, period.features, file, None, plan_of(period), number)
    note_event(batch, state, period, "p", "import", _encode(entry).decode())
    batch.totals.note(ssin, moved)
    return period.number


def keys_of_entry(entry: PeriodEntry) -> list[EmployerKey]:
    """The numbers of an imported period's employer, and of the client for agency work."""
    user = entry.features.using_employer
    client = None if user is None or user.enterprise_number is None else enterprise_number(user.enterprise_number)
    keys = list(employer_keys(entry.employer))
    return keys if client is None else [*keys, ("enterprise", client)]


def counted_entries(batch: Batch, entries: Sequence[PeriodEntry], ssins: Sequence[int]) -> Iterator[Counted]:
    """Whose totals imported periods may move."""
    for entry, ssin in zip(entries, ssins, strict=True):
        if is_counted(batch.law, entry.features.worker_type):
            employers = {batch.employers[key].id for key in keys_of_entry(entry) if key in batch.employers}
            is_shared = counts_employers(batch.law, entry.features.worker_type)
            yield Counted(ssin, tuple(employers) if is_shared else (), (entry.start_date,))


def hour_of(text: str | None, member: str, index: int) -> int | None:
    """An hour of an imported period. Raises InvalidEntry."""
    hour = None if text is None else parse_hour(text)
    if text is not None and hour is None:
        raise InvalidEntry(index, member, "hours are HHMM")
    return hour


def old_number_of(entry: PeriodEntry, index: int) -> str | None:
    """The details that keep the old Dimona number of an imported period. Raises InvalidEntry."""
    if entry.old_dimona_number is None:
        return None
    number = str(entry.old_dimona_number)
    if not (0 < len(number) <= OLD_NUMBER_MAX and number.isascii() and number.isalnum()):
        raise InvalidEntry(index, "oldDimonaNumber", f"is 1 to {OLD_NUMBER_MAX} letters and digits")
    return _encode(Details(old_dimona_number=number)).decode()


def features_of(entry: PeriodEntry, index: int, law: Law) -> Features:
    """The features of an imported period. Raises InvalidEntry."""
    given, user = entry.features, entry.features.using_employer
    if given.worker_type not in law.worker_types:
        raise InvalidEntry(index, "features.workerType", "is missing, or is no worker type")
    if given.joint_commission_number is not None:
        if committee_text(given.joint_commission_number) not in law.joint_committees:
            raise InvalidEntry(index, "features.jointCommissionNumber", "is no joint committee of Dimona")
    enterprise = None if user is None or user.enterprise_number is None else enterprise_number(user.enterprise_number)
    return Features(
        worker_type=given.worker_type, joint_committee=committee_text(given.joint_commission_number),
        sub_entity=committee_text(given.sub_entity),
        user_joint_committee=None if user is None else committee_text(user.joint_commission_number),
        user_enterprise=enterprise, user_name=None if user is None or user.name is None else user.name.strip(),
    )  # fmt: skip
