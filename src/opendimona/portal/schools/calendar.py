"""The school years of an establishment: those of its level, by what kind of establishment it is.

What the cell published stands before what the tables of the law hold or reckon; `texts.standing` hands it over.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from opendimona.law import school_years
from opendimona.law.school_years import COLLEGE, COMPULSORY, SchoolHoliday, SchoolYear

LEVELS = (COMPULSORY, COLLEGE)


class _Published:
    """What the cell published: years by level and the year in which they begin, and holidays."""

    def __init__(self) -> None:
        self.years: Mapping[tuple[str, int], SchoolYear] = {}
        self.holidays: Sequence[SchoolHoliday] = ()


_PUBLISHED = _Published()


def stand(years: Mapping[tuple[str, int], SchoolYear], holidays: Sequence[SchoolHoliday]) -> None:
    """Let these years and holidays stand before those of the tables."""
    _PUBLISHED.years, _PUBLISHED.holidays = years, holidays


def level_of(kind: str) -> str:
    """The level of education whose calendar an establishment keeps; `kind` is one of `schools.models.Kind`."""
    return COLLEGE if kind == COLLEGE else COMPULSORY


def year_starting(year: int, kind: str) -> SchoolYear:
    """The school year that begins in a calendar year."""
    return year_of_level(year, level_of(kind))


def year_of_level(year: int, level: str) -> SchoolYear:
    """The school year of a level that begins in a calendar year; it closes on the eve of the next."""
    published = _PUBLISHED.years.get((level, year))
    if published is not None:
        return published
    found = school_years.year_starting(year, level)
    following = _PUBLISHED.years.get((level, year + 1))
    return found if following is None else msgspec.structs.replace(found, closes=following.first - timedelta(1))


def year_of(day: date, kind: str) -> SchoolYear:
    """The school year that a day belongs to; the holidays belong to the year before them."""
    this = year_starting(day.year, kind)
    return this if this.first <= day else year_starting(day.year - 1, kind)


def holiday_on(day: date, kind: str) -> SchoolHoliday | None:
    """The school holiday that a day belongs to, if one is known."""
    level = level_of(kind)
    mine = (one for one in _PUBLISHED.holidays if one.level == level and one.is_valid_on(day))
    return next(mine, None) or school_years.holiday_on(day, level)
