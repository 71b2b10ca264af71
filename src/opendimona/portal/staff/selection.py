"""Which people of a school, in which order and with which columns: read from an address, for the list and its files.

An address never holds a number by which somebody could be identified.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from msgspec import Struct
from msgspec.structs import replace

from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, Category, Period, Person
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.spelling import digits_of

FAR = date(9999, 12, 31)
SORTS = {"name": "search_key", "-name": "-search_key", "end": "here_until", "-end": "-here_until",
         "start": "here_since", "-start": "-here_since"}  # fmt: skip
TABS = {
    "now": Q(is_here=True),
    "uncovered": Q(is_here=True, is_covered=False),
    "coming": Q(is_coming=True),
    "left": Q(is_here=False, is_coming=False),
    "all": Q(),
}
"""Whom each tab of the list holds."""
TAB_NAMES = {"now": _("En fonction"), "uncovered": _("Non couverts"), "coming": _("À venir"), "left": _("Partis"),
             "all": _("Tous")}  # fmt: skip
COLUMNS = {
    "category": _("Fonction"),
    "note": _("Pour quoi"),
    "load": _("Charge"),
    "start": _("Depuis"),
    "end": _("Jusqu'au"),
    "employer": _("Employeur"),
    "period": _("Période"),
    "birth": _("Naissance"),
    "ssin": _("NISS"),
    "state": _("Aujourd'hui"),
}
"""What a list may show beside the name, in this order."""
SHOWN = ("category", "start", "end", "employer", "state")
"""What it shows until somebody chooses."""
SEARCH_MAX = 80


class Selection(Struct, frozen=True):
    """What an address asks of the list. `q`: a part of a name, never a number."""

    who: str = "now"
    q: str = ""
    category: str = ""
    sort: str = "name"
    columns: tuple[str, ...] = SHOWN

    def address(self, **changes: Any) -> str:
        """The query of an address that asks for this, or for this with changes; what is usual is left out."""
        page = changes.pop("page", None)
        wanted = replace(self, **changes)
        usual = Selection()
        pairs: list[tuple[str, str]] = [
            (name, getattr(wanted, name)) for name in ("who", "q", "category", "sort")
            if getattr(wanted, name) != getattr(usual, name)
        ]  # fmt: skip
        if wanted.columns != usual.columns:
            pairs += [("column", name) for name in wanted.columns or ("",)]
        if page is not None:
            pairs.append(("page", str(page)))
        return "?" + urlencode(pairs)


def selection_of(query: QueryDict) -> Selection:
    """What an address asks for, each part that makes no sense replaced by what is usual."""
    typed = query.get("q", "").strip()[:SEARCH_MAX]
    asked = query.getlist("column")
    return Selection(
        who=_one_of(TABS, query.get("who"), "now"),
        q="" if digits_of(typed) else typed,
        category=_one_of(Category.values, query.get("category"), ""),
        sort=_one_of(SORTS, query.get("sort"), "name"),
        columns=tuple(name for name in COLUMNS if name in asked) if asked else SHOWN,
    )  # fmt: skip


def _one_of(known: Iterable[str], asked: str | None, otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise


def chosen(selection: Selection, school: School, day: date) -> "QuerySet[Any]":
    """The people that are asked for, in order."""
    people = _people(school, day, selection.category).filter(TABS[selection.who])
    if selection.q:
        people = matching(people, selection.q)
    return people.order_by(SORTS[selection.sort], "pk")


def counts_of(selection: Selection, school: School, day: date) -> Mapping[str, int]:
    """How many people each tab holds of those who are searched, in one question."""
    people = _people(school, day, selection.category)
    if selection.q:
        people = matching(people, selection.q)
    return people.aggregate(**{name: Count("pk", filter=condition) for name, condition in TABS.items()})


def _people(school: School, day: date, category: str) -> "QuerySet[Any]":
    """Everybody who has or had an appointment in the school, with what the list shows and filters by."""
    mine = Appointment.objects.filter(person=OuterRef("pk"), school=school)
    if category:
        mine = mine.filter(category=category)
    live = Period.objects.filter(person=OuterRef("pk"), is_cancelled=False)
    running = live.filter(Q(end=None) | Q(end__gte=day), start__lte=day)
    return Person.objects.filter(Exists(mine)).annotate(
        here_since=Subquery(mine.order_by("-start").values("start")[:1]),
        here_until=Subquery(mine.order_by(Coalesce("end", FAR).desc()).values(until=Coalesce("end", FAR))[:1]),
        is_here=Exists(mine.filter(Q(end=None) | Q(end__gte=day), start__lte=day)),
        is_coming=Exists(mine.filter(start__gt=day)),
        is_covered=Exists(running),
    )


class Row(Struct):
    """Somebody of the list, with the appointment that matters most on the day and the period that covers it."""

    person: Any
    appointment: Appointment | None
    period: Period | None


def rows_of(people: Iterable[Any], selection: Selection, school: School, day: date) -> list[Row]:
    """The rows of some people, in their order; two questions, however many they are."""
    some = list(people)
    numbers = [person.pk for person in some]
    known: dict[Any, list[Appointment]] = {}
    mine = school.appointments.filter(person_id__in=numbers)
    if selection.category:
        mine = mine.filter(category=selection.category)
    for one in mine.select_related("employer").order_by("start"):
        known.setdefault(one.person_id, []).append(one)
    periods: dict[Any, list[Period]] = {}
    if "period" in selection.columns:
        for period in Period.objects.filter(person_id__in=numbers, is_cancelled=False).order_by("start"):
            periods.setdefault(period.person_id, []).append(period)
    return [_row(person, known.get(person.pk, []), periods.get(person.pk, []), day) for person in some]


def _row(person: Any, appointments: list[Appointment], periods: list[Period], day: date) -> Row:
    last = appointments[-1] if appointments else None
    current = next((one for one in reversed(appointments) if one.runs_on(day)), last)
    covering = None if current is None else next(
        (period for period in reversed(periods) if period.employer_id == current.employer_id
         and period.worker_type == worker_type_of(current.category) and period.overlaps(current.start, current.end)),
        None,
    )  # fmt: skip
    return Row(person, current, covering)
