"""What the register knows when it decides: the worker's file, the employer, the period referred to."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

EmployerKind = Literal["private", "local", "public"]


class Employer(Struct, frozen=True, omit_defaults=True, gc=False):
    """An employer of the repertory. `id` is the register's own key; dates are days, both inclusive.

    `is_assumed`: made up by the lenient sandbox; for whoever is strict it is not in the repertory.
    `may_register_daily`: chose Dimona to register the daily presence of its staff. `formerly`: NSSO numbers that it
    bore before, which still lead to it.
    """

    id: int
    nsso: int | None = None
    provisional: int | None = None
    enterprise: int | None = None
    name: str | None = None
    active_from: date | None = None
    active_to: date | None = None
    kind: EmployerKind = "private"
    sub_entities: tuple[str, ...] = ()
    is_secured_only: bool = False
    is_migrated: bool = True
    is_assumed: bool = False
    may_register_daily: bool = False
    formerly: Sequence[int] | None = None


class Person(Struct, frozen=True, omit_defaults=True, gc=False):
    """A person of the register of persons.

    `replaced_by`: the SSIN in force, where this one is none any more; `formerly`: those that this one replaced.
    """

    ssin: int
    family_name: str | None = None
    given_name: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    is_flexi_eligible: bool = True
    is_pensioner: bool = False
    replaced_by: int | None = None
    formerly: Sequence[int] | None = None


class Features(Struct, frozen=True, omit_defaults=True, gc=False):
    """What makes a period what it is; never changes during its life. `user` is the client of an agency."""

    worker_type: str
    joint_committee: str | None = None
    sub_entity: str | None = None
    user_joint_committee: str | None = None
    user_enterprise: int | None = None
    user_name: str | None = None

    @property
    def effective_joint_committee(self) -> str | None:
        """The committee whose rules apply to the work: the user's for a temporary agency (322), else the employer's."""
        return self.user_joint_committee if self.joint_committee == "322" else self.joint_committee


class Period(Struct, frozen=True, omit_defaults=True, gc=False):
    """One employment inside a relation, in one version. Days are closed at both ends; hours are HHMM as an integer.

    `number` is that of the IN that made it, 0 while not yet numbered. `details` is the JSON text of what is kept but
    never judged again (cards, place of work, small statutes, user's address).
    """

    number: int
    employer: int
    features: Features
    start: date
    end: date | None = None
    start_hour: int | None = None
    end_hour: int | None = None
    planned_hours: int | None = None
    planned_days: int | None = None
    is_late: bool = False
    is_locked: bool = False
    is_cancelled: bool = False
    version: int = 0
    details: str | None = None


class DailyRegistration(Struct, frozen=True, omit_defaults=True, gc=False):
    """One presence of a worker, within a period, in one version. `end_hour` is None while the worker is there.

    `number` is that of the declaration that made it, 0 while not yet numbered; `period` that of its period.
    """

    number: int
    period: int
    start: date
    start_hour: int
    end: date
    end_hour: int | None = None
    is_cancelled: bool = False
    version: int = 0


Reference = Literal["known", "unknown", "blocked"]
Totals = dict[tuple[str, int], int]
"""What is used of each counter in each quarter, as `core.calendar.quarter_key` numbers it; absent means nothing."""


class File(Struct, frozen=True, omit_defaults=True, gc=False):
    """Everything that one decision may look at.

    `employer` is the one the declaration resolves to: by the numbers given in an IN, by the period in the others.
    `employer_by_enterprise` is the one its enterprise number resolves to, when both numbers are given. `person` is
    None for a worker who is unknown or not given. `periods` are the worker's, at every employer, in their current
    version, cancelled ones included, at least all those within three days of the declaration's dates. `target` is the
    period that an OUT, UPDATE or CANCEL refers to, `reference` what became of that number (`blocked`: the number of a
    refused IN), `target_ssin` whose it is. `user_is_known`: the user undertaking is in the repertory.

    For a daily registration `target` is the period that it belongs to. `registration` is the one referred to,
    `registration_reference` what became of that number (`blocked`: it is that of something else), `registrations` are
    the worker's at this employer, in their current version, at least all those within three days of the one judged.

    Only where the declaration moves counters: `client` is the user undertaking as an employer; `worker_totals` are the
    worker's at all employers; `employer_totals` those of the undertaking worked for (the client's for agency work), and
    `employer_day_uses` how many standing periods use a day of one of its counters.
    """

    employer: Employer | None = None
    employer_by_enterprise: Employer | None = None
    person: Person | None = None
    periods: tuple[Period, ...] = ()
    target: Period | None = None
    target_ssin: int | None = None
    reference: Reference = "unknown"
    user_is_known: bool = True
    registration: DailyRegistration | None = None
    registration_reference: Reference = "unknown"
    registrations: tuple[DailyRegistration, ...] = ()
    client: Employer | None = None
    worker_totals: Totals = {}
    employer_totals: Totals = {}
    employer_day_uses: dict[tuple[str, date], int] = {}
