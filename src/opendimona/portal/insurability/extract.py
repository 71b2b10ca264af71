"""Reads a payroll extract: each line is taken or refused by itself. docs/payroll-extract.md describes the format."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from io import StringIO

from msgspec import Struct

from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.staff.models import Category

SIZE_MAX = 64 << 20
LINES_MAX = 1_000_000
LINE_LENGTH_MAX = 1000
SPAN_MAX = 366
"""Days of one line."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "ssin": ("niss", "ssin", "insz"),
    "matricule": ("matricule",),
    "school": ("fase", "school"),
    "employer": ("employeur", "employer", "onss"),
    "category": ("categorie", "catégorie", "category"),
    "start": ("debut", "début", "start"),
    "end": ("fin", "end"),
    "days": ("jours", "days", "paid_days"),
    "kind": ("nature", "kind"),
    "month": ("mois", "month"),
}
"""The columns, in any order, with the words that may head them."""
OPTIONAL = frozenset({"matricule"})
KINDS = {
    "travail": "work", "work": "work", "absence": "absence", "differe": "deferred", "différé": "deferred",
    "deferred": "deferred", "arrieres": "arrears", "arriérés": "arrears", "arrears": "arrears",
    "recuperation": "recovery", "récupération": "recovery", "recovery": "recovery",
}  # fmt: skip
CATEGORIES = {
    "enseignant": "teacher", "auxiliaire": "assistant", "administratif": "office", "ouvrier": "support",
    "etudiant": "student", "étudiant": "student", **{value: value for value in Category.values},
}  # fmt: skip
SSIN = re.compile(r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}")
MATRICULE = re.compile(r"[A-Za-z0-9./ -]{0,20}")
MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})")
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Unreadable(Exception):
    """The file as a whole cannot be taken; `reason` is a word of `wording.FAILURES`, `detail` names columns."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Refused(Struct, frozen=True):
    """A line that is not taken: its number in the file, the column, and a word of `wording.REASONS`. Never a value."""

    line: int
    column: str
    reason: str


class Taken(Struct, frozen=True):
    """A line as compared. `school` and `employer` are keys of the portal; days are closed at both ends."""

    line: int
    ssin: int
    matricule: str
    school: int
    employer: int
    worker_type: str
    category: str
    start: date
    end: date
    days: int
    kind: str
    month: date


class Known(Struct, frozen=True):
    """What a line may name: schools by FASE number and employers by NSSO number, with their keys."""

    schools: Mapping[int, int]
    employers: Mapping[int, int]


class Wrong(Exception):
    """A value of a line cannot be taken."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_extract(content: bytes, known: Known) -> Iterator[Taken | Refused]:
    """Every line of an extract but the first and the empty ones, taken or refused. Raises Unreadable."""
    rows = csv.reader(StringIO(_text(content), newline=""), delimiter=_separator(content))
    try:
        head = next(rows, [])
    except csv.Error:
        raise Unreadable("columns") from None
    places = _places(head)
    count = 0
    try:
        for row in rows:
            if not any(row):
                continue
            count += 1
            if count > LINES_MAX:
                raise Unreadable("lines")
            yield _taken(rows.line_num, row, len(head), places, known)
    except csv.Error:
        raise Unreadable("quotes", str(rows.line_num)) from None
    if not count:
        raise Unreadable("empty")


def _text(content: bytes) -> str:
    """The file as text: UTF-8, with or without its mark, or else Windows-1252. Raises Unreadable."""
    if len(content) > SIZE_MAX:
        raise Unreadable("size")
    if not content.strip():
        raise Unreadable("empty")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("encoding")


def _separator(content: bytes) -> str:
    """Of semicolon, comma and tab the one that the first line holds most of."""
    head = content[:LINE_LENGTH_MAX].splitlines()[0]
    return max(";,\t", key=lambda sign: head.count(sign.encode()))


def _places(head: list[str]) -> dict[str, int]:
    """Where each column stands. Raises Unreadable, naming those that are missing or there twice."""
    words = [word.strip().lower() for word in head]
    places = {}
    wrong = []
    for column, names in COLUMNS.items():
        found = [place for place, word in enumerate(words) if word in names]
        if len(found) == 1:
            places[column] = found[0]
        elif found or column not in OPTIONAL:
            wrong.append(names[0])
    if wrong:
        raise Unreadable("columns", ", ".join(wrong))
    return places


def _taken(number: int, row: list[str], width: int, places: dict[str, int], known: Known) -> Taken | Refused:
    if len(row) != width or sum(map(len, row)) > LINE_LENGTH_MAX:
        return Refused(number, "", "width")
    values = {column: row[place].strip() for column, place in places.items()}
    try:
        return _checked(number, values, known)
    except Wrong as wrong:
        return Refused(number, wrong.column, wrong.reason)


def _checked(number: int, values: dict[str, str], known: Known) -> Taken:
    """The line of these values. Raises Wrong for the first that cannot be."""
    ssin = values["ssin"]
    if not SSIN.fullmatch(ssin):  # its check digits may be wrong: then it is a gap of identity, not a bad line
        raise Wrong("ssin", "ssin")
    school = known.schools.get(_number("school", values["school"]))
    if school is None:
        raise Wrong("school", "school")
    employer = known.employers.get(_number("employer", values["employer"].replace("-", "")))
    if employer is None:
        raise Wrong("employer", "employer")
    category = CATEGORIES.get(values["category"].lower())
    if category is None:
        raise Wrong("category", "category")
    kind = KINDS.get(values["kind"].lower())
    if kind is None:
        raise Wrong("kind", "kind")
    start, end, month = _day("start", values["start"]), _day("end", values["end"]), _month(values["month"])
    length = (end - start).days + 1
    if not 1 <= length <= SPAN_MAX:
        raise Wrong("end", "order" if length < 1 else "span")
    if kind == "arrears" and (_first(start) != month or _first(end) != month):
        raise Wrong("month", "arrears")
    days = _number("days", values["days"].removesuffix(",0").removesuffix(".0"))
    if days > length:
        raise Wrong("days", "days")
    matricule = values.get("matricule", "")
    if not MATRICULE.fullmatch(matricule):
        raise Wrong("matricule", "matricule")
    return Taken(
        line=number, ssin=int(re.sub(r"\D", "", ssin)), matricule=matricule, school=school, employer=employer,
        worker_type=worker_type_of(category), category=category, start=start, end=end, days=days, kind=kind,
        month=month,
    )  # fmt: skip


def _number(column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Wrong(column, "number")
    return int(text)


def _first(day: date) -> date:
    return day.replace(day=1)


def _day(column: str, text: str) -> date:
    found = _date(text)
    if found is None:
        raise Wrong(column, "date")
    return found


@lru_cache(4096)
def _date(text: str) -> date | None:
    """A day written 2026-11-30 or 30/11/2026, from 2000 to 2099."""
    found = DAY_FIRST.fullmatch(text)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2099 else None


def _month(text: str) -> date:
    found, is_year_first = MONTH_FIRST.fullmatch(text), False
    if found is None:
        found, is_year_first = YEAR_FIRST.fullmatch(text), True
    if found is None:
        raise Wrong("month", "month")
    year, month = (int(found[1]), int(found[2])) if is_year_first else (int(found[2]), int(found[1]))
    if not (1 <= month <= 12 and 2000 <= year <= 2099):
        raise Wrong("month", "month")
    return date(year, month, 1)
