"""Until when a declaration is on time, and the warning when it comes later."""

from datetime import date, datetime, timedelta

from opendimona.core.calendar import last_moment, moment
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.dates import EARLIEST, LATEST
from opendimona.core.facts import END, END_HOUR, START, START_HOUR, Facts
from opendimona.law.holidays import next_working_day

SOURCE = "DIMONA glossary 2023/3, blocks 90373 and 90378, 460 (NP); socialsecurity.be, Dimona, when; table deadlines"

SECOND = timedelta(seconds=1)


def start_deadline(facts: Facts, case: str) -> datetime | None:
    """The last moment at which a start may be declared, by worker type and, for some, by the start hour."""
    start = facts.start
    if start is None or facts.type is None or START in facts.reported or start > LATEST:
        return None
    start = max(start, EARLIEST)
    until = facts.law.deadline(case, facts.type, facts.today, start)
    if until == "day-before" and facts.has_hours:
        until = "start-hour"
    if until == "start-hour":
        if facts.start_hour is None or START_HOUR in facts.reported:
            return None
        return moment(start, facts.start_hour)
    if until == "day-before":
        return last_moment(start - timedelta(days=1)) if facts.knows(END) else None
    return last_moment(start) if until == "start-day" else None


def end_deadline(facts: Facts, case: str, end: date | None) -> datetime | None:
    """The last moment at which an end may be declared or changed: 24:00 of the first working day after it."""
    if (
        end is None
        or end > LATEST
        or facts.type is None
        or facts.law.deadline(case, facts.type, facts.today) != "next-working-day"
    ):
        return None
    return last_moment(next_working_day(end))


def update_deadlines(facts: Facts) -> list[datetime]:
    """The deadlines of the changes that an UPDATE asks for; planned hours have none."""
    target, given = facts.target, facts.given
    if target is None or given is None:
        return []
    found: list[datetime | None] = []
    if given.start_date is not None and facts.start is not None and facts.start < target.start:
        found.append(start_deadline(facts, "start-forward"))
    if given.end_date is not None and END not in facts.reported and target.end is not None:
        is_forward = facts.end is not None and facts.end < target.end
        found.append(
            end_deadline(facts, "end-forward", facts.end) if is_forward else end_deadline(facts, "end-back", target.end)
        )
    if (given.start_hour is not None or given.end_hour is not None) and facts.knows(START_HOUR, END_HOUR):
        if facts.law.deadline("hours", facts.type or "", facts.today) == "start-day":
            found.append(last_moment(target.end or target.start))
    return [deadline for deadline in found if deadline is not None]


def deadline_of(facts: Facts) -> datetime | None:
    """The last moment, to the second, at which the declaration is on time; None when it has, or knows, no deadline."""
    if facts.kind == "in":
        return facts.deadline
    target = facts.target
    if target is None or facts.kind == "daily":
        return None
    if facts.kind == "out":
        return end_deadline(facts, "out", facts.end)
    if facts.kind == "cancel":
        is_due = facts.law.deadline("cancel", facts.type or "", facts.today) == "start-day"
        return last_moment(target.start) if is_due else None
    return min(update_deadlines(facts), default=None)


def is_after(at: datetime, deadline: datetime | None) -> bool:
    """Whether a moment is late for a deadline: a start hour is still on time, 24:00 belongs to the next day."""
    return deadline is not None and at > deadline and (deadline.second == 0 or at >= deadline + SECOND)


@check("in", codes="90373-460", source=SOURCE)
def entry_on_time(facts: Facts) -> Finding:
    """An IN that comes after its deadline is accepted, with a warning."""
    if facts.deadline is None:
        facts.deadline = start_deadline(facts, "in")
    facts.is_start_late = is_after(facts.at, facts.deadline)
    return (anomaly("90373-460", "NP"),) if facts.is_start_late else ()


@check("update", codes="90378-460", source=SOURCE)
def earlier_start_on_time(facts: Facts) -> Finding:
    """An UPDATE that brings the start forward after its deadline is accepted, with a warning."""
    target, given = facts.target, facts.given
    if (
        target is None
        or given is None
        or given.start_date is None
        or facts.start is None
        or facts.start >= target.start
    ):
        return ()
    facts.is_start_late = is_after(facts.at, start_deadline(facts, "start-forward"))
    return (anomaly("90378-460", "NP"),) if facts.is_start_late else ()
