"""The missing colleague: why somebody is not found, as exactly one of six reasons, and what to do about it.

Of another school only its name, telephone and dates are shown, and only to whoever has the whole number or finds the
person in the school's own file.
"""

from datetime import date
from typing import Any

import structlog
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.core.identifiers import is_ssin
from opendimona.portal.declare.models import Act, Filing, State
from opendimona.portal.declare.send import caller_for
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.access import employers_of, remember_found
from opendimona.portal.staff.models import Period, Person
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.spelling import digits_of
from opendimona.register.interface import Criteria, Overloaded, PeriodView, Unavailable

log = structlog.get_logger()
CHOICES_MAX = 12
ASKED_MAX = 50
"""Periods that the register is asked for of one person."""


class Diagnosis(Struct):
    """Why somebody is not where they were looked for.

    `kind`: found, pending, replaced, elsewhere, employer, cancelled, undeclared, or unknown when the register could
    not be asked. `start` and `end` are those of the period that it is about; `holder` who holds it.
    """

    kind: str
    person: Person | None = None
    period: Period | None = None
    filing: Filing | None = None
    start: date | None = None
    end: date | None = None
    holder: Any = None


@require_http_methods(["GET", "POST"])
def missing(request: Page) -> HttpResponse:
    """Ask for somebody by name or number; the answer is one diagnosis, or people to choose from."""
    typed = request.POST.get("q", "").strip()[:80]
    page: dict[str, Any] = {"typed": typed, "errors": {}}
    if request.method == "POST":
        digits = digits_of(typed)
        if not typed:
            page["errors"] = {"q": _("Tapez un nom ou un NISS.")}
        elif digits and not is_ssin(digits):
            wrong = _("Ce numéro n'est pas un NISS : vérifiez les onze chiffres sur la carte d'identité.")
            page["errors"] = {"q": wrong}
        else:
            page |= _by_number(request, int(digits)) if digits else _by_name(request, typed)
    page["has_errors"] = bool(page["errors"])
    return render(request, "staff/missing.html", page, status=422 if page["errors"] else 200)


def _by_name(request: Page, typed: str) -> dict[str, Any]:
    """People of the school's own file by name; one of them alone is looked into at once."""
    people = matching(Person.objects.filter(appointments__school=request.school), typed).distinct()
    number = request.POST.get("person", "")
    if number.isdecimal():
        people = people.filter(pk=int(number[:18]))
    found = list(people.order_by("search_key", "pk")[:CHOICES_MAX])
    if len(found) == 1:
        return {"diagnosis": diagnose(request, found[0], found[0].ssin)}
    return {"choices": found, "is_unknown": not found}


def _by_number(request: Page, ssin: int) -> dict[str, Any]:
    person = Person.objects.filter(ssin=ssin).first()
    return {"diagnosis": diagnose(request, person, ssin)}


def diagnose(request: Page, person: Person | None, ssin: int | None) -> Diagnosis:
    """The one reason that holds, the most useful first."""
    if person is not None:
        remember_found(request, [person])
        known = _in_our_file(request, person)
        if known is not None:
            return known
    found = Diagnosis("undeclared", person=person)
    if ssin is None:
        return found
    try:
        criteria = Criteria(ssin=ssin, include_cancelled=True)
        views = STREET.search_periods(criteria, caller_for(request.school), ASKED_MAX)
    except (Unavailable, Overloaded):
        log.info("the register is away; a missing colleague is not looked up there")
        return Diagnosis("unknown", person=person)
    return _in_the_register(request, person, ssin, views) or found


def _in_our_file(request: Page, person: Person) -> Diagnosis | None:
    """What the portal itself knows: a period, a declaration that waits, another school's period, a cancelled one."""
    day, school = today(request), request.school
    waiting = school.filings.filter(person=person, act=Act.ENTRY, state__in=(State.PENDING, State.WAITING)).first()
    if waiting is not None:
        return Diagnosis("pending", person, filing=waiting)
    ours = person.periods.filter(employer__in=employers_of(school)).select_related("employer", "opened_by")
    periods = list(ours.order_by("-start"))
    mine = school.appointments.filter(person=person)
    wanted = {one.employer_id for one in mine if one.end is None or one.end >= day}
    live = [one for one in periods if one.overlaps(day, None)]
    for one in live:
        if wanted and one.employer_id not in wanted:
            continue
        if one.opened_by_id in (None, school.pk):
            return Diagnosis("found", person, period=one, start=one.start, end=one.end)
        return Diagnosis("elsewhere", person, period=one, start=one.start, end=one.end, holder=one.opened_by)
    if live:
        return Diagnosis("employer", person, period=live[0], start=live[0].start, end=live[0].end,
                         holder=live[0].employer)  # fmt: skip
    cancelled = next((one for one in periods if one.is_cancelled), None)
    if cancelled is not None and (cancelled.end is None or cancelled.end >= day):
        return Diagnosis("cancelled", person, period=cancelled, start=cancelled.start, end=cancelled.end)
    return None


def _in_the_register(request: Page, person: Person | None, ssin: int, views: list[PeriodView]) -> Diagnosis | None:
    """What the register has under the school's employers and the portal has not."""
    day = today(request)
    live = [view for view in views if view.period.end is None or view.period.end >= day]
    for view in live:
        if view.worker.ssin != ssin:
            bearer = Person.objects.filter(ssin=view.worker.ssin).first()
            if bearer is not None:
                remember_found(request, [bearer])
            return Diagnosis("replaced", bearer or person, start=view.period.start, end=view.period.end)
    for view in sorted(live, key=lambda one: one.period.is_cancelled):
        kind = "cancelled" if view.period.is_cancelled else "elsewhere"
        return Diagnosis(kind, person, start=view.period.start, end=view.period.end)
    return None
