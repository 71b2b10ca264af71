"""The school years of an establishment: those of its level, by what kind of establishment it is."""

from datetime import date

from opendimona.law import school_years
from opendimona.law.school_years import COLLEGE, COMPULSORY, SchoolHoliday, SchoolYear


def level_of(kind: str) -> str:
    """The level of education whose calendar an establishment keeps; `kind` is one of `schools.models.Kind`."""
    return COLLEGE if kind == COLLEGE else COMPULSORY


def year_starting(year: int, kind: str) -> SchoolYear:
    """The school year that begins in a calendar year."""
    return school_years.year_starting(year, level_of(kind))


def year_of(day: date, kind: str) -> SchoolYear:
    """The school year that a day belongs to; the holidays belong to the year before them."""
    return school_years.year_of(day, level_of(kind))


def holiday_on(day: date, kind: str) -> SchoolHoliday | None:
    """The school holiday that a day belongs to, if one is known."""
    return school_years.holiday_on(day, level_of(kind))
