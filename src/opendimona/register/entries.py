"""Reference data and periods as they are loaded: the objects of the sandbox and of `opendimona load`."""

from datetime import date
from typing import Literal

from msgspec import Struct

from opendimona.core.declaration import DeclaredEmployer, DeclaredFeatures, DeclaredWorker
from opendimona.core.file import EmployerKind
from opendimona.core.identifiers import enterprise_number, is_nsso_number, is_provisional_number, is_ssin
from opendimona.register.interface import EmployerKey

Flag = Literal["securedChannelOnly", "notMigrated", "dailyRegistration"]


class InvalidEntry(Exception):
    """An entry that cannot be loaded: which one (from 0), which member, and what is wrong with it (never its value)."""

    def __init__(self, index: int, member: str, problem: str) -> None:
        super().__init__(f"entry {index}, {member}: {problem}")
        self.index = index
        self.member = member
        self.problem = problem


class EmployerEntry(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """An employer: at least one number; numbers may be text or integers."""

    nsso_registration_number: str | int | None = None
    provisional_nsso_number: str | int | None = None
    enterprise_number: str | int | None = None
    name: str | None = None
    active_from: date | None = None
    active_to: date | None = None
    kind: EmployerKind = "private"
    sub_entities: list[str] | None = None
    flags: list[Flag] | None = None


class WorkerEntry(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A person of the register of persons. Countries are NIS codes; all beside the names and dates is optional."""

    ssin: str
    family_name: str | None = None
    given_name: str | None = None
    birth_date: date | None = None
    gender: str | int | None = None
    flexi_eligible: bool | None = None
    pensioner: bool | None = None
    place_of_birth: str | None = None
    country_of_birth: int | None = None
    nationality: int | None = None
    post_code: str | None = None


class PeriodEntry(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A period to import, with the members of a period; numbered afresh without `period_id`; `href` is ignored.

    `old_dimona_number`: the number that it had in the Dimona of before 3 May 2010, kept as a
    reference; employers followed one by one after that day.
    """

    employer: DeclaredEmployer
    worker: DeclaredWorker
    start_date: date
    features: DeclaredFeatures
    period_id: int | str | None = None
    old_dimona_number: int | str | None = None
    end_date: date | None = None
    start_hour: str | None = None
    end_hour: str | None = None
    planned_hours_number: int | None = None
    planned_days_number: int | None = None
    late: bool | None = None
    locked: bool | None = None
    cancelled: bool | None = None
    href: str | None = None


def as_number(value: str | int | None) -> int | None:
    """A number given as text or integer; 0 for text that is none."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.isascii() and value.isdigit() else 0


def employer_entry_keys(entry: EmployerEntry, index: int) -> list[EmployerKey]:
    """The numbers of an employer. Raises InvalidEntry when there is none or one is malformed."""
    keys: list[EmployerKey] = []
    nsso, provisional = as_number(entry.nsso_registration_number), as_number(entry.provisional_nsso_number)
    if nsso is not None:
        if not is_nsso_number(nsso):
            raise InvalidEntry(index, "nssoRegistrationNumber", "is no NSSO number with right check digits")
        keys.append(("nsso", nsso))
    if provisional is not None:
        if not is_provisional_number(provisional):
            raise InvalidEntry(index, "provisionalNssoNumber", "is no provisional NSSO number with right check digits")
        keys.append(("provisional", provisional))
    if entry.enterprise_number is not None:
        enterprise = enterprise_number(str(entry.enterprise_number).zfill(10))
        if enterprise is None:
            raise InvalidEntry(index, "enterpriseNumber", "is no enterprise number with right check digits")
        keys.append(("enterprise", enterprise))
    if not keys:
        raise InvalidEntry(index, "nssoRegistrationNumber", "give at least one number of the employer")
    return keys


def worker_entry_ssin(entry: WorkerEntry, index: int) -> int:
    """The SSIN of a person. Raises InvalidEntry when its check digits are wrong."""
    if not is_ssin(entry.ssin):
        raise InvalidEntry(index, "ssin", "is no SSIN with right check digits")
    return int(entry.ssin)
