"""What an appointment needs: compared with the periods that the portal knows, the next thing to declare, if any.

The rule is about insurability only: each day of an appointment has to be a day of a period of its employer, and a
period has to end when nobody needs it any more. Whether a declaration is acceptable is for the register to say.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct

from opendimona.law.holidays import next_working_day
from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.staff.models import Appointment, Period
from opendimona.portal.staff.policies import Policies, end_of

Awaited = Collection[tuple[int, int]]
"""Person and employer of entries that were declared and are not decided."""


class Need(StrEnum):
    """What is missing between an appointment and its periods; `awaited`: an entry was declared and is not decided."""

    NOTHING = "nothing"
    ENTRY = "entry"
    EXTEND = "extend"
    CORRECT = "correct"
    EXIT = "exit"
    KEPT = "kept"
    AWAITED = "awaited"


class Situation(Struct):
    """An appointment, the period that concerns it, and what is needed by which day.

    `end`: the last day for which a period is needed. `kept_by`: the other appointments that keep the period open.
    """

    appointment: Appointment
    need: Need
    period: Period | None = None
    due: date | None = None
    kept_by: Sequence[Appointment] = ()
    end: date | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether the day has passed."""
        return self.due is not None and self.due < today


def situation_of(
    appointment: Appointment, periods: Iterable[Period], others: Iterable[Appointment], today: date,
    policies: Policies = (), awaited: Awaited = (),
) -> Situation:  # fmt: skip
    """What an appointment needs on a day; `periods` and `others` are all those of the person.

    `policies`: the employers and categories whose periods last until 31 August. `awaited`: persons and employers of the
    entries that are not decided yet.
    """
    end = end_of(appointment, policies)
    concerned = [
        period
        for period in periods
        if period.employer_id == appointment.employer_id
        and period.worker_type == worker_type_of(appointment.category)
        and period.overlaps(appointment.start, appointment.end)
    ]
    if not concerned and (appointment.person_id, appointment.employer_id) in awaited:
        return Situation(appointment, Need.AWAITED, end=end)
    if not concerned:
        return Situation(appointment, Need.ENTRY, due=appointment.start, end=end)
    first, last = min(concerned, key=lambda one: one.start), max(concerned, key=_end)
    if first.start > appointment.start:
        return Situation(appointment, Need.CORRECT, first, due=appointment.start, end=end)
    if _end(last) < (end or date.max):
        return Situation(appointment, Need.EXTEND, last, due=last.end, end=end)
    if last.end is None and end is not None and end <= today:
        keeping = [one for one in others if one.pk != appointment.pk and _keeps(one, last, end, policies)]
        if keeping:
            return Situation(appointment, Need.KEPT, last, kept_by=keeping, end=end)
        return Situation(appointment, Need.EXIT, last, due=next_working_day(end), end=end)
    return Situation(appointment, Need.NOTHING, last, end=end)


def _end(period: Period) -> date:
    return period.end or date.max


def _keeps(other: Appointment, period: Period, end: date, policies: Policies) -> bool:
    """Whether another appointment needs the period after an end."""
    until = end_of(other, policies)
    return (
        other.employer_id == period.employer_id
        and worker_type_of(other.category) == period.worker_type
        and (until is None or until > end)
        and period.overlaps(other.start, other.end)
    )
