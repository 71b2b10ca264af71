"""Rows out of a spreadsheet, pasted or loaded: what each cell says of an appointment, and what is wrong with it.

A first line that names its columns is understood in the four languages; without one, a cell is known by what it looks
like: eleven digits, a day, a function, else a name. Nothing is decided here about whether somebody may be declared.
"""

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache
from io import StringIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct, field

from opendimona.core.identifiers import is_ssin
from opendimona.portal.schools.models import School
from opendimona.portal.site.options import LANGUAGES
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.models import Category, Person
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.spelling import digits_of, plain, search_key

FIELDS = {
    "ssin": gettext_lazy("NISS"),
    "family_name": gettext_lazy("Nom"),
    "given_name": gettext_lazy("Prénom"),
    "birth_date": gettext_lazy("Date de naissance"),
    "category": gettext_lazy("Fonction"),
    "start": gettext_lazy("Premier jour"),
    "end": gettext_lazy("Dernier jour"),
    "note": gettext_lazy("Pour quoi"),
    "load": gettext_lazy("Charge"),
    "hours": gettext_lazy("Heures"),
}
"""The columns of a table, in the order of the template."""
LENGTHS = {"note": 160, "load": 12, "family_name": 48, "given_name": 24}
LENGTH_MAX, COLUMNS_MAX, SSIN_LENGTH, HOURS_MAX = 160, 30, 11, 999
Values = dict[str, str]


class Row(Struct):
    """A row as read: who, when, as what; `errors` by field. `line` is its place among the rows, from 1."""

    line: int
    values: Values
    errors: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    start: date | None = None
    end: date | None = None

    @property
    def why(self) -> str:
        """Everything that is wrong with it, in one line."""
        return " ".join(self.errors.values())


def split(text: str, limit: int) -> list[list[str]]:
    r"""The cells of a pasted table: by tabs if there is one, else semicolons, else commas; one row more than the limit.

    Raises csv.Error for quotation marks that do not match, and for a cell beyond all measure.

    >>> split('a\tb;c\n\nd\t"e"', 9)
    [['a', 'b;c'], ['d', 'e']]
    """
    delimiter = next((sign for sign in "\t;" if sign in text), ",")
    found: list[list[str]] = []
    plain_text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    for cells in csv.reader(StringIO(plain_text), delimiter=delimiter, strict=True):
        kept = [cell.strip()[:LENGTH_MAX] for cell in cells[:COLUMNS_MAX]]
        if any(kept):
            found.append(kept)
        if len(found) > limit + 1:
            break
    return found


def values_of(table: Sequence[Sequence[str]], day: date) -> list[Values]:
    """What each row says, by field; a first row of names is no row."""
    if not table:
        return []
    known = _headings()
    heads = [known.get(plain(cell), "") for cell in table[0]]
    if any(heads):
        return [{name: cell for name, cell in zip(heads, cells, strict=False) if name} for cells in table[1:]]
    return [_guess(cells, day) for cells in table]


@cache
def _headings() -> dict[str, str]:
    """The names of columns in each language, as they are compared."""
    found: dict[str, str] = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            found |= {plain(str(word)): name for name, word in FIELDS.items()}
    return found


@cache
def _categories() -> dict[str, str]:
    """The names of functions in each language, as they are compared."""
    found: dict[str, str] = {plain(str(code)): str(code) for code in Category.values}
    for code, _name in LANGUAGES:
        with translation.override(code):
            found |= {plain(str(label)): str(value) for value, label in Category.choices}
    return found


def _guess(cells: Sequence[str], day: date) -> Values:
    """What a row without headings says."""
    found: Values = {}
    for cell in cells:
        digits = digits_of(cell)
        if not cell:
            continue
        if len(digits) == SSIN_LENGTH and "ssin" not in found:
            found["ssin"] = cell
        elif plain(cell) in _categories():
            found["category"] = cell
        elif parse_day(cell, day) is not None and "end" not in found:
            found["end" if "start" in found else "start"] = cell
        elif cell.isdecimal() and len(cell) <= len(str(HOURS_MAX)):
            found["hours"] = cell
        elif "family_name" not in found:
            found["family_name"] = cell
        elif "given_name" not in found:
            found["given_name"] = cell
        else:
            found["note"] = cell
    return found


def read_row(line: int, values: Values, school: School, usual: Values, day: date) -> Row:
    """Read a row for a school; `usual` fills what its cells leave open. Nothing is written."""
    filled = {name: (values.get(name, "") or usual.get(name, "")).strip()[: LENGTHS.get(name, LENGTH_MAX)]
              for name in FIELDS}  # fmt: skip
    row = Row(line, filled)
    filled["category"] = _categories().get(plain(filled["category"]), filled["category"])
    if filled["category"] not in Category.values:
        row.errors["category"] = _("Choisissez en quelle qualité cette personne est engagée.")
    row.start = parse_day(filled["start"], day)
    row.end = parse_day(filled["end"], day) if filled["end"] else None
    if row.start is None:
        row.errors["start"] = _("Indiquez le premier jour de travail.")
    if filled["end"] and (row.end is None or (row.start is not None and row.end < row.start)):
        row.errors["end"] = _("Indiquez un dernier jour qui n'est pas avant le premier.")
    if filled["hours"] and not (filled["hours"].isdecimal() and int(filled["hours"][:9]) <= HOURS_MAX):
        row.errors["hours"] = _("Indiquez un nombre entier d'heures, par exemple 40.")
    _find(row, school, day)
    return row


def _find(row: Row, school: School, day: date) -> None:
    """Who is meant: by number; else by name among the people of the school, where only one may bear it."""
    values = row.values
    name = f"{values['family_name']} {values['given_name']}".strip()
    if values["ssin"]:
        digits = "".join(sign for sign in values["ssin"] if sign.isdecimal())
        if not is_ssin(digits):
            row.errors["ssin"] = _("Ce numéro n'est pas un NISS : vérifiez les onze chiffres sur la carte d'identité.")
            return
        row.person = Person.objects.filter(ssin=int(digits)).first() or _new(row, int(digits), day)
        return
    if not name:
        row.errors["family_name"] = _("Indiquez un NISS, ou le nom de quelqu'un de votre école.")
        return
    found: list[Any] = list(matching(Person.objects.filter(appointments__school=school), name).distinct()[:9])
    if values["birth_date"]:
        found = [one for one in found if one.birth_date == parse_day(values["birth_date"], day)]
    if len(found) == 1:
        row.person = found[0]
    elif found:
        row.errors["family_name"] = ngettext(
            "%(count)s personne de l'école porte ce nom : donnez le NISS.",
            "%(count)s personnes de l'école portent ce nom : donnez le NISS.", len(found),
        ) % {"count": len(found)}  # fmt: skip
    else:
        row.errors["family_name"] = _("Personne de ce nom dans le fichier de votre école : donnez le NISS.")


def is_new(person: Person) -> bool:
    """Whether somebody is not written yet."""
    key: Any = person.pk
    return key is None


def _new(row: Row, ssin: int, day: date) -> Person | None:
    """Somebody whom the portal does not know yet; not written."""
    values = row.values
    for name in ("family_name", "given_name"):
        if not values[name]:
            row.errors[name] = _("Indiquez le nom.") if name == "family_name" else _("Indiquez le prénom.")
    birth = parse_day(values["birth_date"], day) if values["birth_date"] else None
    if values["birth_date"] and (birth is None or birth >= day):
        row.errors["birth_date"] = _("Indiquez la date de naissance, par exemple 7/7/1978.")
    return Person(
        ssin=ssin, family_name=values["family_name"], given_name=values["given_name"], birth_date=birth,
        search_key=search_key(values["family_name"], values["given_name"]),
    )  # fmt: skip
