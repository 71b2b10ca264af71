"""The desk fed directly: declarations that are decoded already go to the register of this process, no HTTP between.

`python -m bench.desk` reads its order from standard input, says `ready`, starts at the next line, and writes its tally.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from bench.draw import declarations
from bench.processes import end_with_input, megabytes
from opendimona.channels.rest.moments import now
from opendimona.core.declaration import Declaration
from opendimona.register.interface import Answer, Caller
from opendimona.register.local import LocalRegister
from opendimona.serve.worker import spare_the_collector

try:
    import uvloop
except ImportError:  # not made for every system
    uvloop = None  # type: ignore[assignment]

LOOK = 0.2
"""Seconds between two looks at whether the process rests."""


class Order(Struct, frozen=True, kw_only=True):
    """What to file: `in_flight` declarations wait for their answer at any time."""

    dsn: str
    in_flight: int
    batch_limit: int
    seconds: float
    warmup: float
    seed: int
    employers: int


class Tally(Struct, frozen=True, kw_only=True):
    """What was answered: the rate within the measured seconds, the results of all; `memory` in megabytes."""

    rate: float
    results: dict[str, int]
    processor_seconds: float
    memory: dict[str, float]


class Feeder:
    """Files declarations, the next one whenever one is answered, until the time is over.

    As the REST channel does, it is handed each answer where it is made: no coroutine waits for it.
    """

    def __init__(self, register: LocalRegister, wanted: Iterator[Declaration], begin: float, end: float) -> None:
        self._register = register
        self._wanted = wanted
        self._begin, self._end = begin, end
        self._caller = Caller("bench", is_strict=False)
        self._waiting = 0
        self.is_over = asyncio.Event()
        self.error: BaseException | None = None
        self.results: Counter[str] = Counter()
        self.within = 0

    def file(self) -> None:
        """File one more."""
        self._waiting += 1
        self._register.file_at_once(next(self._wanted), self._caller, now(), self)

    def done(self) -> bool:
        """Somebody always waits."""
        return False

    def set_result(self, answer: Answer) -> None:
        """Count an answer, and file the next."""
        self.results[answer.result] += 1
        self._waiting -= 1
        at = time.perf_counter()
        self.within += self._begin <= at < self._end
        if at < self._end:
            self.file()
        elif not self._waiting:
            self.is_over.set()

    def set_exception(self, error: BaseException) -> None:
        """No declaration drawn here may fail: the measurement ends."""
        self.error = error
        self.is_over.set()


async def rest() -> None:
    """Wait until this process has nothing to do: after its first declaration it reads the employers into memory."""
    is_busy = True
    while is_busy:
        used = time.process_time()
        await asyncio.sleep(LOOK)
        is_busy = time.process_time() - used > LOOK / 10


async def feed(order: Order, wait_for_start: Callable[[], Any]) -> Tally:
    """Open the register, file until the time is over, and count."""
    register = await LocalRegister.open(order.dsn, queue_limit=2 * order.in_flight, batch_limit=order.batch_limit)
    try:
        wanted = declarations(order.seed, order.employers)
        first = await register.file(next(wanted), Caller("bench", is_strict=False), now())
        await rest()
        spare_the_collector()
        await asyncio.to_thread(wait_for_start)
        used = time.process_time()
        begin = time.perf_counter() + order.warmup
        feeder = Feeder(register, wanted, begin, begin + order.seconds)
        feeder.results[first.result] += 1
        for _ in range(order.in_flight):
            feeder.file()
        await feeder.is_over.wait()
        if feeder.error is not None:
            raise feeder.error
    finally:
        await register.close()
    return Tally(
        rate=feeder.within / order.seconds, results=dict(feeder.results),
        processor_seconds=time.process_time() - used, memory=megabytes([os.getpid()]),
    )  # fmt: skip


def main() -> None:
    """Follow the order."""

    def wait_for_start() -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.buffer.readline()
        end_with_input()

    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    with asyncio.Runner(loop_factory=getattr(uvloop, "new_event_loop", None)) as runner:
        tally = runner.run(feed(order, wait_for_start))
    sys.stdout.buffer.write(msgspec.json.encode(tally) + b"\n")


if __name__ == "__main__":
    main()
