"""The channel over a real register and real clients: as a sandbox, and as a server that is none."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from opendimona.channels.rest import create_app
from opendimona.register.clients import Clients
from opendimona.settings import Settings
from tests.channels.rest.asgi import Caller

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister


@pytest.fixture
async def clients(database_url: str) -> AsyncIterator[Clients]:
    """The programs registered in the test's database: none yet."""
    store = await Clients.open(database_url)
    yield store
    await store.close()


@pytest.fixture
def sandbox(register: "LocalRegister", clients: Clients) -> Caller:
    """Whoever holds the open token of a sandbox."""
    return Caller(create_app(register, clients, Settings(is_sandbox=True, is_strict=False)))


@pytest.fixture
def server(register: "LocalRegister", clients: Clients) -> Caller:
    """A caller without token of a server that is no sandbox."""
    return Caller(create_app(register, clients, Settings()), headers={})
