"""The deliverer: turns what was committed into notices, sends them on, and watches the clocks.

One at a time across all processes and machines holds an advisory lock and does the work; the others stand by. The lock
belongs to a connection to the database: it is free the moment its holder dies, and who loses the connection stops.
Each endpoint is served by one task, in order; a slow or broken one holds up nobody else.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from opendimona.channels.deliveries.sending import Sender
from opendimona.register.client_entries import RESERVED_ID
from opendimona.register.notices import clocks, progress
from opendimona.register.notices.outbox import CHUNK, expand
from opendimona.register.store import Connection
from opendimona.settings import Settings

log = structlog.get_logger()
LOCK = 0x0D1A0001
OPERATOR = "command-line"
"""Who may have endpoints without being a registered program, besides the open token of a sandbox."""
TICK = 0.2
"""Seconds between two looks at the outbox and the endpoints, unless more waits than one look takes."""
STAND_BY = 1.0
"""Seconds between two attempts to become the one that works, or to reach a database that is away."""
CLOCK = 5.0
"""Seconds between two looks at what waits too long."""
CLEANING = 600.0
"""Seconds between two rounds of taking away what is old."""
AT_ONCE = 64
"""How many endpoints are served at the same time."""
CONNECTIONS = 4
SESSION = (
    "-c jit=off -c timezone=UTC -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_memoize=off -c idle_in_transaction_session_timeout=60000 -c tcp_keepalives_idle=10 "
    "-c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
"""Notices are found by index, whatever the statistics say of tables that were empty a moment ago. No entry is looked
up twice: to remember what was found would only cost."""


class Deliverer:
    """One deliverer; `run` works until it is cancelled."""

    def __init__(self, dsn: str, settings: Settings, *, on_lead: Callable[[], None] = lambda: None) -> None:
        self._dsn = dsn
        self._settings = settings
        self._on_lead = on_lead
        self._busy: set[int] = set()

    async def run(self) -> None:
        """Stand by, work, and begin anew whenever the database goes away."""
        while True:
            with contextlib.suppress(psycopg.OperationalError, PoolTimeout, ExceptionGroup):
                async with await self._connect() as connection:
                    if await self._is_first(connection):
                        await self._lead(connection)
            await asyncio.sleep(STAND_BY)

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, options=SESSION, application_name="opendimona deliverer"
        )

    async def _is_first(self, connection: Connection) -> bool:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _lead(self, connection: Connection) -> None:
        """Work as long as the connection that holds the lock lives. Raises when it or the database is lost."""
        self._busy.clear()
        self._on_lead()
        pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self._dsn, min_size=1, max_size=CONNECTIONS, open=False, timeout=10,
            kwargs={"autocommit": True, "options": SESSION, "application_name": "opendimona deliverer"},
        )  # fmt: skip
        async with pool:
            sender = Sender(pool, self._settings)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._expand_and_dispatch(connection, group, sender))
                    group.create_task(self._watch_clocks(pool))
            except ExceptionGroup as errors:
                for error in errors.exceptions:
                    log.warning("deliverer stopped", error=type(error).__name__)
                raise

    async def _expand_and_dispatch(self, connection: Connection, group: asyncio.TaskGroup, sender: Sender) -> None:
        """Make notices of what was committed, and have endpoints served that are due."""
        channels = ["webhook", "mail"] if self._settings.mail.host is not None else ["webhook"]
        unregistered = [OPERATOR, RESERVED_ID] if self._settings.is_sandbox else [OPERATOR]
        while True:
            told = await expand(connection)
            room = AT_ONCE - len(self._busy)
            due = progress.due_endpoints(connection, channels, unregistered, list(self._busy), room)
            for one in await due:
                self._busy.add(one.id)
                group.create_task(self._serve(sender.serve(one), one.id))
            await asyncio.sleep(0 if told == CHUNK else TICK)  # few at a time cost the desk its speed

    async def _serve(self, work: Coroutine[Any, Any, None], number: int) -> None:
        """Serve one endpoint; what goes wrong with one does not end the others."""
        try:
            await work
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except Exception as error:  # noqa: BLE001 - an endpoint that cannot be served is told of, not fatal
            log.error("endpoint failed", endpoint=number, error=type(error).__name__)
            await asyncio.sleep(STAND_BY)
        finally:
            self._busy.discard(number)

    async def _watch_clocks(self, pool: AsyncConnectionPool[Connection]) -> None:
        """Remind, escalate, and take away what is old."""
        settings, cleaned = self._settings.notices, time.monotonic()
        while True:
            async with pool.connection() as connection:
                await clocks.remind(connection, settings.reminder)
                await clocks.escalate(connection, settings.escalation)
                is_cleaning = time.monotonic() - cleaned > CLEANING
                if is_cleaning and not await clocks.forget_old(connection, settings.retention):
                    is_cleaning, cleaned = False, time.monotonic()
            await asyncio.sleep(TICK if is_cleaning else max(TICK, min(CLOCK, settings.reminder, settings.escalation)))
