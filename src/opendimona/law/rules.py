"""The rows of the law's tables as values, and the law as one value that a decision is made with.

Every row is valid from `valid_from` to `valid_to`, both inclusive, None meaning unbounded, and says where it comes from
(`source`) and whether anybody confirmed it (`confirmed`).
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from opendimona.law.catalogue import Text

ANY = "any"
Presence = Literal["required", "optional", "forbidden"]
HoursRule = Literal["none", "occasional", "flexi"]
EndRule = Literal["any", "quarter", "same-day"]
Subject = Literal["worker", "employer"]
Measure = Literal["planned-hours", "planned-days", "days"]
Until = Literal["start-hour", "start-day", "day-before", "next-working-day", "none"]


class Row(Struct, frozen=True, kw_only=True):
    """What every row of law carries."""

    valid_from: date | None = None
    valid_to: date | None = None
    source: str
    confirmed: bool = True
    note: str | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the row is in force on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class WorkerType(Row, frozen=True, kw_only=True):
    """What a worker type asks of a period that starts within the row's validity.

    `hours`: none, those of an occasional worker, those of a flexi-job. `end_rule`: where the end may lie.
    `out_of_validity`: the anomaly for a start outside every row of the type. `days_ahead`: the longest time between
    filing and start. `is_updatable`: whether an UPDATE may touch the period. `end_max`: the last day on which a period
    in this format may end.
    """

    code: str
    name_fr: str
    name_nl: str
    end: Presence = "optional"
    end_rule: EndRule = "any"
    hours: HoursRule = "none"
    planned_hours: Presence = "forbidden"
    planned_days: Presence = "forbidden"
    small_statutes: Presence = "forbidden"
    place_of_work: Presence = "forbidden"
    is_ssin_required: bool = False
    is_start_fixed: bool = False
    is_end_fixed_forward: bool = False
    is_updatable: bool = True
    out_of_validity: str = "00655-003"
    days_ahead: int | None = None
    days_before_quarter: int | None = None
    end_max: date | None = None


class JointCommittee(Row, frozen=True, kw_only=True):
    """A joint committee that Dimona accepts, and the worker types that may be declared under it.

    `user_types`: the types that need the user undertaking's committee to be this one, for agency work (322).
    `has_day_package`: an occasional worker without an end hour is paid by the day.
    `has_performance_type`: instead of an end hour an occasional worker had a type of performance (90373-339).
    `max_consecutive_days`: how many days in a row an occasional worker may be declared.
    """

    code: str
    name_fr: str
    name_nl: str
    types: frozenset[str]
    is_agency: bool = False
    is_for_users: bool = True
    has_day_package: bool = False
    has_performance_type: bool = False
    max_consecutive_days: int | None = None
    needs_cards: bool = False


class EmployerTypes(Row, frozen=True, kw_only=True):
    """Which worker types a kind of employer may (`only`) or may not (`never`) declare."""

    kinds: frozenset[str]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


class ForbiddenType(Row, frozen=True, kw_only=True):
    """Worker types that could not be declared yet for periods that start within the row's dates.

    `filed_until`: the last day of filing on which they were refused.
    """

    types: frozenset[str]
    filed_until: date


class Overlap(Row, frozen=True, kw_only=True):
    """Whether periods of two worker types may overlap at one employer; the order of the two makes no difference.

    `one` and `other` are worker types, or `any`. `features`: whether the row speaks of periods with equal joint
    committee, type, sub-entity and user, or of periods that differ in one of these.
    """

    one: str
    other: str
    features: Literal["equal", "different"]
    is_allowed: bool

    def is_about(self, one: str, other: str) -> bool:
        """Whether the row speaks of these two worker types, in either order."""
        return (self.one in (ANY, one) and self.other in (ANY, other)) or (
            self.one in (ANY, other) and self.other in (ANY, one)
        )


class Deadline(Row, frozen=True, kw_only=True):
    """Until when a declaration is on time. `case` names the change; `types` empty means every other type.

    `starts_until`: the row is only for periods that start on this day at the latest.
    """

    case: str
    until: Until
    types: frozenset[str] = frozenset()
    starts_until: date | None = None


class LatenessConsequence(Row, frozen=True, kw_only=True):
    """What follows from a declaration that was accepted and came too late, filed within the row's dates.

    `case` names the change as in the deadlines; `types` empty means every type.
    """

    case: str
    types: frozenset[str] = frozenset()
    text: Text


class Suspension(Row, frozen=True, kw_only=True):
    """A check that is not made for declarations filed within the row's validity."""

    check: str


class DailyRegistrations(Row, frozen=True, kw_only=True):
    """Which periods have daily registrations, and how long one may be. Periods declared with hours have none.

    `never`: the worker types whose periods have none either. `max_hours`: the longest presence, in hours.
    """

    never: frozenset[str]
    max_hours: int


class ActivitiesWithRisk(Row, frozen=True, kw_only=True):
    """The activities with risk (zone 00041) that go with one nature of work only: WORKER or EMPLOYEE."""

    nature: str
    activities: frozenset[int]


class Bounds(Row, frozen=True, kw_only=True):
    """The domain of dates: first day of a start and of an end, and how many calendar years ahead they stop."""

    start_min: date
    end_min: date
    years_ahead: int


class Counter(Row, frozen=True, kw_only=True):
    """What is counted: planned hours or days as declared, or the days on which work starts.

    `subject`: whose counter it is; for agency work the employer is the client. `committees`: those of the work, empty
    meaning all. The row holds for periods that start within its dates.
    """

    id: str
    subject: Subject
    measure: Measure
    types: frozenset[str]
    committees: frozenset[str] = frozenset()
    is_late_counted: bool = True

    @property
    def unit(self) -> Literal["hour", "day"]:
        """What is counted."""
        return "hour" if self.measure == "planned-hours" else "day"


class Quota(Row, frozen=True, kw_only=True):
    """How much of a counter may be used, for periods that start within the row's dates.

    `window`: the `quarters` of a year (1-4) count together, none after the row ends; or each for itself. `beside`:
    another counter of the subject that must be in use that year. `filed_from`, `filed_to`: the row holds only for
    declarations filed within these days. `is_signalled`: whether an excess is an anomaly, or can only be read.
    """

    type: str
    counter: str
    limit: int
    window: Literal["year", "quarter"] = "year"
    quarters: frozenset[int] = frozenset((1, 2, 3, 4))
    severity: Literal["NP", "B"] = "NP"
    is_signalled: bool = True
    beside: str | None = None
    filed_from: date | None = None
    filed_to: date | None = None

    def is_valid_for(self, day: date, filed_on: date) -> bool:
        """Whether the row holds for a period that starts on a day, in a declaration filed on another."""
        return (
            self.is_valid_on(day)
            and (day.month + 2) // 3 in self.quarters
            and (self.filed_from is None or self.filed_from <= filed_on)
            and (self.filed_to is None or filed_on <= self.filed_to)
        )


class Relief(Row, frozen=True, kw_only=True):
    """A quarter of which the first hours or days, or all (`first` None), do not count against the quotas."""

    counter: str
    year: int
    quarter: int
    first: int | None = None


class Law(Struct, frozen=True, kw_only=True):
    """All tables that decisions need, as one value. `version` names exactly these tables."""

    version: str
    worker_types: dict[str, tuple[WorkerType, ...]]
    joint_committees: dict[str, tuple[JointCommittee, ...]]
    employer_types: tuple[EmployerTypes, ...]
    forbidden_types: tuple[ForbiddenType, ...]
    overlaps: tuple[Overlap, ...]
    deadlines: tuple[Deadline, ...]
    lateness_consequences: tuple[LatenessConsequence, ...]
    suspensions: tuple[Suspension, ...]
    daily_registrations: tuple[DailyRegistrations, ...]
    activities_with_risk: tuple[ActivitiesWithRisk, ...]
    bounds: Bounds
    counters: tuple[Counter, ...]
    quotas: tuple[Quota, ...]
    reliefs: tuple[Relief, ...]
    counters_by_type: dict[str, tuple[Counter, ...]]
    quotas_by_counter: dict[str, tuple[Quota, ...]]

    def counter(self, name: str) -> Counter:
        """A counter by its name; its rows differ in their dates only. Raises KeyError."""
        for row in self.counters:
            if row.id == name:
                return row
        raise KeyError(name)

    def quotas_of(self, counter: str, day: date, filed_on: date) -> list[Quota]:
        """The quotas that hold for a counter."""
        return [row for row in self.quotas_by_counter.get(counter, ()) if row.is_valid_for(day, filed_on)]

    def relief(self, counter: str, year: int, quarter: int, used: int) -> int:
        """How much of what is used in a quarter does not count."""
        for row in self.reliefs:
            if row.counter == counter and row.year == year and row.quarter == quarter:
                return used if row.first is None else min(used, row.first)
        return 0

    def worker_type(self, code: str, day: date) -> WorkerType | None:
        """The row of a worker type in force on a day."""
        for row in self.worker_types.get(code, ()):
            if row.is_valid_on(day):
                return row
        return None

    def joint_committee(self, code: str, day: date) -> JointCommittee | None:
        """The row of a joint committee in force on a day."""
        for row in self.joint_committees.get(code, ()):
            if row.is_valid_on(day):
                return row
        return None

    def is_type_forbidden(self, code: str, start: date, filed_on: date) -> bool:
        """Whether a worker type could not be declared yet, on the day of filing, for periods from this start."""
        for row in self.forbidden_types:
            if code in row.types and filed_on <= row.filed_until and row.is_valid_on(start):
                return True
        return False

    def may_overlap(self, one: str, other: str, has_equal_features: bool, day: date) -> bool:
        """Whether periods of these two types may overlap on a day: the first row that speaks of them decides."""
        features = "equal" if has_equal_features else "different"
        for row in self.overlaps:
            if row.features == features and row.is_about(one, other) and row.is_valid_on(day):
                return row.is_allowed
        return True

    def deadline(self, case: str, worker_type: str, filed_on: date, start: date | None = None) -> Until:
        """Until when a change of this kind is on time, for a worker type, a day of filing and the start declared."""
        general: Until = "none"
        for row in self.deadlines:
            if row.case == case and row.is_valid_on(filed_on):
                if worker_type in row.types:
                    if row.starts_until is None or (start is not None and start <= row.starts_until):
                        return row.until
                elif not row.types:
                    general = row.until
        return general

    def daily_registration_rule(self, day: date) -> DailyRegistrations | None:
        """The rules of daily registrations that start on a day, None when there were none yet."""
        return next((row for row in self.daily_registrations if row.is_valid_on(day)), None)

    def consequences(self, case: str, worker_type: str | None, filed_on: date) -> tuple[LatenessConsequence, ...]:
        """What follows from a late change of this kind, for a worker type (None: not known) and a day of filing."""
        return tuple(
            row for row in self.lateness_consequences
            if row.case == case and (not row.types or worker_type in row.types) and row.is_valid_on(filed_on)
        )  # fmt: skip

    def nature_of_activity(self, activity: int, day: date) -> str | None:
        """The nature of work that an activity with risk goes with, None where it goes with any."""
        rows = (row for row in self.activities_with_risk if activity in row.activities and row.is_valid_on(day))
        return next((row.nature for row in rows), None)

    def is_suspended(self, check: str, filed_on: date) -> bool:
        """Whether a check is suspended for declarations filed on a day."""
        return any(row.check == check and row.is_valid_on(filed_on) for row in self.suspensions)
