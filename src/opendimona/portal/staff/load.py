"""Appointments loaded from a file, CSV or XLSX: each row by itself, nothing declared; the same file twice adds none."""

import csv
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import Struct, field
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from opendimona.portal.declare.wishes import employer_for
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import as_typed, csv_download, download
from opendimona.portal.staff.models import Appointment, Person
from opendimona.portal.staff.rows import COLUMNS_MAX, FIELDS, Row, is_new, read_row, split, values_of

ROWS_MAX = 1000
UNPACKED_MAX = 50_000_000
EXAMPLE = ("78.07.07-391.19", "Dubois", "Anne", "07/07/1978", "enseignant", "01/09/2026", "30/06/2027", "français",
           "20/24", "")  # fmt: skip
"""A row of the template; the number is an official sample."""


class Unreadable(Exception):
    """A file that is no table; its text is for people."""


class Outcome(Struct):
    """What became of a file: appointments made, those that were there already, rows to mend."""

    made: list[Row] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    wrong: list[Row] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
def load(request: Page) -> HttpResponse:
    """The page with the file's field; posted, what became of each row."""
    errors: dict[str, str] = {}
    page: dict[str, Any] = {"errors": errors, "rows_max": ROWS_MAX}
    if request.method == "POST":
        try:
            table = _table(request)
            outcome = take_in(table, request.school, today(request))
            page |= {"outcome": outcome, "names": FIELDS.values(), "mend": text_of(outcome.wrong)}
        except Unreadable as error:
            errors["file"] = str(error)
    page["has_errors"] = bool(errors)
    return render(request, "staff/load.html", page, status=422 if errors else 200)


def _table(request: Page) -> list[list[str]]:
    """The cells of what was posted: a file, or rows that were mended on the page. Raises Unreadable."""
    sent: Any = request.FILES.get("file")
    text = request.POST.get("rows", "")
    if sent is None and not text.strip():
        raise Unreadable(_("Choisissez un fichier."))
    try:
        table = split(text, ROWS_MAX) if sent is None else read_file(sent.read())
    except csv.Error:
        raise Unreadable(_("Ces lignes ne forment pas un tableau : vérifiez les guillemets.")) from None
    if len(table) > ROWS_MAX + 1:
        raise Unreadable(_("Ce fichier a plus de %(count)s lignes : partagez-le.") % {"count": ROWS_MAX})
    if not table:
        raise Unreadable(_("Ce fichier est vide."))
    return table


def read_file(content: bytes) -> list[list[str]]:
    """The cells of a CSV or XLSX file. Raises Unreadable, csv.Error."""
    if content.startswith(b"PK"):
        return _from_xlsx(content)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return [[as_typed(cell) for cell in row] for row in split(content.decode(encoding), ROWS_MAX)]
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("Ce fichier n'est ni un CSV ni un XLSX. Enregistrez-le dans l'un des deux formats."))


def _from_xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > UNPACKED_MAX:
                raise Unreadable(_("Ce fichier est trop grand une fois ouvert : partagez-le."))
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        rows = sheet.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX, values_only=True)
        found = [[_cell(value) for value in row] for row in rows]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError):
        raise Unreadable(
            _("Ce fichier n'est ni un CSV ni un XLSX. Enregistrez-le dans l'un des deux formats.")
        ) from None
    width = max((len(row) - next((at for at, cell in enumerate(reversed(row)) if cell), len(row)) for row in found),
                default=0)  # fmt: skip
    return [row[:width] for row in found if any(row)]


def _cell(value: Any) -> str:
    """What a cell says, as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def take_in(table: list[list[str]], school: School, day: date) -> Outcome:
    """Make the appointments of a table that are not there yet; a row that cannot be read costs no other."""
    outcome = Outcome()
    for line, values in enumerate(values_of(table, day), 1):
        row = read_row(line, values, school, {}, day)
        if row.errors or row.person is None:
            outcome.wrong.append(row)
            continue
        (outcome.made if appoint(row, school) is not None else outcome.known).append(row)
    return outcome


@transaction.atomic
def enrol(row: Row, school: School) -> Person:
    """The person of a row, written if nobody with that number is. Raises ValueError for a row with errors."""
    person = row.person
    if person is None:
        raise ValueError("only a row without errors speaks of somebody")
    School.objects.select_for_update().get(pk=school.pk)  # the same row sent twice at once makes one of each
    if is_new(person):
        known = Person.objects.filter(ssin=person.ssin).first()
        if known is None:
            person.save()
        row.person = person = known or person
    return person


@transaction.atomic
def appoint(row: Row, school: School) -> Appointment | None:
    """The appointment that a row speaks of, made with its person if need be; None when it is there already."""
    person = enrol(row, school)
    if row.start is None:
        raise ValueError("only a row without errors makes an appointment")
    category = row.values["category"]
    same = school.appointments.filter(person=person, category=category, start=row.start)
    if same.exists():
        return None
    return Appointment.objects.create(
        person=person, school=school, employer=employer_for(school, category), category=category, start=row.start,
        end=row.end, load=row.values["load"], note=row.values["note"],
    )  # fmt: skip


def text_of(rows: list[Row]) -> str:
    """Rows as a table to be mended, with their headings."""
    if not rows:
        return ""
    lines = [[str(name) for name in FIELDS.values()], *([row.values[name] for name in FIELDS] for row in rows)]
    return "\n".join("\t".join(cell.replace("\t", " ") for cell in line) for line in lines)


@require_POST
def errors(request: Page) -> HttpResponse:
    """The rows to mend as a CSV file, with what is wrong beside each; it can be loaded again as it is."""
    try:
        table = split(request.POST.get("rows", ""), ROWS_MAX)
    except csv.Error:
        return redirect("load")
    rows: list[list[object]] = [[*FIELDS.values(), _("À corriger")]]
    for line, values in enumerate(values_of(table, today(request)), 1):
        row = read_row(line, values, request.school, {}, today(request))
        rows.append([*(row.values[name] for name in FIELDS), row.why])
    return csv_download(rows, _("a-corriger"))


@require_GET
def template(request: Page, kind: str) -> HttpResponse:
    """An empty table with its headings and one row as an example."""
    heads = [str(name) for name in FIELDS.values()]
    if kind == "csv":
        return csv_download([heads, EXAMPLE], _("modele"))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Affectations"))
    for line in (heads, EXAMPLE):
        sheet.append(list(line))
    content = BytesIO()
    book.save(content)
    return download(content.getvalue(), kind, _("modele"))
