"""Two employers that are one: periods go over, totals too, every number leads there, the past stays readable."""

import asyncio
from typing import Any

import psycopg
import pytest

from opendimona.register.agents import Overlapping
from opendimona.register.entries import EmployerEntry, InvalidEntry, WorkerEntry
from opendimona.register.interface import Answer, Caller, Criteria, NotFound
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.model.bridge import declaration
from tests.register.test_identity_changes import BIS, MORNING, NATIONAL, NSSO, OTHER, SECOND, file
from tests.register.test_local import IDENTITY

TWICE, STAYS = ("nsso", NSSO), ("nsso", SECOND)
OPERATOR = Caller("payroll")
MANDATED = Caller("office", frozenset({STAYS}))
HOTEL = {"workerType": "EXT", "jointCommissionNumber": "302"}
ORDINARY = {"workerType": "OTH", "jointCommissionNumber": "XXX"}


async def fill(register: LocalRegister) -> None:
    """Two employers with NSSO numbers, and three persons."""
    await register.put_employers([
        EmployerEntry(nsso_registration_number=NSSO, enterprise_number="0207851105", flags=["dailyRegistration"]),
        EmployerEntry(nsso_registration_number=SECOND, flags=["dailyRegistration"]),
    ])  # fmt: skip
    await register.put_workers([
        WorkerEntry(ssin=f"{ssin:011d}", family_name="DUBOIS", given_name="ANNE") for ssin in (BIS, NATIONAL, OTHER)
    ])  # fmt: skip


async def occasional(register: LocalRegister, ssin: int, employer: int, day: str = "2024-07-01") -> Answer:
    """An IN that uses a day of its employer."""
    block = {"startDate": day, "endDate": day, "startHour": "1000", "endHour": "1800", "features": HOTEL}
    body = {"employer": {"employerId": employer}, "worker": {"ssin": f"{ssin:011d}"}, "dimonaIn": block}
    return await register.file(declaration(body), OPERATOR, MORNING)


async def test_the_file_goes_over(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    here, there = await file(register, BIS, ORDINARY), await file(register, NATIONAL, ORDINARY, SECOND)
    days = [await occasional(register, OTHER, NSSO), await occasional(register, BIS, NSSO, "2024-07-02"),
            await occasional(register, NATIONAL, SECOND)]  # fmt: skip
    refused = await file(register, BIS, ORDINARY)
    assert [one.result for one in (here, there, *days, refused)] == ["A"] * 5 + ["B"]

    assert await register.agents.merge_employers(TWICE, STAYS, "Ann", "known twice") == 3
    for key in (TWICE, STAYS, ("enterprise", 207851105)):
        found = await register.search_periods(Criteria(employer=key), OPERATOR, 9)
        assert {view.period.number for view in found} == {one.number for one in (here, there, *days)}
        assert {view.employer.nsso for view in found} == {SECOND}
    assert (await register.period(here.number, MANDATED)).employer.formerly == [NSSO]
    before = await register.period(here.number, MANDATED, here.recorded_at)
    assert (before.period.version, before.employer.nsso) == (0, SECOND)
    assert (await register.answer(refused.number, MANDATED)).result == "B"
    relations = await register.search_relations(Criteria(employer=STAYS), MANDATED, 9)
    assert [view.worker.ssin for view in relations] == sorted([NATIONAL, BIS, OTHER])
    used = [one.used for one in await register.quotas(STAYS, 2024, OPERATOR, MORNING.date())]
    assert 2 in used  # a day that both used counts once
    again = await file(register, BIS, ORDINARY)
    assert (again.result, again.employer and again.employer.nsso) == ("B", SECOND)
    cancel = {"dimonaCancel": {"periodId": here.number}, "worker": {"ssin": f"{BIS:011d}"}}
    cancelled = await register.file(declaration(cancel), MANDATED, MORNING)
    assert cancelled.result == "A", cancelled.anomalies
    assert await asyncio.to_thread(verify, database_url) == []
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, former, agent, reason FROM identity_event").fetchall()
    assert rows == [("employer-number-changed", NSSO, "Ann", "known twice")]


async def test_what_waits_goes_over_too(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    body: dict[str, Any] = {
        "employer": {"employerId": NSSO}, "worker": IDENTITY,
        "dimonaIn": {"startDate": "2024-07-01", "features": ORDINARY},
    }  # fmt: skip
    waiting = await register.file(declaration(body), OPERATOR, MORNING)
    assert waiting.result == "S", waiting.anomalies
    await register.agents.merge_employers(TWICE, STAYS, "Ann")
    settled = await register.agents.identify(waiting.number, "Ann", OTHER, None)
    assert (settled.result, settled.employer and settled.employer.nsso) == ("A", SECOND)
    assert await asyncio.to_thread(verify, database_url) == []


async def test_employers_that_cannot_be_one(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    both = [await file(register, BIS, ORDINARY, number) for number in (NSSO, SECOND)]
    with pytest.raises(Overlapping) as error:
        await register.agents.merge_employers(TWICE, STAYS, "Ann")
    assert set(error.value.numbers) == {one.number for one in both}
    with pytest.raises(NotFound):
        await register.agents.merge_employers(("nsso", 175110025), STAYS, "Ann")
    with pytest.raises(InvalidEntry):
        await register.agents.merge_employers(TWICE, TWICE, "Ann")
    await register.put_employers([EmployerEntry(nsso_registration_number=SECOND, enterprise_number="0403199702")])
    with pytest.raises(InvalidEntry):
        await register.agents.merge_employers(TWICE, STAYS, "Ann")
    assert len(await register.search_periods(Criteria(employer=TWICE), OPERATOR, 9)) == 1
    assert await asyncio.to_thread(verify, database_url) == []


async def test_declarations_while_employers_are_merged(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    await register.put_workers([WorkerEntry(ssin=ssin) for ssin in NUMBERS])

    async def declare(ssin: str) -> Answer:
        return await file(register, int(ssin), ORDINARY)

    answers: list[Any] = [declare(ssin) for ssin in NUMBERS]
    answers.insert(len(answers) // 2, register.agents.merge_employers(TWICE, STAYS, "Ann"))
    outcomes = await asyncio.gather(*answers)
    assert [one.result for one in outcomes if isinstance(one, Answer)] == ["A"] * len(NUMBERS)
    assert len(await register.search_periods(Criteria(employer=STAYS), OPERATOR, 99)) == len(NUMBERS)
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT employer) FROM period WHERE recorded_to = 'infinity'").fetchone()  # fmt: skip
    assert row == (1,)
    assert await asyncio.to_thread(verify, database_url) == []


NUMBERS = [f"{digits:09d}{97 - digits % 97:02d}" for digits in range(850101001, 850101081, 2)]
"""Forty fictitious SSINs, of one day of birth."""
