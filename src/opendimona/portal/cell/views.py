"""The cell's day on one screen: the queue, who has taken what, and the way into a school."""

from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.cell.models import Case
from opendimona.portal.cell.queue import COLOURS, LABELS, Kind, Queue, queue_of
from opendimona.portal.insurability.figures import community, percent
from opendimona.portal.insurability.models import Run, RunState
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import parse_day

SHOWN, SCHOOLS_SHOWN, WHY_MAX = 60, 12, 200
RESTS_MAX = timedelta(60)


@require_GET
def cell(request: Page) -> HttpResponse:
    """What is to be done in all schools, gravest and oldest first; schools that are looked for."""
    asked = request.GET.get("kind", "")
    kind = Kind(asked) if asked in list(Kind) else None
    is_mine = asked == "mine"
    queue = queue_of(now(request), kind, request.account if is_mine else None)
    return render(request, "cell/cell.html", _page(request, queue, asked) | {"errors": {}})


def _page(request: Page, queue: Queue, asked: str) -> dict[str, object]:
    last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
    typed = request.GET.get("school", "").strip()[:80]
    return {
        "queue": queue, "items": queue.items[:SHOWN], "more": max(0, len(queue.items) - SHOWN), "asked": asked,
        "counts": [(one.value, LABELS[one], queue.counts[one], COLOURS[one]) for one in Kind], "last": last,
        "coverage": "" if last is None else percent(community(last)), "typed": typed,
        "schools": _schools(typed) if typed else [],
    }  # fmt: skip


def _schools(typed: str) -> list[School]:
    """Schools by FASE number, or by a part of their name or town."""
    if typed.isdecimal():
        return list(School.objects.filter(fase=int(typed[:9])))
    return list(
        School.objects.filter(Q(name__icontains=typed) | Q(city__icontains=typed)).order_by("name")[:SCHOOLS_SHOWN]
    )


@require_POST
def claim(request: Page) -> HttpResponse:
    """Take something: of two who press at once, one has it."""
    about = request.POST.get("about", "")[:120]
    if any(item.about == about for item in queue_of(now(request)).items):
        Case.objects.get_or_create(about=about)
        free = Case.objects.filter(Q(taken_by=None) | Q(taken_by__is_active=False), about=about)
        free.update(taken_by=request.account, taken_at=now(request))
    return _back(request)


@require_POST
def release(request: Page) -> HttpResponse:
    """Give back what one has taken."""
    Case.objects.filter(about=request.POST.get("about", "")[:120], taken_by=request.account).update(
        taken_by=None, taken_at=None
    )
    return _back(request)


@require_POST
def snooze(request: Page) -> HttpResponse:
    """Put something that one has taken off until a day, with a reason."""
    about, why = request.POST.get("about", "")[:120], request.POST.get("why", "").strip()[:WHY_MAX]
    day: date | None = parse_day(request.POST.get("until", ""), today(request))
    if day is not None and why and today(request) < day <= today(request) + RESTS_MAX:
        Case.objects.filter(about=about, taken_by=request.account).update(rests_until=day, why=why)
        return _back(request)
    queue = queue_of(now(request))
    page = _page(request, queue, "") | {"errors": {"snooze": about}, "has_errors": True}
    return render(request, "cell/cell.html", page | {"why": why, "until": request.POST.get("until", "")}, status=422)


def _back(request: Page) -> HttpResponse:
    asked = request.POST.get("kind", "")
    return redirect(reverse("cell") + (f"?kind={asked}" if asked in (*Kind, "mine") else ""))
