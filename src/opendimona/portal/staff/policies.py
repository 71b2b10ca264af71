"""Until when a period is declared: to the end of the appointment, or to 31 August, by employer and category.

Which of the two is right while deferred salary is paid in summer was not found published for the French Community: the
end of the appointment is usual, and whoever answers for an employer may choose otherwise for a category.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from opendimona.portal.staff.models import Appointment, EndPolicy, Ends, Period

LAST_DAY = (8, 31)
Policies = Collection[tuple[int, str]]
"""Employer and category of those whose periods last until 31 August."""


def until_august() -> Policies:
    """For whom periods last until 31 August."""
    found: Any = EndPolicy.objects.filter(ends=Ends.YEAR).values_list("employer_id", "category")
    return frozenset(found)


def end_of(appointment: Appointment, policies: Policies) -> date | None:
    """The last day of the period of an appointment; None while nobody knows it."""
    return declared_end(appointment.employer_id, appointment.category, appointment.end, policies)


def declared_end(employer: int, category: str, end: date | None, policies: Policies) -> date | None:
    """The last day of the period of an appointment that ends on a day; None while nobody knows that day."""
    if end is None or (employer, category) not in policies:
        return end
    this = date(end.year, *LAST_DAY)
    return this if end <= this else date(end.year + 1, *LAST_DAY)


def last_day_of(period: Period, until: date) -> date | None:
    """The day on which an open period probably ended: with the last appointment in it that was over by a day."""
    over = Appointment.objects.filter(
        person_id=period.person_id, employer_id=period.employer_id, start__gte=period.start, end__lte=until
    )
    last = over.order_by("-end").first()
    return None if last is None else end_of(last, until_august())
