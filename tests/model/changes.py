"""How the model judges an OUT, an UPDATE and a CANCEL."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.model.rules import check_overlap, check_shape, check_student_hours, check_third_day, is_start_too_late
from tests.model.values import (
    BAD,
    DAY,
    NO_END,
    ModelPeriod,
    Verdict,
    is_in_domain,
    known,
    next_working_day,
    quarter_start,
    read_date,
    read_hour,
    read_planned,
)

ZONES = {
    "startDate": "00910",
    "endDate": "00911",
    "startHour": "00777",
    "endHour": "00778",
    "plannedHoursNumber": "01135",
}
READERS = {
    "startDate": read_date,
    "endDate": read_date,
    "startHour": read_hour,
    "endHour": read_hour,
    "plannedHoursNumber": read_planned,
}


def find_target(world: Any, body: dict[str, Any], block: dict[str, Any], codes: set[str]) -> ModelPeriod | None:
    """The period that is meant, or None when nothing can be declared on it."""
    number = int(block["periodId"])
    if not 10**11 <= number < 10**12 or number // 100 % 97 != number % 100:
        codes.add("00913-003")
        return None
    found = [period for period in world.periods if period.number == number]
    if not found:
        codes.add("00913-357" if number in world.refused else "00913-354")
        return None
    if found[0].cancelled or found[0].locked:
        codes.add("00913-355" if found[0].cancelled else "00913-362")
        return None
    if "dimonaOut" in body and found[0].end:
        codes.add("00913-356")
        return None
    return found[0]


def cross_check(world: Any, body: dict[str, Any], period: ModelPeriod, codes: set[str]) -> None:
    """An employer or worker given beside the number of a period must be the period's own."""
    employer, ssin = body.get("employer", {}).get("employerId"), body.get("worker", {}).get("ssin")
    if employer is not None and world.employers[employer] != period.employer:
        codes.add("00011-347")
    if ssin is not None and ssin != period.worker:
        codes.add("00024-347")


def judge_out(world: Any, body: dict[str, Any], block: dict[str, Any], now: datetime) -> Verdict:
    """The verdict on an OUT."""
    verdict = Verdict()
    end = read_date(block["endDate"])
    if end in (BAD, NO_END):
        verdict.codes.add("00911-003")
        end = BAD
    elif not is_in_domain(end, 1999, now):
        verdict.codes.add("00911-008")
    period = find_target(world, body, block, verdict.codes)
    if period:
        cross_check(world, body, period, verdict.codes)
        if known(end):
            if end < period.start:
                verdict.codes.add("00911-014")
            verdict.late = now.date() > next_working_day(end)
            verdict.outcome = replace(period, end=end)
    return verdict


def judge_cancel(world: Any, body: dict[str, Any], block: dict[str, Any], now: datetime) -> Verdict:
    """The verdict on a CANCEL."""
    verdict = Verdict()
    period = find_target(world, body, block, verdict.codes)
    if period:
        cross_check(world, body, period, verdict.codes)
        verdict.late = now.date() > period.start
        verdict.outcome = replace(period, cancelled=True)
    return verdict


def judge_update(world: Any, body: dict[str, Any], block: dict[str, Any], now: datetime) -> Verdict:
    """The verdict on an UPDATE."""
    verdict = Verdict()
    codes = verdict.codes
    given = {name: READERS[name](block[name]) for name in ZONES if block.get(name) is not None}
    if not given:
        codes.add("90378-360")
    codes.update(f"{ZONES[name]}-003" for name, value in given.items() if value is BAD)
    for name, first_year in (("startDate", 1920), ("endDate", 1999)):
        day = given.get(name, BAD)
        if known(day) and (name, day) != ("endDate", NO_END) and not is_in_domain(day, first_year, now):
            codes.add(f"{ZONES[name]}-008")
    period = find_target(world, body, block, codes)
    if not period:
        return verdict
    cross_check(world, body, period, codes)
    if not given:
        return verdict
    stored = {
        "startDate": period.start,
        "endDate": period.end or NO_END,
        "startHour": period.start_hour,
        "endHour": period.end_hour,
        "plannedHoursNumber": period.planned,
    }
    if all(value == stored[name] for name, value in given.items()):
        codes.add("90378-444")
        return verdict
    changes = {name: value for name, value in given.items() if value != stored[name]}
    check_given(period, changes, codes, now)
    if "00910-005" in codes:
        codes.discard("00910-008")  # what may not be given is not judged for its value
    after = {name: BAD if f"{zone}-005" in codes else changes.get(name, stored[name]) for name, zone in ZONES.items()}
    judge_after(world, period, changes, after, verdict, now)
    return verdict


def check_given(period: ModelPeriod, changes: dict[str, Any], codes: set[str], now: datetime) -> None:
    """What an UPDATE may not touch."""
    start, end = changes.get("startDate"), changes.get("endDate")
    if start is not None and known(start):
        if period.type == "STU":
            codes.add("00910-005")
        elif start > period.start:
            codes.add("00910-344")
        if period.type == "FLX" and now.date() < quarter_start(start) - 31 * DAY:
            codes.add("00910-008")
    if end is not None and known(end):
        if period.end is None:
            codes.add("00913-359")
        elif period.type == "FLX" and end > period.end:
            codes.add("00911-344")
        elif end == NO_END and period.has_compulsory_end:
            codes.add("00913-368")
    if changes.get("startHour", BAD) is not BAD and not period.start_hour:
        codes.add("00777-005")
    if changes.get("endHour", BAD) is not BAD and not period.end_hour:
        codes.add("00778-005")
    if changes.get("plannedHoursNumber", BAD) is not BAD and period.type != "STU":
        codes.add("01135-005")


def judge_after(
    world: Any, period: ModelPeriod, changes: dict[str, Any], after: dict[str, Any], verdict: Verdict, now: datetime
) -> None:
    """The period as it would become, beside the others; and whether each change came in time."""
    start, end, start_hour, end_hour, planned = (
        after[name] for name in ("startDate", "endDate", "startHour", "endHour", "plannedHoursNumber")
    )
    end = None if end == NO_END else end
    is_start_late = False
    if "startDate" in changes and known(start) and start < period.start:
        is_start_late = is_start_too_late(period.type, start, end, period.start_hour and start_hour, now)
    if is_start_late:
        verdict.codes.add("90378-460")
    is_end_late = False
    if "endDate" in changes and known(end) and period.end:
        is_end_late = now.date() > next_working_day(end if end and end < period.end else period.end)
    is_hour_late = False
    if ("startHour" in changes or "endHour" in changes) and known(start_hour, end_hour):
        is_hour_late = now.date() > (period.end or period.start)
    verdict.late = is_start_late or is_end_late or is_hour_late
    check_shape(verdict.codes, "90378", period.type, start, end, start_hour, end_hour)
    if known(start, planned):
        hours = replace(period, start=start, planned=planned, late=period.late or is_start_late)
        check_student_hours(hours, world.periods, verdict)
    if known(start, end, start_hour, end_hour):
        draft = replace(
            period,
            start=start,
            end=end,
            start_hour=start_hour,
            end_hour=end_hour,
            planned=None if not known(planned) else planned,
            late=period.late or is_start_late,
        )
        check_third_day(draft, world.periods, verdict.codes)
        check_overlap(draft, world.periods, "90378", verdict)
        verdict.outcome = draft
