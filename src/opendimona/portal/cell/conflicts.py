"""Two schools and one person: a declaration refused for a period that another school declared, on one screen."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.portal.cell.models import Case, Reply
from opendimona.portal.cell.notes import TEXT_MAX, write
from opendimona.portal.declare.models import Filing, State
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in
from opendimona.portal.staff.models import Appointment, Period
from opendimona.portal.staff.timeline import Timeline, draw_conflict

CODES = ("90373-333", "90373-334")
"""A double, or an overlap."""
RESTS = timedelta(7)
"""How long a decided conflict rests before it comes back, if nothing has changed."""


class Side(Struct):
    """A school of a conflict: what it declared or tried to, and the engagements that it knows."""

    school: School
    period: Period | None
    appointments: list[Appointment]


def refused_for_another() -> "QuerySet[Filing]":
    """The declarations refused for a double or an overlap and not dealt with."""
    named = Q()
    for code in CODES:
        named |= Q(anomalies__contains=[{"code": code}])
    return Filing.objects.filter(named, state=State.REFUSED, is_settled=False)


def between_schools(filings: Iterable[Filing]) -> dict[UUID, list[Period]]:
    """The periods of other schools for which some declarations were refused, by declaration."""
    some = list(filings)
    numbers = {number for filing in some for number in _numbers(filing)}
    periods = Period.objects.filter(pk__in=numbers, is_cancelled=False).select_related("opened_by")
    known = {period.pk: period for period in periods}
    found = {}
    for filing in some:
        others = [known[number] for number in _numbers(filing) if number in known]
        others = [one for one in others if one.opened_by_id not in (None, filing.school_id)]
        if others:
            found[filing.pk] = others
    return found


def _numbers(filing: Filing) -> list[int]:
    rows = [row for one in filing.anomalies if one["code"] in CODES for row in one.get("periods", ())]
    return [int(row["periodId"]) for row in rows]


@require_http_methods(["GET", "POST"])
def conflict(request: Page, key: UUID) -> HttpResponse:
    """Both schools, their periods and engagements; posted, what is decided goes to both."""
    filing = Filing.objects.filter(pk=key, state=State.REFUSED).select_related("school", "person", "employer").first()
    others = [] if filing is None else between_schools([filing]).get(filing.pk, [])
    if filing is None or not others:
        raise Http404
    text = request.POST.get("text", "").strip()[:TEXT_MAX]
    errors = {}
    if request.method == "POST":
        reply = Reply.objects.filter(pk=number_in(request.POST.get("reply", ""))).first()
        text = text or (reply.text if reply is not None else "")
        if text:
            _decide(request, filing, others, text)
            return redirect("cell")
        errors["text"] = _("Écrivez ce qui est décidé : les deux écoles le liront.")
    sides = [_side(filing, one.opened_by, one) for one in others if one.opened_by is not None]
    page: dict[str, Any] = {
        "filing": filing, "picture": _picture(filing, others[0]), "sides": [_side(filing, filing.school, None), *sides],
        "errors": errors, "text": text,
        "has_errors": bool(errors), "replies": Reply.objects.order_by("title"),
    }  # fmt: skip
    return render(request, "cell/conflict.html", page, status=422 if errors else 200)


def _side(filing: Filing, school: School, period: Period | None) -> Side:
    mine = Appointment.objects.filter(school=school, person=filing.person).order_by("start")
    return Side(school, period, list(mine))


def _picture(filing: Filing, period: Period) -> Timeline | None:
    """The period that is there, and below it the one that was refused."""
    if filing.start is None:
        return None
    return draw_conflict((period.start, period.end), (filing.start, filing.end), filing.school.name[:30])


@transaction.atomic
def _decide(request: Page, filing: Filing, others: list[Period], text: str) -> None:
    """Write to both schools, and let the case rest."""
    schools = {filing.school_id: filing.school}
    schools |= {one.opened_by_id or 0: one.opened_by for one in others if one.opened_by is not None}
    about = f"filing {filing.pk}"
    for school in schools.values():
        mine = filing if school.pk == filing.school_id else None
        write(school, request.account, text, now(request), about=about, person=filing.person, filing=mine)
    case, _is_new = Case.objects.get_or_create(about=about)
    case.taken_by, case.taken_at = request.account, case.taken_at or now(request)
    case.rests_until, case.why = today(request) + RESTS, text[:200]
    case.save()
