"""Dates and numbers as people type them."""

import re
from datetime import date

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PARTS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?")
DIGITS_MAX = 18
"""What a number of the database has at most."""
DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})?")


def parse_day(text: str, today: date) -> date | None:
    """The day meant by 1/9, 1/9/26, 010926, 01092026 or 2026-09-01; None when it is none.

    Without a year it is the one nearest to today.

    >>> parse_day("1/9", date(2026, 8, 20)), parse_day("010926", date(2020, 1, 1))
    (datetime.date(2026, 9, 1), datetime.date(2026, 9, 1))
    >>> parse_day("5/1", date(2026, 12, 20)), parse_day("31/2", date(2026, 1, 1))
    (datetime.date(2027, 1, 5), None)
    """
    text = text.strip()
    if found := ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
        return _day(year, month, day)
    found = PARTS.fullmatch(text) or DIGITS.fullmatch(text)
    if found is None:
        return None
    day, month = int(found[1]), int(found[2])
    if found[3] is not None:
        return _day(int(found[3]) + (2000 if len(found[3]) == 2 else 0), month, day)
    candidates = [_day(today.year + shift, month, day) for shift in (-1, 0, 1)]
    return min((one for one in candidates if one is not None), key=lambda one: abs(one - today), default=None)


def number_in(text: str) -> int:
    """The number of something as a form sends it back; 0, which nothing bears, where it is none.

    >>> number_in("12"), number_in("-1"), number_in("9" * 30)
    (12, 0, 0)
    """
    return int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
