"""The picture of a person's periods and appointments: bars on a scale of days, and the same in words."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from opendimona.portal.staff.models import Appointment, Period

WIDTH, LEFT, TOP = 960, 12, 20
BAR, THIN, GAP = 26, 18, 8
YEARS_BACK, AHEAD = 2, 150
FEW_MONTHS = 3
LETTER = 6.6
"""About how wide a letter of a label is."""


class Bar(Struct):
    """A bar; `is_label_inside` when its text fits into it."""

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
    starts = [one.start for one in (*periods, *appointments)]
    if not starts:
        return None
    first = max(min(starts), date(today.year - YEARS_BACK, 8, 1))
    first = min(first, today - timedelta(60)).replace(day=1)
    last = max([today + timedelta(AHEAD)] + [one.end for one in (*periods, *appointments) if one.end is not None])
    last = min(last, today + timedelta(400))
    scale = _Scale(first, last)
    bars, y = [], float(TOP)
    y = _rows(bars, [p for p in periods if not p.is_cancelled], scale, y, BAR, "ok")
    y = _rows(bars, [p for p in periods if p.is_cancelled], scale, y, THIN, "gone")
    for school in dict.fromkeys(one.school for one in appointments):
        y = _rows(bars, [one for one in appointments if one.school == school], scale, y, THIN, "work", school.name)
    months = [month for month in _months(first, last) if (month.month - 1) % FEW_MONTHS == 0 or (last - first).days < 200]
    height = int(y + 22)
    ticks = [Tick(scale.x(month), month) for month in months if scale.x(month) < WIDTH - 50]
    return Timeline(bars, ticks, scale.x(today), WIDTH, height, first)


class _Scale:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last

    def x(self, day: date) -> float:
        share = (min(max(day, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)
        return round(LEFT + share * (WIDTH - 2 * LEFT), 1)


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
        ends[row:row + 1] = [one.end or date.max]
        bars.append(_bar(one, scale, y + row * (height + GAP), height, kind, name))
    return y + len(ends) * (height + GAP)


def _bar(one: "Period | Appointment", scale: _Scale, y: float, height: int, kind: str, name: str) -> Bar:
    x, right = scale.x(one.start), scale.x(one.end or scale.last)
    width = max(right - x, 3)
    label = name or (f"{one.start:%d/%m/%Y} – " + (f"{one.end:%d/%m/%Y}" if one.end is not None else ""))
    needed = len(label) * LETTER
    baseline = y + height / 2 + 4
    if needed + 16 <= width:
        return Bar(x, y, width, height, kind, label, x + 8, baseline, "start")
    if right + needed + 8 < WIDTH:
        return Bar(x, y, width, height, kind, label, right + 6, baseline, "start")
    return Bar(x, y, width, height, kind, label, x - 6, baseline, "end")


def _months(first: date, last: date) -> list[date]:
    found, day = [], first
    while day <= last:
        found.append(day)
        day = (day + timedelta(32)).replace(day=1)
    return found
