"""Working days in Belgium, over the days where one is easily wrong."""

from datetime import date, timedelta

import pytest

from opendimona.law.holidays import easter, is_working_day, load_public_holidays, next_working_day, public_holidays

EASTER = """
0404 0423 0415 0331 0420 0411 0327 0416 0408 0323 0412 0404 0424 0408 0331 0420 0405 0327 0416 0401
0421 0412 0404 0417 0409 0331 0420 0405 0328 0416 0401 0421 0413 0328 0417 0409 0325 0413 0405 0425
0410 0401 0421 0406 0329 0417 0409 0325 0414 0405 0418 0410 0402 0421 0406 0329 0418 0402 0422 0414
0330 0418 0410 0326 0415 0406 0329 0411 0403 0422 0414 0330 0419 0410 0326 0415 0407 0419 0411 0403
0423 0407 0330 0419 0404 0326 0415 0331 0420 0411 0403 0416 0408 0330 0412 0404 0424 0415 0331 0420
0412 0328
"""
"""Easter Sunday (month and day) of 1999 to 2100, as the library holidays gives it."""

YEARS = range(1999, 2101)
BY_YEAR = dict(zip(YEARS, EASTER.split(), strict=True))


@pytest.mark.parametrize("year", YEARS)
def test_easter(year: int):
    assert f"{easter(year):%m%d}" == BY_YEAR[year]
    assert easter(year).weekday() == 6


def test_the_ten_holidays_of_2024():
    assert sorted(public_holidays(2024)) == [
        date(2024, 1, 1),
        date(2024, 4, 1),
        date(2024, 5, 1),
        date(2024, 5, 9),
        date(2024, 5, 20),
        date(2024, 7, 21),
        date(2024, 8, 15),
        date(2024, 11, 1),
        date(2024, 11, 11),
        date(2024, 12, 25),
    ]


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_ten_holidays_but_2008_when_ascension_was_on_the_first_of_may(year: int):
    assert len(public_holidays(year)) == (9 if year == 2008 else 10)
    assert public_holidays(year) is public_holidays(year)


def test_every_holiday_says_where_it_comes_from():
    assert len(load_public_holidays()) == 10
    assert all(holiday.source and holiday.name_fr and holiday.name_nl for holiday in load_public_holidays())


def test_a_holiday_without_a_day_is_refused():
    holiday = type(load_public_holidays()[0])(name_fr="jamais", name_nl="nooit", source="nowhere")
    with pytest.raises(ValueError, match="jamais"):
        holiday.in_year(2024)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2024, 4, 1), False),  # Easter Monday
        (date(2024, 4, 2), True),
        (date(2024, 3, 29), True),  # Good Friday is no public holiday
        (date(2024, 3, 30), False),  # a Saturday
        (date(2024, 3, 31), False),  # Easter Sunday
        (date(2024, 5, 9), False),  # Ascension, a Thursday
        (date(2024, 5, 10), True),  # the bridge after it
        (date(2024, 5, 20), False),  # Whit Monday
        (date(2024, 7, 22), True),  # 21 July 2024 is a Sunday: its replacement is each employer's own
        (date(2024, 9, 27), True),  # the French Community's day is no legal public holiday
        (date(2024, 11, 15), True),  # nor is the King's feast
        (date(2024, 12, 26), True),
        (date(2000, 2, 29), True),
        (date(2100, 3, 1), True),
    ],
)
def test_is_working_day(day: date, is_working: bool):
    assert is_working_day(day) is is_working


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2024, 6, 4), date(2024, 6, 5)),  # Tuesday, Wednesday
        (date(2024, 6, 7), date(2024, 6, 10)),  # Friday, Monday
        (date(2024, 6, 8), date(2024, 6, 10)),
        (date(2024, 3, 28), date(2024, 3, 29)),  # Maundy Thursday
        (date(2024, 3, 29), date(2024, 4, 2)),  # Good Friday, over Easter
        (date(2024, 3, 31), date(2024, 4, 2)),  # in service until the end of March
        (date(2024, 5, 8), date(2024, 5, 10)),  # over Ascension
        (date(2024, 5, 17), date(2024, 5, 21)),  # Friday before the long weekend of Whitsun
        (date(2024, 12, 24), date(2024, 12, 26)),
        (date(2024, 12, 31), date(2025, 1, 2)),  # over the turn of the year
        (date(2021, 12, 31), date(2022, 1, 3)),  # a New Year's Day on a Saturday is not replaced
        (date(2019, 10, 31), date(2019, 11, 4)),  # All Saints on a Friday
        (date(2008, 4, 30), date(2008, 5, 2)),  # 1 May and Ascension on one day
        (date(1999, 12, 31), date(2000, 1, 3)),
    ],
)
def test_next_working_day(day: date, following: date):
    assert next_working_day(day) == following


def test_the_next_working_day_is_the_first_one_strictly_after():
    day = date(2023, 1, 1)
    while day < date(2025, 1, 1):
        following = next_working_day(day)
        between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
        assert following > day
        assert is_working_day(following)
        assert not any(is_working_day(other) for other in between)
        day += timedelta(days=1)
