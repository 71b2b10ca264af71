"""Counters and quotas: every total is what one would count from scratch, and what is left can be told."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opendimona.core.calendar import BRUSSELS
from opendimona.core.file import Totals
from opendimona.core.quotas import balances
from opendimona.law.reader import load_law
from tests.model.core_world import CoreWorld
from tests.model.machine import EMPLOYERS, NAMES
from tests.model.strategies import Body

LAW = load_law()
WORKERS = ("78070739119", "80111405125")
CLIENT = {"enterpriseNumber": "0471149091", "jointCommissionNumber": "302"}
YEARS = st.sampled_from([date(2013, 9, 27), date(2016, 12, 28), date(2021, 12, 29), date(2024, 9, 28)])
"""Days before a law changed, or a quarter ended."""
HOURLY = {"STU": "plannedHoursNumber", "S17": "plannedHoursNumber", "O17": "plannedHoursNumber"}


@st.composite
def counted_entries(draw: st.DrawFn, first: date) -> Body:
    """An IN of a type that is counted, within a week."""
    kind = draw(st.sampled_from(["STU", "STU", "EXT", "EXT", "EXT", "STX", "A17", "T17", "S17", "O17"]))
    start = first + timedelta(draw(st.integers(0, 6)))
    block: Body = {"startDate": start.isoformat(), "endDate": start.isoformat()}
    features: Body = {"workerType": kind, "jointCommissionNumber": "XXX"}
    if kind == "STU":
        block["plannedHoursNumber" if start.year >= 2017 else "plannedDaysNumber"] = 1
    elif kind in HOURLY:
        block[HOURLY[kind]] = draw(st.integers(1, 120))
    if kind in ("EXT", "STX"):
        block |= {"startHour": "2200", "endHour": "0600", "endDate": (start + timedelta(1)).isoformat()}
        features["jointCommissionNumber"] = draw(st.sampled_from(["302", "302", "144", "145", "322"]))
        if features["jointCommissionNumber"] == "322":
            features["usingEmployer"] = CLIENT
    return block | {"features": features}


@st.composite
def changes(draw: st.DrawFn, number: int, first: date) -> Body:
    """An UPDATE or a CANCEL of a period."""
    if draw(st.booleans()):
        return {"dimonaCancel": {"periodId": number}}
    day = (first + timedelta(draw(st.integers(-2, 5)))).isoformat()
    block = draw(st.sampled_from([
        {"startDate": day}, {"plannedHoursNumber": draw(st.integers(1, 120))}, {"plannedDaysNumber": 1},
        {"endDate": day},
    ]))  # fmt: skip
    return {"dimonaUpdate": {"periodId": number, **block}}


def from_scratch(world: CoreWorld) -> tuple[Counter[Any], Counter[Any]]:
    """All totals of workers and of employers, by obvious loops over the periods."""
    workers: Counter[Any] = Counter()
    days: set[Any] = set()
    employer_days: set[Any] = set()
    for number, period in world.current.items():
        if period.is_cancelled:
            continue
        kind, start, owner = period.features.worker_type, period.start, world.owners[number]
        quarter = start.year * 10 + (start.month - 1) // 3 + 1
        work = period.features.joint_committee
        work = period.features.user_joint_committee if work == "322" else work
        if kind == "STU" and not period.is_late:
            if start.year < 2017:
                workers[owner, "student-days", quarter] += period.planned_days or 0
            else:
                workers[owner, "student-hours", quarter] += period.planned_hours or 0
        if kind in ("S17", "O17"):
            name = "article-17-sport" if kind == "S17" else "article-17-other"
            workers[owner, name, quarter] += period.planned_hours or 0
        if kind in ("A17", "T17"):
            days.add((owner, "article-17" if kind == "A17" else "article-17-television", quarter, start))
        if kind in ("EXT", "STX"):
            if work != "302":
                days.add((owner, {"144": "agriculture", "145": "horticulture"}[work or ""], quarter, start))
            elif start >= date(2013, 10, 1):
                days.add((owner, "horeca-worker", quarter, start))
                is_agency = period.features.joint_committee == "322"
                mine = world.clients[CLIENT["enterpriseNumber"]].id if is_agency else period.employer
                employer_days.add((mine, "horeca-employer", quarter, start))
    workers.update(Counter(day[:3] for day in days))
    return workers, Counter(day[:3] for day in employer_days)


def running(totals: dict[int, Counter[tuple[str, int]]]) -> Counter[Any]:
    """The totals that were kept, in the form of those counted from scratch."""
    return Counter({(subject, *key): used for subject, kept in totals.items() for key, used in kept.items() if used})


@pytest.mark.parametrize("times", [150, pytest.param(20_000, marks=pytest.mark.soak)])
def test_running_totals_equal_a_count_from_scratch_after_any_sequence(times: int) -> None:
    @given(first=YEARS, data=st.data())
    @settings(deadline=None, max_examples=times, suppress_health_check=list(HealthCheck))
    def check(first: date, data: st.DataObject) -> None:
        world = CoreWorld()
        world.add_workers(dict.fromkeys(WORKERS, (*NAMES, "1978-07-07")))
        for _ in range(data.draw(st.integers(2, 20))):
            at = datetime.combine(first + timedelta(data.draw(st.integers(-3, 4))), datetime.min.time(), BRUSSELS)
            if world.current and data.draw(st.booleans()):
                number = data.draw(st.sampled_from(sorted(world.current)))
                world.file(data.draw(changes(number, first)), at)
            else:
                world.file({
                    "employer": {"employerId": data.draw(st.sampled_from([*EMPLOYERS][:2]))},
                    "worker": {"ssin": data.draw(st.sampled_from(WORKERS))},
                    "dimonaIn": data.draw(counted_entries(first)),
                }, at)  # fmt: skip
            workers, employers = from_scratch(world)
            assert running(world.worker_totals) == +workers
            assert running(world.employer_totals) == employers

    check()


def left(subject: str, totals: Totals, year: int, *, today: date = date(2026, 1, 1)) -> dict[Any, tuple[int, int]]:
    """What is used and left of each quota, by type and quarter."""
    return {
        (item.quota.type, item.quarter): (item.used, item.left)
        for item in balances(LAW, subject, totals, year, today)
    }  # fmt: skip


def test_what_is_left_of_a_year_and_of_its_quarters() -> None:
    totals = {("student-hours", 20241): 100, ("student-hours", 20243): 50, ("article-17-other", 20243): 60}
    found = left("worker", totals, 2024)
    assert found["STUDENT", None] == (150, 450)
    assert found["A17_QUARTER_OTHER", 3] == (60, 130)
    assert found["A17_QUARTER_OTHER", 1] == (0, 100)
    assert found["A17_STUDENT_OTHER", None] == (60, 130)
    assert found["AGRICULTURE", None] == (0, 50)
    assert found["HORECA_WORKER", None] == (0, 50)
    assert ("HORECA_EMPLOYER", None) not in found


def test_the_quota_of_students_concerns_only_who_has_student_hours_that_year() -> None:
    assert ("A17_STUDENT_OTHER", None) not in left("worker", {("student-hours", 20234): 8}, 2024)


def test_neutralised_hours_are_not_used() -> None:
    totals = {("student-hours", 20201): 100, ("student-hours", 20202): 300}
    assert left("worker", totals, 2020)["STUDENT", None] == (100, 375)
    [item] = [item for item in balances(LAW, "worker", totals, 2020, date(2020, 7, 1)) if item.quota.type == "STUDENT"]
    assert item.neutralised == 300
    assert left("worker", {("student-hours", 20221): 100}, 2022)["STUDENT", None] == (55, 420)
    assert left("worker", {("student-hours", 20221): 30}, 2022)["STUDENT", None] == (0, 475)


def test_summer_and_the_rest_of_the_year_were_apart_until_2011() -> None:
    found = balances(LAW, "worker", {("student-days", 20113): 20, ("student-days", 20112): 5}, 2011, date(2011, 1, 1))
    students = [item for item in found if item.quota.type == "STUDENT"]
    assert {(item.quarter, item.used, item.left) for item in students} == {(3, 20, 3), (None, 5, 18)}


def test_an_employer_had_a_hundred_days_until_june_2015() -> None:
    totals = {("horeca-employer", 20152): 90, ("horeca-employer", 20153): 40}
    found = balances(LAW, "employer", totals, 2015, date(2026, 1, 1))
    assert [(item.quota.limit, item.used, item.left) for item in found] == [(100, 90, 10), (200, 130, 70)]
    before = balances(LAW, "employer", totals, 2015, date(2015, 6, 4))
    assert [(item.quota.limit, item.used) for item in before] == [(100, 90), (100, 130)]
