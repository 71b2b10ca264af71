"""Daily registrations of the hotel and catering sector: what each action needs, its period, its hours, overlaps."""

from msgspec.structs import replace

from opendimona.core.calendar import MINUTES, REOPEN, hour_text, minute
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.fields import FIELDS, forbidden, missing
from opendimona.core.checks.reference import parse_period_number, unusable
from opendimona.core.decision import Anomaly, RegistrationConflict
from opendimona.core.declaration import DimonaDailyRegistration
from opendimona.core.facts import END, END_HOUR, PERIOD, REGISTRATION, START, START_HOUR, STATUS, Action, Facts
from opendimona.core.file import DailyRegistration, Period

BLOCK = "DIMONA glossary 2023/3, block 90480"
ACTIONS: dict[str, Action] = {"0": "create", "1": "modify", "3": "cancel"}
MEMBERS = FIELDS[:4]
"""Dates and hours, as other declarations have them."""
REQUIRED = (START, END, START_HOUR)
NOTHING_GIVEN = DimonaDailyRegistration()
MINUTES_IN_HOUR = 60


def given_registration(facts: Facts) -> DimonaDailyRegistration:
    """The block as declared."""
    return facts.declaration.dimona_daily_registration or NOTHING_GIVEN


def parse_action(value: int | float | str | None) -> Action | None:
    """What a status of the attestation asks for: 0 create, 1 modify, 3 cancel; None for anything else."""
    if value is None:
        return None
    return ACTIONS.get(value if isinstance(value, str) else str(int(value)) if value == value // 1 else "")


def registration_number(block: DimonaDailyRegistration, number: int) -> int:
    """The number of the registration that a declaration with this number made or referred to."""
    if parse_action(block.attestation_status) == "create":
        return number
    return parse_period_number(block.daily_registration_id) or 0


@check("daily", codes="00110-001 00110-003", source="DIMONA glossary 2023/3, zone 00110")
def action_given(facts: Facts) -> Finding:
    """The status says whether a registration is made (0), modified (1) or cancelled (3)."""
    given = given_registration(facts).attestation_status
    if given is None:
        return (missing(facts, STATUS),)
    facts.action = parse_action(given)
    if facts.action is not None:
        return ()
    facts.reported.add(STATUS)
    return (anomaly("00110-003"),)


@check(
    "daily",
    codes="01085-001 01085-003 01085-005 00913-001 00913-003 00913-005",
    source="DIMONA glossary 2023/3, zones 01085 and 00913, presence",
)
def numbers_given(facts: Facts) -> Finding:
    """A new registration names its period and no registration; a modification or cancellation the other way round."""
    block, found = given_registration(facts), []
    wanted, unwanted = (PERIOD, REGISTRATION) if facts.action == "create" else (REGISTRATION, PERIOD)
    for zone, value in ((REGISTRATION, block.daily_registration_id), (PERIOD, block.period_id)):
        if facts.action is not None and value is None and zone == wanted:
            found.append(missing(facts, zone))
        elif facts.action is not None and value is not None and zone == unwanted:
            found.append(forbidden(facts, zone))
        elif value is not None and parse_period_number(value) is None:
            facts.reported.add(zone)
            found.append(anomaly(f"{zone}-003"))
    return found


@check(
    "daily",
    codes="01085-092 01085-354 01085-355 01085-181",
    source="DIMONA glossary 2023/3, zone 01085; annex 30; table daily_registrations",
)
def registration_found(facts: Facts) -> Finding:
    """The registration to modify or cancel is known, not cancelled, and its period still lets it change.

    A number that nothing bears is an unknown element (092); one that something else bears is no registration (354).
    """
    file, registration = facts.file, facts.file.registration
    if facts.action not in ("modify", "cancel") or REGISTRATION in facts.reported:
        return ()
    if registration is None:
        return unusable_registration(facts, "092" if file.registration_reference == "unknown" else "354")
    if registration.is_cancelled:
        return unusable_registration(facts, "355")
    period = file.target
    if period is None or period.is_locked or (period.is_cancelled and facts.action == "modify"):
        return unusable_registration(facts, "181")
    facts.registration, facts.target = registration, period
    if facts.action == "modify":
        facts.start, facts.start_hour = registration.start, registration.start_hour
        facts.end, facts.end_hour = registration.end, registration.end_hour
    return ()


def unusable_registration(facts: Facts, error: str) -> Finding:
    """Report the number of the registration."""
    facts.reported.add(REGISTRATION)
    return (anomaly(f"01085-{error}"),)


@check(
    "daily",
    codes="00913-354 00913-355 00913-357 00913-362 00913-461 00913-462",
    source="DIMONA glossary 2023/3, zone 00913; annex 30, 461 and 462; table daily_registrations",
)
def period_takes_registrations(facts: Facts) -> Finding:
    """A new registration stands in a known period, neither cancelled nor locked, of staff that is registered daily.

    Its employer has chosen Dimona to register presence (461). Who is declared with hours already is not registered
    again (462).
    """
    period = facts.file.target
    if facts.action != "create" or PERIOD in facts.reported:
        return ()
    if facts.file.reference == "blocked":
        return unusable(facts, "357")
    if period is None:
        return unusable(facts, "354")
    if period.is_cancelled:
        return unusable(facts, "355")
    if period.is_locked:
        return unusable(facts, "362")
    facts.target = period
    found: list[Anomaly] = []
    if facts.employer is not None and not facts.employer.may_register_daily:
        found.append(anomaly("00913-461"))
    if is_registered_otherwise(facts, period):
        found.append(anomaly("00913-462"))
    return found


def is_registered_otherwise(facts: Facts, period: Period) -> bool:
    """Whether a period is declared with hours, or of a worker type that has no daily registrations."""
    rule = facts.law.daily_registration_rule(facts.start or facts.today)
    return period.start_hour is not None or (rule is not None and period.features.worker_type in rule.never)


@check(
    "daily",
    codes="00910-001 00910-003 00910-005 00911-001 00911-003 00911-005 00777-001 00777-003 00777-005 00778-003 "
    "00778-005",
    source="DIMONA glossary 2023/3, zones 00777, 00778, 00910 and 00911, presence",
)
def members_given(facts: Facts) -> Finding:
    """A new registration has dates and a start hour, a modification what changes, a cancellation neither."""
    block, found = given_registration(facts), []
    for member, fact, zone, parse in MEMBERS:
        value = getattr(block, member)
        if value is None:
            if facts.action == "create" and zone in REQUIRED:
                found.append(missing(facts, zone))
            continue
        if facts.action == "cancel":
            found.append(forbidden(facts, zone))
            continue
        parsed = parse(value)
        if parsed is None or parsed == REOPEN:
            facts.reported.add(zone)
            found.append(anomaly(f"{zone}-003"))
        else:
            setattr(facts, fact, parsed)
    return found


@check("daily", codes="90480-003 90480-444", source=f"{BLOCK}, 003 and 444; as 90378-360 and 90378-444 of an UPDATE")
def something_modified(facts: Facts) -> Finding:
    """A modification gives a date or an hour (003), and at least one that differs from the registration (444)."""
    if facts.action != "modify":
        return ()
    block = given_registration(facts)
    if all(getattr(block, member) is None for member, *_ in MEMBERS):
        return (anomaly("90480-003"),)
    registration = facts.registration
    if registration is None or facts.reported or current(facts) != current(registration):
        return ()
    facts.start = facts.end = facts.start_hour = facts.end_hour = None  # nothing changes: nothing else to judge
    return (anomaly("90480-444"),)


def current(of: Facts | DailyRegistration) -> tuple[object, ...]:
    """Dates and hours, to compare."""
    return of.start, of.start_hour, of.end, of.end_hour


@check(
    "daily",
    codes="00910-008 00911-008",
    source="DIMONA glossary 2023/3, zones 00910 and 00911, permitted domain; table daily_registrations",
)
def registration_in_domain(facts: Facts) -> Finding:
    """A registration starts on a day for which there are rules, and ends before the tenth year after filing."""
    start, end, found = facts.start, facts.end, []
    last_year = facts.today.year + facts.law.bounds.years_ahead
    if start is not None and (start.year >= last_year or facts.law.daily_registration_rule(start) is None):
        facts.reported.add(START)
        found.append(anomaly("00910-008"))
    if end is not None and not (facts.law.bounds.end_min <= end and end.year < last_year):
        facts.reported.add(END)
        found.append(anomaly("00911-008"))
    return found


@check("daily", codes="00910-462 00911-462", source="DIMONA glossary 2023/3, zones 00910 and 00911, 462")
def registration_within_period(facts: Facts) -> Finding:
    """A registration starts and ends on days of its period."""
    period, found = facts.target, []
    if period is None:
        return ()
    for zone, day in ((START, facts.start), (END, facts.end)):
        if day is None or zone in facts.reported or (zone == END and facts.start is not None and day < facts.start):
            continue
        if day < period.start or (period.end is not None and day > period.end):
            found.append(anomaly(f"{zone}-462"))
    return found


def minutes_of(of: Facts | DailyRegistration) -> tuple[int, int]:
    """The first minute of a registration, and the first after it: without an end hour, the end of its last day."""
    if of.start is None or of.end is None or of.start_hour is None:
        return 0, 0
    first = minute(of.start, of.start_hour)
    return first, (of.end.toordinal() + 1) * MINUTES if of.end_hour is None else minute(of.end, of.end_hour)


@check("daily", codes="90480-260", source=f"{BLOCK}, 260; table daily_registrations")
def not_too_many_hours(facts: Facts) -> Finding:
    """A registration has no more hours than the law's row allows; without an end hour, by its dates alone."""
    first, after = minutes_of(facts)
    if facts.start is None or first >= after or not facts.knows(START, END, START_HOUR, END_HOUR):
        return ()
    rule = facts.law.daily_registration_rule(facts.start)
    length = after - first - (MINUTES if facts.end_hour is None else 0)
    return (anomaly("90480-260"),) if rule is not None and length > rule.max_hours * MINUTES_IN_HOUR else ()


@check("daily", codes="90480-334", source=f"{BLOCK}, 334; among the registrations of the worker at this employer")
def no_other_registration(facts: Facts) -> Finding:
    """No other registration of the worker at this employer shares a minute, those of cancelled periods left aside.

    A registration without an end hour lasts until the end of its last day: it wants its end before another begins.
    """
    first, after = minutes_of(facts)
    if first >= after or facts.target is None or not facts.knows(START, END, START_HOUR, END_HOUR):
        return ()
    own = None if facts.registration is None else facts.registration.number
    cancelled = {period.number for period in facts.file.periods if period.is_cancelled}
    conflicts = []
    for other in facts.file.registrations:
        other_first, other_after = minutes_of(other)
        is_standing = not other.is_cancelled and other.number != own and other.period not in cancelled
        if is_standing and first < other_after and other_first < after:
            conflicts.append(conflict(other))
    return (Anomaly("90480-334", registrations=tuple(conflicts)),) if conflicts else ()


def registration_after(facts: Facts, number: int) -> DailyRegistration:
    """The registration as an accepted declaration leaves it, in its next version."""
    known, period = facts.registration, facts.target
    if known is not None and facts.action == "cancel":
        return replace(known, is_cancelled=True, version=known.version + 1)
    if period is None or facts.start is None or facts.start_hour is None or facts.end is None:
        raise AssertionError("a registration without period, dates or start hour was accepted")
    if known is None:
        return DailyRegistration(number, period.number, facts.start, facts.start_hour, facts.end, facts.end_hour)
    return replace(
        known, start=facts.start, start_hour=facts.start_hour, end=facts.end, end_hour=facts.end_hour,
        version=known.version + 1,
    )  # fmt: skip


def conflict(of: DailyRegistration) -> RegistrationConflict:
    """A registration as it is named in an anomaly."""
    return RegistrationConflict(
        of.number, of.period, of.start, of.end, hour_text(of.start_hour) or "", hour_text(of.end_hour)
    )
