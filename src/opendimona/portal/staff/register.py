"""The personnel register of a day: who was engaged, and by which period each was covered; made to be printed."""

from datetime import date

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec import Struct

from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.models import Appointment, Period


class Entry(Struct):
    """An appointment of the day, and the period that covers the day, if one does."""

    appointment: Appointment
    period: Period | None


@require_GET
def register(request: Page) -> HttpResponse:
    """The register of the day that was asked for; of today when none was."""
    typed = request.GET.get("on", "").strip()
    asked = parse_day(typed, today(request))
    day = asked or today(request)
    page = {"day": day, "typed": typed, "is_wrong": bool(typed) and asked is None}
    return render(request, "staff/register.html", page | {"entries": entries_of(request.school, day)})


def entries_of(school: School, day: date) -> list[Entry]:
    """Everybody engaged in a school on a day, by name."""
    appointments = list(
        school.appointments.filter(Q(end=None) | Q(end__gte=day), start__lte=day)
        .select_related("person", "employer")
        .order_by("person__search_key", "start")
    )
    people = {one.person_id for one in appointments}
    live = Period.objects.filter(person_id__in=people, is_cancelled=False, start__lte=day)
    running = live.filter(Q(end=None) | Q(end__gte=day))
    covering = {(one.person_id, one.employer_id, one.worker_type): one for one in running}
    return [
        Entry(one, covering.get((one.person_id, one.employer_id, worker_type_of(one.category)))) for one in appointments
    ]
