"""What a table of counts may show: no cell of fewer than five persons, and no total that gives one away.

A table has axes; every axis has its values and `TOTAL`. A cell whose persons are too few is hidden. Where a line (all
cells along one axis, with its total) has one hidden cell, subtraction would give it away: another is hidden with it.
Where its total is shown, the hidden cells together are known: one of them must be of enough persons. Pure.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import product

from msgspec import Struct

FEW = 5
TOTAL = "total"
Place = tuple[Hashable, ...]


class Cell(Struct, frozen=True):
    """So many declarations, of so many persons."""

    count: int = 0
    people: int = 0


NONE = Cell()


def hidden_of(
    cells: Mapping[Place, Cell], axes: Sequence[Sequence[Hashable]], fixed: Iterable[Place] = ()
) -> frozenset[Place]:
    """The places that may not be shown. `cells`: those that are not empty, totals included.

    `fixed`: totals that another table of the same counts has decided on: these are hidden, and no other total is where
    an inner cell will do.
    """
    found = {place for place, cell in cells.items() if 0 < cell.people < FEW} | set(fixed)
    lines = list(_lines(axes))
    while True:
        more = {place for line in lines if (place := _companion(cells, line, found)) is not None}
        if not more:
            return frozenset(found)
        found |= more


def _lines(axes: Sequence[Sequence[Hashable]]) -> Iterable[list[Place]]:
    """Every line: all values along one axis and its total, with the others held."""
    whole = [[*axis, TOTAL] for axis in axes]
    for number, axis in enumerate(whole):
        others = whole[:number] + whole[number + 1 :]
        for held in product(*others):
            yield [(*held[:number], value, *held[number:]) for value in axis]


def _companion(cells: Mapping[Place, Cell], line: Sequence[Place], hidden: set[Place]) -> Place | None:
    """What must be hidden too, so that the line gives nothing away: the smallest that will do, a total last."""
    mine = [place for place in line if place in hidden]
    if not mine:
        return None
    is_total_shown = line[-1] not in hidden
    has_enough = any(cells.get(place, NONE).people >= FEW for place in mine)
    if len(mine) > 1 and (has_enough or not is_total_shown):
        return None
    shown = [place for place in line if place not in hidden and cells.get(place, NONE).people]
    enough = [place for place in shown if cells[place].people >= FEW] or shown
    if not enough:
        return None
    return min(enough, key=lambda place: (place == line[-1], cells[place].people, str(place)))
