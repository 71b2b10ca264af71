"""The personnel as a file: who is on the screen, with the columns that are, whatever the page."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_of, download
from opendimona.portal.staff.chosen import Row, people_of, rows_of
from opendimona.portal.staff.selection import COLUMNS, Selection, selection_of
from opendimona.portal.staff.spelling import digits_of

CHUNK = 1000
WIDTHS = {"note": 30, "employer": 36, "category": 26}
Value = str | date | None


@require_GET
def export(request: Page, kind: str) -> HttpResponse:
    """The people that an address selects, as CSV or XLSX for a spreadsheet."""
    if digits_of(request.GET.get("q", "")):
        return redirect("staff")
    selection = selection_of(request.GET)
    table = _table(request, selection)
    content = csv_of(table) if kind == "csv" else _xlsx(table, selection)
    return download(content, kind, f"personnel-{request.school.fase}-{today(request)}")


def _table(request: Page, selection: Selection) -> Iterator[list[Value]]:
    """The names of the columns, then a row for each person."""
    day = today(request)
    yield [_("Nom"), _("Prénom"), *(str(COLUMNS[name]) for name in selection.columns)]
    people = people_of(selection, request.school, day)
    for first in range(0, len(people), CHUNK):
        for row in rows_of(people[first : first + CHUNK], selection, request.school, day):
            person = row.person
            yield [person.family_name, person.given_name, *(_value(row, name) for name in selection.columns)]


def _value(row: Row, column: str) -> Value:
    """What a column says of a row."""
    person, appointment = row.person, row.appointment
    if column == "ssin":
        return str(person.ssin_text)
    if column == "birth":
        birth: date | None = person.birth_date
        return birth
    if column == "state":
        return _state(row)
    if column == "period":
        return "" if row.period is None else row.period.number_text
    if appointment is None:
        return None
    known: dict[str, Any] = {
        "category": appointment.get_category_display(), "note": appointment.note, "load": appointment.load,
        "start": appointment.start, "end": appointment.end,
        "employer": f"{appointment.employer.name} {appointment.employer.number}",
    }  # fmt: skip
    value: Value = known[column]
    return value


def _state(row: Row) -> str:
    if row.is_here:
        return _("Couvert") if row.is_covered else _("Non couvert")
    return _("À venir") if row.is_coming else _("Parti")


def _xlsx(table: Iterator[list[Value]], selection: Selection) -> bytes:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_("Personnel"))
    sheet.freeze_panes = "A2"
    for index, name in enumerate(("name", "name", *selection.columns), 1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, 18)
    for index, values in enumerate(table):
        sheet.append([_cell(sheet, value, is_heading=index == 0) for value in values])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: Value, *, is_heading: bool) -> Any:
    if value is None or value == "":
        return None
    cell: Any = WriteOnlyCell(sheet, cast("str", value))
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    else:
        cell.data_type = "s"  # a text that begins with = is a text
    if is_heading:
        cell.font = Font(bold=True)
    return cell
