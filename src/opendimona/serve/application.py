"""The application that a server process answers with: the register behind its REST channel and the portal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from opendimona.channels.rest.app import Application, create_app
from opendimona.channels.rest.task_runner import TaskRunner
from opendimona.register.clients import Clients
from opendimona.register.local import LocalRegister
from opendimona.serve.site import Site
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
            channel = create_app(register, clients, settings)
            if settings.only == "portal":
                async with _open_portal(register, clients, settings, dsn) as portal:
                    yield Site(channel, portal, is_portal_alone=True)
                return
            async with _filing_tasks(register, clients):
                if settings.only == "rest":
                    yield channel
                    return
                async with _open_portal(register, clients, settings, dsn) as portal:
                    yield Site(channel, portal, forget=portal.forget if settings.is_sandbox else None)
        finally:
            await clients.close()
    finally:
        await register.close()


@asynccontextmanager
async def _filing_tasks(register: LocalRegister, clients: Clients) -> AsyncIterator[None]:
    """File, meanwhile, what programs handed in as batches."""
    work = asyncio.create_task(TaskRunner(register, register.tasks, clients).run())
    try:
        yield
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


@asynccontextmanager
async def _open_portal(register: LocalRegister, clients: Clients, settings: Settings, dsn: str) -> AsyncIterator[Any]:
    """The portal over a register; its tables are in place. Imported here: a server without it does not load Django."""
    from opendimona.portal.site.start import set_up  # noqa: PLC0415

    set_up(settings, dsn)
    from opendimona.portal.site.application import Portal  # noqa: PLC0415  needs Django to be set up

    portal = Portal(register, clients, settings.body_limit)
    try:
        yield portal
    finally:
        await portal.close()
