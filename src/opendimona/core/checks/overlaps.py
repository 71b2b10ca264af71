"""Duplicates and overlaps among the periods of one worker at one employer, naming those in conflict."""

from datetime import date

from opendimona.core.calendar import FOREVER, MINUTES, hour_text, minute
from opendimona.core.checks import Finding, check
from opendimona.core.decision import Anomaly, Conflict
from opendimona.core.facts import END, END_HOUR, START, START_HOUR, Facts
from opendimona.core.file import Employer, Features, File, Period
from opendimona.law.rules import Law


def same_features(one: Features, other: Features) -> bool:
    """Whether two periods have equal joint committee, worker type, sub-entity and user."""
    return (
        one.worker_type == other.worker_type
        and one.joint_committee == other.joint_committee
        and one.sub_entity == other.sub_entity
        and one.user_enterprise == other.user_enterprise
        and (one.user_name or "").casefold() == (other.user_name or "").casefold()
    )


def may_stand_together(features: Features, start: date, other: Period, law: Law) -> bool:
    """Whether a period of these features may overlap another one: what the table of overlaps says of the two types.

    Its row is that of the first day that both share, so that the order in which they were declared makes no
    difference.
    """
    return law.may_overlap(
        features.worker_type, other.features.worker_type, same_features(features, other.features),
        max(start, other.start),
    )  # fmt: skip


def span(period: Period | Facts) -> tuple[int, int]:
    """The first minute of a period and the first after it; without an end hour it lasts to the end of its last day."""
    if period.start is None:
        return 0, 0
    first = minute(period.start, period.start_hour or 0)
    if period.end is None:
        return first, FOREVER
    if period.end_hour is None:
        return first, (period.end.toordinal() + 1) * MINUTES
    return first, minute(period.end, period.end_hour)


def intersects(facts: Facts | Period, period: Period) -> bool:
    """Whether a period shares at least one moment with the one judged."""
    start, end = facts.start, facts.end
    if start is None or (end is not None and period.start > end) or (period.end is not None and period.end < start):
        return False
    if facts.start_hour is None and facts.end_hour is None and period.start_hour is None and period.end_hour is None:
        return True
    first, after = span(facts)
    other_first, other_after = span(period)
    return first < other_after and other_first < after


def is_duplicate(facts: Facts, period: Period) -> bool:
    """Whether a period has the dates and hours of the one judged."""
    return (
        facts.start == period.start and facts.end == period.end
        and facts.start_hour == period.start_hour and facts.end_hour == period.end_hour
    )  # fmt: skip


def has_period_at(employer: Employer, file: File) -> bool:
    """Whether the worker has any period at an employer."""
    for period in file.periods:  # noqa: SIM110  most have one period or two: a generator costs more than they do
        if period.employer == employer.id:
            return True
    return False


def conflict(period: Period) -> Conflict:
    """A period as it is named in an anomaly."""
    return Conflict(period.number, period.start, period.end, hour_text(period.start_hour), hour_text(period.end_hour))


def moves(facts: Facts) -> bool:
    """Whether the declaration sets or changes the dates or hours of its period."""
    target = facts.target
    return target is None or not is_duplicate(facts, target)


@check(
    "in", "update",
    codes="90373-333 90373-334 90378-333 90378-334",
    source="DIMONA glossary 2023/3, blocks 90373 and 90378, 333 and 334; circular 3124; table overlaps",
    only_with="periods",
)  # fmt: skip
def duplicates_and_overlaps(facts: Facts) -> Finding:
    """A period is no duplicate (333) of another one at this employer, and does not overlap it (334), unless it may.

    By default only periods with the same joint committee, worker type, sub-entity and user stand in each other's way.
    Cancelled periods do not count.
    """
    features, employer, periods = facts.features, facts.employer, facts.file.periods
    if not periods or features is None or employer is None or facts.start is None:
        return ()
    if not facts.knows(START, END, START_HOUR, END_HOUR) or not moves(facts):
        return ()
    if facts.end is not None and facts.end < facts.start:
        return ()
    duplicates: list[Conflict] = []
    overlaps: list[Conflict] = []
    own = 0 if facts.target is None else facts.target.number
    for period in periods:
        if (
            period.is_cancelled
            or period.employer != employer.id
            or period.number == own
            or not intersects(facts, period)
        ):
            continue
        if may_stand_together(features, facts.start, period, facts.law):
            continue
        is_same = is_duplicate(facts, period) and same_features(features, period.features)
        (duplicates if is_same else overlaps).append(conflict(period))
    found = []
    if duplicates:
        found.append(Anomaly(f"{facts.block}-333", "B", tuple(duplicates)))
    if overlaps:
        found.append(Anomaly(f"{facts.block}-334", "B", tuple(overlaps)))
    return found
