"""Identities that change: the file follows, totals and registrations too, the past stays, old numbers keep working."""

import asyncio
from datetime import datetime
from typing import Any

import psycopg
import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.register.agents import Overlapping
from opendimona.register.entries import EmployerEntry, InvalidEntry, WorkerEntry
from opendimona.register.interface import Answer, Caller, Criteria, NotFound
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.model.bridge import declaration

CALLER = Caller("payroll")
MORNING = datetime(2024, 7, 1, 7, 30, tzinfo=BRUSSELS)
BIS, NATIONAL, OTHER = 80111405125, 78070739119, 83120837350
NSSO, SECOND = 175110801, 175702307
STUDENT = {"workerType": "STU", "jointCommissionNumber": "XXX"}
HOTEL = {"workerType": "OTH", "jointCommissionNumber": "XXX"}


async def file(register: LocalRegister, ssin: int, features: dict[str, Any], employer: int = NSSO) -> Answer:
    """An IN for July 2024."""
    block: dict[str, Any] = {"startDate": "2024-07-01", "endDate": "2024-07-31", "features": features}
    if features is STUDENT:
        block["plannedHoursNumber"] = 100
    body = {"employer": {"employerId": employer}, "worker": {"ssin": f"{ssin:011d}"}, "dimonaIn": block}
    return await register.file(declaration(body), CALLER, MORNING)


async def fill(register: LocalRegister) -> None:
    """Two employers and three persons."""
    await register.put_employers([
        EmployerEntry(nsso_registration_number=NSSO, flags=["dailyRegistration"]),
        EmployerEntry(nsso_registration_number=SECOND),
    ])  # fmt: skip
    await register.put_workers([
        WorkerEntry(ssin=f"{ssin:011d}", family_name="DUBOIS", given_name="ANNE") for ssin in (BIS, NATIONAL, OTHER)
    ])  # fmt: skip


async def used(register: LocalRegister, ssin: int) -> int:
    """The hours of a worker as a student in 2024."""
    found = await register.quotas(ssin, 2024, CALLER, MORNING.date())
    return sum(balance.used for balance in found if balance.quota.type == "STUDENT")


async def test_the_file_follows_and_comes_back(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    student, hotel = await file(register, BIS, STUDENT), await file(register, BIS, HOTEL)
    presence = {"attestationStatus": 0, "periodId": hotel.number, "startDate": "2024-07-01", "startHour": "1100",
                "endDate": "2024-07-01"}  # fmt: skip
    registered = await register.file(declaration({"dimonaDailyRegistration": presence}), CALLER, MORNING)
    assert [answer.result for answer in (student, hotel, registered)] == ["A"] * 3
    assert (await file(register, NATIONAL, STUDENT, SECOND)).result == "A"

    assert await register.agents.replace_ssin(BIS, NATIONAL, "Ann", "bis number replaced") == 2
    assert [await used(register, ssin) for ssin in (BIS, NATIONAL)] == [200, 200]
    for ssin in (BIS, NATIONAL):
        found = await register.search_periods(Criteria(ssin=ssin, employer=("nsso", NSSO)), CALLER, 9)
        assert {view.period.number for view in found} == {student.number, hotel.number}
        assert {view.worker.ssin for view in found} == {NATIONAL}
    shown = await register.registration(registered.number, CALLER)
    assert (shown.worker.ssin, shown.registration.period) == (NATIONAL, hotel.number)
    left = {"dimonaDailyRegistration": {"attestationStatus": 1, "dailyRegistrationId": registered.number,
                                        "startDate": "2024-07-01", "startHour": "1100", "endDate": "2024-07-01",
                                        "endHour": "1500"}}  # fmt: skip
    assert (await register.file(declaration(left), CALLER, MORNING)).result == "A"
    before = await register.period(student.number, CALLER, student.recorded_at)
    assert (before.worker.ssin, before.worker.replaced_by) == (BIS, NATIONAL)
    again = await file(register, BIS, STUDENT)
    assert (again.result, again.worker and again.worker.ssin) == ("B", NATIONAL)
    assert await asyncio.to_thread(verify, database_url) == []

    await register.agents.replace_ssin(NATIONAL, OTHER, "Ann")
    assert [await used(register, ssin) for ssin in (BIS, NATIONAL, OTHER)] == [200] * 3
    cancel = {"dimonaCancel": {"periodId": student.number}, "worker": {"ssin": f"{BIS:011d}"}}
    assert (await register.file(declaration(cancel), CALLER, MORNING)).result == "A"
    assert await used(register, BIS) == 100
    assert await asyncio.to_thread(verify, database_url) == []
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, ssin, former, agent, reason FROM identity_event ORDER BY id").fetchall()
    assert rows[0] == ("ssin-replaced", NATIONAL, BIS, "Ann", "bis number replaced")
    assert {row[1:3] for row in rows[1:]} == {(OTHER, NATIONAL)}


async def test_numbers_that_cannot_be_taken(register: LocalRegister) -> None:
    await fill(register)
    await register.agents.replace_ssin(BIS, NATIONAL, "Ann")
    for former, ssin, member in (
        (BIS, OTHER, "former"), (NATIONAL, BIS, "ssin"), (OTHER, OTHER, "ssin"), (90061599797, OTHER, "former"),
    ):  # fmt: skip
        with pytest.raises(InvalidEntry) as error:
            await register.agents.replace_ssin(former, ssin, "Ann")
        assert error.value.member == member
    with pytest.raises(NotFound):
        await register.agents.correct_person(WorkerEntry(ssin="90061599797"), "Ann")


async def test_periods_that_overlap_are_not_put_together(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    both = [await file(register, ssin, HOTEL) for ssin in (BIS, NATIONAL)]
    with pytest.raises(Overlapping) as error:
        await register.agents.replace_ssin(BIS, NATIONAL, "Ann")
    assert set(error.value.numbers) == {answer.number for answer in both}
    assert len(await register.search_periods(Criteria(ssin=BIS), CALLER, 9)) == 1
    assert await asyncio.to_thread(verify, database_url) == []


async def test_declarations_while_a_number_is_replaced(register: LocalRegister, database_url: str) -> None:
    await fill(register)
    days = [f"2024-08-{day:02d}" for day in range(1, 21)]

    async def declare(day: str) -> Answer:
        body = {"employer": {"employerId": NSSO}, "worker": {"ssin": f"{BIS:011d}"},
                "dimonaIn": {"startDate": day, "endDate": day, "features": HOTEL}}  # fmt: skip
        return await register.file(declaration(body), CALLER, MORNING)

    answers = [declare(day) for day in days]
    answers.insert(10, register.agents.replace_ssin(BIS, NATIONAL, "Ann"))  # type: ignore[arg-type]
    outcomes = await asyncio.gather(*answers)
    assert [answer.result for answer in outcomes if isinstance(answer, Answer)] == ["A"] * len(days)
    assert len(await register.search_periods(Criteria(ssin=NATIONAL), CALLER, 99)) == len(days)
    assert await asyncio.to_thread(verify, database_url) == []


async def test_an_employer_that_gets_its_definitive_number(register: LocalRegister, database_url: str) -> None:
    provisional = 5000000120
    await register.put_employers([EmployerEntry(provisional_nsso_number=provisional)])
    assert await register.agents.renumber_employer(("provisional", provisional), NSSO, "Ann") == []
    assert await register.agents.renumber_employer(("nsso", NSSO), SECOND, "Ann") == [NSSO]
    assert await register.agents.renumber_employer(("nsso", NSSO), NSSO, "Ann") == [SECOND]
    with pytest.raises(InvalidEntry):
        await register.agents.renumber_employer(("nsso", SECOND), NSSO, "Ann")
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT kind, former FROM identity_event ORDER BY id").fetchall()
    assert rows == [("employer-number-changed", former) for former in (provisional, NSSO, SECOND)]
