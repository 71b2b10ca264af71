"""The register for the time of one command."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
import structlog

from opendimona.cli.failures import UNREACHABLE, Failure
from opendimona.cli.options import source_of
from opendimona.cli.output import say
from opendimona.register.access import opened
from opendimona.register.interface import Caller
from opendimona.register.local import LocalRegister
from opendimona.register.migrations import migrate, schema_version

T = TypeVar("T")
CLIENT = "command-line"
OPERATOR = Caller(client=CLIENT)
"""Who sits at the command line of a register may act for every employer."""


@contextmanager
def database(data: Path | None, purpose: str, *, may_create: bool = False) -> Iterator[str]:
    """The connection string of the register meant, its schema up to date.

    `may_create`: a register that is not there is made. Raises Failure, DataFolderError, psycopg.OperationalError.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    source = source_of(data)
    with opened(source, purpose, say, may_create=may_create) as dsn:
        if not may_create:
            with psycopg.connect(dsn) as connection:
                is_empty = schema_version(connection) == 0
            if is_empty:
                raise Failure("there is no register in this database: `opendimona serve` makes one", UNREACHABLE)
        try:
            for name in migrate(dsn):
                say(f"Schema: {name}")
        except RuntimeError as error:
            raise Failure(str(error), UNREACHABLE) from None
        yield dsn


def with_register(
    data: Path | None, purpose: str, work: Callable[[LocalRegister], Awaitable[T]], *, may_create: bool = False
) -> T:
    """Do some work on the register meant, and close it. Raises what `database` and the work raise."""

    async def run(dsn: str) -> T:
        register = await LocalRegister.open(dsn, lanes=1, connections=2)
        try:
            return await work(register)
        finally:
            await register.close()

    with database(data, purpose, may_create=may_create) as dsn:
        return asyncio.run(run(dsn))


def is_empty(dsn: str) -> bool:
    """Whether a register holds nothing of anybody yet."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM employer) OR EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM journal)"
        ).fetchone()
    return row is not None and not row[0]
