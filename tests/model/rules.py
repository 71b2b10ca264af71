"""The rules that an IN and an UPDATE share, each said once in the plainest way."""

from datetime import date, datetime
from typing import Any

from tests.model.values import BAD, DAY, OCCASIONAL, ModelPeriod, Verdict, known, moment, quarter


def wants_hours(kind: Any, start: Any, end: Any, *hours: Any) -> bool | None:
    """Whether a period of this type and these dates has hours; None where that cannot be told."""
    if kind is BAD:
        return None
    if kind != "FLX":
        return bool(kind == "EXT")
    if end is None:
        return False
    if not known(start, end):
        return None
    return bool(end == start or (end - start <= DAY and any(hour is not None for hour in hours)))


def may_combine(kind: str, committee: str, effective: str | None) -> bool:
    """Whether a joint committee knows this worker type."""
    if kind == "EXT":
        return effective in OCCASIONAL
    if kind == "BCW":
        return effective in ("124", None)
    if kind == "FLX":
        return committee in ("XXX", "322")
    if kind == "PMP":
        return committee == "XXX"
    return committee not in OCCASIONAL and not (kind == "OTH" and committee == "124")


def is_start_too_late(kind: str, start: date, end: Any, start_hour: Any, now: datetime) -> bool:
    """Whether a period is announced too late; no where that cannot be told. A start hour itself is still in time."""
    wants = wants_hours(kind, start, end, start_hour)
    if wants is None or (wants and not (start_hour and known(start_hour))):
        return False
    if wants:
        return now > moment(start, start_hour)
    return now.date() >= start if kind == "FLX" else now.date() > start


def check_shape(codes: set[str], block: str, kind: Any, start: Any, end: Any, start_hour: Any, end_hour: Any) -> None:
    """What the dates and hours of one period must be to each other, as far as each of them is known."""
    if end is None or not known(start, end):
        return
    if end < start:
        codes.add("00911-014")
    elif kind == "STU" and quarter(start) != quarter(end):
        codes.add(f"{block}-421")
    if kind == "EXT" and end_hour is None and end > start:
        codes.add("00911-008")
    if start_hour is None or end_hour is None or not known(start_hour, end_hour):
        return
    if start == end and end_hour <= start_hour:
        codes.add("00778-345")
    if known(kind) and moment(end, end_hour) - moment(start, start_hour) > DAY:
        codes.add(f"{block}-341")


def check_third_day(draft: ModelPeriod, periods: list[ModelPeriod], codes: set[str]) -> None:
    """Occasional workers of hotels and undertakers start on at most two days in a row."""
    if not draft.is_limited_to_two_days:
        return
    days = {
        p.start.toordinal()
        for p in periods
        if p.is_limited_to_two_days
        and not p.cancelled
        and p.number != draft.number
        and (p.employer, p.worker) == (draft.employer, draft.worker)
    }
    day = draft.start.toordinal()
    for others in ({day - 2, day - 1}, {day - 1, day + 1}, {day + 1, day + 2}):
        if others <= days:
            codes.add("00910-459")


def check_student_hours(draft: ModelPeriod, periods: list[ModelPeriod], verdict: Verdict) -> None:
    """The hours of a student in a year, at all employers; hours that were beyond the quota before are not named again.

    A period that was declared late stays outside the quota.
    """
    if draft.type != "STU":
        return
    limit = 650 if draft.start.year >= 2025 else 600
    used = before = 0
    for period in periods:
        if (period.type, period.worker, period.start.year) == ("STU", draft.worker, draft.start.year):
            hours = 0 if period.cancelled or period.late else period.planned or 0
            if period.number == draft.number:
                before = hours
            else:
                used += hours
    after = 0 if draft.late else draft.planned or 0
    excess = max(0, used + after - limit) - max(0, used + before - limit)
    if excess > 0:
        verdict.exceeding = excess
        verdict.codes.add("90017-369")


def check_overlap(draft: ModelPeriod, periods: list[ModelPeriod], block: str, verdict: Verdict) -> None:
    """The same period twice, or two that share time and features."""
    if draft.end and draft.end < draft.start:
        return
    first, last = draft.from_to()
    for other in periods:
        if other.cancelled or other.number == draft.number or other.features != draft.features:
            continue
        if other.span == draft.span:
            verdict.codes.add(f"{block}-333")
        elif first < other.from_to()[1] and other.from_to()[0] < last:
            verdict.codes.add(f"{block}-334")
        else:
            continue
        verdict.conflicts.add(other.number)
