"""Quotas: the hours and days that a worker, or an employer, may use each year or quarter under a favourable regime."""

from opendimona.core.checks import Finding, check
from opendimona.core.decision import Anomaly, Excess, Severity
from opendimona.core.facts import DAYS, HOURS, START, Facts
from opendimona.core.quotas import Overrun, Plan, movements, overruns, plan_of

CODES = {"worker": "90017-369", "employer": "90256-369"}


@check(
    "in", "update", "cancel",
    types="STU STX EXT A17 O17 S17 T17",
    codes="90017-369 90256-369",
    source="DIMONA glossary 2023/3, blocks 90017 and 90256, 369; tables counters, quotas and reliefs",
)  # fmt: skip
def quotas_respected(facts: Facts) -> Finding:
    """What the declaration adds still fits the quotas; all of one code that it does not fit stand in one anomaly.

    The part that does not fit is a warning, for article 17 from 2022 on a refusal. Notes how the counters move.
    """
    features, target = facts.features, facts.target
    if features is None or facts.start is None or not facts.is_period_known or not facts.knows(START, HOURS, DAYS):
        return ()
    if facts.kind == "in" and facts.file.person is None:
        return ()
    is_late = facts.is_start_late or (target is not None and target.is_late)
    after = None if facts.kind == "cancel" else Plan(facts.start, facts.hours, facts.days, is_late)
    before = None if target is None else plan_of(target)
    number = 0 if target is None else target.number
    facts.movements = movements(facts.law, features, facts.file, before, after, number)
    if not facts.movements or after is None:
        return ()
    found = overruns(facts.law, facts.file, facts.movements, facts.start, facts.today)
    if not found:
        return ()
    return [gather(facts, code, mine) for subject, code in CODES.items()
            if (mine := [item for item in found if item.counter.subject == subject])]  # fmt: skip


def gather(facts: Facts, code: str, found: list[Overrun]) -> Anomaly:
    """One anomaly for all quotas of a code; an unsecured channel does not tell by how much they are exceeded."""
    severity: Severity = "B" if any(item.quota.severity == "B" for item in found) else "NP"
    return Anomaly(code, severity, quota=tuple(named(item, facts.channel) for item in found))


def named(item: Overrun, channel: str) -> Excess:
    """One exceeded quota as it is named."""
    if channel == "unsecured":
        return Excess(item.quota.type)
    if item.counter.unit == "hour":
        return Excess(item.quota.type, exceeding_hours=item.amount)
    return Excess(item.quota.type, exceeding_days=item.amount)
