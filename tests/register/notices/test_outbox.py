"""Everything that is committed becomes a notice, for whom it concerns, in an order that hides nothing from a reader."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
import psycopg
import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.register.entries import EmployerEntry, InvalidEntry, PeriodEntry
from opendimona.register.interface import Caller, Key, NotFound, NoticeView
from opendimona.register.local import LocalRegister
from opendimona.register.notices.outbox import expand
from opendimona.register.store import Connection
from tests.model.bridge import declaration

MORNING = datetime(2024, 6, 3, 7, 30, tzinfo=BRUSSELS)
PAYROLL, OTHER = Caller("payroll", is_strict=False), Caller("other", is_strict=False)
EMPLOYER = ("nsso", 175110801)
SCHOOL = Caller("school", frozenset({EMPLOYER}), is_strict=False)
STRANGER = Caller("stranger", frozenset({("nsso", 175702307)}), is_strict=False)
IDENTITY = {
    "familyName": "Martin",
    "givenName": "Zoe",
    "birthDate": "1990-00-00",
    "placeOfBirth": "Lille",
    "countryOfBirth": 111,
    "nationality": 111,
    "gender": 2,
    "address": {
        "street": "Rue Haute", "houseNumber": "1", "postCode": "1000", "municipality": {"code": 21004}, "country": 150,
    },
}  # fmt: skip


def entry(worker: dict[str, object] | None = None, start: str = "2024-06-03") -> Declaration:
    return declaration(
        {
            "employer": {"employerId": EMPLOYER[1]},
            "worker": worker or {"ssin": "78070739119"},
            "dimonaIn": {"startDate": start, "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"}},
        }
    )


def out(number: int, end: str = "2024-06-28") -> Declaration:
    return declaration({"dimonaOut": {"periodId": number, "endDate": end}})


async def told(register: LocalRegister, caller: Caller, since: int = 0) -> list[NoticeView]:
    await register.catch_up()
    scope = "filed" if caller.mandate is None else "mandate"
    return (await register.notices(caller, since, 200, scope)).notices


def kinds(notices: list[NoticeView]) -> list[str]:
    return [notice.kind for notice in notices]


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[list[Connection]]:
    """Two connections beside the register's."""
    opened = [await psycopg.AsyncConnection.connect(database_url, autocommit=True) for _ in range(2)]
    yield opened
    for connection in opened:
        await connection.close()


async def test_each_answer_is_told_to_whoever_filed(register: LocalRegister) -> None:
    first = await register.file(entry(), PAYROLL, MORNING)
    second = await register.file(entry(), PAYROLL, MORNING)
    pending = await register.file(entry(IDENTITY), PAYROLL, MORNING)
    notices = await told(register, PAYROLL)
    assert kinds(notices) == ["declaration.answered", "declaration.answered", "declaration.pending"]
    assert [(notice.number, notice.result, notice.anomalies) for notice in notices] == [
        (first.number, "A", ()),
        (second.number, "B", ("90373-333",)),
        (pending.number, "S", ("90017-151",)),
    ]
    assert [notice.period_number for notice in notices] == [first.number, None, None]
    assert await told(register, OTHER) == []


async def test_the_final_answer_is_told_to_whoever_filed_and_to_the_employer(register: LocalRegister) -> None:
    settled = await register.file(entry(IDENTITY), PAYROLL, MORNING)
    refused = await register.file(entry({**IDENTITY, "givenName": "Ada"}), PAYROLL, MORNING)
    await register.agents.identify(settled.number, "agent", 78070739119, None, is_strict=False)
    await register.agents.identify(refused.number, "agent", None, "Nobody of that name", is_strict=False)
    for caller in (PAYROLL, SCHOOL):
        final = [notice for notice in await told(register, caller) if notice.kind == "declaration.settled"]
        assert [(notice.number, notice.result) for notice in final] == [(settled.number, "A"), (refused.number, "B")]
        assert [notice.period_number for notice in final] == [settled.number, None]
    assert await told(register, STRANGER) == []


async def test_a_change_by_somebody_else_is_told_to_the_first(register: LocalRegister) -> None:
    made = await register.file(entry(), PAYROLL, MORNING)
    since = (await told(register, PAYROLL))[-1].position
    refused = await register.file(out(made.number, "2024-01-01"), OTHER, MORNING)
    changed = await register.file(out(made.number), OTHER, MORNING)
    assert (refused.result, changed.result) == ("B", "A")
    (notice,) = await told(register, PAYROLL, since)
    assert (notice.kind, notice.number, notice.period_number) == ("period.changed", changed.number, made.number)
    assert kinds(await told(register, OTHER)) == ["declaration.answered", "declaration.answered"]
    both = Caller("payroll", frozenset({EMPLOYER}), is_strict=False)
    page = await register.notices(both, since, 200, "filed")
    assert [one.position for one in page.notices] == [notice.position]


async def test_ones_own_change_is_told_once(register: LocalRegister) -> None:
    made = await register.file(entry(), PAYROLL, MORNING)
    await register.file(out(made.number), PAYROLL, MORNING)
    assert kinds(await told(register, PAYROLL)) == ["declaration.answered", "declaration.answered"]


async def test_locks_imports_and_new_numbers_are_told(register: LocalRegister) -> None:
    made = await register.file(entry(), PAYROLL, MORNING)
    await register.lock(made.number, "agent")
    assert kinds(await told(register, PAYROLL)) == ["declaration.answered", "period.locked"]
    await register.put_employers([EmployerEntry(nsso_registration_number="175110801", name="École")])
    await register.put_employers(
        [EmployerEntry(nsso_registration_number="175110801", enterprise_number="0471149091", name="École")]
    )
    (number,) = await register.import_periods(
        [
            msgspec.convert(
                {
                    "employer": {"employerId": 175110801},
                    "worker": {"ssin": "78070739119"},
                    "startDate": "2020-01-01",
                    "endDate": "2020-01-31",
                    "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
                },
                PeriodEntry,
            )
        ]
    )
    notices = await told(register, SCHOOL)
    assert kinds(notices) == ["period.locked", "employer.renumbered", "period.imported"]
    assert [notice.period_number for notice in notices] == [made.number, None, number]
    assert notices[1].employer is not None
    assert notices[1].employer.enterprise == 471149091


async def test_what_is_not_recorded_is_not_told(register: LocalRegister) -> None:
    await register.file(entry(), PAYROLL, MORNING, Key("one", b"same"))
    await register.file(entry(), PAYROLL, MORNING, Key("one", b"same"))
    await register.simulate(entry(start="2024-07-01"), PAYROLL, MORNING)
    with pytest.raises(InvalidEntry):
        await register.put_employers([EmployerEntry(nsso_registration_number="1")])
    assert kinds(await told(register, PAYROLL)) == ["declaration.answered"]


async def test_no_notice_names_a_worker(register: LocalRegister) -> None:
    await register.file(entry(), PAYROLL, MORNING)
    pending = await register.file(entry(IDENTITY), PAYROLL, MORNING)
    await register.agents.identify(pending.number, "agent", 78070739119, None, is_strict=False)
    text = repr(await told(register, PAYROLL))
    for word in ("78070739119", "Martin", "Zoe", "1990"):
        assert word not in text


async def test_a_cursor_misses_nothing_whatever_the_order_of_commits(
    register: LocalRegister, connections: list[Connection]
) -> None:
    slow, quick = connections
    insert = """
        INSERT INTO journal
               (ssin, sequence, number, entry, result, received_at, recorded_at, filed_by, body, law, chain)
        SELECT %s, i, %s + i, 'i', 'B', now(), now(), 'payroll', '{}', '', '' FROM generate_series(1, 3) AS i"""
    await slow.execute("BEGIN")
    await slow.execute(insert, (1, 1000))
    await quick.execute(insert, (2, 2000))
    first = await told(register, PAYROLL)
    assert [notice.number for notice in first] == [2001, 2002, 2003]
    page = await register.notices(PAYROLL, 0, 2)
    assert (page.cursor, page.has_more) == (first[1].position, True)
    await slow.execute("COMMIT")
    await register.catch_up()
    page = await register.notices(PAYROLL, page.cursor, 200)
    assert [notice.number for notice in page.notices] == [2003, 1001, 1002, 1003]
    assert [notice.position for notice in page.notices] == list(range(3, 7))
    assert (page.cursor, page.has_more) == (6, False)


async def test_what_is_rolled_back_is_not_told(register: LocalRegister, connections: list[Connection]) -> None:
    one, _ = connections
    await one.execute("BEGIN")
    await one.execute('INSERT INTO outbox (told) VALUES (\'[{"kind": "f", "client": "payroll"}]\')')
    await one.execute("ROLLBACK")
    assert await told(register, PAYROLL) == []


async def test_one_at_a_time_makes_notices(register: LocalRegister, connections: list[Connection]) -> None:
    await register.file(entry(), PAYROLL, MORNING)
    holder, other = connections
    async with holder.transaction():
        await holder.execute("SELECT position FROM notice_head FOR UPDATE")
        assert await expand(other) == 0
    assert await expand(other) == 1
    assert len(await told(register, PAYROLL)) == 1


async def test_many_at_once_give_every_position_once(register: LocalRegister, connections: list[Connection]) -> None:
    """Filing and making notices by turns, from several sides: positions are gapless, and nobody is told twice."""
    filings = [
        register.file(entry(start=f"2024-06-{day:02d}"), PAYROLL, MORNING) for day in range(1, 31) for _ in range(4)
    ]

    async def make() -> None:
        for _ in range(200):
            for connection in connections:
                await expand(connection)

    answers, *_ = await asyncio.gather(asyncio.gather(*filings), make())
    notices = await told(register, PAYROLL)
    assert [notice.position for notice in notices] == list(range(1, len(answers) + 1))
    assert {notice.number for notice in notices} == {answer.number for answer in answers}


async def test_the_employer_is_told_of_answers_given_at_once_when_somebody_follows_it(register: LocalRegister) -> None:
    from opendimona.register.notices.endpoints import Wanted

    await register.file(entry(), PAYROLL, MORNING)
    assert await told(register, SCHOOL) == []
    employer = await register.endpoints.employer(EMPLOYER, SCHOOL)
    with pytest.raises(NotFound):
        await register.endpoints.employer(EMPLOYER, STRANGER)
    await register.endpoints.add(
        Wanted(channel="webhook", target="https://school.example", client="school", employer=employer.id)
    )
    await register.file(entry(start="2024-07-01"), PAYROLL, MORNING)
    assert kinds(await told(register, SCHOOL)) == ["declaration.answered"]
    everybody = await register.notices(PAYROLL, 0, 200, "mandate")
    assert len(everybody.notices) == 1
