"""Tables for spreadsheets: what is written, and what a cell must not begin with.

Names and notes are typed by people: a cell that begins as a formula does would be computed by whoever opens the file.
"""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO

from django.http import HttpResponse

from opendimona.portal.site.tags import short

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_of(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as a file that a spreadsheet opens: separated by semicolons, days as people write them, None empty."""
    text = StringIO()
    text.write("\ufeff")  # it is taken for what it is then, accents and all
    csv.writer(text, delimiter=";").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int):
        return value
    return harmless(short(value) if isinstance(value, date) else str(value))


def harmless(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def as_typed(cell: str) -> str:
    """A cell as it was before it was made harmless."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, `csv` or `xlsx`, under a name without its ending."""
    response = HttpResponse(content, content_type=CSV if kind == "csv" else XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def csv_download(rows: Iterable[Iterable[object]], name: str) -> HttpResponse:
    """Rows as a CSV file to keep."""
    return download(csv_of(rows), "csv", name)
