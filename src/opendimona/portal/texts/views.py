"""Writing help for anomalies and school calendars: looked at first, then published; any version can stand again."""

import re
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opendimona.law import school_years
from opendimona.law.catalogue import load_catalogue
from opendimona.portal.schools.calendar import LEVELS, year_of_level
from opendimona.portal.site.day import now, today
from opendimona.portal.site.options import LANGUAGES
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in, parse_day
from opendimona.portal.texts.models import Kind, TextVersion
from opendimona.portal.texts.standing import holidays_of, refresh, year_of

TEXT_MAX, VERSIONS_SHOWN, HOLIDAYS_MAX = 800, 20, 8
CODE = re.compile(r"[0-9]{5}-[0-9]{3}")
DAYS = ("first", "last", "closes")


@require_GET
def texts(request: Page) -> HttpResponse:
    """What the cell has written, and what it may write: a code or a school year."""
    typed = request.GET.get("code", "").strip()[:9]
    is_wrong = bool(typed) and typed not in load_catalogue()
    if typed and not is_wrong:
        return redirect("text_anomaly", typed)
    newest = TextVersion.objects.order_by("kind", "key", "-pk").distinct("kind", "key").select_related("account")
    this = today(request).year
    years = [(level, year, year_of_level(year, level)) for level in LEVELS for year in range(this - 1, this + 3)]
    return render(request, "texts/texts.html", {
        "anomalies": [one for one in newest if one.kind == Kind.ANOMALY], "years": years, "typed": typed,
        "errors": {"code": _("Ce code n'est pas dans le catalogue.")} if is_wrong else {}, "has_errors": is_wrong,
    }, status=422 if is_wrong else 200)  # fmt: skip


def _publish(request: Page, kind: Kind, key: str, body: dict[str, Any]) -> None:
    TextVersion.objects.create(kind=kind, key=key, body=body, account=request.account, published_at=now(request))
    refresh(is_forced=True)


def _versions(kind: Kind, key: str) -> list[TextVersion]:
    found = TextVersion.objects.filter(kind=kind, key=key).select_related("account")
    return list(found.order_by("-pk")[:VERSIONS_SHOWN])


def _again(request: Page, kind: Kind, key: str) -> bool:
    """Whether an older version was asked to stand again; it is published anew."""
    number = request.POST.get("again", "")
    if not number:
        return False
    old = TextVersion.objects.filter(
        pk=number_in(number), kind=kind, key=key
    ).first()  # fmt: skip
    if old is not None:
        _publish(request, kind, key, old.body)
    return True


@require_http_methods(["GET", "POST"])
def anomaly(request: Page, code: str) -> HttpResponse:
    """What the cell adds to the help for an anomaly, in four languages."""
    if code not in load_catalogue():
        raise Http404
    if request.method == "POST" and _again(request, Kind.ANOMALY, code):
        return redirect("text_anomaly", code)
    versions = _versions(Kind.ANOMALY, code)
    body = versions[0].body if versions else {}
    is_shown = False
    if request.method == "POST":
        body = {name: text for name, _word in LANGUAGES if (text := request.POST.get(name, "").strip()[:TEXT_MAX])}
        if "publish" in request.POST:
            _publish(request, Kind.ANOMALY, code, body)
            return redirect("text_anomaly", code)
        is_shown = True
    return render(request, "texts/anomaly.html", {
        "code": code, "entry": {"code": code}, "versions": versions, "is_shown": is_shown,
        "fields": [(name, word, body.get(name, "")) for name, word in LANGUAGES],
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def school_year(request: Page, level: str, year: int) -> HttpResponse:
    """A school year of a level and its holidays, as the cell publishes them."""
    key = f"{level} {year}"
    if level not in LEVELS or not 2010 <= year <= today(request).year + 5:
        raise Http404
    if request.method == "POST" and _again(request, Kind.CALENDAR, key):
        return redirect("text_calendar", level, year)
    versions = _versions(Kind.CALENDAR, key)
    standing = year_of_level(year, level)
    values, rows = _typed(request) if request.method == "POST" else _standing(level, year, versions)
    errors: dict[str, str] = {}
    preview: dict[str, Any] = {}
    if request.method == "POST" and "withdraw" in request.POST:
        _publish(request, Kind.CALENDAR, key, {})
        return redirect("text_calendar", level, year)
    if request.method == "POST":
        errors, body = _read(request, year, values, rows)
        if not errors and "publish" in request.POST:
            _publish(request, Kind.CALENDAR, key, body)
            return redirect("text_calendar", level, year)
        if not errors:
            preview = {"year": year_of(year, body), "holidays": holidays_of(level, body)}
    rows += [{"name": "", "start": "", "end": ""}] * max(0, HOLIDAYS_MAX - len(rows))
    return render(request, "texts/calendar.html", {
        "level": level, "year": year, "standing": standing, "values": values, "rows": rows, "errors": errors,
        "has_errors": bool(errors), "preview": preview, "versions": versions, "is_ours": bool(versions and
        versions[0].body),
    }, status=422 if errors else 200)  # fmt: skip


def _typed(request: Page) -> tuple[dict[str, str], list[dict[str, str]]]:
    values = {name: request.POST.get(name, "").strip()[:12] for name in DAYS}
    rows = [
        {name: request.POST.get(f"{name}-{place}", "").strip()[:40] for name in ("name", "start", "end")}
        for place in range(1, HOLIDAYS_MAX + 1)
    ]
    return values, [row for row in rows if any(row.values())]


def _standing(level: str, year: int, versions: list[TextVersion]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What stands, as it would be typed: the cell's own, else that of the tables."""
    one = year_of_level(year, level)
    values = {name: f"{getattr(one, name):%d/%m/%Y}" for name in DAYS}
    known = holidays_of(level, versions[0].body) if versions and versions[0].body else [
        row for row in school_years.school_holidays()
        if row.level == level and row.valid_from is not None and one.first <= row.valid_from <= one.closes
    ]  # fmt: skip
    return values, [
        {"name": row.name, "start": f"{row.valid_from:%d/%m/%Y}", "end": f"{row.valid_to:%d/%m/%Y}"} for row in known
    ]


def _read(
    request: Page, year: int, values: dict[str, str], rows: list[dict[str, str]]
) -> tuple[dict[str, str], dict[str, Any]]:
    """A school year as typed: what is wrong with it, and as it is kept."""
    errors: dict[str, str] = {}
    day = today(request)
    days: dict[str, date | None] = {name: parse_day(values[name], day) for name in DAYS}
    for name, found in days.items():
        if found is None:
            errors[name] = _("Indiquez un jour, par exemple 31/8/2026.")
    first, last, closes = (days[name] for name in DAYS)
    if first is not None and last is not None and closes is not None and not first < last <= closes:
        errors["first"] = _("Le premier jour, le dernier et la clôture se suivent.")
    if first is not None and first.year != year:
        errors["first"] = _("Cette année scolaire commence en %(year)s.") % {"year": year}
    if closes is not None and closes.year != year + 1:
        errors["closes"] = _("Cette année scolaire se termine en %(year)s.") % {"year": year + 1}
    holidays = []
    for place, row in enumerate(rows, 1):
        start, end = parse_day(row["start"], day), parse_day(row["end"], day)
        if not row["name"] or start is None or end is None or end < start:
            errors[f"name-{place}"] = _("Congé %(place)s : un nom, un premier et un dernier jour.") % {"place": place}
        elif first is not None and closes is not None and not first <= start <= end <= closes:
            errors[f"name-{place}"] = _("Congé %(place)s : hors de l'année scolaire.") % {"place": place}
        else:
            holidays.append({"name": row["name"], "start": start.isoformat(), "end": end.isoformat()})
    holidays.sort(key=lambda one: one["start"])
    body = {name: found.isoformat() for name, found in days.items() if found is not None} | {"holidays": holidays}
    return errors, body
