"""What waits too long is spoken of again, once; what nobody needs any more goes, and nothing that somebody needs."""

import psycopg
import pytest

from opendimona.register.local import LocalRegister
from opendimona.register.notices import clocks
from opendimona.register.notices.endpoints import Wanted
from opendimona.register.notices.kinds import ESCALATED
from tests.register.notices.test_outbox import IDENTITY, MORNING, PAYROLL, SCHOOL, entry, kinds, told


@pytest.fixture
async def pending(register: LocalRegister, database_url: str) -> int:
    """The number of a declaration that has been pending for an hour."""
    answer = await register.file(entry(IDENTITY), PAYROLL, MORNING)
    await age(database_url, "UPDATE pending SET recorded_at = recorded_at - interval '1 hour'")
    await register.catch_up()
    return answer.number


async def age(database_url: str, statement: str) -> None:
    """Let time go by in the database."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute(statement)  # type: ignore[call-overload]


async def tick(database_url: str, reminder: float, escalation: float) -> tuple[int, int]:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        return await clocks.remind(connection, reminder), await clocks.escalate(connection, escalation)


async def test_a_reminder_then_an_escalation_each_once(
    register: LocalRegister, database_url: str, pending: int
) -> None:
    assert await tick(database_url, 3700, 7200) == (0, 0)
    assert await tick(database_url, 3500, 7200) == (1, 0)
    assert await tick(database_url, 3500, 3500) == (0, 1)
    assert await tick(database_url, 0, 0) == (0, 0)
    for caller in (PAYROLL, SCHOOL):
        notices = [notice for notice in await told(register, caller) if notice.kind != "declaration.pending"]
        assert kinds(notices) == ["pending.reminder", "pending.escalated"]
        assert {notice.number for notice in notices} == {pending}
        assert all(notice.data["since"].startswith("20") for notice in notices)


async def test_what_is_settled_is_not_spoken_of(register: LocalRegister, database_url: str, pending: int) -> None:
    await tick(database_url, 0, 10**6)
    await register.agents.identify(pending, "agent", 78070739119, None, is_strict=False)
    assert await tick(database_url, 0, 0) == (0, 0)


async def test_ages(register: LocalRegister, database_url: str, pending: int) -> None:
    await register.endpoints.add(Wanted(channel="mail", target="a@b.example", client="payroll"))
    assert (await register.ages()).oldest_undelivered is None
    await register.file(entry(), PAYROLL, MORNING)
    await age(database_url, "UPDATE outbox SET noted_at = noted_at - interval '100 seconds'")
    ages = await register.ages()
    assert (ages.pending, ages.notices, ages.dead_letters, ages.suspended) == (1, 1, 0, 0)
    assert 3600 <= (ages.oldest_pending or 0) < 3700
    assert 100 <= (ages.oldest_untold or 0) < 200
    await register.catch_up()
    await older(database_url, "400 seconds")
    ages = await register.ages()
    assert ages.oldest_untold is None
    assert 500 <= (ages.oldest_undelivered or 0) < 600


async def older(database_url: str, interval: str) -> None:
    """All notices are older by an interval than they were."""
    for table in ("notice", "notice_block"):
        await age(database_url, f"UPDATE {table} SET at = at - interval '{interval}'")


async def forget(database_url: str, days: int) -> int:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        return await clocks.forget_old(connection, days)


async def test_old_notices_go_once_every_endpoint_has_got_past_them(register: LocalRegister, database_url: str) -> None:
    await register.endpoints.add(Wanted(channel="webhook", target="https://a.example", client="payroll"))
    for month in range(1, 5):
        await register.file(entry(start=f"2024-{month:02d}-01"), PAYROLL, MORNING)
    await register.acknowledge(PAYROLL, None, [notice.position for notice in await told(register, PAYROLL)])
    assert await forget(database_url, 1) == 0
    await older(database_url, "36 hours")
    assert await forget(database_url, 1) == 0
    await age(database_url, "UPDATE endpoint SET position = 3")
    await age(database_url, "INSERT INTO dead_letter (endpoint, position, attempts, problem) VALUES (1, 2, 1, '')")
    assert await forget(database_url, 1) == 2
    assert [notice.position for notice in await told(register, PAYROLL)] == [2, 4]
    await age(database_url, "UPDATE endpoint SET is_suspended = true")
    await age(database_url, "UPDATE dead_letter SET died_at = died_at - interval '2 days'")
    assert await forget(database_url, 1) == 2
    assert await forget(database_url, 1) == 0
    await register.file(entry(start="2024-08-01"), PAYROLL, MORNING)
    assert [notice.position for notice in await told(register, PAYROLL)] == [5]


async def test_an_endpoint_that_is_never_served_holds_nothing_back_for_ever(
    register: LocalRegister, database_url: str
) -> None:
    await register.endpoints.add(Wanted(channel="webhook", target="https://a.example", client="gone"))
    await register.file(entry(), PAYROLL, MORNING)
    await register.catch_up()
    await older(database_url, "49 hours")
    assert await forget(database_url, 1) == 1


async def test_agents_are_told_of_what_is_escalated_alone(
    register: LocalRegister, database_url: str, pending: int
) -> None:
    from opendimona.register.notices import progress

    await age(database_url, "UPDATE pending SET recorded_at = recorded_at - interval '1 hour'")
    await register.endpoints.add(
        Wanted(channel="mail", target="agents@onss.example", client="command-line", is_for_agents=True)
    )
    await tick(database_url, 0, 0)
    await register.file(entry(), PAYROLL, MORNING)
    await register.catch_up()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        (due,) = await progress.due_endpoints(connection, ["mail"], ["command-line"], [], 10)
        waiting = await progress.waiting_for(connection, due)
    assert [(notice.kind, notice.number) for notice in waiting.notices] == [(ESCALATED, pending)]
    assert waiting.until == 4
