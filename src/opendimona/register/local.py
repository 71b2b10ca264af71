"""The embedded register: the house that decides, on PostgreSQL. One object per process; several share a database."""

import asyncio
import contextlib
import logging
import select
from collections.abc import Callable, Coroutine, Sequence
from datetime import date, datetime
from typing import Self, TypeVar

import psycopg
import structlog
from msgspec.structs import replace
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from opendimona.core.declaration import Declaration
from opendimona.core.quotas import Balance
from opendimona.law.reader import load_law
from opendimona.law.rules import Law
from opendimona.register import administration, balances, consultation, daily_consultation, events, units
from opendimona.register.batch import Batch, now
from opendimona.register.covers import read_covers
from opendimona.register.desk import Desk
from opendimona.register.entries import EmployerEntry, PeriodEntry, WorkerEntry
from opendimona.register.filing import Filing, Replayed, Reply
from opendimona.register.filing_tasks import FilingTasks
from opendimona.register.interface import (
    Answer,
    Caller,
    CoversWanted,
    Criteria,
    Key,
    NotFound,
    NoticePage,
    NoticeScope,
    NoticeView,
    NotMandated,
    Overloaded,
    PeriodView,
    QuotaSubject,
    RegistrationView,
    RelationView,
    TakeCovers,
    Unavailable,
)
from opendimona.register.lane import LaneConnection
from opendimona.register.local_agents import LocalAgents
from opendimona.register.notices import inbox
from opendimona.register.notices.ages import Ages, read_ages
from opendimona.register.notices.outbox import expand_all
from opendimona.register.notices.service import Endpoints
from opendimona.register.numbers import Numbers
from opendimona.register.persons import missing_indexes
from opendimona.register.reading import counted_by, read_files, warm_repertory
from opendimona.register.repertory import Repertory
from opendimona.register.store import Connection
from opendimona.register.subject import subject_of
from opendimona.register.units import Units

log = structlog.get_logger()
logging.getLogger("psycopg").setLevel(
    logging.ERROR
)  # it warns of every collision of two writers, which is ordinary here
T = TypeVar("T")
SESSION = (
    "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC -c idle_in_transaction_session_timeout=60000"
)
LANE = SESSION + " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off"
"""A lane plans once, perhaps while the tables are still empty: it always looks its workers up by index."""
RETRY_FIRST, RETRY_LAST = 0.05, 2.0
"""Seconds between attempts to reach a database that is away."""
WARMING_PAUSE = 1.0
"""Seconds between two readings of the repertory, however often it changes."""
CLOSE_TIME = 5.0
"""Seconds that closing waits for the batches under way."""


async def tell_missing_indexes(connection: Connection) -> None:
    """Say when a load of persons was broken off: until it is done again, no candidate is found in good time."""
    if missing := await missing_indexes(connection):
        log.warning("search indexes of persons are missing: run opendimona persons index", missing=missing)


async def _check_still_open(connection: Connection) -> None:
    """Refuse to hand out a connection that PostgreSQL has closed; costs it no question while there is nothing to read.

    Raises psycopg.OperationalError for one that is closed: the pool then takes another.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(connection)


class LocalRegister:
    """A `Register` on one PostgreSQL database. Open with `open`, close with `close`."""

    def __init__(
        self,
        dsn: str,
        law: Law,
        pool: AsyncConnectionPool[Connection],
        desk: Desk,
        numbers: Numbers,
        repertory: Repertory,
        certainty: float | None,
    ) -> None:
        self._dsn = dsn
        self._law = law
        self._pool = pool
        self._desk = desk
        self._numbers = numbers
        self._repertory = repertory
        self.endpoints = Endpoints(self._read)
        self.tasks = FilingTasks(self._read)
        self._lanes: list[asyncio.Task[None]] = []
        self._lanes_up = 0
        self._warming: asyncio.Task[None] | None = None
        self.agents = LocalAgents(self._read, law, numbers, certainty)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        queue_limit: int = 4096,
        batch_limit: int = 512,
        lanes: int = 2,
        connections: int = 4,
        law: Law | None = None,
        certainty: float | None = None,
    ) -> Self:
        """Start the desk's lanes and the connections for reading on a migrated database.

        `certainty`: from which the automatic matcher identifies a worker within the answer; None: never.
        Raises psycopg.OperationalError when the database cannot be reached.
        """
        numbers = Numbers()
        in_force = law or load_law()
        repertory = Repertory()
        desk = Desk(in_force, numbers, repertory, queue_limit=queue_limit, batch_limit=batch_limit)
        pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn, min_size=1, max_size=connections, open=False, timeout=10,
            kwargs={"autocommit": True, "options": SESSION, "application_name": "opendimona"}, check=_check_still_open,
        )  # fmt: skip
        register = cls(dsn, in_force, pool, desk, numbers, repertory, certainty)
        try:
            first = [await register._connect() for _ in range(lanes)]
            await pool.open(wait=True, timeout=10)
        except PoolTimeout as error:
            raise psycopg.OperationalError("the database cannot be reached") from error
        register._lanes = [asyncio.create_task(register._keep_lane(connection)) for connection in first]
        register._lanes_up = lanes
        await register._read(tell_missing_indexes)
        register._warming = asyncio.create_task(register._keep_repertory_warm())
        return register

    async def close(self) -> None:
        """Answer what is queued, then close every connection; what the database no longer takes must come back."""
        self._desk.close()
        if self._warming is not None:
            self._warming.cancel()
        _, stuck = await asyncio.wait(self._lanes, timeout=CLOSE_TIME)
        for lane in stuck:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        self._desk.refuse_waiting()
        await self._pool.close()

    async def _connect(self) -> Connection:
        return await LaneConnection.connect(
            self._dsn, autocommit=True, options=LANE, application_name="opendimona desk"
        )

    async def _keep_lane(self, connection: Connection) -> None:
        """Run one lane, on a new connection whenever the database went away."""
        delay = RETRY_FIRST
        while True:
            try:
                async with connection:
                    await self._desk.run_lane(connection)
                    return
            except psycopg.Error:
                self._lanes_up -= 1
                log.warning("database lost", lanes=self._lanes_up)
            while connection.closed:
                if not self._lanes_up:
                    self._desk.refuse_waiting()
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_LAST)
                with contextlib.suppress(psycopg.OperationalError):
                    connection = await self._connect()
                    delay = RETRY_FIRST
                    self._lanes_up += 1

    async def _keep_repertory_warm(self) -> None:
        """Read the employers into memory, again each time a change made it forget them."""
        while True:
            await self._repertory.wait_until_forgotten()
            with contextlib.suppress(Unavailable):
                await self._read(lambda connection: warm_repertory(connection, self._repertory))
            await asyncio.sleep(WARMING_PAUSE)

    async def _read(self, work: Callable[[Connection], Coroutine[object, object, T]]) -> T:
        """Do some work on a connection of the pool. Raises Unavailable when the database is away."""
        try:
            async with self._pool.connection() as connection:
                return await work(connection)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable from error

    async def file(
        self, declaration: Declaration, filed_by: Caller, received_at: datetime, key: Key | None = None
    ) -> Answer:
        """See `Register.file`."""
        if not self._lanes_up:
            raise Unavailable
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._desk.file(declaration, filed_by, received_at, key, answer)
        try:
            found = await answer
        except Replayed as replayed:
            try:
                first = await self.answer(replayed.number, filed_by)
            except NotFound:  # the mandate under which it was filed is gone
                raise NotMandated from None
            return replace(first, is_replay=True)
        return await self._matched(found) if found.result == "S" and self.agents.is_matching else found

    async def _matched(self, answer: Answer) -> Answer:
        """The answer to a pending declaration after the automatic matcher; it stays pending where that cannot look."""
        try:
            return await self.agents.match(answer)
        except (Overloaded, Unavailable):
            return answer

    def file_at_once(self, declaration: Declaration, filed_by: Caller, received_at: datetime, reply: Reply) -> None:
        """As `file` without a key, but no coroutine: the reply is given what `file` would return or raise.

        Raises Overloaded, Unavailable.
        """
        if not self._lanes_up:
            raise Unavailable
        self._desk.file(declaration, filed_by, received_at, None, reply)

    async def simulate(self, declaration: Declaration, caller: Caller, at: datetime) -> Answer:
        """See `Register.simulate`."""

        async def work(connection: Connection) -> Answer:
            batch = Batch(self._law, now())
            subject = subject_of(declaration)
            filing = Filing(declaration, subject, caller, at, None, asyncio.get_running_loop().create_future())
            await read_files(connection, batch, [filing], self._repertory, is_assuming=False)
            await batch.totals.read(connection, counted_by(batch, [filing]))
            return batch.judge(declaration, subject, caller, at, 0)

        return await self._read(work)

    async def answer(self, number: int, caller: Caller) -> Answer:
        """See `Register.answer`."""
        return await self._read(lambda connection: consultation.read_answer(connection, number, caller))

    async def answers(self, numbers: Sequence[int], caller: Caller) -> dict[int, Answer]:
        """See `Register.answers`."""
        return await self._read(lambda connection: consultation.read_answers(connection, numbers, caller))

    async def period(self, number: int, caller: Caller, as_of: datetime | None = None) -> PeriodView:
        """See `Register.period`."""
        return await self._read(lambda connection: consultation.read_period(connection, number, caller, as_of))

    async def registration(self, number: int, caller: Caller, as_of: datetime | None = None) -> RegistrationView:
        """See `Register.registration`."""
        return await self._read(
            lambda connection: daily_consultation.read_registration(connection, number, caller, as_of)
        )

    async def search_periods(self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0) -> list[PeriodView]:
        """See `Register.search_periods`."""
        return await self._read(
            lambda connection: consultation.search_periods(connection, criteria, caller, limit, offset)
        )

    async def covers(self, wanted: CoversWanted, caller: Caller, take: TakeCovers) -> None:
        """See `Register.covers`."""
        if caller.mandate is not None and any(("nsso", one) not in caller.mandate for one in wanted.employers):
            raise NotMandated
        try:
            await asyncio.to_thread(read_covers, self._dsn, wanted, take)
        except psycopg.OperationalError as error:
            raise Unavailable from error

    async def search_declarations(
        self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0
    ) -> list[Answer]:
        """See `Register.search_declarations`."""
        return await self._read(
            lambda connection: consultation.search_declarations(connection, criteria, caller, limit, offset)
        )

    async def search_relations(
        self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0
    ) -> list[RelationView]:
        """See `Register.search_relations`."""
        return await self._read(
            lambda connection: consultation.search_relations(connection, criteria, caller, limit, offset)
        )

    async def quotas(self, subject: QuotaSubject, year: int, caller: Caller, filed_on: date) -> list[Balance]:
        """See `Register.quotas`."""
        return await self._read(
            lambda connection: balances.read_balances(connection, self._law, subject, year, caller, filed_on)
        )

    async def identify(
        self, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool = True
    ) -> Answer:
        """See `Register.identify`."""
        return await self.agents.identify(number, agent, ssin, reason, is_strict=is_strict)

    async def lock(self, number: int, agent: str) -> None:
        """See `Register.lock`."""
        await self._read(lambda connection: events.lock(connection, self._law, number, agent))

    async def notices(self, caller: Caller, since: int | None, limit: int, scope: NoticeScope = "filed") -> NoticePage:
        """See `Register.notices`."""
        return await self._read(lambda connection: inbox.read_inbox(connection, caller, since, limit, scope))

    async def notice(self, position: int, caller: Caller) -> NoticeView:
        """See `Register.notice`."""
        return await self._read(lambda connection: inbox.read_notice(connection, position, caller))

    async def acknowledge(self, caller: Caller, up_to: int | None, positions: Sequence[int]) -> None:
        """See `Register.acknowledge`."""
        await self._read(lambda connection: inbox.acknowledge(connection, caller, up_to, positions))

    async def catch_up(self) -> None:
        """Turn what was committed into notices, as a deliverer does all the time."""
        await self._read(expand_all)

    async def ages(self) -> Ages:
        """How long things have been waiting. Raises Unavailable."""
        return await self._read(read_ages)

    async def is_ready(self) -> bool:
        """See `Register.is_ready`."""
        if not self._lanes_up:
            return False
        try:
            await self._read(lambda connection: connection.execute("SELECT 1"))
        except Unavailable:
            return False
        return True

    async def put_employers(self, entries: Sequence[EmployerEntry]) -> int:
        """Put employers in the repertory; see `administration.put_employers`."""
        return await self._read(lambda connection: administration.put_employers(connection, entries))

    async def put_workers(self, entries: Sequence[WorkerEntry]) -> int:
        """Put persons in the register of persons; see `administration.put_workers`."""
        return await self._read(lambda connection: administration.put_workers(connection, entries))

    async def assign_units(self, pairs: Sequence[tuple[int, str]]) -> None:
        """Note that declarations or periods, by number, are of a unit; see `register.units`."""
        await self._read(lambda connection: units.write_units(connection, pairs))

    async def units(self, numbers: Sequence[int]) -> Units:
        """The units of declarations and periods, by number."""
        return await self._read(lambda connection: units.read_units(connection, numbers))

    async def follow_employers(self, numbers: Sequence[int]) -> None:
        """Tell employers, by NSSO number, also of what programs file for them and are answered at once."""
        await self._read(lambda connection: administration.follow_employers(connection, numbers))

    async def move_unit(self, old: str, new: str) -> None:
        """A unit has another name, or is a part of another; see `register.units`."""
        await self._read(lambda connection: units.move_unit(connection, old, new))

    async def import_periods(self, entries: Sequence[PeriodEntry]) -> list[int]:
        """Import periods all or none; see `events.import_periods`."""
        return await self._read(lambda connection: events.import_periods(connection, self._law, self._numbers, entries))

    async def forget_everything(self) -> None:
        """Empty the register (sandbox)."""
        await self._read(administration.forget_everything)
