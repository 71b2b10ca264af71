"""Belgian public holidays and working days, from the table `public_holidays.toml`.

Working days are Monday to Friday except public holidays; replacement days are no holidays. Checked for 1999 to 2100;
any other year is computed in the same way. Source: act of 4 January 1974, royal decree of 18 April 1974.
"""

from datetime import date, timedelta
from functools import cache, lru_cache

import msgspec

from opendimona.law.reader import read_table
from opendimona.law.rules import Row

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class PublicHoliday(Row, frozen=True, kw_only=True):
    """A public holiday: either on `day` of `month`, or `days_after_easter` days after Easter Sunday."""

    name_fr: str
    name_nl: str
    month: int | None = None
    day: int | None = None
    days_after_easter: int | None = None

    def in_year(self, year: int) -> date:
        """The day on which the holiday falls in a year. Raises ValueError for a row that gives neither rule."""
        if self.days_after_easter is not None:
            return easter(year) + timedelta(days=self.days_after_easter)
        if self.month is None or self.day is None:
            raise ValueError(f"The public holiday {self.name_fr} has neither a day nor a distance from Easter.")
        return date(year, self.month, self.day)


def easter(year: int) -> date:
    """Easter Sunday of a year of the Gregorian calendar, by the anonymous algorithm of Meeus, Jones and Butcher."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - leap_shift + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


@cache
def load_public_holidays() -> tuple[PublicHoliday, ...]:
    """The rows of the table, read once. Raises msgspec.ValidationError for a malformed row."""
    return tuple(msgspec.convert(row, PublicHoliday) for row in read_table("public_holidays")[0])


@lru_cache(maxsize=256)
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    rows = ((row, row.in_year(year)) for row in load_public_holidays())
    return frozenset(day for row, day in rows if row.is_valid_on(day))


def is_working_day(day: date) -> bool:
    """Whether a day is a working day: Monday to Friday, no public holiday."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The first working day strictly after a day. Raises OverflowError at the end of the calendar."""
    day += ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day
