"""The employer: identified by its numbers, known to the repertory, active, migrated, and with its sub-entities."""

from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import DeclaredEmployer
from opendimona.core.facts import SUB_ENTITY, Facts
from opendimona.core.file import Employer
from opendimona.core.identifiers import PROVISIONAL_MIN, enterprise_number, is_nsso_number, is_provisional_number

REPERTORY = "DIMONA glossary 2023/3, block 90256 and zones 00011, 00014, 00948"


def employer_zone(employer_id: int | float) -> str:
    """The zone that an NSSO number belongs to: provisional numbers have ten digits from 5000000120 on."""
    return "00948" if employer_id >= PROVISIONAL_MIN // 1000 * 1000 else "00011"


def parse_employer_id(employer_id: int | float) -> int | None:
    """A definitive or provisional NSSO number with right check digits, or None."""
    number = int(employer_id) if employer_id == employer_id // 1 else 0
    return number if is_nsso_number(number) or is_provisional_number(number) else None


def number_anomalies(declared: DeclaredEmployer, facts: Facts) -> list[Anomaly]:
    """Report the malformed numbers of an employer."""
    found = []
    if declared.employer_id is not None and parse_employer_id(declared.employer_id) is None:
        zone = employer_zone(declared.employer_id)
        facts.reported.add(zone)
        found.append(anomaly(f"{zone}-003"))
    if declared.enterprise_number is not None and enterprise_number(declared.enterprise_number) is None:
        facts.reported.add("00014")
        found.append(anomaly("00014-003"))
    return found


@check("in", codes="90256-364 00011-003 00948-003 00014-003 00011-235 00948-235 00014-235", source=REPERTORY)
def employer_identified(facts: Facts) -> Finding:
    """The employer bears an NSSO number or an enterprise number, well-formed and known to the repertory.

    A provisional NSSO number stops being known once the employer has its definitive one (zone 00948); the periods
    declared under it are then those of the definitive number.
    """
    declared = facts.declaration.employer
    if declared is None or (declared.employer_id is None and declared.enterprise_number is None):
        return (anomaly("90256-364"),)
    found = number_anomalies(declared, facts)
    if facts.employer is not None or (found and len(found) == _given(declared)):
        return found
    if declared.employer_id is not None:
        zone = employer_zone(declared.employer_id)
        if zone not in facts.reported:
            found.append(anomaly(f"{zone}-235"))
    if (
        declared.enterprise_number is not None
        and "00014" not in facts.reported
        and facts.file.employer_by_enterprise is None
    ):
        found.append(anomaly("00014-235"))
    return found


def _given(declared: DeclaredEmployer) -> int:
    return (declared.employer_id is not None) + (declared.enterprise_number is not None)


@check(
    "in",
    codes="00014-022",
    source="DIMONA glossary 2023/3, zone 00014 (NP); the NSSO number prevails",
    only_with="both-numbers",
)
def employer_numbers_agree(facts: Facts) -> Finding:
    """An enterprise number beside an NSSO number is that of the same employer; otherwise a warning."""
    declared, employer = facts.declaration.employer, facts.employer
    if declared is None or employer is None or declared.employer_id is None or declared.enterprise_number is None:
        return ()
    if not facts.knows("00011", "00948", "00014") or employer.enterprise is None:
        return ()
    given = enterprise_number(declared.enterprise_number)
    if given == employer.enterprise and parse_employer_id(declared.employer_id) in (
        employer.nsso,
        employer.provisional,
        *(employer.formerly or ()),
    ):
        return ()
    return (anomaly("00014-022", "NP"),)


@check(
    "in",
    "update",
    "out",
    "cancel",
    "daily",
    codes="90256-342 90256-346",
    source="DIMONA glossary 2023/3, block 90256; annex 30, 342 and 346",
    only_with="restriction",
)
def employer_may_use_channel(facts: Facts) -> Finding:
    """Some employers declare through secured channels only (342), or were not yet migrated to New DIMONA (346)."""
    employer = facts.employer
    if employer is None or (employer.is_migrated and not employer.is_secured_only):
        return ()
    found = []
    if employer.is_secured_only and facts.channel == "unsecured":
        found.append(anomaly("90256-342"))
    if not employer.is_migrated:
        found.append(anomaly("90256-346"))
    return found


@check(
    "in", "update",
    codes="90373-343 90378-343",
    source="DIMONA glossary 2023/3, blocks 90373 and 90378, 343",
    only_with="restriction",
)  # fmt: skip
def employer_active(facts: Facts) -> Finding:
    """The employer is active in the repertory on the day the period starts."""
    employer, start = facts.employer, facts.start
    if employer is None or start is None or (employer.active_from is None and employer.active_to is None):
        return ()
    if facts.kind == "update" and (facts.target is None or start == facts.target.start):
        return ()
    return () if is_active(employer, facts) else (anomaly(f"{facts.block}-343"),)


def is_restricted(employer: Employer) -> bool:
    """Whether an employer is bound to a channel or to dates, was not migrated yet, or has sub-entities."""
    return (
        employer.is_secured_only or not employer.is_migrated or bool(employer.sub_entities)
        or employer.active_from is not None or employer.active_to is not None
    )  # fmt: skip


def is_active(employer: Employer, facts: Facts) -> bool:
    """Whether the employer is active on the day the period starts."""
    start = facts.start
    if start is None:
        return True
    return (employer.active_from is None or employer.active_from <= start) and (
        employer.active_to is None or start <= employer.active_to
    )


@check("in", codes="00652-001 00652-003 00652-005", source="DIMONA glossary 2023/3, zone 00652", is_of_block=True)
def sub_entity(facts: Facts) -> Finding:
    """A sub-entity is compulsory for employers that have sub-entities, one of theirs, and forbidden for all others."""
    block = facts.declaration.dimona_in
    given = block.features.sub_entity if block is not None and block.features is not None else None
    employer = facts.employer
    if employer is None or (given is None and not employer.sub_entities):
        return ()
    facts.reported.add(SUB_ENTITY)
    if given is None:
        return (anomaly("00652-001"),)
    if not employer.sub_entities:
        return (anomaly("00652-005"),)
    number = given if isinstance(given, str) else str(int(given)) if given == given // 1 else ""
    known = {code.lstrip("0"): code for code in employer.sub_entities}
    code = known.get(number.lstrip("0"))
    if code is None or not number:
        return (anomaly("00652-003"),)
    facts.reported.discard(SUB_ENTITY)
    facts.sub_entity = code
    return ()
