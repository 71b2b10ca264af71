"""The store of registered programs, on every PostgreSQL: what one process does, the others know."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest

from opendimona.register import clients as module
from opendimona.register.client_entries import USUAL_SCOPES, InvalidClient
from opendimona.register.clients import Clients
from tests.channels.rest.programs import CONSULT, program_entry


@pytest.fixture
async def clients(database_url: str) -> AsyncIterator[Clients]:
    """An empty store."""
    store = await Clients.open(database_url)
    yield store
    await store.close()


@pytest.fixture
async def elsewhere(database_url: str, clients: Clients) -> AsyncIterator[Clients]:
    """The same store, as another process sees it."""
    store = await Clients.open(database_url)
    yield store
    await store.close()


async def test_a_client_is_registered_replaced_and_revoked(clients: Clients) -> None:
    assert await clients.get("one") is None
    await clients.register(program_entry("one", employers=["175110801"]))
    await clients.register(program_entry("another"))
    first = await clients.get("one")
    assert first is not None
    assert (first.id, first.mandate, first.scopes) == ("one", {("nsso", 175110801)}, USUAL_SCOPES)
    assert [client.id for client in await clients.registered()] == ["another", "one"]
    await clients.register(program_entry("one", scopes=[CONSULT]))
    second = await clients.get("one")
    assert second is not None
    assert (second.mandate, second.scopes, second.serial > first.serial) == (None, (CONSULT,), True)
    assert [await clients.revoke(name) for name in ("one", "one", "a b")] == [True, False, False]
    assert await clients.get("one") is None
    assert [client.id for client in await clients.registered()] == ["another"]


async def test_what_was_registered_is_kept(clients: Clients, database_url: str) -> None:
    await clients.register(program_entry("one"))
    await clients.register(program_entry("one"))
    await clients.revoke("one")
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT id, revoked_at IS NULL FROM client ORDER BY serial").fetchall()
    assert rows == [("one", False), ("one", False)]


async def test_a_client_that_cannot_be_registered_leaves_the_former(clients: Clients) -> None:
    await clients.register(program_entry("one"))
    with pytest.raises(InvalidClient):
        await clients.register(program_entry("one", scopes=[]))
    assert await clients.get("one") is not None


async def test_registrations_at_the_same_moment_leave_one(clients: Clients, elsewhere: Clients) -> None:
    await asyncio.gather(*(store.register(program_entry("one")) for store in (clients, elsewhere) for _ in range(10)))
    assert [client.id for client in await clients.registered()] == ["one"]


async def test_other_processes_learn_of_a_change(
    clients: Clients, elsewhere: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clients.register(program_entry("one"))
    monkeypatch.setattr(module, "FRESHNESS", 0.0)
    assert await elsewhere.get("one") is not None
    await clients.revoke("one")
    assert await elsewhere.get("one") is None
    await clients.forget_everything()
    await elsewhere.refresh()
    assert elsewhere.token_key == clients.token_key


async def test_what_is_known_is_not_asked_again(clients: Clients, database_url: str) -> None:
    await clients.register(program_entry("one"))
    known = await clients.get("one")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM client")
    assert await clients.get("one") is known
    assert not clients.is_stale


async def test_an_assertion_is_used_once_whoever_sees_it(clients: Clients, elsewhere: Clients) -> None:
    end = time.time() + 300
    used = [await store.use_assertion("one", "jti", end) for store in (clients, elsewhere, clients)]
    assert used == [True, False, False]
    assert await elsewhere.use_assertion("another", "jti", end)
    assert await clients.use_assertion("one", "other \ud800\0", end)


async def test_a_program_shows_when_it_was_last_given_a_token(clients: Clients) -> None:
    await clients.register(program_entry("one"))
    assert [one.last_used_at for one in await clients.registered()] == [None]
    await clients.use_assertion("one", "jti", time.time() + 300)
    (first,) = [one.last_used_at for one in await clients.registered()]
    assert first is not None
    await clients.use_assertion("one", "jti", time.time() + 300)
    assert [one.last_used_at for one in await clients.registered()] == [first], "one that was used before is no use"


async def test_used_assertions_go_when_they_have_expired(clients: Clients, database_url: str) -> None:
    await clients.use_assertion("one", "old", time.time() - 3600)
    await clients.use_assertion("one", "new", time.time() + 3600)
    clients._cleaned = -module._CLEANING_SECONDS
    await clients.use_assertion("one", "newer", time.time() + 3600)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM used_assertion").fetchall() == [(2,)]


async def test_everything_is_forgotten(clients: Clients) -> None:
    await clients.register(program_entry("one"))
    await clients.use_assertion("one", "jti", time.time() + 300)
    key, version = clients.token_key, clients.version
    await clients.forget_everything()
    assert await clients.get("one") is None
    assert await clients.use_assertion("one", "jti", time.time() + 300)
    assert (len(clients.token_key), clients.token_key != key, clients.version > version) == (32, True, True)


async def test_a_lost_connection_is_opened_again(clients: Clients, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert await clients.registered() == []


async def test_names_that_no_client_bears_are_not_looked_up(clients: Clients) -> None:
    for name in ("", "a b", "a\0b", "\ud800", "x" * 101):
        assert await clients.get(name) is None
