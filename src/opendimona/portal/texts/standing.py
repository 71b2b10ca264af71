"""What stands now of the cell's texts, in memory: read again every few seconds, and at once where it was changed."""

import time
from datetime import date
from typing import Any

from opendimona.law.school_years import SchoolHoliday, SchoolYear
from opendimona.portal.schools import calendar
from opendimona.portal.texts.models import Kind, TextVersion

FRESH = 5.0
"""Seconds for which what was read is taken to stand."""
SOURCE = "published by the DIMONA cell on this server"


class _Standing:
    """The texts of anomalies by code, and when they were read."""

    def __init__(self) -> None:
        self.advice: dict[str, dict[str, str]] = {}
        self.read_at = float("-inf")


_STANDING = _Standing()


def refresh(*, is_forced: bool = False) -> None:
    """Read what stands, unless it was read a moment ago; school calendars follow."""
    if not is_forced and time.monotonic() - _STANDING.read_at < FRESH:
        return
    newest = TextVersion.objects.order_by("kind", "key", "-pk").distinct("kind", "key")
    advice, years, holidays = {}, {}, []
    for one in newest:
        if one.kind == Kind.ANOMALY:
            advice[one.key] = dict(one.body)
        elif one.body:
            level, year = one.key.split()
            years[level, int(year)] = year_of(int(year), one.body)
            holidays += holidays_of(level, one.body)
    _STANDING.advice = advice
    calendar.stand(years, holidays)
    _STANDING.read_at = time.monotonic()


def advice_of(code: str, language: str) -> str:
    """What the cell adds to the help for an anomaly: in the language, else in French, else nothing."""
    said = _STANDING.advice.get(code, {})
    return said.get(language) or said.get("fr", "")


def year_of(year: int, body: dict[str, Any]) -> SchoolYear:
    """The school year of a version."""
    days = {name: date.fromisoformat(body[name]) for name in ("first", "last", "closes")}
    return SchoolYear(f"{year}-{year + 1}", **days, is_published=True)


def holidays_of(level: str, body: dict[str, Any]) -> list[SchoolHoliday]:
    """The holidays of a version."""
    return [
        SchoolHoliday(
            level=level, name=one["name"], valid_from=date.fromisoformat(one["start"]),
            valid_to=date.fromisoformat(one["end"]), source=SOURCE,
        )
        for one in body["holidays"]
    ]  # fmt: skip
