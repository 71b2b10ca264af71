"""Webhooks and mail addresses: who registered them, for what; and the dead letters that can be sent again."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, LiteralString

from msgspec import Struct
from psycopg.rows import TupleRow

from opendimona.core.file import Employer
from opendimona.law.catalogue import Language
from opendimona.register.arrays import integers
from opendimona.register.interface import Caller, EmployerKey, NotFound
from opendimona.register.store import Connection, fetch, read_employers

Channel = Literal["webhook", "mail"]
SECRET_BYTES = 32
ENDPOINTS_MAX = 100
"""How many endpoints a program may have."""
_COLUMNS: LiteralString = (
    "id, channel, client, employer, is_for_agents, target, kinds, language, pause, created_at, position, delivered, "
    "delivered_at, failing_since, problem, is_suspended, tested_at, test_problem, "
    "(SELECT count(*) FROM dead_letter WHERE dead_letter.endpoint = endpoint.id)"
)
ADD: LiteralString = f"""
    INSERT INTO endpoint (channel, client, employer, is_for_agents, target, secret, kinds, language, pause, position)
    SELECT %s, %s, %s::bigint, %s, %s, %s::bytea, %s::text[], %s, %s::integer, position FROM notice_head
    RETURNING {_COLUMNS}"""
LIST: LiteralString = f"SELECT {_COLUMNS} FROM endpoint WHERE channel = %s AND client = %s ORDER BY id"
LIST_ALL: LiteralString = f"SELECT {_COLUMNS} FROM endpoint WHERE channel = %s ORDER BY id"
ONE: LiteralString = f"SELECT {_COLUMNS} FROM endpoint WHERE id = %s AND channel = %s"
DEAD: LiteralString = """
    SELECT position, died_at, attempts, problem, is_wanted FROM dead_letter
     WHERE endpoint = %s AND position > %s ORDER BY position LIMIT %s"""
REPLAY: LiteralString = "UPDATE dead_letter SET is_wanted = true WHERE endpoint = %s"
REPLAY_SOME: LiteralString = f"{REPLAY} AND position = ANY(%s::bigint[])"
WAKE: LiteralString = """
    UPDATE endpoint SET is_suspended = false, attempts = 0, failures = 0, failing_since = NULL, next_at = now()
     WHERE id = %s"""
WANT_TEST: LiteralString = "UPDATE endpoint SET test_wanted_at = now() WHERE id = %s"


class Wanted(Struct, frozen=True, kw_only=True):
    """An endpoint to register. `employer`: its id, None for what the client files; `kinds`: None for all.

    `pause` (mail): seconds between two mails; None leaves it to the server's settings.
    """

    channel: Channel
    target: str
    client: str
    employer: int | None = None
    is_for_agents: bool = False
    kinds: tuple[str, ...] | None = None
    language: Language = "fr"
    pause: int | None = None


class Endpoint(Struct, frozen=True, kw_only=True):
    """A registered endpoint and how it fares; the secret is not told again."""

    id: int
    channel: Channel
    client: str
    employer: int | None
    is_for_agents: bool
    target: str
    kinds: tuple[str, ...] | None
    language: Language
    pause: int | None
    created_at: datetime
    position: int
    delivered: int
    delivered_at: datetime | None
    failing_since: datetime | None
    problem: str | None
    is_suspended: bool
    tested_at: datetime | None
    test_problem: str | None
    dead_letters: int


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A notice that could not be delivered, and why; `is_wanted`: about to be sent again."""

    position: int
    died_at: datetime
    attempts: int
    problem: str
    is_wanted: bool


class TooMany(Exception):
    """The program has as many endpoints as it may have."""


async def add_endpoint(connection: Connection, wanted: Wanted) -> tuple[Endpoint, bytes | None]:
    """Register an endpoint for what happens from now on; with the secret that signs what a webhook is sent.

    Raises TooMany.
    """
    secret = secrets.token_bytes(SECRET_BYTES) if wanted.channel == "webhook" else None
    if len(await fetch(connection, LIST, wanted.channel, wanted.client)) >= ENDPOINTS_MAX:
        raise TooMany
    cursor = await connection.execute(
        ADD,
        (
            wanted.channel, wanted.client, wanted.employer, wanted.is_for_agents, wanted.target, secret,
            None if wanted.kinds is None else list(wanted.kinds), wanted.language, wanted.pause,
        ),
    )  # fmt: skip
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the head is always there
    return endpoint_of(row), secret


async def list_endpoints(connection: Connection, channel: Channel, caller: Caller) -> list[Endpoint]:
    """The endpoints of a caller; an operator sees all."""
    rows = await (
        fetch(connection, LIST_ALL, channel) if caller.is_operator else fetch(connection, LIST, channel, caller.client)
    )
    return [endpoint_of(row) for row in rows]


async def read_endpoint(connection: Connection, number: int, channel: Channel, caller: Caller) -> Endpoint:
    """One endpoint of a caller. Raises NotFound."""
    for row in await fetch(connection, ONE, number, channel):
        endpoint = endpoint_of(row)
        if caller.is_operator or endpoint.client == caller.client:
            return endpoint
    raise NotFound


async def remove_endpoint(connection: Connection, number: int, channel: Channel, caller: Caller) -> None:
    """Forget an endpoint and its dead letters. Raises NotFound."""
    await read_endpoint(connection, number, channel, caller)
    async with connection.transaction():
        await connection.execute("DELETE FROM dead_letter WHERE endpoint = %s", (number,))
        await connection.execute("DELETE FROM endpoint WHERE id = %s", (number,))


async def dead_letters(
    connection: Connection, number: int, channel: Channel, caller: Caller, since: int, limit: int
) -> list[DeadLetter]:
    """The dead letters of an endpoint after a position. Raises NotFound."""
    await read_endpoint(connection, number, channel, caller)
    rows = await fetch(connection, DEAD, number, since, limit)
    return [
        DeadLetter(position=row[0], died_at=row[1], attempts=row[2], problem=row[3], is_wanted=row[4]) for row in rows
    ]


async def replay(
    connection: Connection, number: int, channel: Channel, caller: Caller, positions: Sequence[int] | None
) -> int:
    """Have dead letters sent again, all or these, and wake a suspended endpoint; how many. Raises NotFound."""
    await read_endpoint(connection, number, channel, caller)
    async with connection.transaction():
        cursor = await (
            connection.execute(REPLAY, (number,))
            if positions is None
            else connection.execute(REPLAY_SOME, (number, integers(positions)))
        )
        await connection.execute(WAKE, (number,))
    return cursor.rowcount


async def want_test(connection: Connection, number: int, channel: Channel, caller: Caller) -> None:
    """Have a test notice sent as soon as can be; how it went is told of the endpoint later. Raises NotFound."""
    await read_endpoint(connection, number, channel, caller)
    await connection.execute(WANT_TEST, (number,))


async def employer_for(connection: Connection, key: EmployerKey, caller: Caller) -> Employer:
    """An employer that the caller may act for. Raises NotFound."""
    for employer in await read_employers(connection, [key]):
        if caller.may_act_for(employer):
            return employer
    raise NotFound


def endpoint_of(row: TupleRow) -> Endpoint:
    """An endpoint from its columns."""
    return Endpoint(
        id=row[0], channel=row[1], client=row[2], employer=row[3], is_for_agents=row[4], target=row[5],
        kinds=None if row[6] is None else tuple(row[6]), language=row[7], pause=row[8], created_at=row[9],
        position=row[10], delivered=row[11], delivered_at=row[12], failing_since=row[13], problem=row[14],
        is_suspended=row[15], tested_at=row[16], test_problem=row[17], dead_letters=row[18],
    )  # fmt: skip
