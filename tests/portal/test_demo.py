"""The demonstration's schools: fictitious, well-formed, and as believable in any month of any year."""

from datetime import date, datetime, time, timedelta

import pytest
from stdnum.be import nn

from opendimona.cli.demo import employer_entries, worker_entries
from opendimona.core.calendar import BRUSSELS
from opendimona.core.identifiers import is_nsso_number
from opendimona.portal.demo.load import file_everything, persons_to_know
from opendimona.portal.demo.pay import extract_of
from opendimona.portal.demo.people import draw_people
from opendimona.portal.demo.schools import ACCOUNTS, EMPLOYERS, POWERS, SCHOOLS
from opendimona.portal.demo.stories import STORIES
from opendimona.portal.demo.year import plan_lives
from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify

COUNT = sum(school.staff for school in SCHOOLS)
DAYS = [date(2024, 2, 29), date(2025, 9, 1), date(2026, 7, 15), date(2026, 11, 26), date(2027, 1, 1)]


def test_there_are_schools_of_each_kind_and_an_account_for_each_role() -> None:
    assert (COUNT, len(POWERS), len(SCHOOLS)) == (300, 2, 5)
    assert len({power[1] for power in POWERS}) == 2
    assert len({school.kind for school in SCHOOLS}) >= 4
    assert {account.role for account in ACCOUNTS} == {
        "clerk", "head", "manager", "cell", "supervisor", "auditor", "federation", "agent", "local", "member"
    }  # fmt: skip


def test_the_numbers_are_well_formed_and_their_own() -> None:
    people = draw_people(COUNT)
    numbers = {f"{who.ssin:011d}" for who in people}
    assert len(numbers) == COUNT
    assert all(nn.is_valid(number) for number in numbers)
    assert numbers.isdisjoint({entry.ssin for entry in worker_entries()})
    assert all(is_nsso_number(employer.nsso) for employer in EMPLOYERS)
    assert {str(one.nsso) for one in EMPLOYERS}.isdisjoint(
        {str(e.nsso_registration_number) for e in employer_entries()}
    )


@pytest.mark.parametrize("day", DAYS)
def test_payroll_paid_everybody_and_some_who_are_not_declared(day: date) -> None:
    people, lives = draw_people(COUNT), plan_lives(day)
    rows = [line.split(";") for line in extract_of(people, lives, day).decode().splitlines()[1:]]
    first = date.fromisoformat(f"{rows[0][-1]}-01")
    assert first < day.replace(day=1) <= date.fromisoformat(max(row[5] for row in rows)) + timedelta(1)
    engaged = {f"{who.ssin:011d}" for who, life in zip(people, lives, strict=True) if who.ssin and any(
        one.start < day and (one.end is None or one.end >= first) for one in life.engagements)}  # fmt: skip
    strangers = {row[0] for row in rows} - engaged
    assert len(rows) > 250
    assert len(strangers) >= 2  # a number with a wrong digit, and somebody who is not engaged


@pytest.mark.parametrize("day", DAYS)
def test_lives_are_possible_and_the_same_each_time(day: date) -> None:
    lives = plan_lives(day)
    assert len(lives) == COUNT
    assert lives == plan_lives(day)
    for life, who in zip(lives, draw_people(COUNT), strict=True):
        assert all(one.end is None or one.start <= one.end for one in life.engagements)
        assert all((one.start - who.birth_date).days > 17 * 365 for one in life.engagements)


@pytest.mark.anyio
@pytest.mark.parametrize("day", [DAYS[1], DAYS[3]])
async def test_the_register_answers_as_the_stories_want(register: LocalRegister, database_url: str, day: date) -> None:
    people, lives = draw_people(COUNT), plan_lives(day)
    await register.put_employers(
        [EmployerEntry(nsso_registration_number=one.nsso, name=one.name, kind=one.kind) for one in EMPLOYERS]  # type: ignore[arg-type]
    )
    await register.put_workers(
        [WorkerEntry(ssin=f"{who.ssin:011d}", family_name=who.family_name) for who in persons_to_know(people, lives)]
    )
    done = await file_everything(register, datetime.combine(day, time(9), BRUSSELS))
    results = [[filed.answer.result for filed in life] for life in done.filed]
    assert results[:3] == [["A", "B"], ["B"], ["S"]]
    later = [result for life in results[3:] for result in life]
    assert set(later) <= {"A", "W"}  # some were declared late
    assert len(later) > len(STORIES) + COUNT / 2
    assert verify(database_url) == []
