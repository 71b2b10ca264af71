"""What a declarant sends: one Dimona declaration, as given, before anything was judged.

Member names are those of the REST v2 body (camel case in JSON). Values keep the JSON type in which they came: a date is
still text, a number may be an integral float. `core.checks` says what is wrong with them; nothing here ever refuses a
value for its content. Absent members and `null` are the same thing.
"""

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType, field

Number = int | float
Kind = Literal["in", "out", "update", "cancel", "daily"]
BLOCKS: dict[Kind, str] = {
    "in": "dimonaIn",
    "out": "dimonaOut",
    "update": "dimonaUpdate",
    "cancel": "dimonaCancel",
    "daily": "dimonaDailyRegistration",
}
"""The member that holds each kind of declaration."""


class Municipality(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, gc=False):
    """A municipality: NIS code (10000-99999) and name."""

    code: Number | None = None
    name: str | None = None


class Address(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", frozen=True, gc=False):
    """An address as Belgif writes it; `country` is a NIS country code (150 is Belgium)."""

    street: str | None = None
    house_number: str | None = None
    box_number: str | None = None
    post_code: str | None = None
    municipality: Municipality | None = None
    country: Number | None = None


class DeclaredEmployer(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """The employer as the declarant names it: NSSO number (definitive or provisional), enterprise number, or both."""

    employer_id: Number | None = None
    enterprise_number: str | None = None


class DeclaredWorker(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """The worker as identified by the declarant: SSIN, else identity data."""

    ssin: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    birth_date: str | None = None
    place_of_birth: str | None = None
    country_of_birth: Number | None = None
    nationality: Number | None = None
    gender: Number | str | None = None
    address: Address | None = None


class UsingEmployer(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", frozen=True, gc=False):
    """The client of a temporary work agency: enterprise number, or name and address when it has none."""

    joint_commission_number: Number | str | None = None
    enterprise_number: str | None = None
    name: str | None = None
    address: Address | None = None


class DeclaredFeatures(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", frozen=True, gc=False):
    """The features of the period to be: joint committee, worker type, sub-entity, user undertaking."""

    joint_commission_number: Number | str | None = None
    worker_type: str | None = None
    sub_entity: Number | str | None = None
    using_employer: UsingEmployer | None = None


class ConstructionControlCards(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, gc=False):
    """The two C3.2A card numbers of a construction worker (month of start, month after)."""

    first_month: Number | str | None = field(default=None, name="firstMonthC32ANumber")
    next_month: Number | str | None = field(default=None, name="nextMonthC32ANumber")


class SmallStatutesInformation(
    Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", frozen=True, gc=False
):
    """What the work accident insurance of trainees needs."""

    employment_nature: str | None = None
    worker_status: str | None = None
    activity_with_risk: Number | None = None


class StudentPlaceOfWork(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, gc=False):
    """Where a student works when it is not the employer's head office."""

    name: str | None = None
    address: Address | None = None


class DimonaIn(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", frozen=True, gc=False):
    """Entry into service: makes a period."""

    start_date: str | None = None
    start_hour: str | None = None
    end_date: str | None = None
    end_hour: str | None = None
    planned_hours_number: Number | None = None
    planned_days_number: Number | None = None
    features: DeclaredFeatures | None = None
    construction_control_cards: ConstructionControlCards | None = None
    small_statutes_information: SmallStatutesInformation | None = None
    student_place_of_work: StudentPlaceOfWork | None = None


class DimonaOut(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """End of service: closes an open period."""

    period_id: Number | str | None = None
    end_date: str | None = None


class DimonaUpdate(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """Change of the dates, hours or planned hours of a period; an end of 9999-12-31 reopens it."""

    period_id: Number | str | None = None
    start_date: str | None = None
    start_hour: str | None = None
    end_date: str | None = None
    end_hour: str | None = None
    planned_hours_number: Number | None = None
    planned_days_number: Number | None = None


class DimonaCancel(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """Removal of a whole period: the worker never came, or a feature was wrong from the start."""

    period_id: Number | str | None = None


class DimonaDailyRegistration(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """The presence of a worker of the hotel and catering sector: created (status 0), modified (1), cancelled (3)."""

    attestation_status: Number | str | None = None
    daily_registration_id: Number | str | None = None
    period_id: Number | str | None = None
    start_date: str | None = None
    start_hour: str | None = None
    end_date: str | None = None
    end_hour: str | None = None


class Declaration(Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel", gc=False):
    """One declaration: exactly one of the five blocks, and who it is about.

    `features` and `period_id` beside the block are sent by real clients and ignored.
    """

    employer: DeclaredEmployer | None = None
    worker: DeclaredWorker | None = None
    dimona_in: DimonaIn | None = None
    dimona_out: DimonaOut | None = None
    dimona_update: DimonaUpdate | None = None
    dimona_cancel: DimonaCancel | None = None
    dimona_daily_registration: DimonaDailyRegistration | None = None
    features: Raw | UnsetType = UNSET
    period_id: Raw | UnsetType = UNSET

    @property
    def kind(self) -> Kind:
        """Which of the five declarations this is."""
        if self.dimona_in is not None:
            return "in"
        if self.dimona_out is not None:
            return "out"
        if self.dimona_update is not None:
            return "update"
        return "daily" if self.dimona_daily_registration is not None else "cancel"

    @property
    def target(self) -> DimonaOut | DimonaUpdate | DimonaCancel | None:
        """The block of an OUT, UPDATE or CANCEL; None for the others."""
        return self.dimona_out or self.dimona_update or self.dimona_cancel
