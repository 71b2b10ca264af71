"""What an UPDATE asks for: something, something else than what stands, and something that may be changed."""

from opendimona.core.calendar import REOPEN
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.fields import FIELDS, forbidden
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import DimonaUpdate
from opendimona.core.facts import DAYS, END, END_HOUR, HOURS, START, START_HOUR, Facts

UPDATE = "DIMONA glossary 2023/3, block 90378"
NO_CHANGE = DimonaUpdate()


def given_update(facts: Facts) -> DimonaUpdate:
    """The UPDATE block as declared."""
    return facts.declaration.dimona_update or NO_CHANGE


@check("update", codes="90378-360", source=f"{UPDATE}, 360; planned hours alone are enough")
def something_given(facts: Facts) -> Finding:
    """An UPDATE gives more than the number of its period."""
    block = given_update(facts)
    if any(getattr(block, member) is not None for member, *_ in FIELDS):
        return ()
    return (anomaly("90378-360"),)


@check(
    "update",
    codes="00910-003 00911-003 00777-003 00778-003 01135-003 01017-003",
    source="DIMONA glossary 2023/3, zones of block 90378",
)
def shape_of_update(facts: Facts) -> Finding:
    """Every date, hour and planned number of an UPDATE is well-formed; an end of 9999-12-31 removes the end.

    Reads what is given into the facts, over what the period had; a given start equal to the stored one is as not given.
    """
    block, found = given_update(facts), []
    facts.given = DimonaUpdate()
    for member, fact, zone, parse in FIELDS:
        value = getattr(block, member)
        if value is None:
            continue
        parsed = parse(value)
        if parsed is None:
            facts.reported.add(zone)
            found.append(anomaly(f"{zone}-003"))
        else:
            if zone == END and parsed == REOPEN:
                facts.is_removing_end, parsed = True, None
            if facts.target is not None and parsed != getattr(facts.target, STORED[fact]):
                setattr(facts.given, member, value)
            setattr(facts, fact, parsed)
    return found


STORED = {
    "start": "start",
    "end": "end",
    "start_hour": "start_hour",
    "end_hour": "end_hour",
    "hours": "planned_hours",
    "days": "planned_days",
}


@check("update", codes="90378-444", source=f"{UPDATE}, 444")
def something_changed(facts: Facts) -> Finding:
    """At least one given value differs from the stored one."""
    given = facts.given
    if (
        facts.reported
        or given is None
        or given != NO_CHANGE
        or given_update(facts) == DimonaUpdate(period_id=given_update(facts).period_id)
    ):
        return ()
    return (anomaly("90378-444"),)


@check("update", codes="00910-005 00910-344", source="DIMONA glossary 2023/3, zone 00910, presence and 344")
def start_may_move(facts: Facts) -> Finding:
    """A start may be brought forward, never put back; that of a student from 2017 on may not be changed at all."""
    target, given = facts.target, facts.given
    if target is None or given is None or given.start_date is None or facts.start is None or facts.type_row is None:
        return ()
    if facts.type_row.is_start_fixed:
        facts.start = None
        return (forbidden(facts, START),)
    return (anomaly("00910-344"),) if facts.start > target.start else ()


@check("update", codes="00913-359 00913-368 00911-344", source="DIMONA glossary 2023/3, zones 00911 and 00913")
def end_may_move(facts: Facts) -> Finding:
    """An OUT closes an open period (359); a compulsory end stays (368); a flexi-job's end is never put back (344)."""
    target, given, row = facts.target, facts.given, facts.type_row
    if target is None or given is None or given.end_date is None or END in facts.reported or row is None:
        return ()
    if target.end is None:
        return (anomaly("00913-359"),)
    if row.is_end_fixed_forward and (facts.end is None or facts.end > target.end):
        return (anomaly("00911-344"),)
    is_compulsory = row.end == "required" or (facts.committee is not None and facts.committee.is_agency)
    return (anomaly("00913-368"),) if facts.is_removing_end and is_compulsory else ()


@check(
    "update",
    codes="00777-005 00778-005 01135-005 01017-005",
    source="DIMONA glossary 2023/3, zones 00777, 00778, 01135, 01017",
)
def members_may_be_given(facts: Facts) -> Finding:
    """Hours are given only for a period that has them (no end hour for a day package), planned numbers likewise."""
    target, row, block = facts.target, facts.type_row, given_update(facts)
    if target is None or row is None:
        return ()
    found: list[Anomaly] = []
    if target.start_hour is None and block.start_hour is not None and START_HOUR not in facts.reported:
        found.append(forbidden(facts, START_HOUR))
    if target.end_hour is None and block.end_hour is not None and END_HOUR not in facts.reported:
        found.append(forbidden(facts, END_HOUR))
    for zone, value, rule in (
        (HOURS, block.planned_hours_number, row.planned_hours),
        (DAYS, block.planned_days_number, row.planned_days),
    ):
        if value is not None and rule == "forbidden" and zone not in facts.reported:
            found.append(forbidden(facts, zone))
    return found
