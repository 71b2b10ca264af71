"""The pages of a declaration: what to declare, the fields with the dry run beside them, the review, the answer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opendimona.portal.declare.approvals import ask, asked, needs_approval, refused, withdraw
from opendimona.portal.declare.follow import refresh
from opendimona.portal.declare.models import Act, Draft, Filing, State
from opendimona.portal.declare.send import file_draft
from opendimona.portal.declare.sharing import attach, end_here
from opendimona.portal.declare.trial import Trial, try_draft
from opendimona.portal.declare.wishes import FIELDS, employer_for, fields_of, read_draft, values_from
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.tags import cause
from opendimona.portal.site.typed import number_in
from opendimona.portal.staff.access import employers_of, visible_person
from opendimona.portal.staff.models import Appointment, Category, Period
from opendimona.portal.staff.policies import end_of, last_day_of, until_august


@require_POST
def start(request: Page) -> HttpResponse:
    """Begin a draft: of an act, for a person, perhaps about a period, an appointment or a refused declaration."""
    school = request.school
    act = request.POST.get("act", "")
    if act not in Act.values:
        return redirect("home")
    person = visible_person(request, _number(request, "person"))
    period = None
    if act != Act.ENTRY:
        period = get_object_or_404(
            Period, pk=_number(request, "period"), person=person, employer__in=employers_of(school)
        )
    corrects = Filing.objects.filter(pk__in=_uuids(request, "corrects"), school=school).first()
    if corrects is not None and corrects.values:
        values = dict(corrects.values)
    else:
        values = _proposed(request, act, period, corrects)
    what = {"school": school, "account": request.account, "person": person, "act": act, "period": period}
    one = Draft.objects.filter(**what).first() or Draft(**what, values=values)
    one.corrects = corrects or one.corrects
    if request.POST.get("end"):  # a repair that was chosen on another draft's page
        one.values = values
    one.save()
    return redirect("draft", one.pk)


def _proposed(request: Page, act: str, period: Period | None, corrects: Filing | None) -> dict[str, str]:
    """What the fields begin with: nothing has to be typed twice."""
    values = {name: request.POST.get(name, "") for name in FIELDS[act]}
    appointment = Appointment.objects.filter(pk=_number(request, "appointment"), school=request.school).first()
    known: Any = appointment or corrects or (period if act == Act.CORRECT else None)
    if known is not None:
        end = known.end if appointment is None else end_of(appointment, until_august())
        for name, day in (("start", known.start), ("end", end)):
            if name in values and not values[name] and day is not None:
                values[name] = f"{day:%d/%m/%Y}"
        if "category" in values:
            values["category"] = values["category"] or getattr(known, "category", "")
    if act == Act.EXIT and not values["end"] and period is not None:
        day = today(request)
        values["end"] = f"{last_day_of(period, day) or day:%d/%m/%Y}"
    return values


@require_http_methods(["GET", "POST"])
def draft(request: Page, key: UUID) -> HttpResponse:
    """The fields of a declaration; posted, they are kept, and the review follows unless something is in the way."""
    one = _draft(request, key)
    if one is None:
        return redirect("answer", key) if Filing.objects.filter(pk=key).exists() else redirect("home")
    if asked(one) is not None:
        return redirect("review", one.pk)
    if request.method == "GET":
        is_begun = bool(one.values.get("start") or one.values.get("end"))
        return render(request, "declare/draft.html", _page(one, try_draft(one, now(request)) if is_begun else None))
    _keep(one, request)
    if request.POST.get("then") == "later":
        return redirect("home")
    trial = try_draft(one, now(request))
    if trial.is_stopped or (trial.is_refused and request.POST.get("then") != "anyway"):
        return render(request, "declare/draft.html", _page(one, trial, is_checked=True), status=422)
    return redirect("review", one.pk)


@require_POST
def check(request: Page, key: UUID) -> HttpResponse:
    """The dry run as a field is left: the draft is kept, and what the register would say is shown beside it."""
    one = _draft(request, key)
    if one is None or asked(one) is not None:
        return HttpResponse(status=204)
    _keep(one, request)
    return render(request, "declare/trial.html", _page(one, try_draft(one, now(request))))


def _keep(one: Draft, request: Page) -> None:
    """Keep what was typed, unless something typed later is kept already: requests of one page overtake each other."""
    one.values = values_from(request.POST.dict(), one.act)
    older = Draft.objects.filter(pk=one.pk, saved_at__lt=request.arrived)
    older.update(values=one.values, saved_at=request.arrived)


def _page(one: Draft, trial: Trial | None, *, is_checked: bool = False) -> dict[str, Any]:
    fields = fields_of(one)
    sentences = {} if trial is None or not is_checked else trial.messages(cause)
    return {
        "draft": one,
        "trial": trial,
        "fields": fields,
        "errors": sentences,
        "has_errors": bool(sentences),
        "categories": Category.choices,
        "community": employer_for(one.school, Category.TEACHER),
        "title": title_of(one),
    }


def title_of(one: Draft) -> str:
    """What a draft is about, as the heading of its pages."""
    titles = {
        Act.ENTRY: _("Déclarer l'entrée de %(name)s"),
        Act.EXIT: _("Déclarer la sortie de %(name)s"),
        Act.EXTEND: _("Prolonger la période de %(name)s"),
        Act.CORRECT: _("Corriger les dates de %(name)s"),
        Act.CANCEL: _("Annuler la période de %(name)s"),
    }
    return titles[Act(one.act)] % {"name": one.person.full_name}


@require_http_methods(["GET", "POST"])
def review(request: Page, key: UUID) -> HttpResponse:
    """Everything once more; one button, which says what it does."""
    one = _draft(request, key)
    if one is None:
        return redirect("answer", key)
    trial = try_draft(one, now(request))
    if trial.is_stopped:
        return redirect("draft", one.pk)
    waits, is_sensitive = asked(one), needs_approval(request, one, trial)
    if request.method == "GET" or waits is not None:
        page = _page(one, trial) | {"asked": waits, "is_sensitive": is_sensitive, "refused": refused(one)}
        return render(request, "declare/review.html", page)
    if is_sensitive:
        ask(one, request.account, now(request))
        return redirect("review", one.pk)
    filing = file_draft(one, trial.reading, request.account, now(request))
    return redirect("answer", filing.pk)


@require_POST
def discard(request: Page, key: UUID) -> HttpResponse:
    """Throw a draft away: there was nothing to declare.

    Posted with `then`: `attach` keeps the appointment, which a period covers already; `end` ends it in this school.
    """
    one = _draft(request, key)
    if one is None:
        return redirect("home")
    reading = read_draft(one, today(request))
    if request.POST.get("then") == "attach" and not reading.errors:
        attach(one, reading)
    elif request.POST.get("then") == "end" and reading.wish.end is not None:
        end_here(one, reading.wish.end)
    if one.corrects is not None:
        Filing.objects.filter(pk=one.corrects.pk).update(is_settled=True)
    withdraw(one, request.account, now(request))
    person = one.person_id
    one.delete()
    return redirect("person", person)


@require_GET
def answer(request: Page, key: UUID) -> HttpResponse:
    """The answer to a declaration: its number, what it means, what happens next. The address stays."""
    filing = get_object_or_404(
        Filing.objects.select_related("person", "employer", "period", "account"),
        pk=key, school__in=request.schools,
    )  # fmt: skip
    refresh(filing)
    filing.messages.filter(school=filing.school, read_at=None).update(read_at=now(request), read_by=request.account)
    waiting = Draft.objects.filter(school=filing.school, account=request.account, person=filing.person)
    waiting = waiting.exclude(pk=filing.pk).exclude(corrects=filing)
    page = {"filing": filing, "waiting": waiting, "is_refused": filing.state == State.REFUSED}
    return render(request, "declare/answer.html", page)


def _draft(request: Page, key: UUID) -> Draft | None:
    return (
        Draft.objects.select_related("person", "period__employer", "school__power__employer", "corrects")
        .filter(pk=key, school__in=request.schools)
        .first()
    )


def _number(request: Page, name: str) -> int:
    """The number that was posted; 0, which nothing bears, when it is none."""
    return number_in(request.POST.get(name, ""))


def _uuids(request: Page, name: str) -> list[UUID]:
    """The key that was posted, if it is one."""
    try:
        return [UUID(request.POST.get(name, ""))]
    except ValueError:
        return []
