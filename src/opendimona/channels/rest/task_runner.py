"""Files the declarations of the batches that programs handed in, as if each had come by itself, in their order."""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence

import msgspec
import psycopg

from opendimona.channels.rest import problems
from opendimona.channels.rest.decoding import decode_declaration
from opendimona.channels.rest.failures import as_problem
from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.register.client_entries import DECLARANT, RESERVED_ID
from opendimona.register.clients import Clients
from opendimona.register.filing_tasks import FilingTasks, Outcome, Task, Waiting
from opendimona.register.interface import Caller, Overloaded, Register, Unavailable

Filed = Declaration | Exception
"""A declaration, or why a body holds none."""
IDLE = 2.0
"""Seconds between two looks for a task that another process received, or left."""
LOT = 100
"""How many declarations are filed between two notes of their answers."""
PAUSE = 0.2
"""Seconds before a declaration is tried again that found the register too busy, or away."""
CLEANING = 3600.0
"""Seconds between two looks for tasks that nobody needs to read any more."""


class TaskRunner:
    """Works on one task at a time; one runner per server process."""

    def __init__(self, register: Register, tasks: FilingTasks, clients: Clients) -> None:
        self._register = register
        self._tasks = tasks
        self._clients = clients
        self._cleaned = -CLEANING

    async def run(self) -> None:
        """Work until cancelled; what is under way then is left to the next process."""
        while True:
            try:
                if not await self.work_once():
                    self._tasks.wanted.clear()
                    await self._clean()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._tasks.wanted.wait(), IDLE)
            except Exception as error:  # noqa: BLE001 - a runner outlives any task; its lease ends by itself
                if not isinstance(error, Unavailable):
                    as_problem(error)  # logs where
                await asyncio.sleep(IDLE)

    async def work_once(self) -> bool:
        """File what waits of one task, if there is one. Raises Unavailable."""
        task = await self._tasks.take()
        if task is None:
            return False
        try:
            while lot := await self._tasks.waiting(task.id, LOT):
                caller = await self._caller(task)
                outcomes: list[Outcome] = []
                for step in steps([(one, filed_in(one.body)) for one in lot]):
                    outcomes += await asyncio.gather(*[self._outcome(task, caller, *one) for one in step])
                await self._tasks.record(task.id, outcomes)
        except asyncio.CancelledError:
            with contextlib.suppress(Unavailable):
                await self._tasks.record(task.id, (), lease=0)
            raise
        return True

    async def _caller(self, task: Task) -> Caller | None:
        """Who hands the declarations in, with the mandate of this moment; None once it may no longer declare."""
        if task.client == RESERVED_ID:
            return Caller(RESERVED_ID, channel=task.channel, is_strict=task.is_strict)
        client = await self._clients.get(task.client)
        if client is None or DECLARANT not in client.scopes:
            return None
        return client.caller(task.channel, is_strict=task.is_strict)

    async def _outcome(self, task: Task, caller: Caller | None, one: Waiting, filed: Filed) -> Outcome:
        """File one declaration, as often as it takes to be answered."""
        if isinstance(filed, Exception):
            return Outcome(position=one.position, problem=_text(filed))
        try:
            if caller is None:
                raise problems.registration_ended()
            received_at = task.received_at.astimezone(BRUSSELS)
            while True:
                try:
                    answer = await self._register.file(filed, caller, received_at, task.key_of(one.position))
                    return Outcome(position=one.position, number=answer.number)
                except (Overloaded, Unavailable, psycopg.OperationalError, OSError):
                    await asyncio.sleep(PAUSE)
                    with contextlib.suppress(Unavailable):
                        await self._tasks.record(task.id, ())  # keeps the lease
        except Exception as error:  # noqa: BLE001 - whatever it is becomes the result of this declaration
            return Outcome(position=one.position, problem=_text(error))

    async def _clean(self) -> None:
        """Forget old tasks, now and then."""
        if time.monotonic() - self._cleaned > CLEANING:
            self._cleaned = time.monotonic()
            await self._tasks.forget_old()


def steps(lot: Sequence[tuple[Waiting, Filed]]) -> Iterator[list[tuple[Waiting, Filed]]]:
    """The declarations in lists, in order; those of one list may be filed at the same time: none can matter to another.

    Entries of different workers do not, nor do exits and cancellations of different periods; anything else waits for
    what stands before it.
    """
    step: list[tuple[Waiting, Filed]] = []
    kind, seen = "", set[object]()
    for one, filed in lot:
        if isinstance(filed, Exception):
            step.append((one, filed))
            continue
        group, subject = _group(filed)
        if subject is None or group != kind or subject in seen:
            if step:
                yield step
            step, kind, seen = [], group, set()
        step.append((one, filed))
        seen.add(subject)
        if subject is None:
            yield step
            step, kind = [], ""
    if step:
        yield step


def _group(filed: Declaration) -> tuple[str, object]:
    """What kind of declaration it is, and whom or what it concerns; None where it is better filed alone."""
    if filed.dimona_in is not None:
        return "entry", None if filed.worker is None else filed.worker.ssin
    ending = filed.dimona_out or filed.dimona_cancel
    return "ending", None if ending is None else str(ending.period_id).removesuffix(".0")


def filed_in(body: bytes) -> Filed:
    """The declaration in a body, or why there is none."""
    try:
        return decode_declaration(body)
    except Exception as error:  # noqa: BLE001 - whatever it is becomes the result of this declaration
        return error


def _text(error: Exception) -> str:
    return msgspec.json.encode(as_problem(error).document).decode()
