"""School years and holidays by level, from the tables `school_years`, `school_year_rules` and `school_holidays`.

Dates that were published come first; a year without any is reckoned by the rule in force, and says so.
"""

from datetime import date, timedelta
from functools import cache, lru_cache

import msgspec

from opendimona.law.reader import read_table
from opendimona.law.rules import Row

COMPULSORY, COLLEGE = "compulsory", "college"
ONE_DAY = timedelta(days=1)
MONDAY, FRIDAY = 0, 4
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip


class PublishedYear(Row, frozen=True, kw_only=True):
    """A school year as published. `closes`: the last day before the next one begins."""

    level: str
    year: str
    first: date
    last: date
    closes: date


class YearRule(Row, frozen=True, kw_only=True):
    """How the days of a school year are found; both are texts such as `30 june` or `last monday of august`."""

    level: str
    first: str
    last: str


class SchoolHoliday(Row, frozen=True, kw_only=True):
    """A school holiday, from `valid_from` to `valid_to`; `name` is autumn, winter, carnival or spring."""

    level: str
    name: str


class SchoolYear(msgspec.Struct, frozen=True):
    """First and last day of lessons; `name` is written 2026-2027. `closes` is the last administrative day.

    `is_published`: the dates stand in the table; else they were reckoned.
    """

    name: str
    first: date
    last: date
    closes: date
    is_published: bool


@cache
def published_years() -> tuple[PublishedYear, ...]:
    """The rows of the table. Raises msgspec.ValidationError for a malformed one."""
    return tuple(msgspec.convert(row, PublishedYear) for row in read_table("school_years")[0])


@cache
def year_rules() -> tuple[YearRule, ...]:
    """The rows of the table. Raises msgspec.ValidationError for a malformed one."""
    return tuple(msgspec.convert(row, YearRule) for row in read_table("school_year_rules")[0])


@cache
def school_holidays() -> tuple[SchoolHoliday, ...]:
    """The rows of the table, in order of time. Raises msgspec.ValidationError for a malformed one."""
    return tuple(msgspec.convert(row, SchoolHoliday) for row in read_table("school_holidays")[0])


def holiday_on(day: date, level: str) -> SchoolHoliday | None:
    """The school holiday that a day belongs to, if one is known."""
    return next((one for one in school_holidays() if one.level == level and one.is_valid_on(day)), None)


@lru_cache(maxsize=256)
def year_starting(year: int, level: str) -> SchoolYear:
    """The school year of a level that begins in a calendar year. Raises LookupError for a level without a rule."""
    name = f"{year}-{year + 1}"
    for row in published_years():
        if row.level == level and row.year == name:
            return SchoolYear(name, row.first, row.last, row.closes, is_published=True)
    rule, first = _rule_of(year, level)
    published = {row.first.year: row.first for row in published_years() if row.level == level}
    following = published.get(year + 1) or _rule_of(year + 1, level)[1]
    return SchoolYear(name, first, day_of(rule.last, year + 1), following - ONE_DAY, is_published=False)


def _rule_of(year: int, level: str) -> tuple[YearRule, date]:
    """The rule of the year that begins in a calendar year, and the day on which it lets it begin."""
    for rule in year_rules():
        if rule.level == level and rule.is_valid_on(first := day_of(rule.first, year)):
            return rule, first
    raise LookupError(f"no rule says when the school year {year} of the level {level} begins")


def day_of(text: str, year: int) -> date:
    """The day that a rule means in a year. Raises ValueError for a text that is neither form.

    >>> day_of("last monday of august", 2026)
    datetime.date(2026, 8, 31)
    """
    words = text.split()
    month = MONTHS.index(words[-1]) + 1
    match words[:-1]:
        case ["last", "monday", "of"]:
            last = date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
            return last - timedelta((last.weekday() - MONDAY) % 7)
        case ["first", "friday", "of"]:
            first = date(year, month, 1)
            return first + timedelta((FRIDAY - first.weekday()) % 7)
        case [number]:
            return date(year, month, int(number))
    raise ValueError("a day of a school year is written 30 june, last monday of august or first friday of july")


def year_of(day: date, level: str) -> SchoolYear:
    """The school year that a day belongs to; the holidays belong to the year before them."""
    this = year_starting(day.year, level)
    return this if this.first <= day else year_starting(day.year - 1, level)
