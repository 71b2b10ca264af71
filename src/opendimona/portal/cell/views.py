"""The cell's day on one screen: the queue, who has taken what, and the way into a school."""

from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opendimona.portal.cell.models import Case, Reply
from opendimona.portal.cell.notes import TEXT_MAX, write
from opendimona.portal.cell.queue import COLOURS, LABELS, Kind, Queue, queue_of
from opendimona.portal.insurability.figures import community, percent
from opendimona.portal.insurability.models import Run, RunState
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in, parse_day

SHOWN, WHY_MAX, REPLIES_MAX = 60, 200, 100
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
    return {
        "queue": queue, "items": queue.items[:SHOWN], "more": max(0, len(queue.items) - SHOWN), "asked": asked,
        "counts": [(one.value, LABELS[one], queue.counts[one], COLOURS[one]) for one in Kind], "last": last,
        "coverage": "" if last is None else percent(community(last)), "replies": Reply.objects.order_by("title"),
    }  # fmt: skip


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


@require_POST
def note_write(request: Page) -> HttpResponse:
    """Write to the school of a thing that one has taken; a prepared text will do."""
    about, text = request.POST.get("about", "")[:120], request.POST.get("text", "").strip()[:TEXT_MAX]
    queue = queue_of(now(request))
    item = next((one for one in queue.items if one.about == about and one.school is not None), None)
    number = request.POST.get("reply", "")
    reply = Reply.objects.filter(pk=number_in(number)).first()
    text = text or (reply.text if reply is not None else "")
    if item is not None and text:
        write(item.school, request.account, text, now(request), about=about, person=item.person, filing=item.filing)
        return _back(request)
    page = _page(request, queue, "") | {"errors": {"note": about}, "has_errors": True}
    return render(request, "cell/cell.html", page, status=422)


@require_http_methods(["GET", "POST"])
def replies(request: Page) -> HttpResponse:
    """The texts that the cell writes often: seen, added, taken away."""
    values = {"title": " ".join(request.POST.get("title", "").split())[:80],
              "text": request.POST.get("text", "").strip()[:TEXT_MAX]}  # fmt: skip
    errors: dict[str, str] = {}
    if request.method == "POST":
        number = request.POST.get("delete", "")
        if number:
            Reply.objects.filter(pk=number_in(number)).delete()
            return redirect("replies")
        if not values["title"]:
            errors["title"] = _("Indiquez un titre.")
        if not values["text"]:
            errors["text"] = _("Écrivez le texte.")
        if Reply.objects.count() >= REPLIES_MAX:
            errors["title"] = _("Il y a déjà cent réponses : supprimez-en une.")
        if not errors:
            Reply.objects.create(**values)
            return redirect("replies")
    page = {"replies": Reply.objects.order_by("title"), "values": values, "errors": errors, "has_errors": bool(errors)}
    return render(request, "cell/replies.html", page, status=422 if errors else 200)
