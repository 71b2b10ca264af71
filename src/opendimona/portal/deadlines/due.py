"""The deadlines of a school: entries by their first day, exits by the working day after the last."""

from datetime import date, timedelta

from msgspec import Struct

from opendimona.law.holidays import next_working_day
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment
from opendimona.portal.staff.situation import Need
from opendimona.portal.staff.situations import situations_of

AHEAD = timedelta(60)


class Due(Struct):
    """Something to declare by a day: what, for whom."""

    day: date
    act: str
    appointment: Appointment


def dues_of(school: School, today: date) -> list[Due]:
    """What falls due within some weeks, overdue things first; an open period that is going to end is counted too."""
    found = []
    for one in situations_of(school, today, AHEAD):
        end = one.appointment.end
        if one.need in (Need.ENTRY, Need.EXTEND, Need.CORRECT, Need.EXIT) and one.due is not None:
            found.append(Due(one.due, one.need.value, one.appointment))
        elif (
            one.need is Need.NOTHING
            and one.period is not None
            and one.period.end is None
            and end is not None
            and end <= today + AHEAD
        ):
            found.append(Due(next_working_day(end), Need.EXIT.value, one.appointment))
    return sorted(found, key=lambda due: (due.day, due.act, due.appointment.person.search_key))
