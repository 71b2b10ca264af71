"""School years by level, before and after the change of 2022."""

from datetime import date

import pytest

from opendimona.law import school_years
from opendimona.law.school_years import day_of, school_holidays
from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.schools.calendar import holiday_on, year_of, year_starting  # noqa: E402


@pytest.mark.parametrize(
    ("year", "kind", "first", "last"),
    [
        (2021, "secondary", date(2021, 9, 1), date(2022, 6, 30)),
        (2022, "secondary", date(2022, 8, 29), date(2023, 7, 7)),
        (2023, "primary", date(2023, 8, 28), date(2024, 7, 5)),
        (2026, "primary", date(2026, 8, 31), date(2027, 7, 2)),
        (2023, "college", date(2023, 9, 14), date(2024, 9, 13)),
    ],
)
def test_first_and_last_day(year: int, kind: str, first: date, last: date) -> None:
    found = year_starting(year, kind)
    assert (found.name, found.first, found.last) == (f"{year}-{year + 1}", first, last)


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 8, 30), "primary", "2025-2026"),
        (date(2026, 8, 31), "primary", "2026-2027"),
        (date(2026, 8, 31), "college", "2025-2026"),
        (date(2027, 1, 1), "college", "2026-2027"),
    ],
)
def test_the_holidays_belong_to_the_year_before(day: date, kind: str, name: str) -> None:
    assert year_of(day, kind).name == name


@pytest.mark.parametrize("kind", ["primary", "college"])
def test_years_follow_each_other_without_a_gap(kind: str) -> None:
    for year in range(2018, 2040):
        this, following = year_starting(year, kind), year_starting(year + 1, kind)
        assert (following.first - this.closes).days == 1
        assert this.first < this.last <= this.closes


def test_published_dates_go_before_the_rule_and_holidays_have_rows() -> None:
    assert year_starting(2025, "secondary").is_published
    assert not year_starting(2026, "secondary").is_published
    assert not year_starting(2025, "college").is_published
    carnival = holiday_on(date(2026, 2, 18), "primary")
    assert carnival is not None
    assert (carnival.name, carnival.valid_from, carnival.valid_to) == ("carnival", date(2026, 2, 16), date(2026, 2, 27))
    assert holiday_on(date(2026, 3, 2), "primary") is None
    assert holiday_on(date(2026, 2, 18), "college") is None
    assert [one.name for one in school_holidays()] == ["autumn", "winter", "carnival", "spring"] * 4
    assert all(one.valid_from and one.valid_from.weekday() == 0 and one.valid_to and one.valid_to.weekday() == 4
               for one in school_holidays())  # fmt: skip


def test_a_rule_that_says_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="is written"):
        day_of("some monday of august", 2026)
    with pytest.raises(LookupError, match="nursery"):
        school_years.year_starting(2026, "nursery")
