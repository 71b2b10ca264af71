"""The period that an OUT, UPDATE or CANCEL refers to: it exists, may be touched, and is of this employer and worker."""

from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.employer import employer_zone, number_anomalies, parse_employer_id
from opendimona.core.facts import PERIOD, SSIN, Facts
from opendimona.core.identifiers import enterprise_number, is_period_number, is_ssin

ZONE = "DIMONA glossary 2023/3, zone 00913"


def parse_period_number(value: int | float | str | None) -> int | None:
    """A period number of twelve digits with its check number, or None."""
    if isinstance(value, str):
        number = int(value) if len(value) == 12 and value.isascii() and value.isdigit() else 0
    else:
        number = int(value) if value is not None and value == value // 1 else 0
    return number if is_period_number(number) else None


@check(
    "out", "update", "cancel",
    codes="00913-003 00913-354 00913-355 00913-357 00913-362 00913-181 00913-356",
    source=f"{ZONE}; a number of a refused IN is a period with a blocking anomaly (357)",
)  # fmt: skip
def period_found(facts: Facts) -> Finding:
    """The period number is well-formed and known; its period is neither cancelled, locked, closed (OUT) nor fixed."""
    block, period = facts.declaration.target, facts.file.target
    if block is None or parse_period_number(block.period_id) is None:
        return unusable(facts, "003")
    if facts.file.reference == "blocked":
        return unusable(facts, "357")
    if period is None:
        return unusable(facts, "354")
    if period.is_cancelled:
        return unusable(facts, "355")
    if period.is_locked:
        return unusable(facts, "362")
    if facts.kind == "out" and period.end is not None:
        return unusable(facts, "356")
    facts.target = period
    facts.type = period.features.worker_type
    facts.type_row = facts.law.worker_type(facts.type, period.start) or facts.law.worker_types[facts.type][-1]
    if facts.kind == "update" and not facts.type_row.is_updatable:
        facts.target = None
        return unusable(facts, "181")
    adopt(facts)
    return ()


def unusable(facts: Facts, error: str) -> Finding:
    """Report the period number and silence what needs its period."""
    facts.reported.add(PERIOD)
    return (anomaly(f"00913-{error}"),)


def adopt(facts: Facts) -> None:
    """Start from the period as it stands."""
    period = facts.target
    if period is None:
        return
    facts.start, facts.end = period.start, period.end
    facts.start_hour, facts.end_hour = period.start_hour, period.end_hour
    facts.hours, facts.days = period.planned_hours, period.planned_days
    facts.features = period.features
    day, features = period.start, period.features
    if features.joint_committee is not None:
        facts.committee = facts.law.joint_committee(features.joint_committee, day)
    if features.user_joint_committee is not None:
        facts.user_committee = facts.law.joint_committee(features.user_joint_committee, day)


def is_former(ssin: int, facts: Facts) -> bool:
    """Whether an SSIN is one that the period's worker bore before."""
    person = facts.file.person
    return person is not None and ssin in (person.formerly or ())


@check(
    "out", "update", "cancel", "daily",
    codes="00024-347 00011-347 00948-347 00014-347 00024-003 00011-003 00948-003 00014-003",
    source="DIMONA glossary 2023/3, zones 00011, 00014, 00024, 00948, 347; annex 30",
)  # fmt: skip
def cross_checks(facts: Facts) -> Finding:
    """An SSIN or employer number beside the period number is that of the period.

    A provisional NSSO number is the employer's only as long as there is no definitive one.
    """
    declared, worker = facts.declaration.employer, facts.declaration.worker
    if declared is None and worker is None:
        return ()
    found = []
    is_found = facts.target is not None
    if worker is not None and worker.ssin is not None:
        if not is_ssin(worker.ssin):
            facts.reported.add(SSIN)
            found.append(anomaly("00024-003"))
        elif is_found and int(worker.ssin) != facts.file.target_ssin and not is_former(int(worker.ssin), facts):
            found.append(anomaly("00024-347"))
    if declared is None:
        return found
    found += number_anomalies(declared, facts)
    employer = facts.file.employer
    if not is_found or employer is None:
        return found
    number = employer.nsso or employer.provisional
    if declared.employer_id is not None and number is not None and facts.knows("00011", "00948"):
        given = parse_employer_id(declared.employer_id)
        if given != number and given not in (employer.formerly or ()):
            found.append(anomaly(f"{employer_zone(declared.employer_id)}-347"))
    if declared.enterprise_number is not None and employer.enterprise is not None and "00014" not in facts.reported:
        if enterprise_number(declared.enterprise_number) != employer.enterprise:
            found.append(anomaly("00014-347"))
    return found
