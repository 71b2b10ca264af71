"""The inbox of a program: its notices by cursor, one notice, and what it has acknowledged."""

from collections.abc import Sequence
from typing import LiteralString

from opendimona.register.arrays import integers
from opendimona.register.interface import Caller, NotFound, NoticePage, NoticeScope, NoticeView
from opendimona.register.notices.reading import (
    Found,
    at_positions,
    employer_ids,
    may_see,
    of_client,
    of_employers,
    of_everybody,
    view_of,
)
from opendimona.register.store import Connection, fetch

ACKNOWLEDGED_UP_TO: LiteralString = "SELECT coalesce((SELECT position FROM inbox WHERE client = %s), 0)"
ACKNOWLEDGED: LiteralString = "SELECT position FROM acknowledgement WHERE client = %s AND position = ANY(%s::bigint[])"
ACKNOWLEDGE_UP_TO: LiteralString = """
    INSERT INTO inbox (client, position)
    SELECT %s, least(%s::bigint, position) FROM notice_head
    ON CONFLICT (client) DO UPDATE SET position = greatest(inbox.position, excluded.position)"""
FORGET_COVERED: LiteralString = """
    DELETE FROM acknowledgement AS a USING inbox
     WHERE a.client = %s AND inbox.client = a.client AND a.position <= inbox.position"""
ACKNOWLEDGE: LiteralString = """
    INSERT INTO acknowledgement (client, position)
    SELECT %s, w.position FROM unnest(%s::bigint[]) AS w (position)
     WHERE w.position > coalesce((SELECT position FROM inbox WHERE client = %s), 0)
    ON CONFLICT DO NOTHING"""


async def read_inbox(
    connection: Connection, caller: Caller, since: int | None, limit: int, scope: NoticeScope
) -> NoticePage:
    """A page of a caller's notices; see `Register.notices`."""
    covered: int = (await fetch(connection, ACKNOWLEDGED_UP_TO, caller.client))[0][0]
    found = await _find(connection, caller, covered if since is None else since, limit, scope)
    seen = [row for row in found.rows if may_see(row, caller)]
    single = await fetch(connection, ACKNOWLEDGED, caller.client, integers(row[1] for row in seen))
    acknowledged = {row[0] for row in single}
    return NoticePage(
        notices=[
            view_of(row, caller.client, is_acknowledged=row[1] <= covered or row[1] in acknowledged) for row in seen
        ],
        cursor=found.cursor,
        has_more=found.has_more,
    )


async def _find(connection: Connection, caller: Caller, since: int, limit: int, scope: NoticeScope) -> Found:
    if scope == "filed":
        return await of_client(connection, caller.client, since, limit)
    if caller.mandate is None:
        return await of_everybody(connection, since, limit)
    return await of_employers(connection, await employer_ids(connection, caller), since, limit)


async def read_notice(connection: Connection, position: int, caller: Caller) -> NoticeView:
    """One notice; see `Register.notice`. Raises NotFound."""
    for row in await at_positions(connection, [position]):
        if may_see(row, caller):
            covered = (await fetch(connection, ACKNOWLEDGED_UP_TO, caller.client))[0][0]
            single = await fetch(connection, ACKNOWLEDGED, caller.client, integers([position]))
            return view_of(row, caller.client, is_acknowledged=position <= covered or bool(single))
    raise NotFound


async def acknowledge(connection: Connection, caller: Caller, up_to: int | None, positions: Sequence[int]) -> None:
    """Note what a caller has taken in; see `Register.acknowledge`. What it may not see, it cannot acknowledge."""
    async with connection.transaction():
        if up_to is not None:
            await connection.execute(ACKNOWLEDGE_UP_TO, (caller.client, up_to))
            await connection.execute(FORGET_COVERED, (caller.client,))
        if positions:
            seen = [row[1] for row in await at_positions(connection, positions) if may_see(row, caller)]
            await connection.execute(ACKNOWLEDGE, (caller.client, integers(seen), caller.client))
