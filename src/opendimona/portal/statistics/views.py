"""Statistics as a page, as a picture, and as open tables."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET

from opendimona.law.catalogue import load_catalogue
from opendimona.portal.insurability.figures import percent
from opendimona.portal.insurability.models import Level, Run, RunState
from opendimona.portal.insurability.views import confined_to
from opendimona.portal.schools.models import Network, School
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import harmless
from opendimona.portal.statistics.chart import UNTOLD, chart_of
from opendimona.portal.statistics.counting import OUTCOMES, REASONS_SHOWN, Counts, Table, counts_of, schools_of
from opendimona.portal.statistics.hiding import FEW, TOTAL

FIRST_MONTH = 8
SCHOOLS_SHOWN = 100
LABELS: Mapping[str, Any] = {
    "on-time": gettext_lazy("acceptées, à temps"), "late": gettext_lazy("acceptées, tardives"),
    "refused": gettext_lazy("refusées"), "pending": gettext_lazy("en attente à l'ONSS"),
    "waiting": gettext_lazy("en file d'attente"), UNTOLD: gettext_lazy("non détaillées"), TOTAL: gettext_lazy("total"),
}  # fmt: skip
TABLES = ("weeks", "networks", "schools", "reasons", "coverage")
HIDDEN = "…"


class Asked:
    """What a page is about: the school year that begins in `year`, and the network, if one was chosen."""

    def __init__(self, request: Page) -> None:
        day = today(request)
        last = day.year if day.month >= FIRST_MONTH else day.year - 1
        typed = request.GET.get("year", "")
        self.year = int(typed) if typed.isdecimal() and len(typed) == 4 and 2010 <= int(typed) <= last else last
        self.years = range(last, max(2009, last - 5), -1)
        self.mine = confined_to(request)
        network = request.GET.get("network", "")
        allowed = self.mine or Network.values
        self.network = network if network in allowed else (self.mine[0] if self.mine else "")
        self.start, self.end = date(self.year, FIRST_MONTH, 1), date(self.year + 1, FIRST_MONTH, 1)
        self.counts: Counts = counts_of(self.start, self.end, now(request))

    @property
    def slice(self) -> str:
        """The network as tables name it."""
        return self.network or TOTAL

    @property
    def networks(self) -> list[str]:
        """The networks that may be shown."""
        return list(self.mine or Network.values)


@require_GET
def statistics(request: Page) -> HttpResponse:
    """A school year: volumes by week, what became of them by network, reasons, lateness, waiting, coverage."""
    asked = Asked(request)
    rows = list(_networks(asked))
    schools = list(_schools(asked))[:SCHOOLS_SHOWN] if asked.network else []
    return render(request, "statistics/statistics.html", {
        "asked": asked, "chart": chart_of(asked.counts.weeks, asked.slice), "labels": LABELS, "outcomes": OUTCOMES,
        "networks": rows, "schools": schools, "reasons": list(_reasons(asked)), "waits": list(_waits(asked)),
        "coverage": list(_coverage(asked)), "few": FEW,
        "choices": [(one, Network(one).label) for one in asked.networks], "is_confined": bool(asked.mine),
    })  # fmt: skip


def _row(table: Table, place: Sequence[Any]) -> dict[str, Any]:
    """A line of outcomes: their counts, and what part of the answered was late or refused, in hundredths."""
    shown = {outcome: table.shown(*place, outcome) for outcome in (*OUTCOMES, TOTAL)}
    accepted = _sum(shown["on-time"], shown["late"])
    return {"counts": list(shown.values()), "cells": [(LABELS[name], count) for name, count in shown.items()],
            "late": _part(shown["late"], accepted),
            "refused": _part(shown["refused"], _sum(accepted, shown["refused"]))}  # fmt: skip


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _part(some: int | None, whole: int | None) -> str:
    return f"{100 * some / whole:.1f}" if some is not None and whole else ""


def _networks(asked: Asked) -> Iterator[dict[str, Any]]:
    for network in asked.networks:
        yield {"label": Network(network).label} | _row(asked.counts.weeks, (TOTAL, network))
    if not asked.mine:
        yield {"label": LABELS[TOTAL]} | _row(asked.counts.weeks, (TOTAL, TOTAL))


def _schools(asked: Asked) -> Iterator[dict[str, Any]]:
    if not asked.network:
        return
    table = schools_of(asked.start, asked.end, asked.network, asked.counts)
    schools = School.objects.in_bulk(table.axes[0])
    order = sorted(table.axes[0], key=lambda key: (-(table.shown(key, TOTAL) or 0), schools[key].name))
    for key in order:
        yield {"label": schools[key].name, "fase": schools[key].fase} | _row(table, (key,))


def _reasons(asked: Asked) -> Iterator[dict[str, Any]]:
    catalogue, table = load_catalogue(), asked.counts.reasons
    for code in table.axes[0][:REASONS_SHOWN]:
        language: Any = get_language() or "fr"
        text = catalogue[code].cause(language) if code in catalogue else ""
        yield {"code": code, "text": text, "count": table.shown(code, asked.slice)}


def _waits(asked: Asked) -> Iterator[tuple[Any, str]]:
    """The median time that a pending declaration waited, in hours."""
    for network in (*asked.networks, *(() if asked.mine else (TOTAL,))):
        if network in asked.counts.waits:
            seconds = asked.counts.waits[network]
            label = LABELS[TOTAL] if network == TOTAL else Network(network).label
            yield label, HIDDEN if seconds is None else f"{seconds / 3600:.1f}"


def _coverage(asked: Asked) -> Iterator[tuple[Any, str]]:
    """How much of what was paid is covered, by network, in the last comparison; none of few persons."""
    last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
    if last is not None:
        for one in last.figures.filter(level=Level.NETWORK, people__gte=FEW, subject__in=asked.networks):
            yield Network(one.subject).label, percent(one)


@require_GET
def picture(request: Page) -> HttpResponse:
    """The weeks as a picture of its own, with its colours in it."""
    asked = Asked(request)
    page = {"chart": chart_of(asked.counts.weeks, asked.slice), "labels": LABELS, "outcomes": (*OUTCOMES, UNTOLD),
            "asked": asked}  # fmt: skip
    response = render(request, "statistics/weeks.svg.html", page, content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="dimona-{asked.year}.svg"'
    return response


@require_GET
def table(request: Page, name: str) -> HttpResponse:
    """A table as CSV: separated by commas, with points in numbers, for programs; what is hidden is empty."""
    if name not in TABLES:
        raise Http404
    asked = Asked(request)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(_lines(name, asked))
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{asked.year}.csv"'
    return response


def _lines(name: str, asked: Asked) -> Iterator[list[Any]]:
    counts = [*OUTCOMES, TOTAL]
    if name == "weeks":
        yield ["week", "network", *counts]
        for week in asked.counts.weeks.axes[0]:
            yield [week, asked.slice, *(asked.counts.weeks.shown(week, asked.slice, one) for one in counts)]
    elif name == "networks":
        yield ["network", *counts]
        for network in (*asked.networks, *(() if asked.mine else (TOTAL,))):
            yield [network, *(asked.counts.weeks.shown(TOTAL, network, one) for one in counts)]
    elif name == "schools":
        yield ["school", "fase", *counts]
        yield from ([harmless(str(row["label"])), row["fase"], *row["counts"]] for row in _schools(asked))
    elif name == "reasons":
        yield ["code", "network", "refused"]
        yield from ([row["code"], asked.slice, row["count"]] for row in _reasons(asked))
    else:
        yield ["network", "coverage"]
        yield from ([label, value] for label, value in _coverage(asked))
