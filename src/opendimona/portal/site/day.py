"""The day and the moment of a page; in the sandbox each session may set its own, and play any September."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.site.mode import is_sandbox

SESSION_KEY = "day"


def now(request: HttpRequest) -> datetime:
    """The moment that a declaration of this page is judged by: the clock's, on the session's day."""
    moment = datetime.now(BRUSSELS)
    chosen = request.session.get(SESSION_KEY) if is_sandbox() else None
    if chosen is None:
        return moment
    return moment.replace(tzinfo=None).replace(
        **{part: getattr(date.fromisoformat(chosen), part) for part in ("year", "month", "day")}
    ).replace(tzinfo=BRUSSELS)  # fmt: skip


def today(request: HttpRequest) -> date:
    """The day of this page in Belgium."""
    return now(request).date()


def set_day(request: HttpRequest, day: date | None) -> None:
    """Play another day in this session (sandbox), or the real one again."""
    if day is None:
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = day.isoformat()


def is_playing(request: HttpRequest) -> bool:
    """Whether the session plays a day of its own."""
    return bool(is_sandbox() and SESSION_KEY in request.session)


def days_until(request: HttpRequest, count: int) -> date:
    """The day so many days after the page's own."""
    return today(request) + timedelta(count)
