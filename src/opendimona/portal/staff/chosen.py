"""The people that a selection asks for: how many each tab holds, a stretch of the list, and its rows.

A list may hold a whole Community: whoever is counted is grouped once, and each order that is offered is an index's.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from msgspec import Struct

from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import UNTIL, Appointment, Period, Person
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.selection import Selection


class Row(Struct):
    """Somebody of the list, with the appointment that matters most on the day and the period that covers it."""

    person: Person
    appointment: Appointment | None
    period: Period | None
    is_here: bool
    is_coming: bool
    is_covered: bool


def counts_of(selection: Selection, school: School, day: date) -> Mapping[str, int]:
    """How many people each tab holds of those who are searched."""
    live = Q(person__periods__is_cancelled=False, person__periods__start__lte=day)
    unended = Q(person__periods__end=None) | Q(person__periods__end__gte=day)
    mine: Any = _searched(_appointments(selection, school), selection)
    each = mine.annotate(cover=FilteredRelation("person__periods", condition=live & unended)).values("person_id")
    each = each.annotate(
        is_here=BoolOr(_running(day)), is_coming=BoolOr(Q(start__gt=day)),
        is_covered=BoolOr(Q(cover__start__isnull=False)),
    )  # fmt: skip
    found: dict[str, int] = each.aggregate(
        all=Count("person_id"), now=Count("person_id", filter=Q(is_here=True)),
        uncovered=Count("person_id", filter=Q(is_here=True, is_covered=False)),
        coming=Count("person_id", filter=Q(is_coming=True)),
        left=Count("person_id", filter=Q(is_here=False, is_coming=False)),
    )  # fmt: skip
    return found


def people_of(
    selection: Selection, school: School, day: date, first: int = 0, last: int | None = None
) -> list[Person]:  # fmt: skip
    """The people who are asked for, in order: those from place `first` (from 0) to before place `last`."""
    is_backward, order = selection.sort.startswith("-"), selection.sort.removeprefix("-")
    mine = _appointments(selection, school)
    if order == "name":
        people = Person.objects.filter(Exists(mine.filter(person=OuterRef("pk"))), *_tab(selection, mine, day, "pk"))
        if selection.q:
            people = matching(people, selection.q)
        return list(people.order_by(*(("-search_key", "-pk") if is_backward else ("search_key", "pk")))[first:last])
    moment: Any = F("start") if order == "start" else UNTIL
    later = mine.filter(person=OuterRef("person"))
    if order == "start":
        later = later.filter(Q(start__gt=OuterRef("start")) | Q(start=OuterRef("start"), pk__gt=OuterRef("pk")))
    else:
        outer = OuterRef("until")
        later = later.annotate(until=UNTIL).filter(Q(until__gt=outer) | Q(until=outer, pk__gt=OuterRef("pk")))
        mine = mine.annotate(until=UNTIL)
    last_of_each = _searched(mine.filter(~Exists(later), *_tab(selection, mine, day, "person")), selection)
    by = (moment.desc(), "-person_id") if is_backward else (moment.asc(), "person_id")
    return [one.person for one in last_of_each.select_related("person").order_by(*by)[first:last]]


def rows_of(people: Sequence[Person], selection: Selection, school: School, day: date) -> list[Row]:
    """The rows of some people, in their order; two or three questions, however many they are."""
    numbers = [person.pk for person in people]
    known: dict[Any, list[Appointment]] = {}
    mine = _appointments(selection, school).filter(person_id__in=numbers)
    for one in mine.select_related("employer").order_by("start"):
        known.setdefault(one.person_id, []).append(one)
    periods: dict[Any, list[Period]] = {}
    theirs = Period.objects.filter(person_id__in=numbers, is_cancelled=False)
    for period in theirs.order_by("start"):
        periods.setdefault(period.person_id, []).append(period)
    return [_row(person, known.get(person.pk, []), periods.get(person.pk, []), day) for person in people]


def _appointments(selection: Selection, school: School) -> "QuerySet[Appointment]":
    mine = Appointment.objects.filter(school=school)
    return mine.filter(category=selection.category) if selection.category else mine


def _searched(mine: "QuerySet[Appointment]", selection: Selection) -> "QuerySet[Appointment]":
    return mine.filter(person__in=matching(Person.objects.all(), selection.q)) if selection.q else mine


def _running(day: date) -> Q:
    return Q(Q(end=None) | Q(end__gte=day), start__lte=day)


def _covering(day: date, person: str) -> "QuerySet[Period]":
    """The periods that run on a day, of the person whom the question around this one names so."""
    return Period.objects.filter(_running(day), person=OuterRef(person), is_cancelled=False)


def _tab(selection: Selection, mine: "QuerySet[Appointment]", day: date, person: str) -> tuple[Any, ...]:
    """Whom the tab holds, by the name of the person in the question around."""
    theirs = mine.filter(person=OuterRef(person))
    here, coming = Exists(theirs.filter(_running(day))), Exists(theirs.filter(start__gt=day))
    return {
        "now": (here,), "uncovered": (here, ~Exists(_covering(day, person))), "coming": (coming,),
        "left": (~here, ~coming), "all": (),
    }[selection.who]  # fmt: skip


def _row(person: Person, appointments: list[Appointment], periods: list[Period], day: date) -> Row:
    last = appointments[-1] if appointments else None
    current = next((one for one in reversed(appointments) if one.runs_on(day)), last)
    covering = None if current is None else next(
        (period for period in reversed(periods) if period.employer_id == current.employer_id
         and period.worker_type == worker_type_of(current.category) and period.overlaps(current.start, current.end)),
        None,
    )  # fmt: skip
    return Row(
        person, current, covering, is_here=current is not None and current.runs_on(day),
        is_coming=any(one.start > day for one in appointments),
        is_covered=any(period.overlaps(day, day) for period in periods),
    )  # fmt: skip
