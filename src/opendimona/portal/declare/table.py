"""A pasted table: up to a hundred entries, each tried out, mended where it stands, declared and answered by itself."""

import csv
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import structlog
from django.db import Error
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.portal.declare.models import Act, Draft, Filing
from opendimona.portal.declare.send import file_draft
from opendimona.portal.declare.trial import Trial, try_draft
from opendimona.portal.declare.wishes import employer_for
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.access import remember_found
from opendimona.portal.staff.load import appoint, enrol
from opendimona.portal.staff.models import Category
from opendimona.portal.staff.policies import declared_end, until_august
from opendimona.portal.staff.rows import FIELDS, Row, Values, is_new, read_row, split, values_of
from opendimona.register.interface import KeyConflict, NotFound

log = structlog.get_logger()
ROWS_MAX = 100
ALL = ("category", "start", "end", "hours")
"""The fields that may be given once for all rows."""
SHOWN = ("ssin", "family_name", "given_name", "start", "end", "hours")
"""The fields of a row that can be mended on the page."""


class Line(Struct):
    """A row with what the register would answer, or has answered."""

    row: Row
    trial: Trial | None = None
    filing: Filing | None = None
    is_failed: bool = False

    @property
    def may_be_ticked(self) -> bool:
        """Whether it can be declared as it is; with the register away it waits here, and its time is kept."""
        trial = self.trial
        return trial is not None and not (trial.is_stopped or trial.is_refused)


@require_http_methods(["GET", "POST"])
def table(request: Page) -> HttpResponse:
    """The field to paste into; posted, the rows with their dry run; posted from there, checked again or declared."""
    usual = {name: request.POST.get(f"all-{name}", "").strip()[:20] for name in ALL}
    page: dict[str, Any] = {"usual": usual, "categories": Category.choices, "rows_max": ROWS_MAX, "errors": {}}
    if request.method == "GET":
        return render(request, "declare/table.html", page)
    pasted = request.POST.get("rows", "")
    text = ""
    try:
        typed = values_of(split(pasted, ROWS_MAX), today(request)) if pasted.strip() else _posted(request)
    except csv.Error:
        typed, text = [], _("Ces lignes ne forment pas un tableau : vérifiez les guillemets.")
    if not typed or len(typed) > ROWS_MAX:
        text = text or (_("Collez au moins une ligne.") if not typed else _("Collez cent lignes au plus à la fois."))
        page |= {"errors": {"rows": text}, "pasted": pasted, "has_errors": True}
        return render(request, "declare/table.html", page, status=422)
    rows = [read_row(place, values, request.school, usual, today(request)) for place, values in enumerate(typed, 1)]
    _refuse_doubles(rows)
    if request.POST.get("then") == "file":
        lines = _file_all(request, rows)
    else:
        lines = [_tried(request, row) for row in rows]
    ticked = sum(line.may_be_ticked for line in lines)
    page |= {"lines": lines, "ticked": ticked, "key": request.POST.get("key") or str(uuid4()), "fields": SHOWN,
             "is_done": request.POST.get("then") == "file", "filed": sum(line.filing is not None for line in lines),
             "rest": [line for line in lines if line.filing is None]}  # fmt: skip
    return render(request, "declare/table_rows.html", page)


def _posted(request: Page) -> list[Values]:
    """The rows of the page itself, as they were mended."""
    number = request.POST.get("count", "")
    count = int(number) if number.isdecimal() and len(number) < 4 else 0
    return [
        {name: request.POST.get(f"{name}-{place}", "")[:160] for name in FIELDS} for place in range(1, count + 1)
    ][: ROWS_MAX + 1]  # fmt: skip


def _refuse_doubles(rows: list[Row]) -> None:
    """Somebody who stands twice for the same day is declared once."""
    seen: dict[tuple[Any, date | None], int] = {}
    for row in rows:
        person = row.person
        who = None if person is None else person.ssin or person.pk
        if who is not None and not row.errors and seen.setdefault((who, row.start), row.line) != row.line:
            first = seen[who, row.start]
            text = _("La même personne, le même jour, est déjà à la ligne %(line)s.")
            row.errors["family_name"] = text % {"line": first}


def _tried(request: Page, row: Row) -> Line:
    """A row and what the register would answer; whoever is new is kept, so that the answer can speak of them."""
    if row.errors or row.person is None:
        return Line(row)
    if is_new(row.person):
        row.person.save()
    remember_found(request, [row.person])
    return Line(row, try_draft(_draft(request, row, uuid4()), now(request)))


def _draft(request: Page, row: Row, key: UUID) -> Draft:
    category = row.values["category"]
    employer = employer_for(request.school, category) if category in Category.values else None
    end = row.end if employer is None else declared_end(employer.pk, category, row.end, until_august())
    values = {"category": category, "start": _text(row.start), "end": _text(end), "hours": row.values["hours"]}
    return Draft(pk=key, school=request.school, account=request.account, person=row.person, act=Act.ENTRY,
                 values=values)  # fmt: skip


def _text(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def _file_all(request: Page, rows: list[Row]) -> list[Line]:
    """Declare the rows that are ticked; what happens to one happens to no other."""
    ticked = set(request.POST.getlist("row"))
    return [_filed(request, row) if str(row.line) in ticked else _tried(request, row) for row in rows]


def _filed(request: Page, row: Row) -> Line:
    """Declare a row, once: the page sent twice gives the same answer."""
    if row.errors or row.person is None:
        return Line(row)
    try:
        page_key = UUID(request.POST.get("key", ""))
    except ValueError:
        page_key = uuid4()
    said = "|".join((str(row.person.ssin or row.person.pk), str(row.start), str(row.end), *row.values.values()))
    try:
        known = Filing.objects.filter(pk=uuid5(page_key, said), school=request.school).first()
        if known is not None:
            return Line(row, filing=known)
        enrol(row, request.school)
        draft = _draft(request, row, uuid5(page_key, said))
        trial = try_draft(draft, now(request))
        if trial.is_stopped:
            return Line(row, trial)
        appoint(row, request.school)
        draft.save()
        return Line(row, filing=file_draft(draft, trial.reading, request.account, now(request)))
    except (Error, NotFound, KeyConflict) as error:
        log.error("a row of a table was not declared", kind=type(error).__name__)
        return Line(row, is_failed=True)
