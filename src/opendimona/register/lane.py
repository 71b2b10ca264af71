"""A lane's connection: psycopg's, with a short way for the few statements that every batch runs.

An ordinary execution adapts each parameter and drives several layers of generators, 0.2 ms for statements of forty
arrays that are text already. Here a statement is prepared once and its parameters go to libpq as they are. All else
(transactions, pipelines, other statements) goes through psycopg on the same connection.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import LiteralString

from psycopg import AsyncConnection
from psycopg.abc import Transformer as AdaptTransformer
from psycopg.adapt import Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus, abc
from psycopg.rows import TupleRow

_PLACE = re.compile(r"%s|%%")


class LaneConnection(AsyncConnection[TupleRow]):
    """A connection on which one task runs one statement at a time."""

    _lane_statements: dict[str, bytes] | None = None
    _lane_transformer: "AdaptTransformer | None" = None

    async def fetch(self, statement: LiteralString, parameters: Sequence[object]) -> list[TupleRow]:
        """Run a statement with parameters that are packed, or whose `str` PostgreSQL reads; all its rows.

        Raises psycopg.Error.
        """
        prepared = self._lane_statements
        if prepared is None:
            prepared = self._lane_statements = {}
        name = prepared.get(statement)
        if name is None:
            name = b"lane_%d" % len(prepared)
            self.pgconn.send_prepare(name, numbered(statement).encode())
            await self._result()
            prepared[statement] = name
        self.pgconn.send_query_prepared(
            name,
            [value if isinstance(value, bytes) else str(value).encode() for value in parameters],
            param_formats=[Format.BINARY if isinstance(value, bytes) else Format.TEXT for value in parameters],
            result_format=Format.BINARY,
        )
        result = await self._result()
        if not result.ntuples:
            return []
        transformer = self._lane_transformer
        if transformer is None:  # one for all results: it remembers how each type is read
            transformer = self._lane_transformer = Transformer(self)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    async def rollback(self) -> None:
        """Leave the open transaction, if any. psycopg's own way would make the server forget what was prepared."""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.pgconn.send_query(b"ROLLBACK")
            await self._result()

    async def _result(self) -> "abc.PGresult":
        """The one result of what was sent. Raises psycopg.Error."""
        pgconn = self.pgconn
        while pgconn.flush():
            await self._ready(is_writing=True)
            pgconn.consume_input()
        found: abc.PGresult | None = None
        while True:
            while pgconn.is_busy():
                await self._ready(is_writing=False)
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                break
            found = result
        if found is None:
            raise OperationalError("the connection was lost")
        if found.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise error_from_result(found, encoding="utf-8")
        return found

    async def _ready(self, *, is_writing: bool) -> None:
        """Wait until the socket can be read, or written to if there is something to write."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        number = self.pgconn.socket
        loop.add_reader(number, _tell, ready)
        if is_writing:
            loop.add_writer(number, _tell, ready)
        try:
            await ready
        finally:
            loop.remove_reader(number)
            if is_writing:
                loop.remove_writer(number)


def _tell(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def numbered(statement: str) -> str:
    """A statement with PostgreSQL's own places for parameters: `$1`, `$2`, ... for each `%s`."""
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        count += 1
        return f"${count}"

    return _PLACE.sub(place, statement)
