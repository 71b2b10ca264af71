"""What the portal knew when: appointments and periods of a day as they stood at a moment."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import AppointmentVersion, PeriodVersion


def known_at(moment: datetime | None) -> Q:
    """What stood at a moment of the portal's own clock; what stands now for None."""
    if moment is None:
        return Q(recorded_to__isnull=True)
    return Q(recorded_from__lte=moment) & (Q(recorded_to__isnull=True) | Q(recorded_to__gt=moment))


def appointments_on(school: School, day: date, moment: datetime | None) -> "QuerySet[Any]":
    """The appointments of a school that ran on a day, as they were known at a moment, by name."""
    running = Q(end=None) | Q(end__gte=day)
    found = AppointmentVersion.objects.filter(known_at(moment), running, school=school, start__lte=day)
    return found.select_related("person", "employer").order_by("person__search_key", "start", "appointment")


def periods_on(people: "set[Any]", day: date, moment: datetime | None) -> "QuerySet[Any]":
    """The periods of people that covered a day, as they were known at a moment."""
    return PeriodVersion.objects.filter(
        known_at(moment), Q(end=None) | Q(end__gte=day), person_id__in=people, is_cancelled=False, start__lte=day
    )
