"""What an appointment needs, for each way in which periods and days can lie."""

from datetime import date

import pytest

from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.schools.models import Employer  # noqa: E402
from opendimona.portal.staff.models import Appointment, Period  # noqa: E402
from opendimona.portal.staff.policies import declared_end  # noqa: E402
from opendimona.portal.staff.situation import Need, situation_of  # noqa: E402

TODAY = date(2026, 11, 26)
COMMUNITY, POWER = Employer(pk=1), Employer(pk=2)


def day(text: str) -> date | None:
    """A day of 2026 written d/m, or none."""
    if not text:
        return None
    number, month = text.split("/")
    return date(2026, int(month), int(number))


def appointment(span: str, employer: Employer = COMMUNITY, school: int = 1, key: int = 1) -> Appointment:
    """An appointment written `1/9-30/11`, without an end `1/9-`."""
    start, _, end = span.partition("-")
    return Appointment(
        pk=key, start=day(start) or TODAY, end=day(end), employer=employer, category="teacher", school_id=school
    )


def period(span: str, employer: Employer = COMMUNITY, worker_type: str = "OTH") -> Period:
    """A period written in the same way."""
    start, _, end = span.partition("-")
    return Period(number=1, start=day(start) or TODAY, end=day(end), employer=employer, worker_type=worker_type)


@pytest.mark.parametrize(
    ("engaged", "declared", "need"),
    [
        ("1/9-", [], Need.ENTRY),
        ("1/9-", ["1/9-"], Need.NOTHING),
        ("1/9-31/12", ["1/9-31/12"], Need.NOTHING),
        ("1/9-31/12", ["1/9-"], Need.NOTHING),
        ("1/9-25/11", ["1/9-"], Need.EXIT),
        ("1/9-26/11", ["1/9-"], Need.EXIT),
        ("1/9-27/11", ["1/9-"], Need.NOTHING),
        ("1/9-31/12", ["1/9-30/11"], Need.EXTEND),
        ("1/9-", ["1/9-30/11"], Need.EXTEND),
        ("1/9-31/12", ["2/9-31/12"], Need.CORRECT),
        ("1/9-31/12", ["1/3-30/6"], Need.ENTRY),
        ("1/9-31/12", ["1/9-30/9", "1/10-31/12"], Need.NOTHING),
    ],
)
def test_what_is_needed(engaged: str, declared: list[str], need: Need) -> None:
    one = appointment(engaged)
    assert situation_of(one, [period(span) for span in declared], [one], TODAY).need is need


def test_a_period_of_another_employer_or_type_covers_nobody() -> None:
    one = appointment("1/9-")
    for other in (period("1/9-", POWER), period("1/9-", worker_type="STU")):
        assert situation_of(one, [other], [one], TODAY).need is Need.ENTRY


def test_an_exit_is_due_on_the_next_working_day() -> None:
    one = appointment("1/9-20/11")  # a Friday
    found = situation_of(one, [period("1/9-")], [one], TODAY)
    assert (found.due, found.is_overdue(TODAY), found.is_overdue(date(2026, 11, 23))) == (day("23/11"), True, False)


@pytest.mark.parametrize(
    ("other", "need"), [("1/10-", Need.KEPT), ("1/10-31/12", Need.KEPT), ("1/10-20/11", Need.EXIT)]
)
def test_a_period_is_kept_while_another_school_needs_it(other: str, need: Need) -> None:
    one, elsewhere = appointment("1/9-20/11"), appointment(other, school=2, key=2)
    assert situation_of(one, [period("1/9-")], [one, elsewhere], TODAY).need is need


def test_an_appointment_under_another_number_keeps_nothing_open() -> None:
    one, elsewhere = appointment("1/9-20/11"), appointment("1/10-", POWER, school=2, key=2)
    assert situation_of(one, [period("1/9-")], [one, elsewhere], TODAY).need is Need.EXIT


AUGUST = frozenset({(1, "teacher")})


@pytest.mark.parametrize(
    ("engaged", "declared", "need"),
    [
        ("1/1-30/6", ["1/1-31/8"], Need.NOTHING),
        ("1/1-30/6", ["1/1-30/6"], Need.EXTEND),
        ("1/1-30/6", ["1/1-"], Need.EXIT),
        ("1/9-25/11", ["1/9-"], Need.NOTHING),
    ],
)
def test_periods_that_last_until_august(engaged: str, declared: list[str], need: Need) -> None:
    one = appointment(engaged)
    assert situation_of(one, [period(span) for span in declared], [one], TODAY, AUGUST).need is need


def test_a_period_until_august_is_kept_for_another_school() -> None:
    one, other = appointment("1/1-30/6"), appointment("1/3-15/5", school=2, key=2)
    open_one = period("1/1-")
    found = situation_of(other, [open_one], [one, other], date(2026, 9, 1), AUGUST)
    assert (found.need, found.end) == (Need.EXIT, date(2026, 8, 31))
    assert situation_of(other, [open_one], [one, other], date(2026, 6, 1)).need is Need.KEPT


@pytest.mark.parametrize(
    ("end", "declared"),
    [(date(2027, 6, 30), date(2027, 8, 31)), (date(2026, 10, 2), date(2027, 8, 31)),
     (date(2027, 8, 31), date(2027, 8, 31)), (None, None)],
)  # fmt: skip
def test_the_end_that_is_declared(end: date | None, declared: date | None) -> None:
    assert declared_end(1, "teacher", end, AUGUST) == declared
    assert declared_end(1, "office", end, AUGUST) == end
    assert declared_end(2, "teacher", end, AUGUST) == end
