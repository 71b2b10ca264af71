"""What a table of counts may show: no cell of fewer than five persons, and no total that gives one away.

A table has axes; every axis has its values and `TOTAL`. A cell whose persons are too few is hidden. Where a line (all
cells along one axis, with its total) has one hidden cell, subtraction would give it away: another is hidden with it.
Where its total is shown, the hidden cells together are known: one of them must be of enough persons. Lines together may
still give a cell away, as equations do that have one solution for it: then one more is hidden beside it. Pure.
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
PRIME = 2**61 - 1


def hidden_of(
    cells: Mapping[Place, Cell], axes: Sequence[Sequence[Hashable]], fixed: Iterable[Place] = ()
) -> frozenset[Place]:
    """The places that may not be shown. `cells`: those that are not empty, totals included.

    `fixed`: totals that another table of the same counts has decided on: these are hidden, and no other total is where
    an inner cell will do.
    """
    secret = {place for place, cell in cells.items() if 0 < cell.people < FEW} | set(fixed)
    found = set(secret)
    lines = list(_lines(axes))
    while True:
        more = {place for line in lines if (place := _companion(cells, line, found)) is not None}
        more = more or _beside(cells, lines, found, determined_by(lines, found) & secret)
        if not more:
            return frozenset(found)
        found |= more


def determined_by(lines: Iterable[Sequence[Place]], hidden: set[Place]) -> set[Place]:
    """The hidden places whose counts follow from all that is shown: each line is an equation, its cells make its total.

    Solved modulo a prime, in which a place that is free stays free: an equation left with one place determines it.
    """
    solved: dict[Place, dict[Place, int]] = {}
    users: dict[Place, set[Place]] = {}
    rows = [{place: 1 if place != line[-1] else PRIME - 1 for place in line if place in hidden} for line in lines]
    for row in sorted(rows, key=len):  # the short ones first: what a long one brings in, it brings into few
        for place in [one for one in row if one in solved]:
            _subtract(row, solved[place], row[place])
        if not row:
            continue
        first = next(iter(row))
        inverse = pow(row[first], -1, PRIME)
        row = {place: factor * inverse % PRIME for place, factor in row.items()}
        for other in users.pop(first, set()):
            if first in solved[other]:
                _subtract(solved[other], row, solved[other][first])
                for place in row:
                    users.setdefault(place, set()).add(other)
        solved[first] = row
        for place in row:
            users.setdefault(place, set()).add(first)
    return {place for place, row in solved.items() if len(row) == 1}


def _subtract(row: dict[Place, int], other: Mapping[Place, int], factor: int) -> None:
    for place, value in other.items():
        left = (row.get(place, 0) - factor * value) % PRIME
        if left:
            row[place] = left
        else:
            row.pop(place, None)


def _beside(
    cells: Mapping[Place, Cell], lines: Sequence[Sequence[Place]], hidden: set[Place], given_away: set[Place]
) -> set[Place]:
    """For each place that is given away the smallest shown cell on a line of it, else of all; totals last."""
    more = set()
    for place in given_away:
        near = {one for line in lines if place in line for one in line}
        shown = [one for one in near if one not in hidden and cells.get(one, NONE).people]
        shown = shown or [one for one, cell in cells.items() if one not in hidden and cell.people]
        if shown:
            more.add(min(shown, key=lambda one: (one.count(TOTAL), cells[one].people, str(one))))
    return more


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
