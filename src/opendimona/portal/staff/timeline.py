"""The picture of a person's periods and appointments: bars on a scale of days, and the same in words."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from opendimona.portal.staff.models import Appointment, Period

WIDTH, LEFT, TOP = 960, 12, 20
BAR, THIN, GAP = 26, 18, 8
YEARS_BACK, AHEAD = 2, 150
HALF, LONG = 640, 500
MONTH_WIDTH = 80
LETTER = 6.6
"""About how wide a letter of a label is."""


Days = tuple[date, date | None]


class Bar(Struct):
    """A bar, and where its label stands: inside when it fits, else beside it."""

    x: float
    y: float
    width: float
    height: int
    kind: str
    label: str
    label_x: float
    label_y: float
    anchor: str


class Tick(Struct):
    """A line at the first of a month."""

    x: float
    day: date


class Timeline(Struct):
    """The whole picture."""

    bars: list[Bar]
    ticks: list[Tick]
    now: float
    width: int
    height: int
    since: date


def draw_timeline(periods: Sequence[Period], appointments: Sequence[Appointment], today: date) -> Timeline | None:
    """The picture around a day; None when there is nothing to draw. Older things are cut off at the left edge."""
    spans = [(one.start, one.end) for one in periods] + [(one.start, one.end) for one in appointments]
    starts = [start for start, _ in spans]
    if not starts:
        return None
    first = max(min(starts), date(today.year - YEARS_BACK, 8, 1))
    first = min(first, today - timedelta(60)).replace(day=1)
    last = max([today + timedelta(AHEAD)] + [end for _, end in spans if end is not None])
    last = min(last, today + timedelta(400))
    scale = _Scale(first, last)
    bars: list[Bar] = []
    y = float(TOP)
    y = _rows(bars, [p for p in periods if not p.is_cancelled], scale, y, BAR, "ok")
    y = _rows(bars, [p for p in periods if p.is_cancelled], scale, y, THIN, "gone")
    for school in dict.fromkeys(one.school for one in appointments):
        y = _rows(bars, [one for one in appointments if one.school == school], scale, y, THIN, "work", school.name)
    height = int(y + 22)
    return Timeline(bars, _ticks(scale), scale.x(today), WIDTH, height, first)


def draw_conflict(there: Days, wished: Days, name: str) -> Timeline:
    """A period that is there, and below it the one wished for: the same scale, half the width of a page."""
    first = min(there[0], wished[0] - timedelta(120))
    if (wished[0] - first).days > LONG:
        first = wished[0] - timedelta(LONG)
    ends = [end for end in (there[1], wished[1]) if end is not None]
    scale = _Scale(first.replace(day=1), max([*ends, wished[0] + timedelta(60)]) + timedelta(15), HALF)
    bars = [
        _bar(there[0], there[1], scale, TOP, BAR, "ok", ""),
        _bar(wished[0], wished[1], scale, TOP + BAR + GAP, BAR, "ask", name),
    ]
    ticks = _ticks(scale)
    return Timeline(bars, ticks, 0, HALF, TOP + 2 * (BAR + GAP) + 22, scale.first)


def _ticks(scale: "_Scale") -> list[Tick]:
    """Lines at the first of months, as many as there is room for."""
    months = _months(scale.first, scale.last)
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 1200) if len(months) / step * MONTH_WIDTH < scale.width)
    kept = [month for month in months if (month.year * 12 + month.month - 1) % step == 0]
    return [Tick(scale.x(month), month) for month in kept if scale.x(month) < scale.width - 50]


class _Scale:
    def __init__(self, first: date, last: date, width: int = WIDTH) -> None:
        self.first, self.last, self.width = first, last, width

    def x(self, day: date) -> float:
        share = (min(max(day, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)
        return round(LEFT + share * (self.width - 2 * LEFT), 1)


def _rows(
    bars: list[Bar],
    items: "Sequence[Period | Appointment]",
    scale: _Scale,
    y: float,
    height: int,
    kind: str,
    name: str = "",
) -> float:
    """Lay items out in as few rows as they need; returns where the next rows begin."""
    ends: list[date] = []
    drawn = [one for one in items if (one.end or date.max) >= scale.first and one.start <= scale.last]
    for one in drawn:
        row = next((place for place, end in enumerate(ends) if end < one.start), len(ends))
        ends[row : row + 1] = [one.end or date.max]
        bars.append(_bar(one.start, one.end, scale, y + row * (height + GAP), height, kind, name))
    return y + len(ends) * (height + GAP)


def _bar(start: date, end: date | None, scale: _Scale, y: float, height: int, kind: str, name: str) -> Bar:
    x, right = scale.x(start), scale.x(end or scale.last)
    width = max(right - x, 3)
    label = name or (f"{start:%d/%m/%Y} – " + (f"{end:%d/%m/%Y}" if end is not None else "…"))
    needed = len(label) * LETTER
    baseline = y + height / 2 + 4
    if needed + 16 <= width:
        return Bar(x, y, width, height, kind, label, x + 8, baseline, "start")
    if right + needed + 8 < scale.width:
        return Bar(x, y, width, height, kind, label, right + 6, baseline, "start")
    return Bar(x, y, width, height, kind, label, x - 6, baseline, "end")


def _months(first: date, last: date) -> list[date]:
    found, day = [], first
    while day <= last:
        found.append(day)
        day = (day + timedelta(32)).replace(day=1)
    return found
