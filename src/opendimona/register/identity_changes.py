"""Identities that change later: an SSIN replaced by another, persons corrected, employers with a new number.

The file of a replaced SSIN moves to the one in force: each period leaves with an entry `x` and comes with an entry `m`,
as a new version there. Whoever still declares with the old number reaches the file where it is now.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import LiteralString

import psycopg
from msgspec.structs import replace

from opendimona.core.checks.overlaps import intersects, same_features
from opendimona.core.decision import Decision
from opendimona.core.file import Period
from opendimona.core.identifiers import is_nsso_number
from opendimona.core.quotas import worker_uses
from opendimona.law.rules import Law
from opendimona.register.administration import put_workers
from opendimona.register.agents import Overlapping
from opendimona.register.arrays import integers
from opendimona.register.batch import TICK, Batch, WorkerState, now
from opendimona.register.desk import ATTEMPTS, write
from opendimona.register.entries import InvalidEntry, WorkerEntry, worker_entry_ssin
from opendimona.register.events import open_files
from opendimona.register.identity_events import Event, write_events
from opendimona.register.interface import EmployerKey, NotFound, Overloaded
from opendimona.register.numbers import Numbers
from opendimona.register.repertory import RAISE_VERSION
from opendimona.register.settling import note_text
from opendimona.register.store import Connection, fetch, read_employers
from opendimona.register.totals import move

PERSONS: LiteralString = "SELECT ssin, replaced_by FROM person WHERE ssin = ANY(%s::bigint[]) ORDER BY ssin FOR UPDATE"
COPY_PERSON: LiteralString = """
    INSERT INTO person (ssin, family_name, given_name, birth_date, gender, is_flexi_eligible, is_pensioner, birth_place,
                        birth_country, nationality, post_code)
    SELECT %s, family_name, given_name, birth_date, gender, is_flexi_eligible, is_pensioner, birth_place, birth_country,
           nationality, post_code FROM person WHERE ssin = %s"""
POINT: LiteralString = """
    WITH former AS (UPDATE person SET replaced_by = %s, formerly = NULL WHERE ssin = %s OR replaced_by = %s
                    RETURNING ssin)
    UPDATE person SET formerly = (SELECT array_agg(DISTINCT one) FROM (
               SELECT unnest(person.formerly) UNION SELECT ssin FROM former) AS w (one)) WHERE ssin = %s"""
VERSIONS: LiteralString = """
    SELECT number, max(version) FROM period WHERE ssin = %s AND number = ANY(%s::bigint[]) GROUP BY number"""
MOVE_REGISTRATIONS: LiteralString = """
    WITH gone AS (UPDATE daily_registration SET recorded_to = %s
                   WHERE ssin = %s AND period = %s AND recorded_to = 'infinity' RETURNING *)
    INSERT INTO daily_registration (ssin, number, version, recorded_from, period, start_date, start_hour, end_date,
                                    end_hour, is_cancelled)
    SELECT %s, number, coalesce((SELECT max(version) + 1 FROM daily_registration AS r
                                  WHERE r.ssin = %s AND r.number = gone.number), 0),
           %s, period, start_date, start_hour, end_date, end_hour, is_cancelled FROM gone"""
EMPLOYERS_OF: LiteralString = """
    SELECT DISTINCT employer FROM period WHERE ssin = %s AND recorded_to = 'infinity' ORDER BY employer"""
RENUMBER: LiteralString = """
    UPDATE employer SET formerly = array_append(array_remove(formerly, %s), nsso), nsso = %s, is_assumed = false
     WHERE id = %s AND nsso IS NOT NULL"""
DEFINITIVE: LiteralString = "UPDATE employer SET nsso = %s, is_assumed = false WHERE id = %s AND nsso IS NULL"
KEEP_NUMBER: LiteralString = """
    INSERT INTO employer_former_number (former_nsso, holder) VALUES (%s, %s)
    ON CONFLICT ON CONSTRAINT employer_former_number_once DO UPDATE SET holder = excluded.holder"""


async def replace_ssin(
    connection: Connection, law: Law, numbers: Numbers, former: int, ssin: int, agent: str, reason: str | None
) -> int:
    """Make `ssin` the number of whoever bore `former`, also when both were known (a merger); the file follows.

    Returns how many periods moved. Raises InvalidEntry when one of the numbers cannot be taken, Overlapping.
    """
    for _ in range(ATTEMPTS):
        try:
            (number,) = await numbers.reserve(connection, 1)
            async with connection.transaction():
                return await replace_once(connection, Batch(law, now()), number, former, ssin, agent, reason)
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


async def replace_once(
    connection: Connection, batch: Batch, number: int, former: int, ssin: int, agent: str, reason: str | None
) -> int:
    """One attempt at replacing an SSIN, within an open transaction."""
    await open_files(connection, batch, sorted({former, ssin}))
    await point(connection, former, ssin)
    old, new = batch.workers[former], batch.workers[ssin]
    refuse_overlaps(old, new)
    text = note_text(agent, reason, ssin)
    # Also a file without a period gets an entry: a declaration that is being decided on it now is decided again.
    batch.append(old, number, "x", None, None, Decision("A"), batch.now, batch.moment(old), agent, text)
    moving = [old.periods[each] for each in sorted(old.periods)]
    employers = sorted({period.employer for period in moving})
    note_totals(batch, old, new, moving)
    rows = await fetch(connection, VERSIONS, ssin, integers([period.number for period in moving]))
    versions: dict[int, int] = {row[0]: row[1] for row in rows}
    left = {}
    for period in moving:
        left[period.number] = leave(batch, old, period, agent, text)
    batch.now = max(batch.now, old.recorded_at or batch.now) + TICK
    for period in moving:
        came = replace(period, version=versions.get(period.number, -1) + 1)
        recorded_at = batch.moment(new)
        batch.append(
            new, came.number, "m", came.number, came.employer, Decision("A"), batch.now, recorded_at, agent,
            note_text(agent, reason),
        )  # fmt: skip
        batch.periods.append((ssin, recorded_at, came))
        await connection.execute(
            MOVE_REGISTRATIONS, (left[came.number], former, came.number, ssin, ssin, recorded_at), prepare=True
        )
    await write(connection, batch, [], is_committing=False)
    events = [Event("ssin-replaced", employer, None, ssin, former) for employer in employers]
    await write_events(connection, events, agent, reason, batch.now)
    return len(moving)


async def point(connection: Connection, former: int, ssin: int) -> None:
    """Let the former SSIN, and those that it replaced, lead to the one in force. Raises InvalidEntry."""
    rows = await fetch(connection, PERSONS, integers(sorted({former, ssin})))
    known: dict[int, int | None] = {row[0]: row[1] for row in rows}
    if former == ssin:
        raise InvalidEntry(0, "ssin", "is the one to be replaced")
    if former not in known:
        raise InvalidEntry(0, "former", "is not in the register of persons")
    if known[former] is not None:
        raise InvalidEntry(0, "former", "was replaced before; replace the one in force")
    if known.get(ssin) is not None:
        raise InvalidEntry(0, "ssin", "was itself replaced; give the one in force")
    if ssin not in known:
        await connection.execute(COPY_PERSON, (ssin, former))
    await connection.execute(POINT, (ssin, former, former, ssin))


def refuse_overlaps(old: WorkerState, new: WorkerState) -> None:
    """Raises Overlapping for periods at one employer that no rule would have let stand together."""
    for mine in old.periods.values():
        for theirs in new.periods.values():
            if mine.is_cancelled or theirs.is_cancelled or mine.employer != theirs.employer:
                continue
            if same_features(mine.features, theirs.features) and intersects(mine, theirs):
                raise Overlapping((mine.number, theirs.number))


def leave(batch: Batch, old: WorkerState, period: Period, agent: str, text: str) -> datetime:
    """Note that a period leaves a file; the moment at which it does."""
    recorded_at = batch.moment(old)
    batch.append(
        old, period.number, "x", period.number, period.employer, Decision("A"), batch.now, recorded_at, agent, text
    )
    batch.superseded.append((old.ssin, period.number, period.version, recorded_at))
    return recorded_at


def note_totals(batch: Batch, old: WorkerState, new: WorkerState, moving: Iterable[Period]) -> None:
    """Move what the periods use of the worker's counters; a day that both files used counts once from now on."""
    totals = batch.totals.workers_moved
    both = [*new.periods.values(), *moving]
    for ssin, periods, sign in (
        (old.ssin, list(old.periods.values()), -1), (new.ssin, list(new.periods.values()), -1), (new.ssin, both, 1),
    ):  # fmt: skip
        used: Counter[tuple[str, int]] = Counter()
        for counter, quarter, amount in worker_uses(batch.law, periods):
            used[counter, quarter] += amount
        for key, amount in used.items():
            move(totals, (ssin, *key), sign * amount)


async def correct_person(connection: Connection, entry: WorkerEntry, agent: str, reason: str | None) -> None:
    """Change what is recorded of a person's identity. Raises InvalidEntry, NotFound."""
    ssin = worker_entry_ssin(entry, 0)
    async with connection.transaction():
        if not await fetch(connection, PERSONS, integers([ssin])):
            raise NotFound
        await put_workers(connection, [entry])
        employers = await fetch(connection, EMPLOYERS_OF, ssin)
        events = [Event("person-corrected", employer, None, ssin, None) for (employer,) in employers]
        await write_events(connection, events, agent, reason, now())


async def renumber_employer(
    connection: Connection, former: EmployerKey, nsso: int, agent: str, reason: str | None
) -> list[int]:
    """Give an employer another NSSO number: a definitive one after a provisional one, or one for another.

    Returns the numbers that lead to it from before. Raises NotFound, InvalidEntry.
    """
    if not is_nsso_number(nsso):
        raise InvalidEntry(0, "nssoRegistrationNumber", "is no NSSO number with right check digits")
    async with connection.transaction():
        found = await read_employers(connection, [former])
        if not found:
            raise NotFound
        employer = found[0]
        holder = await read_employers(connection, [("nsso", nsso)])
        if holder and holder[0].id != employer.id:
            raise InvalidEntry(0, "nssoRegistrationNumber", "is that of another employer")
        if employer.nsso == nsso:
            raise InvalidEntry(0, "nssoRegistrationNumber", "is the employer's already")
        if employer.nsso is None:
            await connection.execute(DEFINITIVE, (nsso, employer.id))
        else:
            await connection.execute("DELETE FROM employer_former_number WHERE former_nsso = %s", (nsso,))
            await connection.execute(RENUMBER, (nsso, nsso, employer.id))
            await connection.execute(KEEP_NUMBER, (employer.nsso, employer.id))
        await connection.execute(RAISE_VERSION)
        before = employer.nsso or employer.provisional
        event = Event("employer-number-changed", employer.id, None, None, before)
        await write_events(connection, [event], agent, reason, now())
        renumbered = (await read_employers(connection, (), [employer.id]))[0]
        return list(renumbered.formerly or ())
