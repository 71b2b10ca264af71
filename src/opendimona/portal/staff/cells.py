"""What each column of the personnel list shows of somebody.

A page of the list has hundreds of cells: as functions, with each word looked up once for the page, they cost a third of
what a template's own branches do.
"""

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opendimona.portal.site.tags import short
from opendimona.portal.staff.chosen import Row
from opendimona.portal.staff.models import Category
from opendimona.portal.staff.selection import COLUMNS

NARROW = {"load": "inline", "start": "inline", "end": "inline", "birth": "inline", "period": "nowrap",
          "ssin": "nowrap", "note": "", "employer": "less"}  # fmt: skip
"""The class of the cells of each column that say on a narrow screen which column they are of."""


class Cells:
    """The cells of the columns that are shown, in order, in the language of the page."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._labels = {name: str(COLUMNS[name]) for name in columns}
        self._categories = {value: str(label) for value, label in Category.choices}
        self._covered, self._uncovered = ("ok", "✓", _("Couvert")), ("no", "✕", _("Non couvert"))
        self._coming, self._left = ("idle", "→", _("À venir")), ("idle", "–", _("Parti"))
        special: dict[str, Callable[[Row], SafeString]] = {"category": self._category, "state": self._state}
        self._ways = [special.get(name) or self._plain(name) for name in columns]

    def of(self, row: Row) -> SafeString:
        """Those of a row."""
        return SafeString("".join([way(row) for way in self._ways]))

    def _plain(self, name: str) -> Callable[[Row], SafeString]:
        shape = f'<td class="{NARROW[name]}" data-label="{{}}">{{}}</td>'
        label, value = self._labels[name], VALUES[name]
        return lambda row: format_html(shape, label, value(row))

    def _category(self, row: Row) -> SafeString:
        """The function; under it what it is for, unless that has columns of its own."""
        one = row.appointment
        if one is None:
            return SafeString("<td></td>")
        name = self._categories[one.category]
        if not one.note or "note" in self._columns:
            return format_html("<td>{}</td>", name)
        load = f", {one.load}" if one.load and "load" not in self._columns else ""
        return format_html("<td>{}<br><small>{}{}</small></td>", name, one.note, load)

    def _state(self, row: Row) -> SafeString:
        if row.is_here:
            said = self._covered if row.is_covered else self._uncovered
        else:
            said = self._coming if row.is_coming else self._left
        return format_html('<td><span class="state {}"><span aria-hidden="true">{}</span> {}</span></td>', *said)


def _employer(row: Row) -> str:
    return "" if row.appointment is None else str(row.appointment.employer.name)


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row.appointment is None else str(getattr(row.appointment, name))


def _day(name: str) -> Callable[[Row], str]:
    def shown(row: Row) -> str:
        day: date | None = getattr(row.appointment, name, None)
        return short(day)

    return shown


VALUES: dict[str, Callable[[Row], str]] = {
    "note": _text("note"),
    "load": _text("load"),
    "start": _day("start"),
    "end": _day("end"),
    "employer": _employer,
    "period": lambda row: "–" if row.period is None else row.period.number_text,
    "birth": lambda row: short(row.person.birth_date),
    "ssin": lambda row: row.person.ssin_text or "–",
}
