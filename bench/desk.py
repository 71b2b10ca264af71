"""The desk fed directly: declarations that are decoded already go to the register of this process, no HTTP between.

`python -m bench.desk` reads its order from standard input, says `ready`, starts at the next line, and writes its tally.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from bench.draw import declarations
from bench.processes import end_with_input, megabytes
from opendimona.channels.rest.moments import now
from opendimona.register.interface import Caller
from opendimona.register.local import LocalRegister

try:
    import uvloop
except ImportError:  # not made for every system
    uvloop = None  # type: ignore[assignment]


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


async def feed(order: Order, wait_for_start: Callable[[], Any]) -> Tally:
    """Open the register, file until the time is over, and count."""
    register = await LocalRegister.open(order.dsn, queue_limit=2 * order.in_flight, batch_limit=order.batch_limit)
    results: Counter[str] = Counter()
    try:
        await asyncio.to_thread(wait_for_start)
        wanted = declarations(order.seed, order.employers)
        caller = Caller("bench", is_strict=False)
        used = time.process_time()
        begin = time.perf_counter() + order.warmup
        end = begin + order.seconds
        within = 0

        async def file_on() -> None:
            nonlocal within
            at = time.perf_counter()
            while at < end:
                answer = await register.file(next(wanted), caller, now())
                results[answer.result] += 1
                at = time.perf_counter()
                within += begin <= at < end

        async with asyncio.TaskGroup() as group:
            for _ in range(order.in_flight):
                group.create_task(file_on())
    finally:
        await register.close()
    return Tally(
        rate=within / order.seconds, results=dict(results), processor_seconds=time.process_time() - used,
        memory=megabytes([os.getpid()]),
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
