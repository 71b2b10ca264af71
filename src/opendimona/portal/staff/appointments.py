"""Appointments without declaring: typed for one person and changed, or taken over from last year for many."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.law.school_years import SchoolYear
from opendimona.portal.declare.wishes import employer_for
from opendimona.portal.schools.calendar import year_of, year_starting
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.access import visible_person
from opendimona.portal.staff.models import Appointment, Category

FIELDS = {"category": 12, "start": 12, "end": 12, "load": 12, "note": 160}
"""The fields of an appointment, with their lengths."""


@require_http_methods(["GET", "POST"])
def add(request: Page, number: int) -> HttpResponse:
    """An appointment of a person; what it needs to have declared is proposed afterwards."""
    person = visible_person(request, number)
    return _edit(request, Appointment(person=person, school=request.school))


@require_http_methods(["GET", "POST"])
def change(request: Page, number: int) -> HttpResponse:
    """An appointment as it is, to be changed, or taken away when it was a mistake; posted with `then`: `remove`.

    Nothing is declared: where a period no longer fits, the person's page proposes what to do.
    """
    one = get_object_or_404(Appointment.objects.select_related("person"), pk=number, school__in=request.schools)
    if request.method == "POST" and request.POST.get("then") == "remove":
        one.delete()
        return redirect("person", one.person_id)
    return _edit(request, one)


def _edit(request: Page, one: Appointment) -> HttpResponse:
    is_new = one.pk is None
    values = {name: request.POST.get(name, "").strip()[:length] for name, length in FIELDS.items()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        start, end, errors = read_span(values["start"], values["end"], today(request))
        if values["category"] not in Category.values:
            errors["category"] = _("Choisissez en quelle qualité cette personne est engagée.")
        if not errors and start is not None:
            one.start, one.end, one.category = start, end, values["category"]
            one.load, one.note = values["load"], values["note"]
            one.employer = employer_for(one.school, one.category)
            one.save()
            return redirect("person", one.person_id)
    elif not is_new:
        values = {
            "category": one.category, "start": f"{one.start:%d/%m/%Y}",
            "end": "" if one.end is None else f"{one.end:%d/%m/%Y}", "load": one.load, "note": one.note,
        }  # fmt: skip
    page = {"person": one.person, "values": values, "errors": errors, "categories": Category.choices}
    page |= {"is_new": is_new, "has_errors": bool(errors)}
    return render(request, "staff/appointment.html", page, status=422 if errors else 200)


def read_span(start: str, end: str, day: date) -> tuple[date | None, date | None, dict[str, str]]:
    """First and last day as typed, and what is wrong with them by field."""
    first, last = parse_day(start, day), parse_day(end, day) if end else None
    errors = {}
    if first is None:
        errors["start"] = _("Indiquez le premier jour de travail.")
    if end and (last is None or (first is not None and last < first)):
        errors["end"] = _("Indiquez un dernier jour qui n'est pas avant le premier.")
    return first, last, errors


@require_http_methods(["GET", "POST"])
def renew(request: Page) -> HttpResponse:
    """Last year's temporaries: tick those who come back; appointments are made, nothing is declared."""
    day = today(request)
    year = _coming_year(day, request.school.kind)
    before = year_starting(year.first.year - 1, request.school.kind)
    people = _temporaries(request, before, year)
    values = {"start": f"{max(year.first, day):%d/%m/%Y}", "end": f"{year.last:%d/%m/%Y}"}
    errors: dict[str, str] = {}
    if request.method == "POST":
        values = {name: request.POST.get(name, "").strip()[:12] for name in values}
        start, end, errors = read_span(values["start"], values["end"], day)
        ticked = set(request.POST.getlist("appointment"))
        if not errors and start is not None:
            with transaction.atomic():
                School.objects.select_for_update().get(pk=request.school.pk)  # pressed twice, made once
                Appointment.objects.bulk_create(
                    Appointment(
                        person=one.person, school=request.school, employer=one.employer, category=one.category,
                        start=start, end=end, load=one.load, note=one.note,
                    )
                    for one in _temporaries(request, before, year)
                    if str(one.pk) in ticked
                )  # fmt: skip
            return redirect("many")
    page = {"people": people, "year": year, "before": before, "values": values, "errors": errors}
    page["has_errors"] = bool(errors)
    return render(request, "staff/renew.html", page, status=422 if errors else 200)


def _coming_year(day: date, kind: str) -> SchoolYear:
    """The year to prepare: the next one from May on, else the running one."""
    this = year_of(day, kind)
    return year_starting(this.first.year + 1, kind) if day >= date(this.first.year + 1, 5, 1) else this


def _temporaries(request: Page, before: SchoolYear, year: SchoolYear) -> list[Any]:
    """The last appointment of each who was there for a time last year and is not appointed for the coming one."""
    back = request.school.appointments.filter(Q(end=None) | Q(end__gte=year.first))
    found: dict[int, Appointment] = {}
    for one in (
        request.school.appointments.filter(start__gte=before.first, start__lt=year.first, end__lt=year.first)
        .exclude(person_id__in=back.values("person_id"))
        .select_related("person", "employer")
        .order_by("person__search_key", "start")
    ):
        found[one.person_id] = one
    return list(found.values())
