"""One person in a comparison: how much of what was paid is covered, day by day."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec import Struct

from opendimona.portal.insurability.figures import hundredths
from opendimona.portal.insurability.models import Gap, Run, RunState
from opendimona.portal.insurability.views import rows_of
from opendimona.portal.schools.models import Employer
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Period, Person

RUNS_SHOWN, MONTHS_MAX = 12, 14
DAYS = """
    SELECT employer_id, day::date, bool_or(is_open) FROM (
        SELECT p.employer_id, generate_series(lower(r), upper(r) - 1, '1 day') AS day, false AS is_open
          FROM insurability_person AS p, unnest(p.paid) AS r WHERE p.run_id = %s AND p.ssin = %s
         UNION ALL
        SELECT p.employer_id, generate_series(lower(r), upper(r) - 1, '1 day'), true
          FROM insurability_person AS p, unnest(p.uncovered) AS r WHERE p.run_id = %s AND p.ssin = %s) AS days
     GROUP BY employer_id, day ORDER BY employer_id, day"""
TREND = """
    SELECT p.run_id, sum((SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(p.paid) AS r)),
           sum((SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(p.uncovered) AS r))
      FROM insurability_person AS p JOIN insurability_run AS t ON t.id = p.run_id
     WHERE p.ssin = %s AND t.state = 'done' GROUP BY p.run_id ORDER BY p.run_id DESC LIMIT %s"""


class Day(Struct, frozen=True):
    """A day of a month: `state` is ok (paid and covered), no (paid, not covered), or "" (not paid)."""

    day: date
    state: str


class Month(Struct, frozen=True):
    """A month as a calendar shows it: weeks of seven places, None outside the month."""

    first: date
    weeks: list[list[Day | None]]


class Cover(Struct, frozen=True):
    """What an employer paid somebody for, and how much of it is covered."""

    employer: Employer
    paid: int
    covered: int
    months: list[Month]

    @property
    def percent(self) -> str:
        """In hundredths."""
        return hundredths(self.covered, self.paid)


@require_GET
def insured(request: Page, number: int) -> HttpResponse:
    """Somebody's coverage in the last comparison, or in another: figure, calendar, gaps, periods, trend."""
    person = Person.objects.filter(pk=number, ssin__isnull=False).first()
    if person is None:
        raise Http404
    trend = _trend(person)
    asked = request.GET.get("run", "")
    runs = [run for run, _ in trend]
    run = next((one for one in runs if str(one.pk) == asked), runs[-1] if runs else None)
    gaps: Sequence[Gap] = []
    if run is not None:
        gaps = list(run.gaps.filter(ssin=person.ssin or 0).select_related("school", "employer", "other_employer"))
    return render(request, "insurability/person.html", {
        "person": person, "run": run, "trend": trend, "covers": [] if run is None else list(_covers(run, person)),
        "gaps": rows_of(gaps), "periods": Period.objects.filter(person=person).select_related("employer")
        .order_by("-start")[:50],
    })  # fmt: skip


def _trend(person: Person) -> list[tuple[Run, str]]:
    """The comparisons in which somebody was paid, oldest first, with their coverage."""
    with connection.cursor() as cursor:
        cursor.execute(TREND, [person.ssin, RUNS_SHOWN])
        rows = list(reversed(cursor.fetchall()))
    runs = Run.objects.filter(state=RunState.DONE).in_bulk([row[0] for row in rows])
    return [(runs[number], hundredths(int(paid - open_), int(paid))) for number, paid, open_ in rows]


def _covers(run: Run, person: Person) -> Iterator[Cover]:
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [run.pk, person.ssin] * 2)
        rows: list[tuple[int, date, bool]] = cursor.fetchall()
    employers = Employer.objects.in_bulk({row[0] for row in rows})
    for key in dict.fromkeys(row[0] for row in rows):
        states = {day: "no" if is_open else "ok" for employer, day, is_open in rows if employer == key}
        covered = sum(state == "ok" for state in states.values())
        yield Cover(employers[key], len(states), covered, list(_months(states)))


def _months(states: dict[date, str]) -> Iterator[Month]:
    """The months from the first paid day to the last."""
    first, last = min(states).replace(day=1), max(states)
    weeks = calendar.Calendar().monthdatescalendar
    for _ in range(MONTHS_MAX):
        rows: list[list[Any]] = [
            [Day(day, states.get(day, "")) if day.month == first.month else None for day in week]
            for week in weeks(first.year, first.month)
        ]
        yield Month(first, rows)
        first = (first + timedelta(32)).replace(day=1)
        if first > last:
            return
