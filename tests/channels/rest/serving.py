"""The channel behind a real uvicorn, in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from opendimona.serve.worker import CONFIG


class _Server(uvicorn.Server):
    """Says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:
    """The port at which `app` is served."""
    server = _Server(uvicorn.Config(app, port=0, log_level="warning", **CONFIG))
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(60):
            await server.is_up.wait()
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
