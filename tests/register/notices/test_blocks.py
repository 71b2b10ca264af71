"""Blocks: answers to INs that were committed together are one row for each client, and read like any notice."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from opendimona.core.declaration import Declaration
from opendimona.register.entries import EmployerEntry
from opendimona.register.interface import Answer, Caller, NoticeView
from opendimona.register.local import LocalRegister
from opendimona.register.notices import clocks
from opendimona.register.verify import verify
from tests.model.bridge import declaration
from tests.register.notices.test_outbox import EMPLOYER, MORNING, OTHER, PAYROLL, SCHOOL, entry, kinds, told

STAYS = 175702307
WORKERS = [f"780707{serial:03d}{97 - (780707000 + serial) % 97:02d}" for serial in range(391, 421)]


def starting(number: int) -> Declaration:
    """An IN of one of the workers, on one of the days."""
    worker, day = divmod(number, 28)
    return entry({"ssin": WORKERS[worker]}, start=f"2024-07-{day + 1:02d}")


async def file_together(register: LocalRegister, filings: Sequence[tuple[Declaration, Caller]]) -> list[Answer]:
    """File all at the same moment, so that they share batches."""
    return await asyncio.gather(*(register.file(wanted, caller, MORNING) for wanted, caller in filings))


async def rows(database_url: str, statement: str) -> list[tuple[int, ...]]:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        cursor = await connection.execute(statement)  # type: ignore[call-overload]
        return await cursor.fetchall() if cursor.description else []


async def count(database_url: str, table: str) -> int:
    return (await rows(database_url, f"SELECT count(*) FROM {table}"))[0][0]


async def paged(register: LocalRegister, caller: Caller, limit: int) -> list[NoticeView]:
    """All notices of a caller, read in pages."""
    found: list[NoticeView] = []
    cursor, has_more = 0, True
    while has_more:
        page = await register.notices(caller, cursor, limit)
        assert len(page.notices) <= limit
        found += page.notices
        cursor, has_more = page.cursor, page.has_more
    return found


async def test_each_client_reads_its_own_in_order_however_it_pages(register: LocalRegister, database_url: str) -> None:
    answers = await file_together(register, [(starting(i), (PAYROLL, OTHER)[i % 3 == 0]) for i in range(60)])
    await register.catch_up()
    assert await count(database_url, "notice") == 0
    assert 0 < await count(database_url, "notice_block") < 60
    positions: set[int] = set()
    for caller, mine in ((PAYROLL, [i for i in range(60) if i % 3]), (OTHER, list(range(0, 60, 3)))):
        for limit in (1, 7, 200):
            notices = await paged(register, caller, limit)
            assert [notice.number for notice in notices] == sorted(answers[i].number for i in mine)
            assert [notice.position for notice in notices] == sorted(notice.position for notice in notices)
        assert set(kinds(notices)) == {"declaration.answered"}
        by_number = {answer.number: answer for answer in answers}
        for notice in notices:
            answer = by_number[notice.number or 0]
            assert (notice.result, notice.anomalies, notice.period_number, notice.at) == (
                answer.result, tuple(dict.fromkeys(one.code for one in answer.anomalies)), answer.period_number,
                answer.recorded_at,
            )  # fmt: skip
            assert notice.employer == answer.employer
            one = await register.notice(notice.position, caller)
            assert (one.number, one.result, one.at) == (notice.number, notice.result, notice.at)
        positions |= {notice.position for notice in notices}
    assert positions == set(range(1, 61))


async def test_an_answer_for_an_employer_that_somebody_follows_is_a_row_of_its_own(
    register: LocalRegister, database_url: str
) -> None:
    await file_together(register, [(starting(0), PAYROLL)])
    await register.catch_up()
    await register.follow_employers([EMPLOYER[1]])
    elsewhere = {
        "employer": {"employerId": STAYS}, "worker": {"ssin": "78070739119"},
        "dimonaIn": {"startDate": "2024-06-03", "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"}},
    }  # fmt: skip
    answers = await file_together(
        register, [(starting(i), PAYROLL) for i in range(1, 5)] + [(declaration(elsewhere), PAYROLL)]
    )
    notices = await told(register, PAYROLL)
    assert [notice.number for notice in notices][1:] == sorted(answer.number for answer in answers)
    assert {notice.number for notice in await told(register, SCHOOL)} == {answer.number for answer in answers[:4]}
    assert await count(database_url, "notice") >= 4


async def test_nobody_is_told_of_an_out_before_its_in(register: LocalRegister, database_url: str) -> None:
    """All of a worker who has other entries in a statement stay together, in order of number."""
    insert = """
        INSERT INTO journal
               (ssin, sequence, number, entry, period, result, received_at, recorded_at, filed_by, body, law, chain)
        SELECT i % 3, i, 1000 + i, (CASE WHEN i IN (4, 7) THEN 'o' ELSE 'i' END)::"char", 1001,
               (CASE i WHEN 5 THEN 'S' ELSE 'A' END)::"char", now(), now(), 'payroll', '{}', '', ''
          FROM generate_series(1, 12) AS i ORDER BY i % 3"""
    await rows(database_url, insert)
    notices = await told(register, PAYROLL)
    assert sorted(notice.number or 0 for notice in notices) == list(range(1001, 1013))
    for worker in range(3):
        mine = [notice.number for notice in notices if (notice.number or 0) % 3 == (1000 + worker) % 3]
        assert mine == sorted(mine, key=lambda number: number or 0)
    assert await rows(database_url, "SELECT cardinality(ssins) FROM notice_block") == [(4,)]


async def test_refusals_and_numbers_of_nobody_stand_in_blocks_too(register: LocalRegister, database_url: str) -> None:
    wrong = entry({"ssin": "78070739118"})
    answers = await file_together(register, [(starting(0), PAYROLL), (starting(0), PAYROLL), (wrong, PAYROLL)])
    assert sorted(answer.result for answer in answers) == ["A", "B", "B"]
    notices = await told(register, PAYROLL)
    assert [(one.number, one.result) for one in notices] == sorted((one.number, one.result) for one in answers)
    assert await count(database_url, "notice") == 0


async def test_a_block_goes_once_nobody_needs_any_of_it(register: LocalRegister, database_url: str) -> None:
    await file_together(register, [(starting(i), PAYROLL) for i in range(8)])
    await register.acknowledge(PAYROLL, None, [notice.position for notice in await told(register, PAYROLL)])
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        assert await clocks.forget_old(connection, 1) == 0
        await connection.execute("UPDATE notice_block SET at = at - interval '36 hours'")
        await connection.execute("INSERT INTO dead_letter (endpoint, position, attempts, problem) VALUES (1, 1, 1, '')")
        blocks = await count(database_url, "notice_block")
        assert await clocks.forget_old(connection, 1) == blocks - 1
        first = (await told(register, PAYROLL))[0]
        assert first.position == 1
        assert first.is_acknowledged
        await connection.execute("DELETE FROM dead_letter")
        assert await clocks.forget_old(connection, 1) == 1
        assert await clocks.forget_old(connection, 1) == 0
    assert await told(register, PAYROLL) == []


@pytest.mark.parametrize("is_told", [False, True])
async def test_a_merger_leads_from_the_notices_to_the_employer_that_stays(
    register: LocalRegister, is_told: bool, database_url: str
) -> None:
    await register.put_employers(
        [EmployerEntry(nsso_registration_number=str(number)) for number in (EMPLOYER[1], STAYS)]
    )
    await file_together(register, [(starting(i), PAYROLL) for i in range(4)])
    if is_told:
        await register.catch_up()
    await register.agents.merge_employers(EMPLOYER, ("nsso", STAYS), "agent", None)
    answered = [one for one in await told(register, PAYROLL) if one.kind == "declaration.answered"]
    assert [one.employer and one.employer.nsso for one in answered] == [STAYS] * 4
    assert await asyncio.to_thread(verify, database_url) == []
