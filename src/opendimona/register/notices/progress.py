"""How far each endpoint has got: what is due, what was delivered, what failed, what is given up.

The position of an endpoint moves only over notices that were delivered, buried as dead letters, or are not for it. It
is written after the delivery: a deliverer that dies in between delivers once more, never less.
"""

from datetime import datetime
from typing import LiteralString

from msgspec import Struct
from psycopg.rows import TupleRow

from opendimona.law.catalogue import Language
from opendimona.register.clients import mandate_of
from opendimona.register.interface import Caller, NoticeView
from opendimona.register.notices import reading
from opendimona.register.notices.endpoints import Channel
from opendimona.register.store import Connection, fetch

PAGE = 200
_COLUMNS: LiteralString = (
    "e.id, e.channel, e.client, e.employer, e.is_for_agents, e.target, e.secret, e.kinds, e.language, e.pause, "
    "e.position, e.delivered, e.attempts, e.failures, e.failing_since, e.test_wanted_at, c.id IS NOT NULL, "
    "c.employers, c.unit"
)
DUE: LiteralString = f"""
    SELECT {_COLUMNS} FROM endpoint AS e
      LEFT JOIN client AS c ON c.id = e.client AND c.revoked_at IS NULL AND coalesce(c.valid_until > now(), true)
     WHERE e.channel = ANY(%s::text[]) AND NOT e.id = ANY(%s::bigint[])
       AND (c.id IS NOT NULL OR e.client = ANY(%s::text[]))
       AND (e.test_wanted_at IS NOT NULL
            OR NOT e.is_suspended AND e.next_at <= now()
               AND (e.position < (SELECT position FROM notice_head)
                    OR EXISTS (SELECT FROM dead_letter AS d WHERE d.endpoint = e.id AND d.is_wanted)))
     ORDER BY e.next_at, e.id LIMIT %s"""
WANTED: LiteralString = (
    "SELECT position, attempts FROM dead_letter WHERE endpoint = %s AND is_wanted ORDER BY position LIMIT %s"
)
ADVANCE: LiteralString = """
    UPDATE endpoint SET position = %s, delivered = delivered + %s, attempts = 0, failures = 0, failing_since = NULL,
           problem = NULL, delivered_at = CASE WHEN %s > 0 THEN now() ELSE delivered_at END,
           next_at = now() + make_interval(secs => %s)
     WHERE id = %s AND position = %s"""
SKIP: LiteralString = "UPDATE endpoint SET position = %s WHERE id = %s AND position = %s"
FAIL: LiteralString = """
    UPDATE endpoint SET attempts = attempts + %s, failures = failures + 1, problem = %s,
           failing_since = coalesce(failing_since, now()), next_at = now() + make_interval(secs => %s),
           is_suspended = is_suspended OR %s OR coalesce(failing_since < now() - make_interval(secs => %s), false)
     WHERE id = %s"""
BURY: LiteralString = """
    INSERT INTO dead_letter (endpoint, position, attempts, problem)
    SELECT id, w.position, greatest(attempts, 1), %s
      FROM endpoint CROSS JOIN unnest(%s::bigint[]) AS w (position) WHERE id = %s
    ON CONFLICT (endpoint, position) DO UPDATE SET attempts = dead_letter.attempts + excluded.attempts,
           problem = excluded.problem, died_at = now(), is_wanted = false"""
STEP_OVER: LiteralString = "UPDATE endpoint SET position = %s, attempts = 0 WHERE id = %s AND position < %s"
RAISE: LiteralString = "DELETE FROM dead_letter WHERE endpoint = %s AND position = %s"
TESTED: LiteralString = """
    UPDATE endpoint SET tested_at = now(), test_problem = %s,
           test_wanted_at = CASE WHEN test_wanted_at > %s THEN test_wanted_at END WHERE id = %s"""


class Due(Struct, frozen=True, kw_only=True):
    """An endpoint that has something to receive. `caller`: what its owner may see at this moment."""

    id: int
    channel: Channel
    caller: Caller
    employer: int | None
    is_for_agents: bool
    target: str
    secret: bytes
    kinds: frozenset[str] | None
    language: Language
    pause: int | None
    position: int
    delivered: int
    attempts: int
    failures: int
    test_wanted_at: datetime | None


class Waiting(Struct, frozen=True, kw_only=True):
    """What an endpoint is to receive next, in order; `until`: beyond these there is nothing for it up to there."""

    notices: list[NoticeView]
    until: int
    has_more: bool


class Letter(Struct, frozen=True, kw_only=True):
    """A dead letter that is to be sent again; no `notice` when it is not kept any more, or no longer to be seen."""

    position: int
    notice: NoticeView | None


async def due_endpoints(
    connection: Connection, channels: list[str], unregistered: list[str], busy: list[int], limit: int
) -> list[Due]:
    """Endpoints with something to receive now, but for those that are busy; longest due first.

    Those of programs that are no longer registered are left out, but for the names of `unregistered`.
    """
    rows = await fetch(connection, DUE, channels, busy, unregistered, limit)
    return [due_of(row) for row in rows]


def due_of(row: TupleRow) -> Due:
    """An endpoint from a row of `DUE`."""
    is_registered, employers, unit = row[16:]
    mandate = mandate_of(employers) if is_registered else None
    caller = Caller(row[2], mandate, is_operator=not is_registered, unit=unit, is_bounded=unit is not None)
    return Due(
        id=row[0], channel=row[1], caller=caller, employer=row[3], is_for_agents=row[4], target=row[5],
        secret=row[6] or b"", kinds=None if row[7] is None else frozenset(row[7]), language=row[8], pause=row[9],
        position=row[10], delivered=row[11], attempts=row[12], failures=row[13], test_wanted_at=row[15],
    )  # fmt: skip


async def waiting_for(connection: Connection, due: Due) -> Waiting:
    """What an endpoint is to receive next: of its kinds, and only what its owner may still see."""
    if due.is_for_agents:
        found = await reading.for_agents(connection, due.position, PAGE)
    elif due.employer is not None:
        found = await reading.of_employers(connection, [due.employer], due.position, PAGE)
    else:
        found = await reading.of_client(connection, due.caller.client, due.position, PAGE)
    notices = [view for row in found.rows if (view := shown(row, due)) is not None]
    return Waiting(notices=notices, until=found.cursor, has_more=found.has_more)


def shown(row: TupleRow, due: Due) -> NoticeView | None:
    """A notice for an endpoint, None where it is not of its kinds or not for the eyes of its owner."""
    view = reading.view_of(row, None if due.employer is not None else due.caller.client)
    if due.kinds is not None and view.kind not in due.kinds:
        return None
    return view if due.is_for_agents or reading.may_see(row, due.caller) else None


async def wanted_letters(connection: Connection, due: Due) -> list[Letter]:
    """The dead letters of an endpoint that are to be sent again, in order."""
    positions = [row[0] for row in await fetch(connection, WANTED, due.id, PAGE)]
    rows = {row[1]: row for row in await reading.at_positions(connection, positions)} if positions else {}
    return [
        Letter(position=position, notice=shown(rows[position], due) if position in rows else None)
        for position in positions
    ]


async def delivered(connection: Connection, due: Due, old: int, new: int, count: int, pause: float) -> bool:
    """The endpoint has taken in `count` notices, the last at `new`; the next not before a pause (seconds).

    False: another deliverer has moved it, or it is gone.
    """
    cursor = await connection.execute(ADVANCE, (new, count, count, pause, due.id, old), prepare=True)
    return cursor.rowcount == 1


async def skipped(connection: Connection, due: Due, old: int, new: int) -> None:
    """Nothing up to `new` is for this endpoint."""
    await connection.execute(SKIP, (new, due.id, old), prepare=True)


async def failed(
    connection: Connection, due: Due, problem: str, pause: float, *, is_in_order: bool, is_final: bool, patience: float
) -> None:
    """A delivery failed: try again after a pause (seconds); suspend the endpoint if that is final or lasts too long.

    One of a dead letter, out of order, does not count as an attempt of the notice that comes next.
    """
    await connection.execute(FAIL, (int(is_in_order), problem, pause, is_final, patience, due.id))


async def buried(connection: Connection, due: Due, positions: list[int], problem: str) -> None:
    """Notices are given up: they lie among the dead letters, and the endpoint goes on after them."""
    async with connection.transaction():
        await connection.execute(BURY, (problem, positions, due.id))
        await connection.execute(STEP_OVER, (positions[-1], due.id, positions[-1]))


async def raised(connection: Connection, due: Due, position: int) -> None:
    """A dead letter was delivered after all, or is not to be delivered any more."""
    await connection.execute(RAISE, (due.id, position))


async def tested(connection: Connection, due: Due, problem: str | None) -> None:
    """A test notice was sent; what went wrong, if anything."""
    await connection.execute(TESTED, (problem, due.test_wanted_at, due.id))
