"""The application that a server process answers with: the register behind its REST channel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opendimona.channels.rest.app import Application, create_app
from opendimona.register.clients import Clients
from opendimona.register.local import LocalRegister
from opendimona.settings import Settings


@asynccontextmanager
async def open_application(settings: Settings, dsn: str) -> AsyncIterator[Application]:
    """The application on the register in a database whose schema is up to date; closed at the end of the `with`."""
    register = await LocalRegister.open(
        dsn,
        queue_limit=settings.queue_limit,
        batch_limit=settings.batch_limit,
        lanes=settings.desk_lanes,
        connections=settings.connections,
        certainty=settings.matcher_certainty,
    )
    try:
        clients = await Clients.open(dsn)
        try:
            yield create_app(register, clients, settings)
        finally:
            await clients.close()
    finally:
        await register.close()
