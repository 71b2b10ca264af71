"""Looking for a school or a person outside the queue: with a reason, which the auditor reads."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.portal.audit.book import consulted
from opendimona.portal.schools.models import School
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, Person
from opendimona.portal.staff.search import matching

SHOWN, REASON_MAX, REASON_MIN = 12, 200, 5


@require_http_methods(["GET", "POST"])
def cell_search(request: Page) -> HttpResponse:
    """Schools by name, town or FASE, and persons by name or number, once it is said why."""
    typed = request.POST.get("q", "").strip()[:80]
    reason = " ".join(request.POST.get("reason", "").split())[:REASON_MAX]
    errors: dict[str, str] = {}
    page: dict[str, Any] = {"typed": typed, "reason": reason, "is_asked": "why" in request.GET}
    if request.method == "POST":
        if not typed:
            errors["q"] = _("Indiquez ce que vous cherchez.")
        if len(reason) < REASON_MIN:
            errors["reason"] = _("Dites pourquoi vous cherchez : le journal d'audit le garde.")
        if not errors:
            schools, people = _schools(typed), _people(typed)
            what = {"schools": [one.fase for one in schools], "people": [row["person"].pk for row in people]}
            consulted(request, "cell_search", {}, reason, what)
            page |= {"schools": schools, "people": people, "is_done": True}
    page |= {"errors": errors, "has_errors": bool(errors)}
    return render(request, "cell/search.html", page, status=422 if errors else 200)


def _schools(typed: str) -> list[School]:
    if typed.isdecimal():
        return list(School.objects.filter(fase=int(typed[:9])))
    return list(School.objects.filter(Q(name__icontains=typed) | Q(city__icontains=typed)).order_by("name")[:SHOWN])


def _people(typed: str) -> list[dict[str, Any]]:
    """Persons of all schools, each with where they are engaged."""
    if typed.isdecimal() and len(typed) < 11:
        return []
    some = list(matching(Person.objects.all(), typed).order_by("search_key", "pk")[:SHOWN])
    engaged = Appointment.objects.filter(person__in=some).select_related("school").order_by("-start")
    places: dict[int, list[Appointment]] = {}
    for one in engaged:
        places.setdefault(one.person_id, []).append(one)
    return [{"person": one, "appointments": places.get(one.pk, [])[:5]} for one in some]
