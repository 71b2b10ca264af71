"""What is left of quotas: of a worker at all employers together, of an employer for who acts for it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from opendimona.core.declaration import Declaration
from opendimona.core.quotas import Balance
from opendimona.register.interface import Caller, NotFound
from opendimona.register.local import LocalRegister
from tests.register.test_totals import CALLER, CLIENT, EMPLOYERS, early, extra, filed, student, worker

TODAY = date(2024, 7, 1)
NSSO = ("nsso", EMPLOYERS[0])


def shown(found: list[Balance]) -> list[tuple[Any, ...]]:
    return [(one.quota.type, one.quarter, one.quota.limit, one.used, one.neutralised, one.left) for one in found]


async def of_student(register: LocalRegister, year: int, filed_on: date = TODAY) -> list[tuple[Any, ...]]:
    found = shown(await register.quotas(int(worker(0)), year, CALLER, filed_on))
    return [one for one in found if one[0] == "STUDENT"]


async def test_planned_changed_cancelled_and_late_hours(register: LocalRegister) -> None:
    assert await of_student(register, 2024) == [("STUDENT", None, 600, 0, 0, 600)]
    first = await filed(register, student(worker(0), EMPLOYERS[0], 120, TODAY), TODAY)
    second = await filed(register, student(worker(0), EMPLOYERS[1], 100, TODAY), TODAY)
    late = await filed(register, student(worker(0), EMPLOYERS[2], 50, TODAY), TODAY + timedelta(days=9))
    assert (first.result, second.result, late.is_late) == ("A", "A", True)
    assert await of_student(register, 2024) == [("STUDENT", None, 600, 220, 0, 380)]
    change = {"dimonaUpdate": {"periodId": first.number, "plannedHoursNumber": 150}}
    await filed(register, msgspec.convert(change, Declaration), TODAY)
    await filed(register, msgspec.convert({"dimonaCancel": {"periodId": second.number}}, Declaration), TODAY)
    assert await of_student(register, 2024) == [("STUDENT", None, 600, 150, 0, 450)]
    assert await of_student(register, 2025) == [("STUDENT", None, 650, 0, 0, 650)]


async def test_beyond_a_quota_nothing_is_left(register: LocalRegister) -> None:
    for place in range(2):
        await filed(register, student(worker(0), EMPLOYERS[place], 400, TODAY), TODAY)
    assert await of_student(register, 2024) == [("STUDENT", None, 600, 800, 0, 0)]


async def test_neutralised_hours_are_told_apart(register: LocalRegister) -> None:
    for day in (date(2020, 5, 4), date(2020, 8, 3)):
        await filed(register, student(worker(0), EMPLOYERS[0], 80, day), day)
    assert await of_student(register, 2020) == [("STUDENT", None, 475, 80, 80, 395)]


async def test_quarters_and_the_rest_of_the_year(register: LocalRegister) -> None:
    assert await of_student(register, 2011) == [("STUDENT", 3, 23, 0, 0, 23), ("STUDENT", None, 23, 0, 0, 23)]


async def test_a_limit_that_depends_on_the_day_of_filing(register: LocalRegister) -> None:
    day = date(2015, 3, 2)
    await filed(register, extra(worker(0), EMPLOYERS[0], day), day)
    for filed_on, limits in ((date(2015, 6, 4), [100, 100]), (date(2015, 6, 5), [100, 200])):
        found = await register.quotas(NSSO, 2015, CALLER, filed_on)
        assert [(one.quota.limit, one.used) for one in found] == [(limit, 1) for limit in limits]


async def test_of_an_employer_only_who_acts_for_it(register: LocalRegister) -> None:
    await filed(register, extra(worker(0), EMPLOYERS[0], TODAY), TODAY)
    await register.file(extra(worker(1), EMPLOYERS[1], TODAY, client=CLIENT), CALLER, early(TODAY))
    mandated, stranger = replace(CALLER, mandate=frozenset([NSSO])), replace(CALLER, mandate=frozenset())
    expected = [("HORECA_EMPLOYER", None, 200, 1, 0, 199)]
    assert shown(await register.quotas(NSSO, 2024, mandated, TODAY)) == expected
    assert shown(await register.quotas(("enterprise", int(CLIENT)), 2024, CALLER, TODAY)) == expected
    agency = await register.quotas(("nsso", EMPLOYERS[1]), 2024, CALLER, TODAY)
    assert [one.used for one in agency] == [0], "the days are those of the client"
    for subject, caller in ((NSSO, stranger), (("nsso", EMPLOYERS[1]), mandated), (("nsso", EMPLOYERS[2]), CALLER)):
        with pytest.raises(NotFound):
            await register.quotas(subject, 2024, caller, TODAY)


async def test_of_a_worker_whoever_consults(register: LocalRegister) -> None:
    await filed(register, extra(worker(0), EMPLOYERS[0], TODAY), TODAY)
    stranger = Caller("stranger", mandate=frozenset())
    found = shown(await register.quotas(int(worker(0)), 2024, stranger, TODAY))
    assert ("HORECA_WORKER", None, 50, 1, 0, 49) in found
    assert [one[0] for one in found if one[3]] == ["HORECA_WORKER"]
