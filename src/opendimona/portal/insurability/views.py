"""The pages of insurability: payroll extracts, their runs, and the gaps between pay and declarations."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, F, QuerySet, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.accounts.rights import Right
from opendimona.portal.insurability import runs
from opendimona.portal.insurability.extract import CATEGORIES, COLUMNS, KINDS, SIZE_MAX
from opendimona.portal.insurability.figures import FEW, community, count_kinds, percent, trend
from opendimona.portal.insurability.models import Figure, Gap, GapKind, Level, Run, RunState
from opendimona.portal.insurability.wording import ACTIONS, FAILURES, REASONS, SERIOUS, SEVERITIES
from opendimona.portal.schools.models import Network, School
from opendimona.portal.schools.units import by_fase
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_download
from opendimona.portal.staff.models import Person

GRAVEST = [When(kind=kind, then=Value(place)) for place, kind in enumerate((*SERIOUS, GapKind.PENDING))]
"""The kinds in the order in which gaps are shown; the others come last."""
PAGE, RUNS_SHOWN, SCHOOLS_SHOWN, BAD_SHOWN, STRETCH = 50, 20, 20, 50, 1000


@require_GET
def overview(request: Page) -> HttpResponse:
    """The runs, newest first, with coverage and its trend; totals alone for whoever may see no more."""
    networks = confined_to(request)
    level, subject = (Level.NETWORK, networks[0]) if networks else (Level.COMMUNITY, "")
    found = Run.objects.order_by("-pk").select_related("account")
    if Right.WATCH not in request.rights:
        found = found.filter(state=RunState.DONE)
    rows = [(one, percent(community(one)) if one.state == RunState.DONE else "") for one in found[:RUNS_SHOWN]]
    last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
    return render(request, "insurability/overview.html", {
        "rows": rows if Right.WATCH in request.rights else [], "trend": trend(level, subject), "last": last,
        "subject": Network(subject).label if subject else _("Communauté"),
        "networks": [] if last is None else _by_network(last, networks), "errors": {}, **_format(),
    })  # fmt: skip


def _format() -> dict[str, Any]:
    """What a file may say, for the page that describes it."""
    return {"columns": list(COLUMNS.values()), "kinds": list(KINDS), "categories": list(CATEGORIES)}


def confined_to(request: Page) -> list[str]:
    """The networks to whose totals an account is confined; none for those of the whole Community."""
    mine = list(request.account.valid(today(request)))
    return [] if any(one.is_of_all for one in mine) else sorted({one.network for one in mine if one.network})


def _by_network(run: Run, networks: Iterable[str]) -> list[tuple[str, Figure, str]]:
    """Coverage by network; none of fewer persons than may be counted."""
    found = run.figures.filter(level=Level.NETWORK, people__gte=FEW).order_by("subject")
    if networks:
        found = found.filter(subject__in=list(networks))
    return [(str(Network(one.subject).label), one, percent(one)) for one in found]


@require_POST
def load(request: Page) -> HttpResponse:
    """Compare a file; the page of its run shows how far it is."""
    file = request.FILES.get("file")
    error = ""
    if file is None:
        error = _("Choisissez l'extrait de paie exporté.")
    elif (file.size or 0) > SIZE_MAX:
        error = str(FAILURES["size"])
    if file is None or error:
        page = {"errors": {"file": error}, "has_errors": True, **_format()}
        return render(request, "insurability/overview.html", page, status=422)
    content = file.read()
    try:
        run = runs.begin(content, request.account)
    except runs.Busy:
        busy = _("Une autre comparaison est en cours : attendez qu'elle soit finie, puis chargez le fichier.")
        page = {"errors": {"file": busy}, "has_errors": True, **_format()}
        return render(request, "insurability/overview.html", page, status=422)
    runs.start(lambda: runs.execute(run, content))
    return redirect("run", run.pk)


@require_POST
def again(request: Page, number: int) -> HttpResponse:
    """The same lines against what the register knew at the same moment: the same comes out."""
    first = Run.objects.filter(pk=number, state=RunState.DONE).first()
    if first is None:
        raise Http404
    try:
        run = runs.begin_again(first, request.account)
    except runs.Busy:
        return redirect("run", number)
    runs.start(lambda: runs.execute_again(run, first))
    return redirect("run", run.pk)


@require_GET
def run(request: Page, number: int) -> HttpResponse:
    """A run: how far it is; when it is done its gaps, worst first, and where they are."""
    one = Run.objects.filter(pk=number).select_related("account").first()
    if one is None:
        raise Http404
    page: dict[str, Any] = {"run": one, "is_moving": one.state in (RunState.READING, RunState.COMPARING)}
    page["bad"] = [(bad, REASONS[bad.reason]) for bad in one.refused.order_by("line", "pk")[:BAD_SHOWN]]
    if one.state == RunState.FAILED:
        page["failure"] = FAILURES[one.failure]
    if one.state == RunState.DONE:
        page |= _found(request, one)
    return render(request, "insurability/run.html", page)


def _found(request: Page, one: Run) -> dict[str, Any]:
    kind, school = _chosen(request)
    whole = community(one)
    gaps = _gaps(one, kind, school)
    pages = Paginator(gaps, PAGE).get_page(request.GET.get("page"))
    return {
        "kinds": count_kinds(one, school.pk if school else None), "whole": whole, "percent": percent(whole),
        "networks": _by_network(one, ()), "schools": _worst(one), "page": pages, "rows": rows_of(pages.object_list),
        "kind": kind, "school_shown": school,
        "trend": trend(Level.COMMUNITY, "") if school is None else trend(Level.SCHOOL, str(school.pk), 1),
        "query": f"kind={kind}&school={school.fase if school else ''}",
    }  # fmt: skip


def _chosen(request: Page) -> tuple[str, School | None]:
    kind, fase = request.GET.get("kind", ""), request.GET.get("school", "")
    return kind if kind in GapKind.values else "", by_fase(fase)


def _gaps(one: Run, kind: str, school: School | None) -> "QuerySet[Gap]":
    """The gaps of a run, those with most uncovered days first within each kind."""
    gaps = one.gaps.select_related("school", "employer", "other_employer")
    if kind:
        gaps = gaps.filter(kind=kind)
    if school is not None:
        gaps = gaps.filter(school=school)
    return gaps.order_by(Case(*GRAVEST, default=Value(len(GRAVEST))), F("days").desc(), "pk")


def _worst(one: Run) -> list[tuple[School, Figure, str]]:
    """The schools with most uncovered days."""
    found = list(one.figures.filter(level=Level.SCHOOL, covered_days__lt=F("paid_days"))
                 .order_by(F("covered_days") - F("paid_days"), "subject")[:SCHOOLS_SHOWN])  # fmt: skip
    schools = School.objects.in_bulk([int(figure.subject) for figure in found])
    return [(schools[int(figure.subject)], figure, percent(figure)) for figure in found]


def rows_of(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps with who is meant, what is wrong and what to do."""
    some = list(gaps)
    names = names_of({gap.ssin for gap in some})
    return [
        {"gap": gap, "person": names.get(gap.ssin), "ssin": _ssin(gap.ssin), "severity": SEVERITIES[GapKind(gap.kind)],
         "action": ACTIONS[GapKind(gap.kind)], "other": _ssin(gap.other_ssin) if gap.other_ssin else ""}
        for gap in some
    ]  # fmt: skip


def _in_stretches(gaps: "QuerySet[Gap]") -> Iterator[dict[str, Any]]:
    """The rows of all gaps, with the names of a thousand people at a time."""
    source = gaps.iterator(STRETCH)
    while some := list(islice(source, STRETCH)):
        yield from rows_of(some)


def names_of(numbers: Iterable[int]) -> Mapping[int, Person]:
    """The persons whom the portal knows by these numbers."""
    return {person.ssin or 0: person for person in Person.objects.filter(ssin__in=list(numbers))}


def _ssin(number: int) -> str:
    return Person(ssin=number).ssin_text


@require_GET
def export(request: Page, number: int) -> HttpResponse:
    """The gaps that are shown, all of them, for a spreadsheet."""
    one = Run.objects.filter(pk=number, state=RunState.DONE).first()
    if one is None:
        raise Http404
    kind, school = _chosen(request)
    rows: list[list[object]] = [[
        _("Écart"), _("Ce que c'est"), _("NISS"), _("Nom"), _("Établissement"), "FASE", _("Employeur"),
        _("Premier jour"), _("Dernier jour"), _("Jours"), _("Que faire"),
    ]]  # fmt: skip
    for row in _in_stretches(_gaps(one, kind, school)):
        gap = row["gap"]
        rows.append([
            gap.kind, gap.get_kind_display(), row["ssin"], row["person"], gap.school and gap.school.name,
            gap.school and gap.school.fase, gap.employer.name, gap.start, gap.end, gap.days, row["action"],
        ])  # fmt: skip
    return csv_download(rows, f"ecarts-{one.pk}")
