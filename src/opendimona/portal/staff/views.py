"""The personnel: a list to search, and a page for each person."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, Category, Period, Person
from opendimona.portal.staff.search import digits_of, matching
from opendimona.portal.staff.situation import situation_of
from opendimona.portal.staff.timeline import draw_timeline

PAGE = 50
FAR = date(9999, 12, 31)
SORTS = {"name": "search_key", "-name": "-search_key", "end": "here_until", "-end": "-here_until",
         "start": "here_since", "-start": "-here_since"}  # fmt: skip
WHO = ("now", "uncovered", "coming", "left", "all")


@require_GET
def staff(request: Page) -> HttpResponse:
    """The personnel of a school; what is searched, filtered and sorted stands in the address, a number never does."""
    day, query = today(request), request.GET
    typed = query.get("q", "").strip()
    if digits_of(typed):
        return redirect("staff")
    who = query.get("who") if query.get("who") in WHO else "now"
    sort = query.get("sort") if query.get("sort") in SORTS else "name"
    category = query.get("category", "") if query.get("category") in Category.values else ""
    people = _people(request.school, day, category)
    counts = {name: _of(people, name, day).count() for name in WHO}
    people = matching(_of(people, str(who), day), typed) if typed else _of(people, str(who), day)
    page = Paginator(people.order_by(SORTS[str(sort)], "pk"), PAGE).get_page(query.get("page"))
    return render(request, "staff/list.html", {
        "page": page, "rows": _rows(page, request, day), "q": typed, "who": who, "sort": sort, "category": category,
        "categories": Category.choices, "counts": counts,
    })  # fmt: skip


def _people(school: Any, day: date, category: str) -> "QuerySet[Person]":
    mine = Appointment.objects.filter(person=OuterRef("pk"), school=school)
    here = Q(appointments__school=school)
    if category:
        mine, here = mine.filter(category=category), here & Q(appointments__category=category)
    live = Period.objects.filter(person=OuterRef("pk"), is_cancelled=False)
    running = live.filter(Q(end=None) | Q(end__gte=day), start__lte=day)
    return Person.objects.filter(here).annotate(
        here_since=Max("appointments__start", filter=here),
        here_until=Max(Coalesce("appointments__end", FAR), filter=here),
        is_here=Exists(mine.filter(Q(end=None) | Q(end__gte=day), start__lte=day)),
        is_coming=Exists(mine.filter(start__gt=day)),
        is_covered=Exists(running),
    )  # fmt: skip


def _of(people: "QuerySet[Any]", who: str, day: date) -> "QuerySet[Any]":
    if who == "now":
        return people.filter(is_here=True)
    if who == "uncovered":
        return people.filter(is_here=True, is_covered=False)
    if who == "coming":
        return people.filter(is_coming=True)
    if who == "left":
        return people.filter(is_here=False, is_coming=False)
    return people


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
    one = get_object_or_404(Person, pk=number)
    day, school = today(request), request.school
    appointments = list(one.appointments.select_related("school", "employer").order_by("start"))
    periods = list(one.periods.select_related("employer", "opened_by").order_by("start"))
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
