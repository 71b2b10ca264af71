"""Whom and what a declaration concerns: read from it once, before it queues. No SQL here."""

from datetime import date, timedelta

from msgspec import Struct

from opendimona.core.calendar import parse_day
from opendimona.core.checks.daily import parse_action
from opendimona.core.checks.employer import parse_employer_id
from opendimona.core.checks.reference import parse_period_number
from opendimona.core.declaration import Declaration, DeclaredEmployer
from opendimona.core.identifiers import PROVISIONAL_MIN, enterprise_number, is_ssin
from opendimona.register.interface import EmployerKey

MARGIN = timedelta(days=10)
"""How far around its dates a declaration looks: further than any rule on days in a row."""
FIRST_DAY, LAST_DAY = date(1, 1, 1), date.max


def employer_keys(declared: DeclaredEmployer | None) -> tuple[EmployerKey, ...]:
    """The well-formed numbers by which an employer is declared, the prevailing one first."""
    if declared is None:
        return ()
    keys: list[EmployerKey] = []
    if declared.employer_id is not None:
        number = parse_employer_id(declared.employer_id)
        if number is not None:
            keys.append(("provisional" if number >= PROVISIONAL_MIN else "nsso", number))
    if declared.enterprise_number is not None:
        number = enterprise_number(declared.enterprise_number)
        if number is not None:
            keys.append(("enterprise", number))
    return tuple(keys)


def user_key(declaration: Declaration) -> EmployerKey | None:
    """The well-formed enterprise number of the user undertaking, if one is declared."""
    block = declaration.dimona_in
    user = block.features.using_employer if block is not None and block.features is not None else None
    number = (
        enterprise_number(user.enterprise_number) if user is not None and user.enterprise_number is not None else None
    )
    return None if number is None else ("enterprise", number)


def declared_ssin(declaration: Declaration) -> int | None:
    """The well-formed SSIN of an IN, if it has one."""
    worker = declaration.worker
    return int(worker.ssin) if worker is not None and worker.ssin is not None and is_ssin(worker.ssin) else None


def referred_number(declaration: Declaration) -> int | None:
    """The well-formed number that a declaration refers to: of a period, or of a daily registration that changes."""
    target = declaration.target
    block = declaration.dimona_daily_registration
    if block is not None:
        is_new = parse_action(block.attestation_status) == "create"
        return parse_period_number(block.period_id if is_new else block.daily_registration_id)
    return None if target is None else parse_period_number(target.period_id)


def declared_start(declaration: Declaration) -> date | None:
    """The well-formed start of an IN or of an UPDATE."""
    block = declaration.dimona_in or declaration.dimona_update
    return parse_day(block.start_date) if block is not None and block.start_date is not None else None


def declared_committee(declaration: Declaration) -> int | float | str | None:
    """The joint committee of an IN as it was given."""
    block = declaration.dimona_in
    return block.features.joint_commission_number if block is not None and block.features is not None else None


def window(declaration: Declaration) -> tuple[date, date]:
    """The days within which an IN may meet other periods, with a margin; every day when its dates are not readable."""
    block = declaration.dimona_in
    start = parse_day(block.start_date) if block is not None and block.start_date is not None else None
    end = parse_day(block.end_date) if block is not None and block.end_date is not None else None
    if block is None or start is None or start.year < 1900 or start.year > 9000:
        return FIRST_DAY, LAST_DAY
    if end is None or end < start or end.year > 9000:
        return start - MARGIN, LAST_DAY
    return start - MARGIN, end + MARGIN


class Subject(Struct, frozen=True, gc=False):
    """Whom and what a declaration concerns, as far as its numbers are well-formed; read once, before it queues.

    `keys`: the employer's numbers, the prevailing one first; `user`: the client's, for agency work; `ssin`: of an IN;
    `number`: the period, or the daily registration, that the others refer to; `days`: within which other periods may
    matter.
    """

    keys: tuple[EmployerKey, ...]
    user: EmployerKey | None
    ssin: int | None
    number: int | None
    days: tuple[date, date]


def subject_of(declaration: Declaration) -> Subject:
    """Whom and what a declaration concerns."""
    keys = employer_keys(declaration.employer)
    if declaration.dimona_in is None:
        return Subject(keys, None, None, referred_number(declaration), (FIRST_DAY, LAST_DAY))
    return Subject(keys, user_key(declaration), declared_ssin(declaration), None, window(declaration))
