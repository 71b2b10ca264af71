"""Presence and shape of dates, hours and planned numbers: one table of fields, one rule of presence per worker type."""

from collections.abc import Callable
from typing import Any

from opendimona.core.calendar import REOPEN, parse_day, parse_hour
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.decision import Anomaly
from opendimona.core.facts import DAYS, END, END_HOUR, HOURS, START, START_HOUR, TYPE, Facts

GLOSSARY = "DIMONA glossary 2023/3, zones 00777, 00778, 00910, 00911, 01017, 01135"


def parse_planned(value: int | float) -> int | None:
    """A planned number of hours or days: a whole number from 1 to 999, or None."""
    number = int(value) if value == value // 1 else 0
    return number if 1 <= number <= 999 else None


FIELDS: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
    ("start_date", "start", START, parse_day),
    ("end_date", "end", END, parse_day),
    ("start_hour", "start_hour", START_HOUR, parse_hour),
    ("end_hour", "end_hour", END_HOUR, parse_hour),
    ("planned_hours_number", "hours", HOURS, parse_planned),
    ("planned_days_number", "days", DAYS, parse_planned),
)
"""Member of the block, fact that it becomes, its zone, how it is read."""


@check("in", codes="00910-003 00911-003 00777-003 00778-003 01135-003 01017-003", source=GLOSSARY, is_of_block=True)
def shape_of_in(facts: Facts) -> Finding:
    """Every date, hour and planned number of an IN is well-formed; 9999-12-31 is no end of an IN."""
    found: list[Anomaly] = []
    block = facts.declaration.dimona_in
    for member, fact, zone, parse in FIELDS:
        value = getattr(block, member)
        if value is None:
            continue
        parsed = parse(value)
        if parsed is None or (parsed == REOPEN and zone == END):
            facts.reported.add(zone)
            found.append(anomaly(f"{zone}-003"))
        else:
            setattr(facts, fact, parsed)
    return found


@check("out", codes="00911-003", source=GLOSSARY)
def shape_of_out(facts: Facts) -> Finding:
    """The end date of an OUT is well-formed; 9999-12-31 is no end of an OUT."""
    block = facts.declaration.dimona_out
    end = parse_day(block.end_date) if block is not None and block.end_date is not None else None
    if end is None or end == REOPEN:
        facts.reported.add(END)
        return (anomaly("00911-003"),)
    facts.end = end
    return ()


def missing(facts: Facts, zone: str) -> Anomaly:
    """Report a zone as missing."""
    facts.reported.add(zone)
    return anomaly(f"{zone}-001")


def forbidden(facts: Facts, zone: str) -> Anomaly:
    """Report a zone as forbidden."""
    facts.reported.add(zone)
    return anomaly(f"{zone}-005")


@check("in", codes="00911-001", source="DIMONA glossary 2023/3, zone 00911, presence", is_of_block=True)
def presence_of_end(facts: Facts) -> Finding:
    """The end is compulsory for agency workers and for the worker types whose row says so."""
    if facts.end is not None or END in facts.reported:
        return ()
    is_required = facts.type_row is not None and facts.type_row.end == "required"
    if is_required or (facts.committee is not None and facts.committee.is_agency):
        return (missing(facts, END),)
    return ()


@check(
    "in",
    codes="00777-001 00777-005 00778-001 00778-005 90373-339",
    source="DIMONA glossary 2023/3, zones 00777 and 00778, presence; block 90373, 339",
    is_of_block=True,
)
def presence_of_hours(facts: Facts) -> Finding:
    """Hours are compulsory for occasional workers and flexi-jobs by the day, forbidden for everyone else.

    The end hour of an occasional worker in the hotel and catering sector may be absent: that is the day package. Until
    September 2013 a type of performance stood in its place, which can no longer be given: there it is missing (339).
    """
    row = facts.type_row
    if row is None:
        return ()
    if row.hours == "none" and facts.start_hour is None and facts.end_hour is None:
        return ()
    if row.hours == "flexi" and not facts.knows(START, END):
        return ()
    found = []
    if not facts.has_hours:
        if facts.start_hour is not None:
            found.append(forbidden(facts, START_HOUR))
        if facts.end_hour is not None:
            found.append(forbidden(facts, END_HOUR))
        return found
    if facts.start_hour is None and START_HOUR not in facts.reported:
        found.append(missing(facts, START_HOUR))
    if facts.end_hour is None and END_HOUR not in facts.reported:
        may_be_package = row.hours == "occasional" and (facts.work_committee is None or facts.is_day_package)
        if facts.work_committee is not None and facts.work_committee.has_performance_type:
            facts.reported.add(END_HOUR)
            found.append(anomaly("90373-339"))
        elif not may_be_package:
            found.append(missing(facts, END_HOUR))
    return found


@check(
    "in",
    codes="01135-001 01135-005 01017-001 01017-005",
    source="DIMONA glossary 2023/3, zones 01135 and 01017, presence",
    is_of_block=True,
)
def presence_of_planned(facts: Facts) -> Finding:
    """Planned hours (days until 2016) are compulsory for students and some article 17 types, forbidden for others."""
    row = facts.type_row
    if row is None or facts.start is None or TYPE in facts.reported:
        return ()
    found = []
    for zone, value, rule in ((HOURS, facts.hours, row.planned_hours), (DAYS, facts.days, row.planned_days)):
        if value is None:
            if rule == "required" and zone not in facts.reported:
                found.append(missing(facts, zone))
        elif rule == "forbidden":
            found.append(forbidden(facts, zone))
    return found
