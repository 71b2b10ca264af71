"""Batches of declarations that a program hands in at once, to be filed one after the other; kept until all are.

A task is committed before its program is told so. A server process takes it up under a lease and renews that while it
works; when the process dies, another goes on where it stopped. Whoever files a declaration gives it the key of its
place in the task, so that one that was recorded just before is not recorded again.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, cast

from msgspec import Struct

from opendimona.register.arrays import integers, texts
from opendimona.register.interface import Caller, Channel, Key, KeyConflict, NotFound
from opendimona.register.store import Connection, Read, fetch

OPEN_MAX = 20
"""How many unfinished tasks a program may have."""
LEASE = 10
"""Seconds for which a process has a task to itself, anew with each lot of answers."""
KEPT_DAYS = 30
"""Days for which a finished task can be read."""
_SHOWN: LiteralString = """
    SELECT t.id, t.client, t.channel, t.is_strict, t.received_at, t.created_at, t.total, t.finished_at,
           t.total - (SELECT count(*) FROM filing_task_item AS i WHERE i.task = t.id AND i.body IS NOT NULL)
      FROM filing_task AS t"""
ADD: LiteralString = """
    INSERT INTO filing_task (client, key, digest, channel, is_strict, received_at, total)
    SELECT %(client)s, %(key)s, %(digest)s, %(channel)s, %(is_strict)s, %(received_at)s, %(total)s
     WHERE (SELECT count(*) FROM filing_task WHERE client = %(client)s AND finished_at IS NULL) < %(most)s
    ON CONFLICT DO NOTHING RETURNING id"""
ADD_ITEMS: LiteralString = "INSERT INTO filing_task_item (task, position, body) VALUES (%s, %s, %s)"
SAME_KEY: LiteralString = "SELECT id, digest FROM filing_task WHERE client = %s AND key = %s"
TAKE: LiteralString = """
    UPDATE filing_task SET leased_until = now() + make_interval(secs => %s)
     WHERE id = (SELECT id FROM filing_task WHERE finished_at IS NULL AND leased_until < now()
                  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id"""
LEASED_FOR: LiteralString = (
    "UPDATE filing_task SET leased_until = now() + make_interval(secs => %s) WHERE id = %s AND finished_at IS NULL"
)
WAITING: LiteralString = (
    "SELECT position, body FROM filing_task_item WHERE task = %s AND body IS NOT NULL ORDER BY position LIMIT %s"
)
ANSWER: LiteralString = """
    UPDATE filing_task_item AS i SET body = NULL, number = w.number, problem = w.problem
      FROM unnest(%s::integer[], %s::bigint[], %s::text[]) AS w (position, number, problem)
     WHERE i.task = %s AND i.position = w.position AND i.body IS NOT NULL"""
FINISH: LiteralString = """
    UPDATE filing_task AS t SET finished_at = now()
     WHERE id = %s AND finished_at IS NULL
       AND NOT EXISTS (SELECT FROM filing_task_item AS i WHERE i.task = t.id AND i.body IS NOT NULL)"""
RESULTS: LiteralString = """
    SELECT position, number, problem FROM filing_task_item
     WHERE task = %s AND position >= %s AND body IS NULL ORDER BY position LIMIT %s"""
FORGET_OLD: LiteralString = "DELETE FROM filing_task WHERE finished_at < now() - make_interval(days => %s)"


class Task(Struct, frozen=True, kw_only=True):
    """A batch: who handed it in and how, how many declarations it has and how many are answered."""

    id: int
    client: str
    channel: Channel
    is_strict: bool
    received_at: datetime
    created_at: datetime
    total: int
    finished_at: datetime | None
    answered: int

    def key_of(self, position: int) -> Key:
        """The key under which one of its declarations is filed; programs cannot send one with a space."""
        value = f"task {self.id} {position}"
        return Key(value, hashlib.sha256(value.encode()).digest())


class Waiting(Struct, frozen=True):
    """One declaration of a task that is to be filed, as it was sent."""

    position: int
    body: bytes


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one: the number of the declaration, or the problem (JSON) for which there is none."""

    position: int
    number: int | None = None
    problem: str | None = None


class TooManyTasks(Exception):
    """The program has as many unfinished tasks as it may."""


async def add_task(
    connection: Connection, caller: Caller, received_at: datetime, key: Key, bodies: Sequence[bytes]
) -> int:
    """Keep a task, all or nothing; its number. `key.value` empty: none was sent. Raises KeyConflict, TooManyTasks."""
    values = {
        "client": caller.client, "key": key.value or None, "digest": key.digest, "channel": caller.channel,
        "is_strict": caller.is_strict, "received_at": received_at, "total": len(bodies), "most": OPEN_MAX,
    }  # fmt: skip
    async with connection.transaction():
        known = await _with_key(connection, caller, key)
        if known is not None:
            return known
        row = await (await connection.execute(ADD, values)).fetchone()
        if row is None:  # too many, or the same key came at the same moment
            known = await _with_key(connection, caller, key)
            if known is None:
                raise TooManyTasks
            return known
        number: int = row[0]
        await connection.cursor().executemany(
            ADD_ITEMS, [(number, position, body) for position, body in enumerate(bodies)]
        )
        return number


async def _with_key(connection: Connection, caller: Caller, key: Key) -> int | None:
    """The task that a key was used for. Raises KeyConflict."""
    if not key.value:
        return None
    row = await (await connection.execute(SAME_KEY, (caller.client, key.value))).fetchone()
    if row is None:
        return None
    if bytes(row[1]) != key.digest:
        raise KeyConflict
    return cast(int, row[0])


async def read_task(connection: Connection, number: int, client: str | None) -> Task:
    """A task, of this client (None: of any). Raises NotFound."""
    row = await (await connection.execute(f"{_SHOWN} WHERE t.id = %s", (number,), prepare=True)).fetchone()
    if row is None or client not in (None, row[1]):
        raise NotFound
    return Task(
        id=row[0], client=row[1], channel=row[2], is_strict=row[3], received_at=row[4], created_at=row[5],
        total=row[6], finished_at=row[7], answered=row[8],
    )  # fmt: skip


async def read_results(connection: Connection, number: int, first: int, limit: int) -> list[Outcome]:
    """What became of its declarations, from a position on; those not answered yet are left out."""
    cursor = await connection.execute(RESULTS, (number, first, limit))
    return [Outcome(position=row[0], number=row[1], problem=row[2]) for row in await cursor.fetchall()]


async def take_task(connection: Connection) -> Task | None:
    """The oldest task that nobody is at work on, under a lease; None where there is none."""
    row = await (await connection.execute(TAKE, (LEASE,), prepare=True)).fetchone()
    return None if row is None else await read_task(connection, row[0], None)


async def read_waiting(connection: Connection, number: int, limit: int) -> list[Waiting]:
    """What is to be filed next, in order."""
    cursor = await connection.execute(WAITING, (number, limit))
    return [Waiting(row[0], bytes(row[1])) for row in await cursor.fetchall()]


async def record(connection: Connection, number: int, outcomes: Sequence[Outcome], lease: int = LEASE) -> None:
    """Note what became of some, and have the task for so many seconds more; it is finished with the last of them."""
    columns = (integers(one.position for one in outcomes), integers(one.number for one in outcomes),
               texts([one.problem for one in outcomes]))  # fmt: skip
    async with connection.transaction():
        await fetch(connection, ANSWER, *columns, number)
        await connection.execute(LEASED_FOR, (lease, number))
        await connection.execute(FINISH, (number,))


async def forget_old(connection: Connection) -> None:
    """Forget tasks that were finished long ago; what they filed stays."""
    await connection.execute(FORGET_OLD, (KEPT_DAYS,))


class FilingTasks:
    """The tasks of a register, for channels; each operation raises Unavailable. `wanted` is set when one comes in."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.wanted = asyncio.Event()

    async def add(self, caller: Caller, received_at: datetime, key: Key, bodies: Sequence[bytes]) -> int:
        """See `add_task`."""
        number = await self._read(lambda connection: add_task(connection, caller, received_at, key, bodies))
        self.wanted.set()
        return number

    async def one(self, number: int, client: str) -> Task:
        """A task of a client. Raises NotFound."""
        return await self._read(lambda connection: read_task(connection, number, client))

    async def results(self, number: int, first: int, limit: int) -> list[Outcome]:
        """See `read_results`."""
        return await self._read(lambda connection: read_results(connection, number, first, limit))

    async def take(self) -> Task | None:
        """See `take_task`."""
        return await self._read(take_task)

    async def waiting(self, number: int, limit: int) -> list[Waiting]:
        """See `read_waiting`."""
        return await self._read(lambda connection: read_waiting(connection, number, limit))

    async def record(self, number: int, outcomes: Sequence[Outcome], lease: int = LEASE) -> None:
        """See `record`."""
        await self._read(lambda connection: record(connection, number, outcomes, lease))

    async def forget_old(self) -> None:
        """See `forget_old`."""
        await self._read(forget_old)
