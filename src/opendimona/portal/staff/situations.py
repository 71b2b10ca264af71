"""What the appointments of a school need, all at once, with as many questions to the database as for one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from opendimona.portal.declare.payload import WORKER_TYPES, worker_type_of
from opendimona.portal.declare.states import awaited_entries
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, Period, Person
from opendimona.portal.staff.policies import Policies, until_august
from opendimona.portal.staff.situation import Situation, situation_of

AHEAD = timedelta(7)
LOOK_BACK = timedelta(120)
"""Appointments that ended longer ago are not looked at again."""


def situations_of(school: School, today: date, ahead: timedelta = AHEAD) -> list[Situation]:
    """What each appointment of a school needs, most urgent first; those far away in time are left out.

    So are those of which one period holds every day, until an end that is further away: nothing is to do about them.
    """
    policies = until_august()
    near = school.appointments.filter(Q(end=None) | Q(end__gte=today - LOOK_BACK), start__lte=today + ahead)
    mine = list(_unsettled(near, today + ahead, policies).select_related("person", "employer"))
    found = _judged(mine, school, today, policies)
    return sorted(found, key=lambda one: (one.due or date.max, one.appointment.person.search_key))


def situations_by_person(people: Iterable[Person], school: School, today: date) -> Mapping[int, Sequence[Situation]]:
    """What every appointment of some people in a school needs; whoever has none there is not in it."""
    mine = school.appointments.filter(person__in=list(people)).select_related("person", "employer").order_by("pk")
    found: dict[int, list[Situation]] = {}
    for one in _judged(list(mine), school, today, until_august()):
        found.setdefault(one.appointment.person_id, []).append(one)
    return found


def _judged(mine: Sequence[Appointment], school: School, today: date, policies: Policies) -> list[Situation]:
    people = {one.person_id for one in mine}
    periods: dict[Any, list[Period]] = defaultdict(list)
    others: dict[Any, list[Appointment]] = defaultdict(list)
    if people:
        for period in Period.objects.filter(person_id__in=people, is_cancelled=False).order_by("start"):
            periods[period.person_id].append(period)
        for other in Appointment.objects.filter(person_id__in=people).select_related("school").order_by("start"):
            others[other.person_id].append(other)
    awaited = awaited_entries(school) if people else ()
    return [situation_of(one, periods[one.person_id], others[one.person_id], today, policies, awaited) for one in mine]


def _unsettled(
    mine: "QuerySet[Appointment]", until: date, policies: Policies
) -> "QuerySet[Appointment]":  # fmt: skip
    """Those of some appointments that may need something: `situation_of` would find nothing for the others.

    An appointment is settled when a period of its kind begins no later and ends no earlier, and no open one has to be
    ended by the day `until`. One whose period lasts longer than itself, by a policy, is left to `situation_of`.
    """
    kinds = [When(category=category, then=Value(kind)) for category, kind in WORKER_TYPES.items()]
    kind = Case(*kinds, default=Value(worker_type_of("")), output_field=CharField())
    concerned = Period.objects.filter(
        person=OuterRef("person"), employer=OuterRef("employer"), worker_type=OuterRef("kind"), is_cancelled=False
    )
    whole = concerned.filter(Q(end=None) | Q(end__gte=OuterRef("end")), start__lte=OuterRef("start"))
    still_open = concerned.filter(Q(start__lte=OuterRef("end")), end=None)
    settled = Exists(whole) & (Q(end=None) | Q(end__gt=until) | ~Exists(still_open))
    for employer, category in policies:
        settled &= Q(end=None) | ~Q(employer_id=employer, category=category)
    return mine.annotate(kind=kind).exclude(settled)
