"""What holds for every history of daily registrations."""

from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opendimona.core.calendar import BRUSSELS
from opendimona.core.checks.daily import minutes_of
from opendimona.core.decide import decide
from opendimona.core.decision import Decision
from opendimona.core.declaration import Declaration
from opendimona.core.file import DailyRegistration, Employer, Features, File, Period, Person
from opendimona.core.identifiers import with_check
from opendimona.law.reader import load_law

LAW = load_law()
FIRST = date(2024, 6, 3)
AT = datetime(2024, 6, 3, 7, 30, tzinfo=BRUSSELS)
EMPLOYER = Employer(id=1, nsso=175110801, may_register_daily=True)
PERIOD = Period(number=600027876089, employer=1, features=Features("OTH", "XXX"), start=FIRST,
                end=FIRST + timedelta(4))  # fmt: skip
NUMBERS = [with_check(6_000_278_761 + place) for place in range(40)]
DAYS = st.integers(-1, 5).map(lambda day: (FIRST + timedelta(day)).isoformat())
HOURS = st.sampled_from(["0000", "0600", "1100", "1130", "1500", "1800", "2359"])
SHIFTS = st.fixed_dictionaries({"startDate": DAYS, "startHour": HOURS},
                               optional={"endDate": DAYS, "endHour": HOURS})  # fmt: skip


class World:
    """The registrations of one period, with a dictionary for a register."""

    def __init__(self) -> None:
        self.current: dict[int, DailyRegistration] = {}

    def file(self, number: int, **members: Any) -> Decision:
        """Judge a declaration and keep what follows from it."""
        referred = members.get("dailyRegistrationId")
        registration = None if referred is None else self.current.get(referred)
        file = File(
            EMPLOYER, person=Person(1), periods=(PERIOD,), target=PERIOD, target_ssin=1, reference="known",
            registration=registration, registrations=tuple(self.current.values()),
        )  # fmt: skip
        body = {"dimonaDailyRegistration": members}
        decision = decide(msgspec.convert(body, Declaration), file, LAW, AT, number=number)
        if decision.registration is not None:
            self.current[decision.registration.number] = decision.registration
        return decision

    def standing(self) -> list[DailyRegistration]:
        """Those that are not cancelled."""
        return [one for one in self.current.values() if not one.is_cancelled]


@pytest.mark.parametrize("times", [300, pytest.param(30_000, marks=pytest.mark.soak)])
def test_no_history_holds_two_registrations_that_share_a_minute(times: int) -> None:
    @given(data=st.data(), actions=st.lists(st.sampled_from([0, 0, 0, 1, 1, 3]), min_size=2, max_size=12))
    @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck))
    def check(data: st.DataObject, actions: list[int]) -> None:
        world = World()
        for number, action in zip(NUMBERS, actions, strict=False):
            shift = data.draw(SHIFTS)
            referred = data.draw(st.sampled_from(sorted(world.current) or [None]))
            if action == 0:
                shift = {"endDate": shift["startDate"], **shift}
                world.file(number, attestationStatus=0, periodId=PERIOD.number, **shift)
            elif action == 1:
                world.file(number, attestationStatus=1, dailyRegistrationId=referred, **shift)
            else:
                world.file(number, attestationStatus=3, dailyRegistrationId=referred)
        for one in world.standing():
            first, after = minutes_of(one)
            assert first < after
            assert PERIOD.start <= one.start <= one.end <= (PERIOD.end or one.end)
        for one, other in combinations(world.standing(), 2):
            (first, after), (other_first, other_after) = minutes_of(one), minutes_of(other)
            assert after <= other_first or other_after <= first

    check()


@given(shift=SHIFTS)
def test_after_a_cancel_the_same_registration_is_accepted_again(shift: dict[str, str]) -> None:
    world = World()
    members = {"attestationStatus": 0, "periodId": PERIOD.number, "endDate": shift["startDate"], **shift}
    first = world.file(NUMBERS[0], **members)
    if first.registration is not None:
        assert world.file(NUMBERS[1], **members).anomalies[0].code == "90480-334"
        assert world.file(NUMBERS[2], attestationStatus=3, dailyRegistrationId=NUMBERS[0]).result == "A"
    again = world.file(NUMBERS[3], **members)
    assert (again.result, again.anomalies) == (first.result, first.anomalies)
