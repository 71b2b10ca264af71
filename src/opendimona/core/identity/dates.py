"""Dates of birth, compared as they are mistyped: one digit wrong, two swapped, day and month in the other order."""

from datetime import date
from functools import lru_cache

OLDEST_YEAR = 1890
UNKNOWN_DAY = "-00-00"


def day_of(digits: str) -> date | None:
    """The day that eight digits stand for, None where there is none."""
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= OLDEST_YEAR else None


@lru_cache(maxsize=4096)
def slips_of(day: date) -> frozenset[date]:
    """Every other day that one slip makes of a day: one digit of it wrong, or two neighbours in the other order."""
    digits = day.strftime("%Y%m%d")
    texts = {
        digits[:place] + other + digits[place + 1 :] for place in range(2, 8) for other in "0123456789"
    } | {
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :] for place in range(2, 7)
    } | {("20" if digits[:2] == "19" else "19") + digits[2:]}  # fmt: skip
    return frozenset(found for text in texts if (found := day_of(text)) is not None and found != day)


def swapped(day: date) -> date | None:
    """The day with day and month in the other order, None where there is none."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


def compare_births(declared: date, is_day_known: bool, recorded: date) -> str:
    """How two birth dates agree: the second part of a code of the weights."""
    if not is_day_known:
        return "year" if declared.year == recorded.year else "different"
    if declared == recorded:
        return "same"
    if recorded == swapped(declared):
        return "swapped"
    if recorded in slips_of(declared):
        return "slip"
    return "same-year" if declared.year == recorded.year else "different"
