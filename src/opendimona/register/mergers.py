"""Two employers of the repertory that are one: the periods of the one go over to the other, all or none.

The official message says code 93 of it: a number in double use. Each period that goes over gets a new version and an
entry `e` in its worker's file; what was refused, or stood before, keeps naming the employer of then, which is shown as
the one in force. Everything happens in one transaction that keeps the desk waiting: a second for some ten thousand
periods.
"""

from collections.abc import Iterable
from typing import LiteralString

import psycopg
from msgspec.structs import replace

from opendimona.core.checks.overlaps import intersects, same_features
from opendimona.core.file import Employer, Period
from opendimona.law.rules import Law
from opendimona.register.agents import Overlapping
from opendimona.register.arrays import integers
from opendimona.register.batch import Batch, now
from opendimona.register.desk import ATTEMPTS, write
from opendimona.register.entries import InvalidEntry
from opendimona.register.events import note_event, open_files
from opendimona.register.identity_events import Event, write_events
from opendimona.register.interface import EmployerKey, NotFound, Overloaded
from opendimona.register.repertory import RAISE_VERSION
from opendimona.register.settling import note_text
from opendimona.register.store import Connection, fetch, read_employers
from opendimona.register.totals import Counted, lock_employers

WORKERS: LiteralString = """
    SELECT DISTINCT ssin FROM period WHERE employer = %s AND recorded_to = 'infinity'
       AND ssin = ANY(ARRAY(SELECT DISTINCT f.ssin FROM period AS f WHERE f.version = 0 AND f.employer = ANY(ARRAY(
               SELECT id FROM employer WHERE id = %s OR merged_into = %s))))"""
REGISTRATIONS: LiteralString = """
    WITH standing AS (
         SELECT r.ssin, r.number, p.employer,
                r.start_date + make_time(r.start_hour / 100, r.start_hour %% 100, 0) AS first,
                CASE WHEN r.end_hour IS NULL THEN (r.end_date + 1)::timestamp
                     ELSE r.end_date + make_time(r.end_hour / 100, r.end_hour %% 100, 0) END AS after
           FROM daily_registration AS r JOIN period AS p ON p.ssin = r.ssin AND p.number = r.period
          WHERE r.ssin = ANY(%s::bigint[]) AND p.employer = ANY(%s::bigint[]) AND r.recorded_to = 'infinity'
            AND NOT r.is_cancelled AND p.recorded_to = 'infinity' AND NOT p.is_cancelled)
    SELECT a.number, b.number FROM standing AS a JOIN standing AS b ON b.ssin = a.ssin AND b.employer <> a.employer
       AND b.number < a.number AND b.first < a.after AND a.first < b.after LIMIT 1"""
HAND_OVER: LiteralString = """
    UPDATE employer SET merged_into = %s, nsso = NULL, provisional = NULL, enterprise = NULL, formerly = NULL
     WHERE id = %s"""
FORMER_MERGERS: LiteralString = "UPDATE employer SET merged_into = %s WHERE merged_into = %s"
TAKE_OVER: LiteralString = """
    UPDATE employer SET enterprise = coalesce(enterprise, %s), formerly = nullif(array(
               SELECT DISTINCT n FROM unnest(formerly || %s::bigint[]) AS w (n) WHERE n IS NOT NULL ORDER BY n), '{}')
     WHERE id = %s"""
FORMER_NUMBERS: LiteralString = "UPDATE employer_former_number SET holder = %s WHERE holder = %s"
KEEP_NUMBER: LiteralString = "INSERT INTO employer_former_number (former_nsso, holder) VALUES (%s, %s)"
_IN_ARRAYS: LiteralString = """
    UPDATE {} SET employers = array_replace(employers, w.former, w.holder)
      FROM (SELECT %s::bigint AS holder, %s::bigint AS former) AS w WHERE w.former = ANY(employers)"""
FOLLOW: tuple[LiteralString, ...] = (
    "UPDATE pending SET employer = %s WHERE employer = %s",
    "UPDATE endpoint SET employer = %s WHERE employer = %s",
    "UPDATE notice SET employer = %s WHERE employer = %s",
    _IN_ARRAYS.format("notice_block"),
    _IN_ARRAYS.format("outbox"),
)
"""What waits for the employer, or is still to be read by it. A notice is a message, not a record."""
MOVE_DAYS: LiteralString = """
    WITH gone AS (DELETE FROM employer_day WHERE employer = %s RETURNING counter, day, uses)
    INSERT INTO employer_day (employer, counter, day, uses) SELECT %s, counter, day, uses FROM gone
    ON CONFLICT ON CONSTRAINT employer_day_key DO UPDATE SET uses = employer_day.uses + excluded.uses"""
FORGET_TOTALS: LiteralString = "DELETE FROM employer_total WHERE employer = ANY(%s::bigint[])"
COUNT_AGAIN: LiteralString = """
    INSERT INTO employer_total (employer, counter, quarter, used)
    SELECT employer, counter, extract(year FROM day)::integer * 10 + extract(quarter FROM day)::integer, count(*)
      FROM employer_day WHERE employer = %s AND uses <> 0 GROUP BY 1, 2, 3"""


async def merge_employers(
    connection: Connection, law: Law, former: EmployerKey, holder: EmployerKey, agent: str, reason: str | None
) -> int:
    """Make the employer that bears `former` one with the one that bears `holder`; how many periods went over.

    Raises NotFound, InvalidEntry when they cannot be one, Overlapping.
    """
    for _ in range(ATTEMPTS):
        try:
            async with connection.transaction():
                return await merge_once(connection, Batch(law, now()), former, holder, agent, reason)
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


async def merge_once(
    connection: Connection, batch: Batch, former: EmployerKey, holder: EmployerKey, agent: str, reason: str | None
) -> int:
    """One attempt, within an open transaction."""
    # Whoever is deciding for the employer has committed before this, or collides with what the journal's trigger sees.
    await connection.execute("LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(RAISE_VERSION)
    old, new = await both_of(connection, former, holder)
    await lock_employers(connection, [Counted(0, (old.id, new.id))])
    ssins = [row[0] for row in await fetch(connection, WORKERS, old.id, old.id, old.id)]
    await open_files(connection, batch, sorted(ssins))
    await refuse_overlaps(connection, batch, old, new)
    text = note_text(agent, reason)
    moved = 0
    for ssin in sorted(ssins):
        state = batch.workers[ssin]
        for period in [state.periods[number] for number in sorted(state.periods)]:
            if period.employer == old.id:
                over = replace(period, employer=new.id, version=period.version + 1)
                note_event(batch, state, over, "e", agent, text)
                moved += 1
    await write(connection, batch, [], is_committing=False)
    await move_totals(connection, old.id, new.id)
    await move_numbers(connection, old, new)
    for statement in FOLLOW:
        await connection.execute(statement, (new.id, old.id))
    event = Event("employer-number-changed", new.id, None, None, old.nsso or old.provisional or old.enterprise)
    await write_events(connection, [event], agent, reason, batch.now)
    return moved


async def both_of(connection: Connection, former: EmployerKey, holder: EmployerKey) -> tuple[Employer, Employer]:
    """The two employers. Raises NotFound, InvalidEntry."""
    found = [await read_employers(connection, [key]) for key in (former, holder)]
    if not all(found):
        raise NotFound
    old, new = found[0][0], found[1][0]
    if old.id == new.id:
        raise InvalidEntry(0, "former", "already leads to that employer")
    if old.enterprise is not None and new.enterprise is not None:
        raise InvalidEntry(0, "former", "has an enterprise number of its own: these are two undertakings")
    if new.nsso is None:
        raise InvalidEntry(0, "nssoRegistrationNumber", "is no definitive NSSO number of the employer that stays")
    return old, new


async def refuse_overlaps(connection: Connection, batch: Batch, old: Employer, new: Employer) -> None:
    """Raises Overlapping for periods, or daily registrations, that no rule would have let stand at one employer."""
    for state in batch.workers.values():
        standing = [period for period in state.periods.values() if not period.is_cancelled]
        for mine in of_employer(standing, old):
            for theirs in of_employer(standing, new):
                if same_features(mine.features, theirs.features) and intersects(mine, theirs):
                    raise Overlapping((mine.number, theirs.number))
    both = integers([old.id, new.id])
    for pair in await fetch(connection, REGISTRATIONS, integers(sorted(batch.workers)), both):
        raise Overlapping((pair[0], pair[1]))


def of_employer(periods: Iterable[Period], employer: Employer) -> list[Period]:
    """The periods at an employer."""
    return [period for period in periods if period.employer == employer.id]


async def move_totals(connection: Connection, old: int, new: int) -> None:
    """Let the days that both used count once from now on."""
    await connection.execute(MOVE_DAYS, (old, new))
    await connection.execute(FORGET_TOTALS, (integers([old, new]),))
    await connection.execute(COUNT_AGAIN, (new,))


async def move_numbers(connection: Connection, old: Employer, new: Employer) -> None:
    """Let every number of the one lead to the other; a provisional one ends, as a definitive one is known."""
    numbers = [*(old.formerly or ()), *([] if old.nsso is None else [old.nsso])]
    await connection.execute(FORMER_MERGERS, (new.id, old.id))
    await connection.execute(HAND_OVER, (new.id, old.id))
    await connection.execute(TAKE_OVER, (old.enterprise, integers(numbers), new.id))
    await connection.execute(FORMER_NUMBERS, (new.id, old.id))
    if old.nsso is not None:
        await connection.execute(KEEP_NUMBER, (old.nsso, new.id))
