"""Programs of one school: the register is told what is the school's, so that they see that and nothing else."""

import time
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from opendimona.portal.declare.models import Filing
from opendimona.portal.schools.models import School
from opendimona.portal.schools.units import unit_of
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.models import Appointment, Period
from opendimona.register.interface import Unavailable

PAUSE = 600.0
"""Seconds between two looks: an appointment may have come to share a period that another school declared."""
_last = -PAUSE


def numbers_of(school: School) -> set[int]:
    """What the register has of a school, as far as the portal knows: its declarations, and the periods of its staff."""
    mine = Filing.objects.filter(school=school, number__isnull=False)
    found = set(mine.values_list("number", flat=True)) | set(mine.values_list("period", flat=True))
    engaged = Appointment.objects.filter(
        Q(end=None) | Q(end__gte=OuterRef("start")), school=school, person=OuterRef("person"),
        employer=OuterRef("employer"), start__lte=Coalesce(OuterRef("end"), date.max),
    )  # fmt: skip
    found |= set(Period.objects.filter(Exists(engaged)).values_list("pk", flat=True))
    return {number for number in found if number is not None}


def tell_register(school: School) -> None:
    """Tell the register what is the school's. Raises Unavailable."""
    STREET.assign_units([(number, unit_of(school)) for number in numbers_of(school)])


def look_after_bounded(_at: datetime) -> None:
    """Now and then, tell the register anew what is of each school that has a program of its own."""
    global _last  # noqa: PLW0603 - one process looks once in a while
    if time.monotonic() - _last < PAUSE:
        return
    _last = time.monotonic()
    try:
        units = {one.unit for one in STREET.programs() if one.unit is not None and one.unit.isdecimal()}
        for school in School.objects.filter(fase__in=[int(unit) for unit in units if len(unit) < 10]):
            tell_register(school)
    except Unavailable:
        _last = -PAUSE
