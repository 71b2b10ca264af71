"""Waiting for something to become so: looked at again and again, up to a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 60.0
_PAUSE = 0.01
T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first true value that the condition gives. Fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(_PAUSE)
    return value


async def until_so(condition: Callable[[], Awaitable[T]], seconds: float = PATIENCE) -> T:
    """As `until`, of a condition that is asked for; the event loop goes on meanwhile."""
    deadline = time.monotonic() + seconds
    while not (value := await condition()):
        assert time.monotonic() < deadline, "it did not become so in time"
        await asyncio.sleep(_PAUSE)
    return value
