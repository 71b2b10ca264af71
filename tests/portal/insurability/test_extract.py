"""What an extract may look like, and what is said of a line that cannot be taken."""

from datetime import date

import pytest

from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.insurability import extract  # noqa: E402
from opendimona.portal.insurability.extract import Known, Refused, Taken, Unreadable, read_extract  # noqa: E402
from opendimona.portal.insurability.wording import FAILURES, REASONS  # noqa: E402

KNOWN = Known({93052: 1}, {199980049: 2})
HEAD = "niss;matricule;fase;employeur;categorie;debut;fin;jours;nature;mois"
LINE = {
    "ssin": "80.01.01-001.07", "matricule": "28001010001", "school": "93052", "employer": "1999800-49",
    "category": "enseignant", "start": "2026-11-01", "end": "30/11/2026", "days": "30", "kind": "travail",
    "month": "11/2026",
}  # fmt: skip
TAKEN = Taken(
    line=2, ssin=80010100107, matricule="28001010001", school=1, employer=2, worker_type="OTH", category="teacher",
    start=date(2026, 11, 1), end=date(2026, 11, 30), days=30, kind="work", month=date(2026, 11, 1),
)  # fmt: skip


def line(**changed: str) -> str:
    """A good line, with other values."""
    return ";".join((LINE | changed).values())


def read(text: str) -> list[Taken | Refused]:
    """The lines of a file with this text."""
    return list(read_extract(text.encode(), KNOWN))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_separators_encodings_and_ends_of_lines(separator: str, encoding: str, end: str) -> None:
    head = HEAD.replace("categorie", "Catégorie").replace("debut", "Début")
    text = end.join([head, line(kind="arriérés"), "", ""]).replace(";", separator)
    (found,) = read_extract(text.encode(encoding), KNOWN)
    assert isinstance(found, Taken)
    assert (found.kind, found.start, found.line) == ("arrears", TAKEN.start, 2)


def test_columns_in_any_order_and_no_matricule() -> None:
    head, values = HEAD.split(";"), line().split(";")
    del head[1], values[1]
    (found,) = read(";".join(reversed(head)) + "\n" + ";".join(reversed(values)))
    assert isinstance(found, Taken)
    assert (found.ssin, found.matricule) == (TAKEN.ssin, "")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("ssin", "8001010010", "ssin"),
        ("school", "93099", "school"),
        ("school", "-1", "number"),
        ("employer", "199980146", "employer"),
        ("category", "pape", "category"),
        ("kind", "prime", "kind"),
        ("start", "2026-02-31", "date"),
        ("start", "1926-11-01", "date"),
        ("start", "2026-12-01", "order"),
        ("start", "2025-11-01", "span"),
        ("days", "31", "days"),
        ("days", "12.5", "number"),
        ("days", "", "number"),
        ("month", "novembre", "month"),
        ("month", "2026-13", "month"),
        ("matricule", "28001010001-28001010002", "matricule"),
        ("matricule", "1\t2", "matricule"),
    ],
)
def test_a_bad_line_is_named_and_stops_nobody(column: str, value: str, reason: str) -> None:
    bad, good = read("\n".join([HEAD, line(**{column: value}), line()]))
    assert isinstance(bad, Refused)
    assert (bad.line, bad.reason) == (2, reason)
    assert bad.column in (column, "end")
    assert good == Taken(**{**{name: getattr(TAKEN, name) for name in TAKEN.__struct_fields__}, "line": 3})
    assert reason in REASONS


def test_arrears_stay_in_their_month() -> None:
    (bad,) = read("\n".join([HEAD, line(kind="arrieres", month="2026-10")]))
    assert bad == Refused(2, "month", "arrears")


def test_wrong_check_digits_are_a_matter_of_the_comparison() -> None:
    (found,) = read("\n".join([HEAD, line(ssin="80010100108")]))
    assert isinstance(found, Taken)


@pytest.mark.parametrize("row", [line() + ";1", line()[:-8], line(matricule="9" * 1000)])
def test_a_line_of_another_width(row: str) -> None:
    assert read(f"{HEAD}\n{row}") == [Refused(2, "", "width")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (HEAD.encode(), "empty"),
        (b"a;b\n1;2", "columns"),
        (HEAD.replace("mois", "niss").encode() + b"\n1", "columns"),
        (HEAD.encode() + b"\nPK\0\x81\n", "encoding"),
        (HEAD.encode() + b'\n"' + b"x" * 140_000, "quotes"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        list(read_extract(content, KNOWN))
    assert unreadable.value.reason == reason
    assert reason in FAILURES


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "LINES_MAX", 1)
    with pytest.raises(Unreadable, match="lines"):
        read(f"{HEAD}\n{line()}\n{line()}")
    monkeypatch.setattr(extract, "SIZE_MAX", 10)
    with pytest.raises(Unreadable, match="size"):
        read(HEAD)
