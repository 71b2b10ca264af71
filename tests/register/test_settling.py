"""Identifications: decided once, whoever else tries; undone with all that followed; decided again."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.register.agents import AlreadyDecided, Cursor, NotDecided
from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.interface import Answer, Caller, Criteria, NotFound
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.model.bridge import declaration
from tests.register.test_local import IDENTITY, LENIENT

STRICT = Caller("payroll")
MORNING = datetime(2024, 7, 1, 7, 30, tzinfo=BRUSSELS)
DUBOIS, LAMBERT = 78070739119, 80111405125
STUDENT = {"startDate": "2024-07-01", "endDate": "2024-07-31", "plannedHoursNumber": 120,
           "features": {"jointCommissionNumber": "XXX", "workerType": "STU"}}  # fmt: skip


async def pending(register: LocalRegister, block: dict[str, Any] = STUDENT, name: str = "Martin") -> Answer:
    """A declaration without SSIN that waits."""
    await register.put_employers([EmployerEntry(nsso_registration_number=175110801)])
    await register.put_workers([WorkerEntry(ssin=f"{ssin:011d}") for ssin in (DUBOIS, LAMBERT)])
    body = {"employer": {"employerId": 175110801}, "worker": {**IDENTITY, "familyName": name}, "dimonaIn": block}
    answer = await register.file(declaration(body), STRICT, MORNING)
    assert answer.result == "S"
    return answer


async def used(register: LocalRegister, ssin: int) -> int:
    """The hours of a worker as a student in 2024."""
    found = await register.quotas(ssin, 2024, STRICT, MORNING.date())
    return sum(balance.used for balance in found if balance.quota.type == "STUDENT")


async def close(register: LocalRegister, number: int) -> Answer:
    """An UPDATE of the end of a period, by its employer."""
    body = {"dimonaUpdate": {"periodId": number, "endDate": "2024-07-15", "plannedHoursNumber": 60}}
    return await register.file(declaration(body), STRICT, MORNING)


async def test_of_two_agents_one_decides(register: LocalRegister) -> None:
    waiting = await pending(register)
    attempts = [register.agents.identify(waiting.number, f"agent {ssin}", ssin, None) for ssin in (DUBOIS, LAMBERT)]
    attempts.append(register.agents.identify(waiting.number, "agent 3", None, "nobody"))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 2


async def test_an_undone_identification_takes_along_what_followed(register: LocalRegister, database_url: str) -> None:
    waiting = await pending(register)
    accepted = await register.agents.identify(waiting.number, "Ann", DUBOIS, None)
    assert (accepted.result, await used(register, DUBOIS)) == ("A", 120)
    updated = await close(register, waiting.number)
    assert (updated.result, await used(register, DUBOIS)) == ("A", 60)
    before = await register.period(waiting.number, STRICT)

    undone = await register.agents.undo(waiting.number, "Bob", "a namesake")
    read = await register.answer(waiting.number, STRICT)
    shown = [(answer.result, answer.worker, answer.period_number) for answer in (undone, read)]
    assert shown == [("S", None, None)] * 2
    assert await used(register, DUBOIS) == 0
    with pytest.raises(NotFound):
        await register.period(waiting.number, STRICT)
    assert (await register.period(waiting.number, STRICT, before.recorded_from)).period == before.period
    followed = await register.answer(updated.number, STRICT)
    assert (followed.result, [item.code for item in followed.anomalies]) == ("B", ["00913-354"])
    assert followed.anomalies[0].reason == "a namesake"
    assert [item.code for item in (await close(register, waiting.number)).anomalies] == ["00913-354"]
    assert [one.number for one in await register.agents.queue(10)] == [waiting.number]
    assert await asyncio.to_thread(verify, database_url) == []


@pytest.mark.parametrize("again", [DUBOIS, LAMBERT])
async def test_what_was_undone_is_decided_again(register: LocalRegister, database_url: str, again: int) -> None:
    waiting = await pending(register)
    for _ in range(2):
        await register.agents.identify(waiting.number, "Ann", DUBOIS, None)
        await register.agents.undo(waiting.number, "Bob", "a namesake")
    answer = await register.agents.identify(waiting.number, "Ann", again, None)
    assert (answer.result, answer.period_number) == ("A", waiting.number)
    shown = await register.period(waiting.number, STRICT)
    assert (shown.worker.ssin, shown.period.is_cancelled) == (again, False)
    assert (await close(register, waiting.number)).result == "A"
    for ssin in (DUBOIS, LAMBERT):
        assert await used(register, ssin) == 60 * (ssin == again)
        found = await register.search_periods(Criteria(ssin=ssin), LENIENT, 5)
        assert [view.period.number for view in found] == [waiting.number] * (ssin == again)
    assert await asyncio.to_thread(verify, database_url) == []


async def test_a_refusal_is_undone_too(register: LocalRegister, database_url: str) -> None:
    waiting = await pending(register)
    for reason in ("nobody", "nobody at all"):
        refused = await register.agents.identify(waiting.number, "Ann", None, reason)
        assert (await register.answer(waiting.number, STRICT)).anomalies == refused.anomalies
        with pytest.raises(AlreadyDecided):
            await register.agents.pending(waiting.number)
        assert (await register.agents.undo(waiting.number, "Bob", "found after all")).result == "S"
    assert (await register.agents.identify(waiting.number, "Ann", DUBOIS, None)).result == "A"
    assert await asyncio.to_thread(verify, database_url) == []


async def test_a_decision_that_was_refused_by_the_rules_is_undone(register: LocalRegister, database_url: str) -> None:
    waiting, other = await pending(register), await pending(register, name="Martins")
    assert (await register.agents.identify(other.number, "Ann", DUBOIS, None)).result == "A"
    refused = await register.agents.identify(waiting.number, "Ann", DUBOIS, None)
    assert [item.code for item in refused.anomalies] == ["90373-333"]
    await register.agents.undo(waiting.number, "Bob", "not this one")
    assert (await register.agents.identify(waiting.number, "Ann", LAMBERT, None)).result == "A"
    assert await asyncio.to_thread(verify, database_url) == []


async def test_only_one_undoes(register: LocalRegister) -> None:
    waiting = await pending(register)
    with pytest.raises(NotDecided):
        await register.agents.undo(waiting.number, "Bob", "too soon")
    with pytest.raises(NotFound):
        await register.agents.undo(waiting.number + 97, "Bob", "nothing there")
    await register.agents.identify(waiting.number, "Ann", DUBOIS, None)
    attempts = [register.agents.undo(waiting.number, f"agent {place}", "a namesake") for place in range(3)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotDecided) for outcome in outcomes) == 2


async def test_the_queue_page_by_page(register: LocalRegister) -> None:
    waiting = [await pending(register, name=f"Martin{letter}") for letter in "abcde"]
    first = await register.agents.queue(2)
    after = Cursor(first[-1].received_at, first[-1].number)
    pages = [*first, *await register.agents.queue(2, after)]
    assert [one.number for one in pages] == [answer.number for answer in waiting[:4]]
    assert await register.agents.queue(2, Cursor(MORNING, waiting[-1].number)) == []
    worker = pages[0].declaration.worker
    assert worker is not None
    assert worker.family_name == "Martina"
