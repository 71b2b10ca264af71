"""Writing to schools, seeing who has read it; and, in a school, reading it."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.announcements.models import BANNERS, Announcement, Kind, Reading
from opendimona.portal.announcements.reach import accounts_of, how_far, readers_of, sent_to, write_letters
from opendimona.portal.schools.models import Kind as Level
from opendimona.portal.schools.models import Network, School
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_download
from opendimona.portal.site.tags import moment as written
from opendimona.portal.site.typed import number_in, parse_day

SHOWN, TITLE_MAX, TEXT_MAX, LIST_MAX, ROWS_SHOWN = 40, 120, 8000, 5000, 200
ONE_LINE = ("kind", "to", "title", "starts_on", "starts_hour", "ends_on", "ends_hour")
TO = ("all", "some", "list")


@require_http_methods(["GET", "POST"])
def announcements(request: Page) -> HttpResponse:
    """What was written, and writing: first a look at whom it reaches, then it is published."""
    values = {name: " ".join(request.POST.get(name, "").split())[:TITLE_MAX] for name in ONE_LINE}
    values["text"] = request.POST.get("text", "").strip()[:TEXT_MAX]
    values["fases"] = request.POST.get("fases", "").strip()[: LIST_MAX * 8]
    chosen = {"networks": [one for one in request.POST.getlist("networks") if one in Network.values],
              "levels": [one for one in request.POST.getlist("levels") if one in Level.values]}  # fmt: skip
    page: dict[str, Any] = {"values": values, "chosen": chosen, "wants_mail": "mail" in request.POST, "errors": {},
                            "kinds": Kind, "networks": Network, "levels": Level}  # fmt: skip
    if request.method == "POST":
        errors, draft, schools = _read(request, values, chosen)
        page |= {"errors": errors, "has_errors": bool(errors)}
        if not errors:
            with transaction.atomic():
                draft.save()
                draft.schools.set(schools)
                count, people = draft.audience.count(), accounts_of(draft, today(request)).count()
                if "publish" not in request.POST:
                    transaction.set_rollback(True)
                elif "mail" in request.POST:
                    write_letters(draft, today(request))
            if "publish" in request.POST:
                return redirect("announcement", draft.pk)
            page |= {"preview": draft, "reached": count, "people": people}
    page["rows"] = how_far(list(Announcement.objects.order_by("-published_at", "-pk")[:SHOWN]))
    return render(request, "announcements/announcements.html", page, status=422 if page["errors"] else 200)


def _read(
    request: Page, values: dict[str, str], chosen: dict[str, list[str]]
) -> tuple[dict[str, str], Announcement, list[School]]:
    """An announcement as typed, and what is wrong with it."""
    errors: dict[str, str] = {}
    moment, day = now(request), today(request)
    if values["kind"] not in Kind.values:
        errors["kind"] = _("Choisissez ce que c'est.")
    if not values["title"]:
        errors["title"] = _("Indiquez un titre.")
    if values["to"] not in TO:
        errors["to"] = _("Choisissez à qui vous écrivez.")
    schools: list[School] = []
    if values["to"] == "list":
        schools, wrong = _listed(values["fases"])
        if wrong or not schools:
            errors["fases"] = _("Ces numéros FASE ne sont pas connus : %(some)s") % {"some": ", ".join(wrong[:10])}
        if not schools and not wrong:
            errors["fases"] = _("Indiquez au moins un numéro FASE.")
    if values["to"] == "some" and not (chosen["networks"] or chosen["levels"]):
        errors["networks"] = _("Choisissez un réseau ou un niveau.")
    times = {}
    for name, usual in (("starts", moment), ("ends", None)):
        times[name] = _moment(values[f"{name}_on"], values[f"{name}_hour"], day) or usual
        if values[f"{name}_on"] and times[name] in (None, usual):
            errors[f"{name}_on"] = _("Indiquez un jour, par exemple 3/9, et une heure comme 17:30, ou rien.")
    if times["ends"] is not None and times["starts"] is not None and times["ends"] <= times["starts"]:
        errors["ends_on"] = _("La fin vient après le début.")
    if values["kind"] in (one.value for one in BANNERS) and times["ends"] is None and "ends_on" not in errors:
        errors["ends_on"] = _("Une panne ou un entretien a une fin : indiquez le jour où l'on n'en parlera plus.")
    is_some = values["to"] == "some"
    draft = Announcement(
        kind=values["kind"], title=values["title"], text=values["text"], language=get_language() or "fr",
        networks=chosen["networks"] if is_some else [], levels=chosen["levels"] if is_some else [],
        is_listed=values["to"] == "list", account=request.account, published_at=moment,
        starts_at=times["starts"] or moment, ends_at=times["ends"],
    )  # fmt: skip
    return errors, draft, schools


def _listed(typed: str) -> tuple[list[School], list[str]]:
    """The schools of FASE numbers, however they are separated; and what is none."""
    words = list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").split()))[:LIST_MAX]
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 9]
    known = {school.fase: school for school in School.objects.filter(fase__in=numbers)}
    wrong = [word for word in words if not (word.isdecimal() and len(word) < 9 and int(word) in known)]
    return list(known.values()), wrong


def _moment(day_typed: str, hour_typed: str, today_: Any) -> datetime | None:
    """The moment that was typed; a day alone begins at midnight."""
    day = parse_day(day_typed, today_) if day_typed else None
    if day is None:
        return None
    try:
        hour = time.fromisoformat(hour_typed.replace("h", ":").zfill(5)) if hour_typed else time(0)
    except ValueError:
        return None
    return datetime.combine(day, hour, BRUSSELS)


def _found(number: int) -> Announcement:
    one = Announcement.objects.filter(pk=number).first()
    if one is None:
        raise Http404
    return one


@require_GET
def announcement(request: Page, number: int) -> HttpResponse:
    """One announcement, with the schools that have read it and those that have not."""
    one = _found(number)
    rows = readers_of(one)
    moment = now(request)
    return render(request, "announcements/announcement.html", {
        "one": one, "rows": rows[:ROWS_SHOWN], "reached": len(rows), "waiting": one.letters.count(),
        "read": sum(1 for row in rows if row["readings"]), "is_on": one.ends_at is None or one.ends_at > moment,
        "more": max(0, len(rows) - ROWS_SHOWN),
    })  # fmt: skip


@require_POST
def end(request: Page, number: int) -> HttpResponse:
    """Take an announcement away from the pages; who has read it is kept."""
    one = _found(number)
    moment = now(request)
    if one.ends_at is None or one.ends_at > moment:
        one.ends_at = moment
        one.save(update_fields=["ends_at"])
        one.letters.all().delete()
    return redirect("announcement", number)


@require_GET
def readers_export(request: Page, number: int) -> HttpResponse:
    """Who has read it and who has not, for a spreadsheet."""
    one = _found(number)
    rows: list[list[object]] = [["FASE", _("Établissement"), _("Réseau"), _("Lu par"), _("Lu le")]]
    for row in readers_of(one):
        school = row["school"]
        rows += [
            [school.fase, school.name, Network(school.power.network).label,
             reading and reading.account.name, reading and written(reading.read_at)]
            for reading in row["readings"] or [None]
        ]  # fmt: skip
    return csv_download(rows, f"lectures-{one.pk}")


@require_GET
def received(request: Page) -> HttpResponse:
    """All that the cell wrote to the school, also what was read."""
    read = {one.announcement_id: one for one in Reading.objects.filter(account=request.account, school=request.school)}
    rows = [(one, read.get(one.pk)) for one in sent_to(request.school, now(request))]
    return render(request, "announcements/received.html", {"rows": rows})


@require_POST
def read(request: Page) -> HttpResponse:
    """Say that one has read it."""
    number = request.POST.get("announcement", "")
    one = Announcement.objects.filter(pk=number_in(number)).first()
    if one is not None and one.audience.filter(pk=request.school.pk).exists():
        Reading.objects.get_or_create(
            announcement=one, account=request.account, school=request.school, defaults={"read_at": now(request)}
        )
    return redirect("home")
