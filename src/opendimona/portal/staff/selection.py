"""Which people of a school, in which order and with which columns: read from an address, for the list and its files.

An address never holds a number by which somebody could be identified.
"""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from msgspec import Struct
from msgspec.structs import replace

from opendimona.portal.staff.models import Category
from opendimona.portal.staff.spelling import digits_of

SORTS = ("name", "-name", "end", "-end", "start", "-start")
TAB_NAMES = {"now": _("En fonction"), "uncovered": _("Non couverts"), "coming": _("À venir"), "left": _("Partis"),
             "all": _("Tous")}  # fmt: skip
COLUMNS = {
    "category": _("Fonction"),
    "note": _("Pour quoi"),
    "load": _("Charge"),
    "start": _("Depuis"),
    "end": _("Jusqu'au"),
    "employer": _("Employeur"),
    "period": _("Période"),
    "birth": _("Naissance"),
    "ssin": _("NISS"),
    "state": _("Aujourd'hui"),
}
"""What a list may show beside the name, in this order."""
SHOWN = ("category", "start", "end", "employer", "state")
"""What it shows until somebody chooses."""
SEARCH_MAX = 80


class Selection(Struct, frozen=True):
    """What an address asks of the list. `q`: a part of a name, never a number."""

    who: str = "now"
    q: str = ""
    category: str = ""
    sort: str = "name"
    columns: tuple[str, ...] = SHOWN

    def address(self, **changes: Any) -> str:
        """The query of an address that asks for this, or for this with changes; what is usual is left out."""
        page = changes.pop("page", None)
        wanted = replace(self, **changes)
        usual = Selection()
        pairs: list[tuple[str, str]] = [
            (name, getattr(wanted, name)) for name in ("who", "q", "category", "sort")
            if getattr(wanted, name) != getattr(usual, name)
        ]  # fmt: skip
        if wanted.columns != usual.columns:
            pairs += [("column", name) for name in wanted.columns or ("",)]
        if page is not None:
            pairs.append(("page", str(page)))
        return "?" + urlencode(pairs)


def selection_of(query: QueryDict) -> Selection:
    """What an address asks for, each part that makes no sense replaced by what is usual."""
    typed = query.get("q", "").strip()[:SEARCH_MAX]
    asked = query.getlist("column")
    return Selection(
        who=_one_of(TAB_NAMES, query.get("who"), "now"),
        q="" if digits_of(typed) else typed,
        category=_one_of(Category.values, query.get("category"), ""),
        sort=_one_of(SORTS, query.get("sort"), "name"),
        columns=tuple(name for name in COLUMNS if name in asked) if asked else SHOWN,
    )  # fmt: skip


def _one_of(known: Iterable[str], asked: str | None, otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise
