"""The personnel: a list to search, and a page for each person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.access import employers_of, visible_person
from opendimona.portal.staff.models import Appointment, Category, Period, Person
from opendimona.portal.staff.search import digits_of, matching
from opendimona.portal.staff.situation import situation_of
from opendimona.portal.staff.timeline import draw_timeline

PAGE = 50
FAR = date(9999, 12, 31)
SORTS = {"name": "search_key", "-name": "-search_key", "end": "here_until", "-end": "-here_until",
         "start": "here_since", "-start": "-here_since"}  # fmt: skip
TABS = {
    "now": Q(is_here=True),
    "uncovered": Q(is_here=True, is_covered=False),
    "coming": Q(is_coming=True),
    "left": Q(is_here=False, is_coming=False),
    "all": Q(),
}
"""Whom each tab of the list holds."""


@require_GET
def staff(request: Page) -> HttpResponse:
    """The personnel of a school; what is searched, filtered and sorted stands in the address, a number never does."""
    day, query = today(request), request.GET
    typed = query.get("q", "").strip()
    if digits_of(typed):
        return redirect("staff")
    who, sort = _one_of(TABS, query.get("who"), "now"), _one_of(SORTS, query.get("sort"), "name")
    category = query.get("category", "") if query.get("category") in Category.values else ""
    people = _people(request.school, day, category)
    counts = _counts(people)
    shown = people.filter(TABS[who])
    shown = matching(shown, typed) if typed else shown
    page = Paginator(shown.order_by(SORTS[sort], "pk"), PAGE).get_page(query.get("page"))
    return render(request, "staff/list.html", {
        "page": page, "rows": _rows(page, request, day), "q": typed, "who": who, "sort": sort, "category": category,
        "categories": Category.choices, "counts": counts,
    })  # fmt: skip


def _one_of(known: Mapping[str, object], asked: str | None, otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise


def _people(school: Any, day: date, category: str) -> "QuerySet[Person]":
    """Everybody who has or had an appointment in the school, with what the list shows and filters by."""
    mine = Appointment.objects.filter(person=OuterRef("pk"), school=school)
    if category:
        mine = mine.filter(category=category)
    live = Period.objects.filter(person=OuterRef("pk"), is_cancelled=False)
    running = live.filter(Q(end=None) | Q(end__gte=day), start__lte=day)
    return Person.objects.filter(Exists(mine)).annotate(
        here_since=Subquery(mine.order_by("-start").values("start")[:1]),
        here_until=Subquery(mine.order_by(Coalesce("end", FAR).desc()).values(until=Coalesce("end", FAR))[:1]),
        is_here=Exists(mine.filter(Q(end=None) | Q(end__gte=day), start__lte=day)),
        is_coming=Exists(mine.filter(start__gt=day)),
        is_covered=Exists(running),
    )


def _counts(people: "QuerySet[Any]") -> dict[str, int]:
    """How many people each tab holds, in one question."""
    return people.aggregate(**{name: Count("pk", filter=condition) for name, condition in TABS.items()})


def _rows(page: Any, request: Page, day: date) -> list[dict[str, Any]]:
    """The people of a page, each with the appointment that matters most on the day."""
    appointments: dict[Any, list[Appointment]] = {}
    mine = request.school.appointments.filter(person_id__in=[person.pk for person in page])
    for one in mine.select_related("employer").order_by("start"):
        appointments.setdefault(one.person_id, []).append(one)
    rows = []
    for person in page:
        known = appointments.get(person.pk, [])
        current = next((one for one in reversed(known) if one.runs_on(day)), known[-1] if known else None)
        rows.append({"person": person, "appointment": current})
    return rows


@require_POST
def search(request: Page) -> HttpResponse:
    """The search field of each page: a name leads to the list, a number straight to its person."""
    typed = request.POST.get("q", "").strip()
    if not digits_of(typed):
        return redirect(f"{reverse('staff')}?{urlencode({'q': typed, 'who': 'all'})}")
    found = matching(Person.objects.filter(appointments__school=request.school), typed).distinct()[:2]
    if len(found) == 1:
        return redirect("person", found[0].pk)
    return render(request, "staff/not_found.html", {"is_many": len(found) > 1})


@require_GET
def person(request: Page, number: int) -> HttpResponse:
    """A person: where things stand, what to do next, periods and appointments in a picture, every declaration."""
    one = visible_person(request, number)
    day, school = today(request), request.school
    appointments = list(one.appointments.select_related("school", "employer").order_by("start"))
    ours = one.periods.filter(employer__in=employers_of(school))
    periods = list(ours.select_related("employer", "opened_by").order_by("start"))
    mine = [appointment for appointment in appointments if appointment.school_id == school.pk]
    filings = one.filings.filter(school__in=request.schools).select_related("account", "period", "employer")
    live = [period for period in periods if not period.is_cancelled]
    page = {
        "person": one,
        "situations": [situation_of(appointment, live, appointments, day) for appointment in mine][::-1],
        "elsewhere": [item for item in appointments if item.school_id != school.pk and (item.end or day) >= day],
        "periods": periods[::-1],
        "is_covered": any(period.overlaps(day, day) for period in live),
        "is_here": any(appointment.runs_on(day) for appointment in mine),
        "filings": filings.order_by("-declared_at"),
        "timeline": draw_timeline(periods, appointments, day),
    }
    return render(request, "staff/person.html", page)
