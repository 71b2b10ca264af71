"""School years, as dated rows for each level: higher education kept the old dates when the others changed.

Sources: until 2021-2022 every level began on 1 September; since 2022 nursery, primary, secondary, special and social
promotion education begins on the last Monday of August and ends on the first Friday of July (decree of 31 March 2022 on
the school rhythm); higher education still begins on 14 September.
"""

from datetime import date, timedelta

from msgspec import Struct

COLLEGE = "college"
MONDAY, FRIDAY = 0, 4


class SchoolYear(Struct, frozen=True):
    """First and last day of lessons; `name` is written 2026-2027. `closes` is the last administrative day."""

    name: str
    first: date
    last: date
    closes: date


def year_starting(year: int, kind: str) -> SchoolYear:
    """The school year that begins in a calendar year."""
    name = f"{year}-{year + 1}"
    if kind == COLLEGE:
        return SchoolYear(name, date(year, 9, 14), date(year + 1, 9, 13), date(year + 1, 9, 13))
    first = _last_monday(year, 8) if year >= 2022 else date(year, 9, 1)
    last = _first_friday(year + 1, 7) if year >= 2022 else date(year + 1, 6, 30)
    following = _last_monday(year + 1, 8) if year + 1 >= 2022 else date(year + 1, 9, 1)
    return SchoolYear(name, first, last, following - timedelta(1))


def year_of(day: date, kind: str) -> SchoolYear:
    """The school year that a day belongs to; the holidays belong to the year before them."""
    this = year_starting(day.year, kind)
    return this if this.first <= day else year_starting(day.year - 1, kind)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() - MONDAY) % 7)


def _first_friday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((FRIDAY - first.weekday()) % 7)
