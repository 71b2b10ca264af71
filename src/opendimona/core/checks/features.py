"""The features of the period: worker type, joint committee, user undertaking, and how they go together."""

from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.addresses import address_anomalies, forbidden_address, is_text
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import DeclaredFeatures, UsingEmployer
from opendimona.core.facts import COMMITTEE, SUB_ENTITY, TYPE, USER, USER_COMMITTEE, Facts
from opendimona.core.file import Features
from opendimona.core.identifiers import enterprise_number

NAME_LENGTH = 96


def declared_features(facts: Facts) -> DeclaredFeatures:
    """The features as declared, empty when absent."""
    block = facts.declaration.dimona_in
    return block.features if block is not None and block.features is not None else DeclaredFeatures()


def committee_text(value: int | float | str | None) -> str | None:
    """A joint committee number as text: 124 and 124.0 are "124"."""
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if value == value // 1 else str(value)


@check(
    "in",
    codes="00655-003 00655-350 00910-008",
    source="DIMONA glossary 2023/3, zones 00655 and 00910, permitted domain",
    is_of_block=True,
)
def worker_type_valid(facts: Facts) -> Finding:
    """The worker type exists, and its row covers the day the period starts.

    Outside its rows the answer is the type's own: invalid (00655-003), for article 17 a start out of its domain
    (00910-008), for the teachers of local authorities a type that no employer may use any more (00655-350).
    """
    code = declared_features(facts).worker_type
    rows = facts.law.worker_types.get(code or "")
    if not rows:
        facts.reported.add(TYPE)
        return (anomaly("00655-003"),)
    facts.type = code
    row = (
        rows[0]
        if rows[0].is_valid_on(facts.start or facts.today)
        else facts.law.worker_type(rows[0].code, facts.start or facts.today)
    )
    if row is not None:
        facts.type_row = row
        return ()
    if facts.start is None:
        facts.type_row = rows[-1]
        return ()
    if rows[0].out_of_validity == "00655-003":
        facts.type = None
        facts.reported.add(TYPE)
        return (anomaly("00655-003"),)
    facts.type_row = rows[-1]
    return (anomaly(rows[0].out_of_validity),)


@check(
    "in",
    codes="90373-450",
    source="DIMONA glossary 2023/3, block 90373, 450; table forbidden_types",
    is_of_block=True,
)
def worker_type_open_yet(facts: Facts) -> Finding:
    """A worker type is declared only once declarations of it are taken for periods from that start."""
    if facts.type_row is None or facts.type is None or facts.start is None:
        return ()
    return (anomaly("90373-450"),) if facts.law.is_type_forbidden(facts.type, facts.start, facts.today) else ()


@check("in", codes="00655-350", source="DIMONA glossary 2023/3, zone 00655, permitted domain", is_of_block=True)
def worker_type_allowed_for_employer(facts: Facts) -> Finding:
    """Some kinds of employers may not declare some worker types."""
    if facts.employer is None or facts.type_row is None or facts.start is None:
        return ()
    for row in facts.law.employer_types:
        if facts.employer.kind in row.kinds and row.is_valid_on(facts.start):
            if facts.type in row.never or (row.only and facts.type not in row.only):
                return (anomaly("00655-350"),)
    return ()


@check("in", codes="00046-001 00046-003 00046-005", source="DIMONA glossary 2023/3, zone 00046", is_of_block=True)
def joint_committee_valid(facts: Facts) -> Finding:
    """The joint committee is one that Dimona accepts; compulsory, but forbidden for provincial or local authorities."""
    code = committee_text(declared_features(facts).joint_commission_number)
    is_local = facts.employer is not None and facts.employer.kind == "local"
    if code is None:
        if is_local:
            return ()
        facts.reported.add(COMMITTEE)
        return (anomaly("00046-001"),)
    facts.committee = facts.law.joint_committee(code, facts.start or facts.today)
    if facts.committee is None or is_local:
        facts.reported.add(COMMITTEE)
        facts.committee = None
        return (anomaly("00046-005" if is_local else "00046-003"),)
    return ()


@check(
    "in",
    codes="90107-351 90107-352 00046-001 00046-003 00046-005 00131-003 00131-005 00131-235 00153-003 00153-005 "
    "00517-001 00518-001 00520-001 00522-001 00523-001 00517-003 00518-003 00519-003 00520-003 00522-003 00523-003 "
    "00517-005 00518-005 00519-005 00520-005 00522-005 00523-005",
    source="DIMONA glossary 2023/3, blocks 90107 and 90022, zones 00046, 00131, 00153",
    is_of_block=True,
)
def user_undertaking(facts: Facts) -> Finding:
    """An agency (322) names its client, by enterprise number or else by name and address; others name none."""
    user = declared_features(facts).using_employer
    if COMMITTEE in facts.reported or (facts.committee is None and user is None):
        return ()
    if facts.committee is None or not facts.committee.is_agency:
        return () if user is None else forbidden_user(user, facts)
    user = user or UsingEmployer()
    found = user_identified(user, facts)
    code = committee_text(user.joint_commission_number)
    if code is not None:
        row = facts.law.joint_committee(code, facts.start or facts.today)
        if row is not None and row.is_for_users:
            facts.user_committee = row
        else:
            facts.reported.add(USER_COMMITTEE)
            found.append(anomaly("00046-003"))
    elif user.enterprise_number is not None:
        facts.reported.add(USER_COMMITTEE)
        found.append(anomaly("00046-001"))
    return found


def forbidden_user(user: UsingEmployer, facts: Facts) -> list[Anomaly]:
    """Report each given member of a user undertaking where none may be named."""
    facts.reported.add(USER)
    found = []
    if user.joint_commission_number is not None:
        found.append(anomaly("00046-005"))
    if user.enterprise_number is not None:
        found.append(anomaly("00131-005"))
    if user.name is not None:
        found.append(anomaly("00153-005"))
    return found + forbidden_address(user.address)


def user_identified(user: UsingEmployer, facts: Facts) -> list[Anomaly]:
    """Report what is wrong with how the client is identified."""
    if user.enterprise_number is not None and user.name is not None:
        facts.reported.add(USER)
        return [anomaly("90107-352")]
    if user.enterprise_number is not None:
        facts.user_enterprise = enterprise_number(user.enterprise_number)
        found = forbidden_address(user.address)
        if facts.user_enterprise is None:
            found.append(anomaly("00131-003"))
        elif not facts.file.user_is_known:
            found.append(anomaly("00131-235"))
    elif user.name is not None:
        facts.user_name = user.name.strip()
        found = address_anomalies(user.address)
        if not is_text(user.name, NAME_LENGTH):
            found.append(anomaly("00153-003"))
    else:
        found = [anomaly("90107-351")]
    if found:
        facts.reported.add(USER)
    return found


@check(
    "in",
    codes="90374-349",
    source="DIMONA glossary 2023/3, block 90374, 349; zones 00046 and 00655",
    is_of_block=True,
)
def committee_suits_type(facts: Facts) -> Finding:
    """The joint committee takes the worker type; the client's takes an agency's occasional and building workers."""
    committee, code = facts.committee, facts.type
    if committee is None or code is None or TYPE in facts.reported:
        return ()
    if code not in committee.types:
        return (anomaly("90374-349"),)
    if committee.is_agency and USER_COMMITTEE not in facts.reported:
        user = facts.user_committee
        ordinary = facts.law.joint_committee("XXX", facts.start or facts.today)
        if ordinary is not None and code not in ordinary.types:
            suits = code == "BCW" or code == "RTA" if user is None else code in user.types
            if not suits:
                return (anomaly("90374-349"),)
    return ()


@check("in", codes="", source="DIMONA glossary 2023/3, block 90374", is_of_block=True)
def gather_features(facts: Facts) -> Finding:
    """Put the features together once each of them is known; raises nothing."""
    if facts.type is not None and facts.reported.isdisjoint((TYPE, COMMITTEE, USER, USER_COMMITTEE, SUB_ENTITY)):
        user = facts.user_committee
        facts.features = Features(
            worker_type=facts.type,
            joint_committee=None if facts.committee is None else facts.committee.code,
            sub_entity=facts.sub_entity,
            user_joint_committee=None if user is None else user.code,
            user_enterprise=facts.user_enterprise,
            user_name=facts.user_name,
        )
    return ()
