"""Registered programs, the assertions they have used, and the key that signs their access tokens.

All of it stands in the database, so that every server process agrees. What each request needs is kept in memory and
thrown away when the version in the database has moved, which is looked at once a second at most.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString, Self, cast

import psycopg
from psycopg.rows import TupleRow

from opendimona.register.client_entries import Client, ClientEntry, is_client_id, parse_client
from opendimona.register.interface import EmployerKey

Connection = psycopg.AsyncConnection[TupleRow]
Step = tuple[LiteralString, tuple[Any, ...]]

# Seconds for which a change made by another process may go unseen.
FRESHNESS = 1.0
_KNOWN_MAX = 10_000
_CLEANING_SECONDS = 60.0
_COLUMNS: LiteralString = "serial, id, public_key, valid_until, employers, scopes, last_used_at, unit"
# Takes the lock of the one row, so that changes of the clients follow each other.
_NEXT_VERSION: Step = ("UPDATE access_state SET version = version + 1", ())
_USE: LiteralString = (
    "INSERT INTO used_assertion (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING true"
)
_USED: LiteralString = "UPDATE client SET last_used_at = now() WHERE id = %s AND revoked_at IS NULL"
_ADD: LiteralString = (
    "INSERT INTO client (id, public_key, valid_until, employers, scopes, unit) VALUES (%s, %s, %s, %s, %s, %s)"
)
_REVOKE: LiteralString = "UPDATE client SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL RETURNING serial"


class Clients:
    """The store of registered programs; open it with `Clients.open`."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Connection | None = None
        self._lock = asyncio.Lock()
        self._known: dict[str, Client | None] = {}
        self._checked = 0.0
        self._cleaned = 0.0
        self.version = 0
        self.token_key = b""

    @classmethod
    async def open(cls, dsn: str) -> Self:
        """The store in the database at `dsn`, whose schema is in place. Raises psycopg.OperationalError."""
        clients = cls(dsn)
        await clients._run(
            ("INSERT INTO access_state (token_key) VALUES (%s) ON CONFLICT DO NOTHING", (secrets.token_bytes(32),))
        )
        await clients.refresh()
        return clients

    async def close(self) -> None:
        """Let the connection go."""
        async with self._lock:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    @property
    def is_stale(self) -> bool:
        """Whether another process may have changed something since the last look."""
        return time.monotonic() - self._checked > FRESHNESS

    async def refresh(self) -> None:
        """Look whether anything changed; if so, what was kept in memory is read again when needed."""
        before, self._checked = self._checked, time.monotonic()
        try:
            rows = await self._run(("SELECT version, token_key FROM access_state", ()))
        except BaseException:
            self._checked = before
            raise
        version, token_key = rows[0]
        if (version, token_key) != (self.version, self.token_key):
            self.version, self.token_key = version, token_key
            self._known = {}

    async def get(self, client_id: str) -> Client | None:
        """The registration in force of this client, or None."""
        if not is_client_id(client_id):
            return None
        if self.is_stale:
            await self.refresh()
        known = self._known  # another one, once something has changed: what is read here then goes nowhere
        if client_id in known:
            return known[client_id]
        rows = await self._run((f"SELECT {_COLUMNS} FROM client WHERE id = %s AND revoked_at IS NULL", (client_id,)))
        client = _client(rows[0]) if rows else None
        if len(known) >= _KNOWN_MAX:
            known.clear()
        known[client_id] = client
        return client

    async def registered(self) -> list[Client]:
        """Every registration in force, by client id."""
        rows = await self._run((f"SELECT {_COLUMNS} FROM client WHERE revoked_at IS NULL ORDER BY id", ()))
        return [_client(row) for row in rows]

    async def register(self, entry: ClientEntry) -> None:
        """Register a program; a former registration, and the tokens it was given, end. Raises InvalidClient."""
        client = parse_client(entry, datetime.now(UTC))
        employers = None if client.mandate is None else sorted(f"{kind}:{number}" for kind, number in client.mandate)
        await self._run(
            _NEXT_VERSION,
            (_REVOKE, (client.id,)),
            (
                _ADD,
                (client.id, client.public_key, client.valid_until, employers, list(client.scopes), client.unit),
            ),
        )
        await self.refresh()

    async def revoke(self, client_id: str) -> bool:
        """End a registration and the tokens it was given; whether there was one."""
        if not is_client_id(client_id):
            return False
        rows = await self._run(_NEXT_VERSION, (_REVOKE, (client_id,)))
        await self.refresh()
        return bool(rows)

    async def use_assertion(self, client_id: str, jti: str, expires: float) -> bool:
        """Note that an assertion was used (`expires`: seconds since 1970); False when it was used before."""
        digest = hashlib.sha256(f"{client_id}\n{jti}".encode(errors="backslashreplace")).digest()
        rows = await self._run((_USE, (digest, datetime.fromtimestamp(expires, UTC))))
        if rows:
            await self._run((_USED, (client_id,)))
        if time.monotonic() - self._cleaned > _CLEANING_SECONDS:
            self._cleaned = time.monotonic()
            await self._run(("DELETE FROM used_assertion WHERE expires_at < now() - interval '5 minutes'", ()))
        return bool(rows)

    async def forget_everything(self) -> None:
        """Forget every client, used assertion and key (sandbox only)."""
        await self._run(
            ("UPDATE access_state SET version = version + 1, token_key = %s", (secrets.token_bytes(32),)),
            ("DELETE FROM client", ()),
            ("DELETE FROM used_assertion", ()),
        )
        await self.refresh()

    async def _run(self, *steps: Step) -> list[TupleRow]:
        """Run statements in one transaction; the rows of the last. A connection found dead is opened once more."""
        async with self._lock:
            if self._connection is not None and not self._connection.closed:
                try:
                    return await _transact(self._connection, steps)
                except psycopg.OperationalError:
                    if not self._connection.closed:
                        raise
            self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
            return await _transact(self._connection, steps)


async def _transact(connection: Connection, steps: tuple[Step, ...]) -> list[TupleRow]:
    if len(steps) == 1:
        return await _rows(connection, steps[0])
    rows: list[TupleRow] = []
    async with connection.transaction():
        for step in steps:
            rows = await _rows(connection, step)
    return rows


async def _rows(connection: Connection, step: Step) -> list[TupleRow]:
    cursor = await connection.execute(*step)
    return await cursor.fetchall() if cursor.description else []


def _client(row: TupleRow) -> Client:
    serial, client_id, public_key, valid_until, employers, scopes, last_used_at, unit = row
    return Client(
        serial=serial,
        id=client_id,
        public_key=public_key,
        valid_until=valid_until,
        mandate=mandate_of(employers),
        scopes=tuple(scopes),
        last_used_at=last_used_at,
        unit=unit,
    )


def mandate_of(employers: Sequence[str] | None) -> frozenset[EmployerKey] | None:
    """The employers' numbers of a registration as it is stored; None stands for every employer."""
    return None if employers is None else frozenset(_key(text) for text in employers)


def _key(text: str) -> EmployerKey:
    kind, _, number = text.partition(":")
    return cast(EmployerKey, (kind, int(number)))
