"""Moments as they come in a header or in the address."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """The moment, aware, in Brussels."""
    return datetime.now(BRUSSELS)


def parse_moment(text: str) -> datetime:
    """The moment that an ISO 8601 text with an offset names, in Brussels; years 1900 to 2199. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 <= moment.year < 2200:
        raise ValueError("no offset, or a year far away")
    return moment.astimezone(UTC).astimezone(BRUSSELS)
