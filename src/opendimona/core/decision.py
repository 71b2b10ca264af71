"""What the register answers: a decision, its anomalies, and the period that follows from it."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from opendimona.core.file import DailyRegistration, Period

Result = Literal["A", "W", "B", "S"]
Severity = Literal["B", "NP", "S"]


class Conflict(
    Struct,
    frozen=True,
    omit_defaults=True,
    gc=False,
    rename={
        "number": "periodId",
        "start": "startDate",
        "end": "endDate",
        "start_hour": "startHour",
        "end_hour": "endHour",
    },
):
    """A period that stands in the way, as named in an anomaly; hours are HHMM text."""

    number: int
    start: date
    end: date | None = None
    start_hour: str | None = None
    end_hour: str | None = None


class RegistrationConflict(
    Struct,
    frozen=True,
    omit_defaults=True,
    gc=False,
    rename={
        "number": "dailyRegistrationId",
        "period": "periodId",
        "start": "startDate",
        "end": "endDate",
        "start_hour": "startHour",
        "end_hour": "endHour",
    },
):
    """A daily registration that stands in the way, as named in an anomaly; hours are HHMM text."""

    number: int
    period: int
    start: date
    end: date
    start_hour: str
    end_hour: str | None = None


class Excess(Struct, frozen=True, omit_defaults=True, rename="camel", gc=False):
    """The part of a declaration that does not fit a quota."""

    type: str
    exceeding_hours: int | None = None
    exceeding_days: int | None = None


class Anomaly(Struct, frozen=True, omit_defaults=True, gc=False):
    """One anomaly: its code, its severity when raised, and what it names. `reason` is an agent's own words."""

    code: str
    severity: Severity = "B"
    periods: tuple[Conflict, ...] = ()
    quota: tuple[Excess, ...] = ()
    reason: str | None = None
    registrations: tuple[RegistrationConflict, ...] = ()


class Movement(Struct, frozen=True, omit_defaults=True, gc=False):
    """How an accepted declaration moves a counter: `amount` hours or days, more or fewer, in a quarter.

    The counter is the worker's; with an `employer` it is that employer's, and `uses` (1 or -1) is how the number of
    periods that use the `day` changes, whether or not the total does.
    """

    counter: str
    quarter: int
    amount: int
    employer: int | None = None
    day: date | None = None
    uses: int = 0


class Decision(Struct, frozen=True, gc=False):
    """The outcome of judging one declaration.

    `period` is the new version of the one period that changes (number 0 for one that an IN makes), None when the file
    stays as it is; `registration` likewise for a daily registration. `movements` are what it uses or gives back of
    counters. `deadline` is the last moment at which the declaration was on time, None when it has none.
    """

    result: Result
    anomalies: tuple[Anomaly, ...] = ()
    is_late: bool = False
    deadline: datetime | None = None
    period: Period | None = None
    registration: DailyRegistration | None = None
    movements: tuple[Movement, ...] = ()
