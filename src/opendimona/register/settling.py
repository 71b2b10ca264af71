"""Deciding pending declarations, and taking a decision back. Same journal, same rules as at the desk.

A decision is an entry `d` of the journal, in the file of whoever was identified. Taking it back adds an entry `z` for
it and for each declaration on its period, and closes the last version of the period without a next one: from then on
the register knows of no such period, while a look at the past still shows it.
"""

from datetime import datetime
from typing import Any, LiteralString

import msgspec
import psycopg
from msgspec.structs import replace

from opendimona.core.decide import decide
from opendimona.core.decision import Anomaly, Decision
from opendimona.core.declaration import Declaration, DeclaredWorker, DimonaCancel
from opendimona.core.file import File, Person
from opendimona.core.quotas import movements, plan_of
from opendimona.law.rules import Law
from opendimona.register.agents import AlreadyDecided, NotDecided
from opendimona.register.batch import TICK, Batch, Numbered, WorkerState, now
from opendimona.register.desk import ATTEMPTS, write
from opendimona.register.entries import InvalidEntry
from opendimona.register.events import open_files, read_totals
from opendimona.register.identity_events import Event, write_events
from opendimona.register.interface import Answer, EmployerKey, NotFound, Overloaded
from opendimona.register.store import Connection, fetch, read_employers
from opendimona.register.subject import employer_keys, subject_of

_declaration = msgspec.json.Decoder(Declaration)
_encode = msgspec.json.Encoder().encode
UNDER_NOBODY = 10**12
"""How far apart the decisions on one declaration stand that concern no worker: more than any number."""
PENDING: LiteralString = "SELECT employer, received_at FROM pending WHERE number = %s FOR UPDATE"
FIRST: LiteralString = "SELECT body, is_late, deadline FROM journal WHERE ssin = 0 AND sequence = %s"
HISTORY: LiteralString = """
    SELECT ssin, entry::text, result::text, employer, received_at, recorded_at, body, is_late, deadline FROM journal
     WHERE number = %s AND entry IN ('i', 'd', 'z', 'x', 'm', 'e') ORDER BY recorded_at, ssin"""
FOLLOWERS: LiteralString = """
    SELECT number, entry::text, received_at, is_late, deadline FROM journal
     WHERE ssin = %s AND period = %s AND entry IN ('o', 'u', 'c', 'r') AND result IN ('A', 'W')
       AND recorded_at > %s AND NOT EXISTS (SELECT FROM journal AS z WHERE z.number = journal.number AND z.entry = 'z')
     ORDER BY sequence"""
LAST_VERSION: LiteralString = "SELECT max(version) FROM period WHERE ssin = %s AND number = %s"
CLOSE_REGISTRATIONS: LiteralString = """
    UPDATE daily_registration SET recorded_to = %s WHERE ssin = %s AND period = %s AND recorded_to = 'infinity'"""


async def identify(
    connection: Connection, law: Law, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool
) -> Answer:
    """Settle a pending declaration: judge it for `ssin` as of its filing against the file as it is now, or refuse it.

    Raises NotFound when no pending declaration bears the number, AlreadyDecided when somebody was faster, InvalidEntry
    for a person who is not known.
    """
    for _ in range(ATTEMPTS):
        try:
            async with connection.transaction():
                return await settle_pending(connection, Batch(law, now()), number, agent, ssin, reason, is_strict)
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


async def settle_pending(
    connection: Connection, batch: Batch, number: int, agent: str, ssin: int | None, reason: str | None, is_strict: bool
) -> Answer:
    """One attempt at settling a pending declaration, within an open transaction."""
    found = await fetch(connection, PENDING, number)
    history = await fetch(connection, HISTORY, number)
    if not found:
        raise AlreadyDecided if any(row[1] == "d" for row in history) else NotFound
    employer_id, received_at = found[0]
    body, is_late, deadline = (await fetch(connection, FIRST, number))[0]
    declaration = _declaration.decode(body)
    batch.now = max(batch.now, history[-1][5] + TICK)
    batch.learn_employers(await read_employers(connection, employer_keys(declaration.employer), [employer_id]))
    batch.settled.append(number)
    text = note_text(agent, reason, ssin)
    if ssin is None:
        decision = Decision("B", (Anomaly("90017-151", "B", reason=reason),), is_late, deadline)
        count = sum(1 for row in history if row[0] == 0 and row[1] != "i")
        answer = note_nobody(batch, declaration, employer_id, decision, "d", number, agent, received_at, text, count)
        events = [Event("refused", employer_id, number, None, None)]
    else:
        answer = await accept(
            connection, batch, declaration, employer_id, ssin, number, agent, received_at, text, is_strict
        )
        worker = None if answer.worker is None else answer.worker.ssin
        events = [Event("identified", employer_id, number, worker, None)]
    await write(connection, batch, [], is_committing=False)
    await write_events(connection, events, agent, reason, batch.now)
    return answer


async def accept(
    connection: Connection, batch: Batch, declaration: Declaration, employer_id: int, ssin: int, number: int,
    agent: str, received_at: datetime, text: str, is_strict: bool,
) -> Answer:  # fmt: skip
    """Judge a declaration for whoever was identified, and note the decision."""
    await open_files(connection, batch, [ssin])
    person = batch.workers[ssin].person
    if person is not None and person.replaced_by is not None:
        ssin = person.replaced_by
        await open_files(connection, batch, [ssin])
    state = batch.workers[ssin]
    person = state.person or (None if is_strict else Person(ssin))
    if person is None:
        raise InvalidEntry(
            0, "ssin", "is not in the register of persons; identify the worker with another SSIN, or refuse"
        )
    file = File(
        employer=batch.employers_by_id[employer_id],
        employer_by_enterprise=batch.employer_of(declaration.employer, employer_keys(declaration.employer))[1],
        person=person,
        periods=tuple(state.periods.values()),
    )
    identified = replace(declaration, worker=DeclaredWorker(ssin=f"{ssin:011d}"))
    subject = subject_of(identified)
    if subject.user is not None:
        batch.learn_employers(await read_employers(connection, [subject.user]))
    await read_totals(connection, batch, [batch.counted_by(identified, subject)])
    file = batch.with_totals(identified, file, ssin, subject.user)
    decision = decide(identified, file, batch.law, received_at, number=number)
    version = (await fetch(connection, LAST_VERSION, ssin, number))[0][0]
    if version is not None and decision.period is not None:  # once identified so already, and undone since
        decision = replace(decision, period=replace(decision.period, version=version + 1))
    answer = batch.note(declaration, file, state, decision, "d", number, agent, received_at, text)
    batch.superseded.clear()  # the version before was closed when it was undone
    return answer


def note_text(agent: str, reason: str | None, ssin: int | None = None) -> str:
    """The body of an entry by an agent."""
    note = {"agent": agent, "ssin": None if ssin is None else f"{ssin:011d}", "reason": reason}
    return _encode({key: value for key, value in note.items() if value is not None}).decode()


def note_nobody(
    batch: Batch, declaration: Declaration, employer: int, decision: Decision, entry: str, number: int, agent: str,
    received_at: datetime, text: str, count: int,
) -> Answer:  # fmt: skip
    """Note a decision that concerns no worker: under worker 0, below zero, after `count` others on the declaration."""
    sequence = -number - count * UNDER_NOBODY
    batch.append(None, number, entry, None, employer, decision, received_at, batch.now, agent, text, sequence=sequence)
    return answer_of(batch, declaration, employer, decision, number, received_at, batch.now)


def answer_of(
    batch: Batch, declaration: Declaration, employer: int, decision: Decision, number: int, received_at: datetime,
    recorded_at: datetime,
) -> Answer:  # fmt: skip
    """The answer in force to a declaration that concerns no worker."""
    return Answer(
        number=number, result=decision.result, anomalies=decision.anomalies, is_late=decision.is_late,
        deadline=decision.deadline, declaration=declaration, period_number=None,
        employer=batch.employers_by_id.get(employer), worker=None, received_at=received_at, recorded_at=recorded_at,
    )  # fmt: skip


async def undo(connection: Connection, law: Law, number: int, agent: str, reason: str) -> Answer:
    """Take the decision on a declaration back, with all that followed from it; it waits again.

    Raises NotFound, NotDecided when it is pending, or was never.
    """
    for _ in range(ATTEMPTS):
        try:
            async with connection.transaction():
                return await undo_decision(connection, Batch(law, now()), number, agent, reason)
        except psycopg.errors.UniqueViolation:
            continue
    raise Overloaded


async def undo_decision(connection: Connection, batch: Batch, number: int, agent: str, reason: str) -> Answer:
    """One attempt at taking a decision back, within an open transaction."""
    history = await fetch(connection, HISTORY, number)
    owner = owner_of(history)
    first, decided_at = history[0], max(row[5] for row in history if row[1] == "d")
    employer, received_at = first[3], first[4]
    declaration = _declaration.decode(first[6])
    batch.learn_employers(await read_employers(connection, (), [employer]))
    waiting = Decision("S", (Anomaly("90017-151", "S"),), first[7], first[8])
    text = note_text(agent, reason)
    batch.now = max(batch.now, history[-1][5] + TICK)
    if owner == 0:
        count = sum(1 for row in history if row[0] == 0 and row[1] != "i")
        answer = note_nobody(batch, declaration, employer, waiting, "z", number, agent, received_at, text, count)
    else:
        await open_files(connection, batch, [owner])
        state = batch.workers[owner]
        await undo_followers(connection, batch, state, number, decided_at, agent, reason)
        recorded_at = batch.moment(state)
        batch.append(state, number, "z", number, employer, waiting, received_at, recorded_at, agent, text)
        await close_period(connection, batch, state, number, recorded_at)
        answer = answer_of(batch, declaration, employer, waiting, number, received_at, recorded_at)
    batch.pending.append((number, employer, received_at, batch.now))
    await write(connection, batch, [], is_committing=False)
    event = Event("undone", employer, number, owner or None, None)
    await write_events(connection, [event], agent, reason, batch.now)
    return answer


def owner_of(history: list[tuple[Any, ...]]) -> int:
    """In whose file the decision in force stands, 0 for a refused one. Raises NotFound, NotDecided."""
    if not history:
        raise NotFound
    settled = [row for row in history if row[1] in "dzm"]
    if history[0][2] != "S" or not settled or settled[-1][1] == "z":
        raise NotDecided
    return int(settled[-1][0])


async def undo_followers(
    connection: Connection, batch: Batch, state: WorkerState, number: int, since: datetime, agent: str, reason: str
) -> None:
    """Note for each accepted declaration on the period that the period is none any more."""
    for follower, _, received_at, is_late, deadline in await fetch(connection, FOLLOWERS, state.ssin, number, since):
        refused = Decision("B", (Anomaly("00913-354", "B", reason=reason),), is_late, deadline)
        batch.append(
            state, follower, "z", number, state.periods[number].employer, refused, received_at, batch.moment(state),
            agent, note_text(agent, reason),
        )  # fmt: skip


async def close_period(connection: Connection, batch: Batch, state: WorkerState, number: int, moment: datetime) -> None:
    """Close the last version of a period and of its daily registrations, and give back what it used of counters."""
    period = state.periods.pop(number, None)
    if period is None:  # the decision was a refusal by the rules: it made none
        return
    cancel = Declaration(dimona_cancel=DimonaCancel(period_id=number))
    batch.numbers[number] = Numbered(state.ssin, "known", period.employer)
    client = period.features.user_enterprise
    keys: list[EmployerKey] = [] if client is None else [("enterprise", client)]
    batch.learn_employers(await read_employers(connection, keys, [period.employer]))
    state.periods[number] = period
    subject = subject_of(cancel)
    await read_totals(connection, batch, [batch.counted_by(cancel, subject)])
    file = File(
        employer=batch.employers_by_id[period.employer], periods=tuple(state.periods.values()), target=period,
        target_ssin=state.ssin, reference="known",
    )  # fmt: skip
    file = batch.with_totals(cancel, file, state.ssin, subject.user)
    moved = movements(batch.law, period.features, file, plan_of(period), None, number)
    batch.totals.note(state.ssin, moved)
    del state.periods[number]
    batch.superseded.append((state.ssin, number, period.version, moment))
    await connection.execute(CLOSE_REGISTRATIONS, (moment, state.ssin, number))
