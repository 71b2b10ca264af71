"""The heart: one declaration, the worker's file, the law and the moment of filing in; one decision out."""

from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from opendimona.core.calendar import BRUSSELS
from opendimona.core.checks import (
    CHECKS,
    Matter,
    anomaly,
    blocks,
    changes,
    daily,
    dates,
    employer,
    features,
    fields,
    lateness,
    overlaps,
    quotas,
    reference,
    worker,
)
from opendimona.core.decision import Anomaly, Decision, Result
from opendimona.core.declaration import (
    Address,
    ConstructionControlCards,
    Declaration,
    Kind,
    SmallStatutesInformation,
    StudentPlaceOfWork,
)
from opendimona.core.facts import SSIN, Facts
from opendimona.core.file import File, Period
from opendimona.core.identifiers import is_ssin
from opendimona.core.recall import Judge, kept_of, recall
from opendimona.law.rules import Law

ORDER = (
    daily.action_given, daily.numbers_given, daily.registration_found, daily.members_given,
    daily.period_takes_registrations,
    reference.period_found, reference.cross_checks,
    employer.employer_identified, employer.employer_numbers_agree, employer.employer_may_use_channel,
    changes.something_given, changes.shape_of_update, changes.something_changed, daily.something_modified,
    fields.shape_of_in, fields.shape_of_out,
    features.worker_type_valid, features.joint_committee_valid, features.user_undertaking, employer.sub_entity,
    fields.presence_of_end, fields.presence_of_hours, fields.presence_of_planned,
    changes.start_may_move, changes.end_may_move, changes.members_may_be_given,
    features.gather_features, features.worker_type_open_yet, features.worker_type_allowed_for_employer,
    features.committee_suits_type,
    worker.worker_identified, worker.identity_data, worker.worker_known, worker.worker_consistent, worker.flexi_access,
    employer.employer_active,
    blocks.construction_cards, blocks.small_statutes, blocks.place_of_work, daily.registration_in_domain,
    dates.start_in_domain, dates.end_in_domain, dates.end_after_start, dates.student_within_old_format,
    dates.within_quarter, dates.planned_days_fit,
    dates.end_hour_after_start_hour, dates.at_most_a_day, dates.not_too_many_days_in_a_row,
    daily.registration_within_period, daily.not_too_many_hours, daily.no_other_registration,
    overlaps.duplicates_and_overlaps,
    lateness.entry_on_time, lateness.earlier_start_on_time,
    quotas.quotas_respected,
)  # fmt: skip
"""The checks in the order in which they are made: those that read a value come before those that need it."""

ALWAYS = (employer.employer_identified, worker.worker_identified, lateness.entry_on_time)
"""What is left to judge of an IN that brings no matter along, when its block is known and its type counts nothing."""

_by_function = {check.judge: check for check in CHECKS}
_encode = msgspec.json.Encoder().encode
_plans: dict[tuple[Kind, str | None, int], "Plan"] = {}
PERIODS, IDENTITY, BOTH_NUMBERS, RESTRICTION = 1, 2, 4, 8
ALL_MATTERS = PERIODS | IDENTITY | BOTH_NUMBERS | RESTRICTION
_bits: dict[Matter | None, int] = {
    None: 0, "periods": PERIODS, "identity": IDENTITY, "both-numbers": BOTH_NUMBERS, "restriction": RESTRICTION,
}  # fmt: skip


class Plan(Struct, frozen=True, gc=False):
    """The checks that can apply, in order: all of them; those that ask only the block of an IN, and the others."""

    every: tuple[Judge, ...]
    of_block: tuple[Judge, ...]
    others: tuple[Judge, ...]


class Details(Struct, omit_defaults=True, rename="camel", gc=False):
    """What a period keeps but is never judged on again.

    `old_dimona_number`: the number of an imported period in the Dimona of before 3 May 2010.
    """

    construction_control_cards: ConstructionControlCards | None = None
    small_statutes_information: SmallStatutesInformation | None = None
    student_place_of_work: StudentPlaceOfWork | None = None
    user_address: Address | None = None
    old_dimona_number: str | None = None


def plan(kind: Kind, worker_type: str | None, matters: int = ALL_MATTERS) -> Plan:
    """The checks that can apply to a kind of declaration for a worker type, with these matters (see `matters_of`)."""
    known = _plans.get((kind, worker_type, matters))
    if known is None:
        checks = [
            check for check in (_by_function[function] for function in ORDER)
            if kind in check.kinds and (not check.types or worker_type in check.types)
            and _bits[check.only_with] & ~matters == 0
        ]  # fmt: skip
        known = _plans[kind, worker_type, matters] = Plan(
            tuple(check.judge for check in checks),
            tuple(check.judge for check in checks if check.is_of_block),
            tuple(check.judge for check in checks if not check.is_of_block),
        )
    return known


def matters_of(declaration: Declaration, file: File) -> int:
    """Which of the matters that checks name (`Check.only_with`) an IN brings along, one bit for each."""
    owner, declared, given = file.employer, declaration.employer, declaration.worker
    found = RESTRICTION if owner is None or employer.is_restricted(owner) else 0
    if file.periods and (owner is None or overlaps.has_period_at(owner, file)):
        found |= PERIODS
    if given is None or given.ssin is None or file.person is None or worker.has_identity(given):
        found |= IDENTITY
    if declared is None or declared.enterprise_number is not None:
        found |= BOTH_NUMBERS
    return found


def worker_type_of(declaration: Declaration, file: File, law: Law) -> str | None:
    """The worker type that a declaration is about, None when it is none that the law knows."""
    if declaration.dimona_in is None:
        return None if file.target is None else file.target.features.worker_type
    given = declaration.dimona_in.features
    return given.worker_type if given is not None and given.worker_type in law.worker_types else None


def decide_plain(declaration: Declaration, file: File, law: Law, local: datetime, number: int) -> Decision | None:
    """The acceptance of an IN of which only `ALWAYS` is left to judge; None: judge it in full.

    `matters_of` must have found nothing. A shortcut: it says what all checks would say.
    """
    block, owner, declared, given = declaration.dimona_in, file.employer, declaration.employer, declaration.worker
    if block is None or owner is None or declared is None or given is None:
        return None
    kept = kept_of(block, owner.kind, law, local.date())
    if kept is None or kept.features is None or kept.start is None or plan("in", kept.type, 0).others != ALWAYS:
        return None
    if declared.employer_id is None or employer.parse_employer_id(declared.employer_id) is None:
        return None
    if given.ssin is None or not is_ssin(given.ssin) or lateness.is_after(local, kept.deadline):
        return None
    if (
        block.construction_control_cards is not None or block.small_statutes_information is not None
        or block.student_place_of_work is not None
    ):  # fmt: skip
        return None
    period = Period(
        number, owner.id, kept.features, kept.start, kept.end, kept.start_hour, kept.end_hour, kept.hours, kept.days
    )
    return Decision("A", (), False, kept.deadline, period)


def decide(
    declaration: Declaration, file: File, law: Law, at: datetime, channel: str = "secured", number: int = 0
) -> Decision:
    """Judge one declaration, received at the aware moment `at` through a secured or unsecured channel.

    An accepted IN makes a period with this number, or a daily registration. Never raises for a bad declaration.
    """
    local = at if at.tzinfo is BRUSSELS else at.astimezone(BRUSSELS)
    matters = ALL_MATTERS if declaration.dimona_in is None else matters_of(declaration, file)
    plain = None if matters else decide_plain(declaration, file, law, local, number)
    if plain is not None:
        return plain
    facts = Facts(declaration, file, law, local, channel)
    found: list[Anomaly] = []
    checks = plan(facts.kind, worker_type_of(declaration, file, law), matters)
    for judge in checks.others if recall(facts, checks.of_block) else checks.every:
        anomalies = judge(facts)
        if anomalies:
            found.extend(anomalies)
    deadline = lateness.deadline_of(facts)
    is_late = lateness.is_after(local, deadline)
    if not found:
        return settle(facts, "A", (), deadline, is_late, number)
    unique = tuple({item.code: item for item in found}.values())
    is_blocked = any(item.severity == "B" for item in unique)
    return settle(facts, "B" if is_blocked else "W", unique, deadline, is_late, number)


def settle(
    facts: Facts, result: Result, found: tuple[Anomaly, ...], deadline: datetime | None, is_late: bool, number: int
) -> Decision:
    """The decision, with the period or registration as it becomes; pending when the worker must first be identified."""
    if result == "B":
        return Decision("B", found, is_late, deadline)
    if facts.kind == "in" and facts.ssin is None and SSIN not in facts.reported:
        return Decision("S", (anomaly("90017-151", "S"),), is_late, deadline)
    if facts.kind == "daily":
        return Decision(result, found, is_late, deadline, None, daily.registration_after(facts, number))
    return Decision(result, found, is_late, deadline, period_after(facts, number), None, facts.movements)


def period_after(facts: Facts, number: int) -> Period:
    """The period as an accepted declaration leaves it, in its next version."""
    target = facts.target
    if target is not None:
        if facts.kind == "cancel":
            return replace(target, is_cancelled=True, version=target.version + 1)
        if facts.kind == "out":
            return replace(target, end=facts.end, version=target.version + 1)
        return replace(
            target, start=facts.start, end=facts.end, start_hour=facts.start_hour, end_hour=facts.end_hour,
            planned_hours=facts.hours, planned_days=facts.days, is_late=target.is_late or facts.is_start_late,
            version=target.version + 1,
        )  # fmt: skip
    if facts.employer is None or facts.features is None or facts.start is None:
        raise AssertionError("an IN without employer, features or start was accepted")
    return Period(
        number=number, employer=facts.employer.id, features=facts.features, start=facts.start, end=facts.end,
        start_hour=facts.start_hour, end_hour=facts.end_hour, planned_hours=facts.hours, planned_days=facts.days,
        is_late=facts.is_start_late, details=details(facts),
    )  # fmt: skip


_details = msgspec.json.Decoder(Details)


def details_of(period: Period) -> Details:
    """What a period keeps without ever being judged on it again."""
    return Details() if period.details is None else _details.decode(period.details)


def details(facts: Facts) -> str | None:
    """What the IN gave that is kept with its period without ever being judged again, as JSON text."""
    block = facts.declaration.dimona_in
    if block is None or block.features is None:
        return None
    user = block.features.using_employer
    address = None if user is None else user.address
    cards, statutes, place = (
        block.construction_control_cards,
        block.small_statutes_information,
        block.student_place_of_work,
    )
    if cards is None and statutes is None and place is None and address is None:
        return None
    return _encode(Details(cards, statutes, place, address)).decode()
