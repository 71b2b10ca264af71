"""Days, hours and moments as Dimona counts them: Belgian local time, days closed at both ends, hours half-open."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
REOPEN = date(9999, 12, 31)
"""The end date by which an UPDATE removes the end of a period (zone 00911)."""

MINUTES = 1440
FOREVER = (date.max.toordinal() + 1) * MINUTES


def parse_day(text: str) -> date | None:
    """The day written YYYY-MM-DD, or None when `text` is anything else."""
    return _parse_day(text) if len(text) == 10 else None


@lru_cache(maxsize=4096)
def _parse_day(text: str) -> date | None:
    if text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_hour(text: str) -> int | None:
    """The hour written HHMM as an integer 0-2359, or None when `text` is anything else."""
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        return None
    hour = int(text)
    return hour if hour < 2400 and hour % 100 < 60 else None


def hour_text(hour: int | None) -> str | None:
    """An hour as HHMM text."""
    return None if hour is None else f"{hour:04d}"


def minute(day: date, hour: int) -> int:
    """The minute of an hour of a day, counted from the beginning of the calendar."""
    return day.toordinal() * MINUTES + hour // 100 * 60 + hour % 100


def moment(day: date, hour: int) -> datetime:
    """The moment of an hour of a day in Belgium."""
    return datetime.combine(day, time(hour // 100, hour % 100), BRUSSELS)


@lru_cache(maxsize=4096)
def last_moment(day: date) -> datetime:
    """The last second of a day in Belgium."""
    return datetime.combine(day, time(23, 59, 59), BRUSSELS)


def quarter(day: date) -> tuple[int, int]:
    """The year and the quarter (0-3) of a day."""
    return day.year, (day.month - 1) // 3


def quarter_key(day: date) -> int:
    """The quarter of a day as one number: its year, then 1 to 4."""
    return day.year * 10 + (day.month + 2) // 3


def quarter_start(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
