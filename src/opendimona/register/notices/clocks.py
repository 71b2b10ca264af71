"""Clocks: what waits too long is spoken of again, and what nobody needs any more is taken away."""

from typing import LiteralString

from opendimona.register.notices.kinds import ESCALATED, REMINDER
from opendimona.register.notices.outbox import Told, tell
from opendimona.register.store import Connection, fetch

CHUNK = 500
_WAITING: LiteralString = """
    SELECT p.number, p.employer, j.filed_by, p.recorded_at FROM pending AS p
      JOIN journal AS j ON j.ssin = 0 AND j.sequence = p.number
      LEFT JOIN pending_reminder AS r ON r.number = p.number
     WHERE p.recorded_at < now() - make_interval(secs => %s)"""
TO_REMIND: LiteralString = f"{_WAITING} AND r.number IS NULL ORDER BY p.recorded_at LIMIT %s"
TO_ESCALATE: LiteralString = f"{_WAITING} AND r.escalated_at IS NULL ORDER BY p.recorded_at LIMIT %s"
REMINDED: LiteralString = """
    INSERT INTO pending_reminder (number) SELECT * FROM unnest(%s::bigint[]) ON CONFLICT DO NOTHING"""
ESCALATED_NOW: LiteralString = """
    INSERT INTO pending_reminder (number, escalated_at) SELECT w.number, now() FROM unnest(%s::bigint[]) AS w (number)
    ON CONFLICT (number) DO UPDATE SET escalated_at = now()"""
FORGET_SETTLED: LiteralString = """
    DELETE FROM pending_reminder AS r WHERE NOT EXISTS (SELECT FROM pending AS p WHERE p.number = r.number)"""
FORGET_NOTICES: LiteralString = """
    DELETE FROM notice WHERE position IN (SELECT position FROM notice ORDER BY position LIMIT %s)
       AND at < now() - make_interval(days => %s)
       AND (at < now() - make_interval(days => 2 * %s) OR position <= coalesce(
            (SELECT min(position) FROM endpoint WHERE NOT is_suspended), (SELECT position FROM notice_head)))
       AND NOT EXISTS (SELECT FROM dead_letter AS d WHERE d.position = notice.position)"""
FORGET_BLOCKS: LiteralString = """
    DELETE FROM notice_block WHERE last IN (SELECT last FROM notice_block ORDER BY last LIMIT %s)
       AND at < now() - make_interval(days => %s)
       AND (at < now() - make_interval(days => 2 * %s) OR last <= coalesce(
            (SELECT min(position) FROM endpoint WHERE NOT is_suspended), (SELECT position FROM notice_head)))
       AND NOT EXISTS (SELECT FROM dead_letter AS d WHERE d.position BETWEEN first AND last)"""
FORGET_LETTERS: LiteralString = """
    DELETE FROM dead_letter WHERE died_at < now() - make_interval(days => %s) AND NOT is_wanted"""
FORGET_ACKNOWLEDGEMENTS: LiteralString = """
    DELETE FROM acknowledgement WHERE position < least(
           (SELECT min(position) FROM notice), (SELECT min(first) FROM notice_block))"""


async def remind(connection: Connection, after: float) -> int:
    """Remind those who wait for an identification longer than so many seconds, once each; how many declarations."""
    return await _speak_of(connection, TO_REMIND, REMINDED, REMINDER, after)


async def escalate(connection: Connection, after: float) -> int:
    """Tell declarants and agents of what waits longer than so many seconds, once each; how many declarations."""
    return await _speak_of(connection, TO_ESCALATE, ESCALATED_NOW, ESCALATED, after)


async def _speak_of(
    connection: Connection, waiting: LiteralString, done: LiteralString, kind: str, after: float
) -> int:
    async with connection.transaction():
        rows = await fetch(connection, waiting, after, CHUNK)
        if rows:
            await connection.execute(done, ([row[0] for row in rows],))
            await tell(
                connection,
                [
                    Told(kind=kind, client=client, employer=employer, number=number, data={"since": since.isoformat()})
                    for number, employer, client, since in rows
                ],
            )
    return len(rows)


async def forget_old(connection: Connection, days: int) -> int:
    """Take away notices older than so many days that every endpoint in service has got past; how many rows.

    A suspended endpoint holds nothing back, and after twice that time none does. A dead letter keeps its notice, and
    goes after the same time. Called again until it gives 0.
    """
    await connection.execute(FORGET_LETTERS, (days,))
    forgotten = 0
    for statement in (FORGET_NOTICES, FORGET_BLOCKS):
        forgotten += (await connection.execute(statement, (CHUNK * 20, days, days))).rowcount
    if forgotten == 0:
        await connection.execute(FORGET_ACKNOWLEDGEMENTS)
        await connection.execute(FORGET_SETTLED)
    return forgotten
