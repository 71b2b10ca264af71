"""One server process: told what to do by the first line of its standard input, ending when that input ends.

The supervisor keeps the other end open as long as it lives, so that none of its processes ever outlives it. What the
line holds (a password among it) is seen neither in the list of processes nor in the environment.
"""

import asyncio
import gc
import importlib
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Any

import msgspec
import uvicorn

from opendimona.serve.orders import Order, end_with_input
from opendimona.serve.protocol import DirectProtocol
from opendimona.settings import Settings

try:
    import uvloop
except ImportError:  # not made for every system
    uvloop = None  # type: ignore[assignment]

Application = Callable[[Settings, str], AbstractAsyncContextManager[Any]]
KEEP_ALIVE = 75
ANSWER_GRACE = 5
CONFIG: dict[str, Any] = {
    "http": DirectProtocol,
    "ws": "none",
    "lifespan": "on",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": KEEP_ALIVE,
    "timeout_graceful_shutdown": ANSWER_GRACE,
}
"""How uvicorn serves."""


def main() -> None:
    """Read the order, answer requests until told to end. Argument: the application's opener, as `module:function`."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    module, _, name = sys.argv[1].partition(":")
    opener: Application = getattr(importlib.import_module(module), name)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    _Process(opener, msgspec.json.decode(line, type=Order)).run()


class _Process:
    def __init__(self, opener: Application, order: Order) -> None:
        self._opener = opener
        self._order = order
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._end)
        threading.Thread(target=end_with_input, daemon=True).start()
        with asyncio.Runner(loop_factory=getattr(uvloop, "new_event_loop", None)) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self._opener(self._order.settings, self._order.dsn) as application:
            self._server = uvicorn.Server(uvicorn.Config(application, **CONFIG))
            spare_the_collector()
            with socket.socket(fileno=self._order.socket) as listening:
                await self._server.serve(sockets=[listening])
            if not self._server.started:
                raise SystemExit(3)

    def _end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End as soon as the requests under way are answered; uvicorn hears the signal itself while it serves."""
        if self._server is None:
            raise SystemExit(0)
        self._server.should_exit = True


def spare_the_collector() -> None:
    """What is there now stays: the collector of cycles need not walk it again, a pause of 40 ms with the law loaded.

    A declaration makes no cycles (its values are not tracked), a failing one a few: full collections can be rare.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


if __name__ == "__main__":
    main()
