"""Counting declarations: by week, network, school and what became of them, with every total, in one question each."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from msgspec import Struct

from opendimona.portal.schools.models import Network
from opendimona.portal.statistics.hiding import FEW, TOTAL, Cell, Place, hidden_of

KEPT = 600
"""Seconds for which a count is kept: it need not be of this very moment."""
OUTCOMES = ("on-time", "late", "refused", "pending", "waiting")
REASONS_SHOWN = 25
OUTCOME = """
    CASE WHEN f.state = 'accepted' AND f.is_late THEN 'late' WHEN f.state = 'accepted' THEN 'on-time'
         ELSE f.state END"""
SOURCE = """
    FROM declare_filing AS f JOIN schools_school AS s ON s.id = f.school_id
    JOIN schools_organisingpower AS p ON p.id = s.power_id
    WHERE f.declared_at >= %s AND f.declared_at < %s"""
WEEKS = f"""
    SELECT week, network, outcome, count(*), count(DISTINCT person_id) FROM (
        SELECT date_trunc('week', f.declared_at AT TIME ZONE 'Europe/Brussels')::date AS week, p.network,
               {OUTCOME} AS outcome, f.person_id {SOURCE}) AS rows
     GROUP BY CUBE (week, network, outcome)"""
SCHOOLS = f"""
    SELECT school, outcome, count(*), count(DISTINCT person_id) FROM (
        SELECT s.id AS school, {OUTCOME} AS outcome, f.person_id {SOURCE} AND p.network = %s) AS rows
     GROUP BY CUBE (school, outcome)"""
REASONS = f"""
    SELECT reason, network, count(*), count(DISTINCT person_id) FROM (
        SELECT coalesce(f.anomalies->0->>'code', '') AS reason, p.network, f.person_id {SOURCE}
           AND f.state = 'refused') AS rows
     GROUP BY CUBE (reason, network)"""
WAITS = f"""
    SELECT network, count(DISTINCT person_id), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
        SELECT p.network, f.person_id, extract(epoch FROM f.decided_at - f.declared_at)::float8 AS seconds {SOURCE}
           AND f.decided_at IS NOT NULL AND f.state IN ('accepted', 'refused')
           AND EXISTS (SELECT 1 FROM inbox_message AS m WHERE m.filing_id = f.id AND m.state = 'pending')) AS rows
     GROUP BY CUBE (network)"""


class Table(Struct, frozen=True):
    """Counts along axes, with what may not be shown of them."""

    axes: tuple[tuple[Any, ...], ...]
    cells: Mapping[Place, Cell]
    hidden: frozenset[Place]

    def shown(self, *place: Any) -> int | None:
        """The count of a place, None where it may not be shown."""
        return None if place in self.hidden else self.cells.get(place, Cell()).count


class Counts(Struct, frozen=True):
    """Everything that is counted of a stretch of time, at a moment. `waits`: median seconds by network, or None."""

    at: datetime
    weeks: Table
    reasons: Table
    waits: Mapping[str, float | None]


def counts_of(start: date, end: date, now: datetime) -> Counts:
    """What was declared from `start` until before `end`."""
    key = f"statistics:{start}:{end}"
    found: Counts | None = cache.get(key)
    if found is None:
        found = Counts(now, _weeks(start, end), _reasons(start, end), _waits(start, end))
        found = Counts(found.at, found.weeks, _linked(found), found.waits)
        cache.set(key, found, KEPT)
    return found


def schools_of(start: date, end: date, network: str, counts: Counts) -> Table:
    """What the schools of a network declared; its totals are hidden as they are in the table of weeks."""
    key = f"statistics:{start}:{end}:{network}"
    found: Table | None = cache.get(key)
    if found is None:
        rows = _rows(SCHOOLS, start, end, network)
        cells = _cells(rows)
        axes = (tuple(sorted({row[0] for row in rows if row[0] is not None})), OUTCOMES)
        fixed = {(TOTAL, outcome) for outcome in (*OUTCOMES, TOTAL)
                 if (TOTAL, network, outcome) in counts.weeks.hidden}  # fmt: skip
        found = Table(axes, cells, hidden_of(cells, axes, fixed))
        cache.set(key, found, KEPT)
    return found


def _weeks(start: date, end: date) -> Table:
    rows = _rows(WEEKS, start, end)
    cells = _cells(rows)
    axes = (tuple(sorted({row[0] for row in rows if row[0] is not None})), tuple(Network.values), OUTCOMES)
    return Table(axes, cells, hidden_of(cells, axes))


def _reasons(start: date, end: date) -> Table:
    rows = _rows(REASONS, start, end)
    cells = _cells(rows)
    codes = sorted({row[0] for row in rows if row[0] is not None}, key=lambda code: -cells[code, TOTAL].count)
    return Table((tuple(codes), tuple(Network.values)), cells, frozenset())


def _linked(counts: Counts) -> Table:
    """The table of reasons with what is hidden: its totals are the refusals of the table of weeks."""
    table = counts.reasons
    fixed = {(TOTAL, network) for network in (*Network.values, TOTAL)
             if (TOTAL, network, "refused") in counts.weeks.hidden}  # fmt: skip
    return Table(table.axes, table.cells, hidden_of(table.cells, table.axes, fixed))


def _waits(start: date, end: date) -> dict[str, float | None]:
    return {
        TOTAL if network is None else network: None if people < FEW else median
        for network, people, median in _rows(WAITS, start, end)
    }


def _rows(query: str, *values: Any) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
        return rows


def _cells(rows: Sequence[Sequence[Any]]) -> dict[Place, Cell]:
    """Rows of a cube as cells; what is null there is a total."""
    return {
        tuple(TOTAL if value is None else value for value in row[:-2]): Cell(row[-2], row[-1])
        for row in rows if row[-2]
    }  # fmt: skip
