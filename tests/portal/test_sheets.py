"""What is written for a spreadsheet: read back as it was typed, and never a formula."""

import csv
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from opendimona.portal.site.sheets import as_typed, csv_of

PORTAL = Path(__file__).parents[2] / "src" / "opendimona" / "portal"


@pytest.mark.parametrize(
    "text", ["=1+1", "+32 4 123 45 67", "-5", "@SUM(A1)", "\tx", "'quoted'", "Dubois; Anne", 'a "b"']
)  # fmt: skip
def test_a_text_is_no_formula_and_comes_back(text: str) -> None:
    ((cell,),) = csv.reader(StringIO(csv_of([[text]]).decode("utf-8-sig")), delimiter=";")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_typed(cell) == text


def test_numbers_days_and_nothing_are_written_as_they_are() -> None:
    text = csv_of([[-5, None, date(2026, 9, 1), "é"]])
    assert text == "\ufeff-5;;01/09/2026;é\r\n".encode()


def test_no_other_module_writes_files_for_spreadsheets_by_itself() -> None:
    found = {
        path.relative_to(PORTAL).as_posix() for path in PORTAL.rglob("*.py") if "csv.writer" in path.read_text("utf-8")
    }  # fmt: skip
    assert found == {"site/sheets.py", "statistics/views.py", "demo/pay.py"}, "open tables and the payroll of the demo"
