"""How far an endpoint has got: only what its owner may still see, nothing twice, nothing passed over that failed."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from opendimona.register.clients import Clients
from opendimona.register.interface import Caller
from opendimona.register.local import LocalRegister
from opendimona.register.notices import progress
from opendimona.register.notices.endpoints import Wanted
from opendimona.register.notices.kinds import FILE_CHANGED, KINDS, NAMES, name_of
from opendimona.register.store import Connection
from tests.channels.rest.programs import program_entry
from tests.register.notices.test_outbox import EMPLOYER, MORNING, PAYROLL, SCHOOL, entry

OPERATOR = Caller("command-line", is_operator=True)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened


async def due(connection: Connection, *unregistered: str) -> list[progress.Due]:
    return await progress.due_endpoints(connection, ["webhook", "mail"], list(unregistered), [], 10)


async def test_a_program_is_sent_what_it_may_see_at_that_moment(
    register: LocalRegister, connection: Connection, database_url: str
) -> None:
    clients = await Clients.open(database_url)
    try:
        await register.file(entry(), PAYROLL, MORNING)
        await clients.register(program_entry("payroll", employers=["175110801"]))
        employer = await register.endpoints.employer(EMPLOYER, SCHOOL)
        await register.endpoints.add(
            Wanted(channel="webhook", target="https://a.example", client="payroll", employer=employer.id)
        )
        await register.file(entry(start="2024-07-01"), PAYROLL, MORNING)
        await register.catch_up()
        (one,) = await due(connection)
        waiting = await progress.waiting_for(connection, one)
        assert [notice.position for notice in waiting.notices] == [1, 2]  # the first was told after it was registered
        await clients.register(program_entry("payroll", employers=["175702307"]))
        (one,) = await due(connection)
        waiting = await progress.waiting_for(connection, one)
        assert (waiting.notices, waiting.until) == ([], 2)
        await clients.revoke("payroll")
        assert await due(connection) == []
        assert len(await due(connection, "payroll")) == 1
    finally:
        await clients.close()


async def test_steps_forward_and_dead_letters(register: LocalRegister, connection: Connection) -> None:
    await register.endpoints.add(Wanted(channel="webhook", target="https://a.example", client="payroll"))
    for month in range(1, 5):
        await register.file(entry(start=f"2024-{month:02d}-01"), PAYROLL, MORNING)
    await register.catch_up()
    (one,) = await due(connection, "payroll")
    assert await progress.delivered(connection, one, 0, 1, 1, 0.0)
    assert not await progress.delivered(connection, one, 0, 1, 1, 0.0)  # somebody else was there before
    await progress.failed(connection, one, "answered 500", 0.0, is_in_order=True, is_final=False, patience=100)
    await progress.buried(connection, one, [2], "answered 500")
    (one,) = await due(connection, "payroll")
    assert (one.position, one.attempts, one.failures, one.delivered) == (2, 0, 1, 1)
    await register.endpoints.replay(1, "webhook", OPERATOR, None)
    (letter,) = await progress.wanted_letters(connection, one)
    assert letter.notice is not None
    assert letter.notice.position == 2
    await progress.failed(connection, one, "answered 500", 3600.0, is_in_order=False, is_final=False, patience=100)
    await progress.buried(connection, one, [2], "answered 500")
    (dead,) = await register.endpoints.dead_letters(1, "webhook", OPERATOR, 0, 10)
    assert (dead.attempts, dead.is_wanted) == (2, False)
    assert await due(connection, "payroll") == []  # not before the pause is over
    (shown,) = await register.endpoints.all("webhook", OPERATOR)
    assert (shown.position, shown.problem, shown.failing_since is not None) == (2, "answered 500", True)
    await progress.failed(connection, one, "answered 500", 0.0, is_in_order=True, is_final=False, patience=-1)
    assert (await register.endpoints.one(1, "webhook", OPERATOR)).is_suspended
    assert await due(connection, "payroll") == []


async def test_a_digest_waits_for_its_time(register: LocalRegister, connection: Connection) -> None:
    await register.endpoints.add(Wanted(channel="mail", target="a@b.example", client="payroll", pause=3600))
    await register.file(entry(), PAYROLL, MORNING)
    await register.catch_up()
    (one,) = await due(connection, "payroll")
    assert one.pause == 3600
    await progress.delivered(connection, one, 0, 1, 1, 3600.0)
    await register.file(entry(), PAYROLL, MORNING)
    await register.catch_up()
    assert await due(connection, "payroll") == []


def test_every_kind_has_a_letter_of_its_own() -> None:
    assert sorted(NAMES.values()) == sorted(KINDS)
    assert name_of("?", None, None, None) == FILE_CHANGED
