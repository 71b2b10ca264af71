"""Bars of the weeks, stacked by what became of the declarations: on the page, and as a file of its own."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from opendimona.portal.statistics.counting import OUTCOMES, Table
from opendimona.portal.statistics.hiding import TOTAL

HEIGHT, STEP, WEEKS = 160, 14, 53
UNTOLD = "untold"
"""What is of a total that is shown, and of outcomes that are not."""


class Piece(Struct, frozen=True):
    """A part of a bar: of which outcome, where, how high, and its count."""

    outcome: str
    x: int
    y: float
    height: float
    count: int


class Bar(Struct, frozen=True):
    """A week: its parts, and whether some may not be shown."""

    week: date
    x: int
    pieces: list[Piece]
    is_partial: bool
    label: str


class Chart(Struct, frozen=True):
    """All bars, and the height that a number of declarations has."""

    bars: list[Bar]
    most: int
    width: int
    height: int = HEIGHT


def chart_of(table: Table, network: str = TOTAL) -> Chart:
    """The weeks of a network, or of all. What is hidden has no height, and the bar says so."""
    weeks: Sequence[date] = table.axes[0]
    shown = {week: _parts(table, week, network) for week in weeks}
    most = max((sum(count or 0 for _, count in parts) for parts in shown.values()), default=0) or 1
    bars = []
    for place, week in enumerate(weeks):
        pieces, y = [], float(HEIGHT)
        for outcome, count in shown[week]:
            if count:
                height = count / most * (HEIGHT - 20)
                y -= height
                pieces.append(Piece(outcome, place * STEP, y, height, count))
        is_partial = any(count is None for _, count in shown[week])
        label = f"{week:%d/%m}" if place % 6 == 0 else ""
        bars.append(Bar(week, place * STEP, pieces, is_partial, label))
    return Chart(bars, most, max(len(weeks) * STEP, WEEKS * STEP))


def _parts(table: Table, week: date, network: str) -> list[tuple[str, int | None]]:
    """The outcomes of a week, and what its total holds beside those that are shown."""
    parts = [(outcome, table.shown(week, network, outcome)) for outcome in OUTCOMES]
    total = table.shown(week, network, TOTAL)
    return [*parts, (UNTOLD, None if total is None else total - sum(count or 0 for _, count in parts))]
