"""Dates and hours of the period as it would become: in their domain, in order, within the quarter or the day."""

from datetime import date, timedelta

from opendimona.core.calendar import minute, quarter, quarter_start
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.facts import DAYS, END, END_HOUR, START, START_HOUR, Facts
from opendimona.core.file import Period

DAY = timedelta(days=1)
MINUTES_IN_DAY = 1440
EARLIEST, LATEST = date(2, 1, 1), date(9990, 1, 1)
"""Days between which one may count forth and back; what lies beyond is out of its domain anyway."""


def is_start_new(facts: Facts) -> bool:
    """Whether the declaration sets the start: an IN, or an UPDATE that changes it."""
    return facts.start is not None and (facts.target is None or facts.start != facts.target.start)


def is_end_new(facts: Facts) -> bool:
    """Whether the declaration sets the end."""
    return facts.end is not None and (facts.target is None or facts.end != facts.target.end)


@check(
    "in",
    "update",
    codes="00910-008",
    source="DIMONA glossary 2023/3, zone 00910, permitted domain",
    is_of_block=True,
)
def start_in_domain(facts: Facts) -> Finding:
    """The start lies from 1920-01-01 to before the tenth year after filing; for some worker types not far ahead."""
    start, bounds = facts.start, facts.law.bounds
    if start is None or not is_start_new(facts):
        return ()
    if not (bounds.start_min <= start and start.year < facts.today.year + bounds.years_ahead):
        return (anomaly("00910-008"),)
    row = facts.type_row
    if row is None:
        return ()
    if row.days_before_quarter is not None and facts.today < quarter_start(start) - DAY * row.days_before_quarter:
        return (anomaly("00910-008"),)
    if row.days_ahead is not None and facts.today < start - DAY * row.days_ahead:
        return (anomaly("00910-008"),)
    return ()


@check(
    "in",
    "out",
    "update",
    codes="00911-008",
    source="DIMONA glossary 2023/3, zone 00911, permitted domain",
    is_of_block=True,
)
def end_in_domain(facts: Facts) -> Finding:
    """The end lies from 1999-01-01 to before the tenth year after filing; for work by the day it is the start."""
    end, bounds = facts.end, facts.law.bounds
    if end is None:
        return ()
    if is_end_new(facts) and not (bounds.end_min <= end and end.year < facts.today.year + bounds.years_ahead):
        return (anomaly("00911-008"),)
    row = facts.type_row
    if row is None or facts.start is None or end <= facts.start or not facts.knows(START, END):
        return ()
    is_package = row.hours == "occasional" and facts.is_day_package and facts.knows(END_HOUR)
    return (anomaly("00911-008"),) if is_package or row.end_rule == "same-day" else ()


@check(
    "in",
    "out",
    "update",
    "daily",
    codes="00911-014",
    source="DIMONA glossary 2023/3, zone 00911, 014",
    is_of_block=True,
)
def end_after_start(facts: Facts) -> Finding:
    """The end is not before the start."""
    if facts.start is None or facts.end is None or facts.end >= facts.start:
        return ()
    if not facts.is_period_known or not facts.knows(START, END):
        return ()
    return (anomaly("00911-014"),)


@check(
    "in",
    "update",
    codes="90373-421 90378-421",
    source="DIMONA glossary 2023/3, zone 00911; blocks 90373 and 90378, 421",
    is_of_block=True,
)
def within_quarter(facts: Facts) -> Finding:
    """A period of a student, or of some article 17 types, starts and ends in the same quarter."""
    row = facts.type_row
    if row is None or row.end_rule != "quarter" or facts.start is None or facts.end is None:
        return ()
    if facts.end < facts.start or not facts.knows(START, END):
        return ()
    return () if quarter(facts.start) == quarter(facts.end) else (anomaly(f"{facts.block}-421"),)


@check(
    "in",
    "update",
    types="STU",
    codes="90373-370 90378-370",
    source="DIMONA glossary 2023/3, blocks 90373 and 90378, 370; the format by quarter, with planned days, from 2012",
    is_of_block=True,
)
def student_within_old_format(facts: Facts) -> Finding:
    """A student's period that starts before 2012, in the old format, ends on 31 December 2011 at the latest."""
    row = facts.type_row
    if row is None or row.end_max is None or facts.end is None or not is_end_new(facts) or not facts.knows(START, END):
        return ()
    return (anomaly(f"{facts.block}-370"),) if facts.end > row.end_max else ()


@check(
    "in",
    "update",
    codes="90373-420 90378-420",
    source="DIMONA glossary 2023/3, blocks 90373 and 90378, 420",
    is_of_block=True,
)
def planned_days_fit(facts: Facts) -> Finding:
    """No more days are planned than the period has."""
    if facts.days is None or facts.start is None or facts.end is None:
        return ()
    if facts.end < facts.start or not facts.knows(START, END, DAYS):
        return ()
    return (anomaly(f"{facts.block}-420"),) if facts.days > (facts.end - facts.start).days + 1 else ()


@check("in", "update", "daily", codes="00778-345", source="DIMONA glossary 2023/3, zone 00778, 345", is_of_block=True)
def end_hour_after_start_hour(facts: Facts) -> Finding:
    """On one day, the end hour comes after the start hour."""
    if facts.start_hour is None or facts.end_hour is None or not facts.knows(START, END, START_HOUR, END_HOUR):
        return ()
    is_wrong = (
        facts.is_period_known
        and facts.start is not None
        and facts.start == facts.end
        and facts.end_hour <= facts.start_hour
    )
    return (anomaly("00778-345"),) if is_wrong else ()


@check(
    "in",
    "update",
    codes="90373-341 90378-341",
    source="DIMONA glossary 2023/3, blocks 90373 and 90378, 341",
    is_of_block=True,
)
def at_most_a_day(facts: Facts) -> Finding:
    """Work declared with hours lasts at most 24 hours."""
    if facts.start_hour is None or facts.end_hour is None or facts.start is None or facts.end is None:
        return ()
    if facts.end < facts.start or not facts.is_period_known or facts.type_row is None:
        return ()
    if not facts.knows(START, END, START_HOUR, END_HOUR):
        return ()
    length = minute(facts.end, facts.end_hour) - minute(facts.start, facts.start_hour)
    return (anomaly(f"{facts.block}-341"),) if length > MINUTES_IN_DAY else ()


def is_occasional_beside(period: Period, facts: Facts) -> bool:
    """Whether a period is another one of an occasional worker at this employer that still counts."""
    if period.is_cancelled or facts.employer is None or period.employer != facts.employer.id:
        return False
    is_other = facts.target is None or period.number != facts.target.number
    if not is_other or period.features.worker_type != facts.type:
        return False
    committee = facts.law.joint_committee(period.features.effective_joint_committee or "", period.start)
    return committee is not None and committee.max_consecutive_days is not None


def days_in_a_row(days: set[date], day: date) -> int:
    """How many days in a row `day` makes with the others."""
    first = last = day
    while first - DAY in days:
        first -= DAY
    while last + DAY in days:
        last += DAY
    return (last - first).days + 1


@check(
    "in",
    "update",
    types="EXT",
    codes="00910-459",
    source="DIMONA glossary 2023/3, zone 00910, 459; a night shift counts on its first day",
)
def not_too_many_days_in_a_row(facts: Facts) -> Finding:
    """An occasional worker is declared on at most two days in a row at one employer, in the committees that say so."""
    committee = facts.work_committee
    if committee is None or committee.max_consecutive_days is None or facts.start is None or not is_start_new(facts):
        return ()
    if not EARLIEST < facts.start < LATEST:
        return ()
    others = {period.start for period in facts.file.periods if is_occasional_beside(period, facts)}
    return (anomaly("00910-459"),) if days_in_a_row(others, facts.start) > committee.max_consecutive_days else ()
