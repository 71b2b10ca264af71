"""The desk: declarations queue while the previous transaction commits; the next one takes all that wait.

A lone declaration pays no delay, a crowd pays one commit. Several lanes overlap the work of Python with that of
PostgreSQL. Writers are optimistic: each entry of the journal names the version of the worker's file that it was
decided on, and the primary key lets one win. The loser decides again, holding locks on its workers so that it cannot
lose for ever.
"""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import LiteralString

import psycopg
import structlog
from psycopg.pq import TransactionStatus

from opendimona.core.declaration import Declaration
from opendimona.law.rules import Law
from opendimona.register.arrays import digests, integers, texts, words
from opendimona.register.batch import Batch, now
from opendimona.register.daily import write_registrations
from opendimona.register.filing import Filing, Replayed, Reply
from opendimona.register.interface import (
    Answer,
    Caller,
    Key,
    KeyConflict,
    NotMandated,
    Overloaded,
    Unavailable,
)
from opendimona.register.metrics import count_batch
from opendimona.register.numbers import Numbers
from opendimona.register.reading import concerned, counted_by, read_files, read_numbers
from opendimona.register.repertory import Repertory
from opendimona.register.rows import journal_rows, period_rows, row_types
from opendimona.register.store import (
    LOCK_CLASS,
    LOCK_WORKERS,
    SUPERSEDE,
    WRITE_BOTH,
    WRITE_JOURNAL,
    WRITE_KEYS,
    WRITE_PENDING,
    WRITE_PERIODS,
    Connection,
    fetch,
    supersede_parameters,
)
from opendimona.register.subject import subject_of
from opendimona.register.totals import (
    MOVE_WORKERS,
    Counted,
    lock_employers,
    moved_parameters,
    write_totals,
)
from opendimona.register.units import write_units

log = structlog.get_logger()
WRITE_COUNTED: LiteralString = f"WITH totals AS ({MOVE_WORKERS}), journal_rows AS ({WRITE_JOURNAL}) {WRITE_PERIODS}"
"""As `WRITE_BOTH`, with what the periods use of their workers' counters.

PostgreSQL runs the later of such parts first: the journal comes before the totals everywhere, lest writers deadlock."""
ATTEMPTS = 200
"""How often a batch is decided again before its declarations are told to come back; never reached in the tests."""
FREE_ATTEMPTS = 2
CROWD = 16
"""How many declarations must wait before another lane takes them while one is at work."""
LOCKED_BATCH = 64
"""The largest batch while workers are contended: a short one is less likely to collide again."""


class Unsure(Exception):
    """The database went away while a batch was written: whether it was committed is not known."""


class Desk:
    """The queue and its lanes. One per process; `connect` gives a fresh connection in autocommit."""

    def __init__(self, law: Law, numbers: Numbers, repertory: Repertory, *, queue_limit: int, batch_limit: int) -> None:
        self._law = law
        self._numbers = numbers
        self._queue: deque[Filing] = deque()
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._wake = asyncio.Event()
        self._repertory = repertory
        self._is_closing = False
        self._busy: set[int | None] = set()
        self._settling = 0

    def file(
        self, declaration: Declaration, caller: Caller, received_at: datetime, key: Key | None, reply: Reply
    ) -> None:
        """Queue a declaration; it is answered once its commit is durable. Raises Overloaded."""
        if self._is_closing or len(self._queue) >= self._queue_limit:
            raise Overloaded
        self._queue.append(Filing(declaration, subject_of(declaration), caller, received_at, key, reply))
        self._wake.set()

    def refuse_waiting(self) -> None:
        """Tell everything that waits that the register is out of reach."""
        fail(self._queue, Unavailable())
        self._queue.clear()

    def close(self) -> None:
        """Take nothing more in; the lanes end once the queue is empty."""
        self._is_closing = True
        self._wake.set()

    async def take(self, limit: int) -> list[Filing]:
        """All that waits, up to a limit; waits for the first. Nothing once the desk is closed and empty."""
        while True:
            taken = self.pick(limit)
            if taken or (self._is_closing and not self._queue):
                return taken
            self._wake.clear()
            await self._wake.wait()

    def pick(self, limit: int) -> list[Filing]:
        """What waits, in order, but for declarations on workers whom another lane is busy with: those stay in front.

        While another lane settles a batch, only a crowd is worth a second one: a few wait, and share the next commit.
        """
        if self._settling and len(self._queue) < CROWD:
            return []
        taken: list[Filing] = []
        left: list[Filing] = []
        while self._queue and len(taken) < limit and len(left) < limit:
            filing = self._queue.popleft()
            (left if filing.subject.ssin in self._busy else taken).append(filing)
        self._queue.extendleft(reversed(left))
        self._busy.update(filing.subject.ssin for filing in taken if filing.subject.ssin is not None)
        return taken

    def release(self, filings: list[Filing]) -> None:
        """Let other lanes have the workers of a batch that is settled."""
        self._busy.difference_update([filing.subject.ssin for filing in filings])
        if self._queue:
            self._wake.set()

    async def run_lane(self, connection: Connection) -> None:
        """Settle batches on one connection until the desk closes. Raises psycopg.OperationalError when it is lost."""
        is_contended = False
        while True:
            filings = await self.take(LOCKED_BATCH if is_contended else self._batch_limit)
            if not filings:
                return
            self._settling += 1
            try:
                is_contended = await self.settle(connection, filings, is_contended)
            except Overloaded as error:
                fail(filings, error)
            except Unsure as error:
                fail(filings, Unavailable())
                raise psycopg.OperationalError from error
            except psycopg.OperationalError:
                self._queue.extendleft(reversed(filings))  # nothing was written: another lane, or this one later
                raise
            except Exception as error:  # noqa: BLE001 - a lane outlives any batch; the error goes to those who filed
                fail(filings, error)
                log.error("batch failed", declarations=len(filings), error=type(error).__name__, where=frames(error))
                await connection.rollback()
            except BaseException:
                fail(filings, Unavailable())
                raise
            finally:
                self._settling -= 1
                self.release(filings)

    async def settle(self, connection: Connection, filings: list[Filing], is_locking: bool) -> bool:
        """Decide and commit one batch, again after each collision with another writer; whether workers are contended.

        A collision is rare, so the second attempt is as free as the first; from the third on the batch holds locks.
        """
        for count in range(ATTEMPTS):
            try:
                await self.attempt(connection, filings, is_locking or count >= FREE_ATTEMPTS)
                return count >= FREE_ATTEMPTS
            except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
                await connection.rollback()
            except psycopg.DataError:
                await connection.rollback()
                if len(filings) == 1:
                    raise
                for filing in filings:  # one of them cannot be stored: only that one is to fail
                    await self.settle_alone(connection, filing)
                return False
        raise Overloaded

    async def settle_alone(self, connection: Connection, filing: Filing) -> None:
        """Settle one filing, or tell it why it could not be stored."""
        try:
            await self.settle(connection, [filing], is_locking=False)
        except psycopg.DataError as error:
            log.error("declaration failed", error=type(error).__name__, where=frames(error))
            await connection.rollback()
            fail([filing], error)

    async def attempt(self, connection: Connection, filings: list[Filing], is_locking: bool) -> None:
        """Read, decide, write and commit once, then answer. Raises UniqueViolation when another writer was faster."""
        began = time.perf_counter()
        batch = Batch(self._law, now())
        outcomes: dict[int, Answer | Exception] = {}
        numbers = await self._numbers.reserve(connection, len(filings))
        if is_locking:
            await connection.execute("BEGIN")
            await self.lock(connection, batch, filings)
        keys = await read_files(connection, batch, filings, self._repertory)
        counted = counted_by(batch, filings)
        if counted:
            await self.read_totals(connection, batch, counted)
        fresh: list[tuple[Filing, int]] = []
        for index, (filing, number) in enumerate(zip(filings, numbers, strict=True)):
            try:
                replay_of(filing, keys)
                outcomes[index] = batch.judge(
                    filing.declaration, filing.subject, filing.caller, filing.received_at, number
                )
            except (NotMandated, KeyConflict, Replayed) as outcome:
                outcomes[index] = outcome
                continue
            except Exception as error:  # noqa: BLE001 - a declaration that we fail to judge costs nobody else an answer
                log.error("declaration failed", number=number, error=type(error).__name__, where=frames(error))
                outcomes[index] = error
                continue
            if filing.caller.unit is not None:
                batch.units.append((number, filing.caller.unit))
            if filing.key is not None:
                keys[filing.caller.client, filing.key.value] = (filing.key.digest, number)
                fresh.append((filing, number))
        try:
            await write(connection, batch, fresh)
        except psycopg.errors.DeadlockDetected:
            raise
        except psycopg.OperationalError as error:
            raise Unsure from error
        await self.deliver(connection, filings, outcomes)
        count_batch([one.result for one in outcomes.values() if isinstance(one, Answer)], len(filings), began,
                    len(self._queue))  # fmt: skip

    async def read_totals(self, connection: Connection, batch: Batch, counted: list[Counted]) -> None:
        """Read the totals that a batch may move; those of employers under a lock, for which a transaction begins."""
        if any(one.employers for one in counted):
            if connection.info.transaction_status == TransactionStatus.IDLE:
                await connection.execute("BEGIN")
            await lock_employers(connection, counted)
        await batch.totals.read(connection, counted)

    async def lock(self, connection: Connection, batch: Batch, filings: list[Filing]) -> None:
        """Lock the workers concerned, in sorted order, until the end of the transaction."""
        await read_numbers(connection, batch, filings)
        ssins = [ssin for ssin in concerned(batch, filings) if ssin]
        await fetch(connection, LOCK_WORKERS, LOCK_CLASS, integers(ssins))

    async def deliver(
        self, connection: Connection, filings: list[Filing], outcomes: dict[int, Answer | Exception]
    ) -> None:
        """Give every filing its outcome."""
        for index, filing in enumerate(filings):
            outcome = outcomes[index]
            if filing.answer.done():
                continue
            if isinstance(outcome, Exception):
                filing.answer.set_exception(outcome)
            else:
                filing.answer.set_result(outcome)


def frames(error: BaseException) -> list[str]:
    """Where an error was raised, innermost last, without its text: a database names the values of a row in it."""
    return [f"{frame.name} {frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]


def fail(filings: Iterable[Filing], error: Exception) -> None:
    """Tell every filing that is still waiting why it gets no answer."""
    for filing in filings:
        if not filing.answer.done():
            filing.answer.set_exception(error)


def replay_of(filing: Filing, keys: dict[tuple[str, str], tuple[bytes, int]]) -> None:
    """Raises Replayed or KeyConflict when the filing's key was used before."""
    known = None if filing.key is None else keys.get((filing.caller.client, filing.key.value))
    if known is not None and filing.key is not None:
        raise Replayed(known[1]) if known[0] == filing.key.digest else KeyConflict


async def write(
    connection: Connection, batch: Batch, fresh: list[tuple[Filing, int]], *, is_committing: bool = True
) -> None:
    """Write what a batch decided, in one round trip, in the open transaction or in one of its own."""
    is_open = connection.info.transaction_status != TransactionStatus.IDLE
    if not batch.entries:
        if is_open and is_committing:
            await connection.execute("COMMIT")
        return
    rows, closed = batch.period_rows(), batch.superseded_rows()
    registered = batch.registrations.rows
    moved = batch.totals.workers_moved
    types = await row_types(connection)
    journal, periods = journal_rows(types.journal, batch.entries), period_rows(types.period, rows)
    if not (is_open or closed or fresh or batch.pending or batch.settled or registered or batch.units):
        if moved:
            await fetch(connection, WRITE_COUNTED, *moved_parameters(moved), journal, periods)
        elif rows:
            await fetch(connection, WRITE_BOTH, journal, periods)
        else:
            await fetch(connection, WRITE_JOURNAL, journal)
        return
    async with connection.pipeline():
        if not is_open:
            await connection.execute("BEGIN", prepare=True)
        await connection.execute(WRITE_JOURNAL, (journal,), prepare=True)
        if rows:
            await connection.execute(WRITE_PERIODS, (periods,), prepare=True)
        if closed:
            await connection.execute(SUPERSEDE, supersede_parameters(closed), prepare=True)
        await write_totals(connection, batch.totals)
        if registered:
            await write_registrations(connection, registered)
        await write_pending(connection, batch)
        await write_units(connection, batch.units)
        if fresh:
            await connection.execute(WRITE_KEYS, key_parameters(fresh), prepare=True)
        if is_committing:
            await connection.execute("COMMIT", prepare=True)


async def write_pending(connection: Connection, batch: Batch) -> None:
    """Write the declarations that wait for an identification, and take away those that no longer do."""
    if batch.pending:
        numbers, employers, received, recorded = zip(*batch.pending, strict=True)
        parameters = (integers(numbers), integers(employers), words(received), words(recorded))
        await connection.execute(WRITE_PENDING, parameters, prepare=True)
    if batch.settled:
        await connection.execute(
            "DELETE FROM pending WHERE number = ANY(%s::bigint[])", (integers(batch.settled),), prepare=True
        )


def key_parameters(fresh: list[tuple[Filing, int]]) -> tuple[str, ...]:
    """The arrays that `WRITE_KEYS` takes."""
    keys = [filing.key for filing, _ in fresh if filing.key is not None]
    return (
        texts([filing.caller.client for filing, _ in fresh]), texts([key.value for key in keys]),
        digests([key.digest for key in keys]), integers([number for _, number in fresh]),
    )  # fmt: skip
