"""The personnel register of a day: who was engaged, and by which period each was covered; made to be printed.

Two dates, always apart: the day that it speaks of, and when the portal knew it so.
"""

from datetime import date, datetime, time

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec import Struct

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.history import appointments_on, periods_on
from opendimona.portal.staff.models import AppointmentVersion, PeriodVersion


class Entry(Struct):
    """An appointment of the day, and the period that covers the day, if one does."""

    appointment: AppointmentVersion
    period: PeriodVersion | None


@require_GET
def register(request: Page) -> HttpResponse:
    """The register of the day that was asked for, of today when none was; perhaps as known at the end of another."""
    on, known = (request.GET.get(name, "").strip()[:12] for name in ("on", "known"))
    asked, known_on = parse_day(on, today(request)), _day_known(known)
    day = asked or today(request)
    moment = None if known_on is None else datetime.combine(known_on, time.max, BRUSSELS)
    return render(request, "staff/register.html", {
        "day": day, "on": on, "known": known, "known_on": known_on, "is_wrong": bool(on) and asked is None,
        "is_known_wrong": bool(known) and known_on is None, "entries": entries_of(request.school, day, moment),
    })  # fmt: skip


def _day_known(typed: str) -> date | None:
    """The day of the real clock that was typed: what the portal knew does not follow a day that is played."""
    return parse_day(typed, datetime.now(BRUSSELS).date()) if typed else None


def entries_of(school: School, day: date, moment: datetime | None = None) -> list[Entry]:
    """Everybody engaged in a school on a day, by name, as it was known at a moment (None: now)."""
    appointments = list(appointments_on(school, day, moment))
    running = periods_on({one.person_id for one in appointments}, day, moment)
    covering = {(one.person_id, one.employer_id, one.worker_type): one for one in running}
    return [
        Entry(one, covering.get((one.person_id, one.employer_id, worker_type_of(one.category)))) for one in appointments
    ]
