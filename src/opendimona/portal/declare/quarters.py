"""A student's period lies within one quarter: a draft that spans several becomes one for each, with its share of hours.

Source: DIMONA glossary 2023/3, blocks 90373 and 90378; the register answers 421 for a period over two quarters.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from opendimona.core.calendar import quarter_start
from opendimona.portal.declare.models import Act, Draft
from opendimona.portal.declare.payload import Wish
from opendimona.portal.declare.wishes import read_draft
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Category

QUARTERS_MAX = 5
DAY = timedelta(1)
MORE_THAN_A_QUARTER = timedelta(95)
Span = tuple[date, date]


def quarters_of(wish: Wish) -> list[Span]:
    """The parts of a student's entry by quarter, in order; none where one declaration is enough, or more than a year.

    >>> [f"{first} {last}" for first, last in quarters_of(Wish(
    ...     act="entry", employer=1, category="student", start=date(2026, 9, 15), end=date(2026, 10, 3)))]
    ['2026-09-15 2026-09-30', '2026-10-01 2026-10-03']
    """
    if wish.act != Act.ENTRY or wish.category != Category.STUDENT or wish.start is None or wish.end is None:
        return []
    found: list[Span] = []
    first = wish.start
    while first <= wish.end and len(found) <= QUARTERS_MAX:
        following = quarter_start(quarter_start(first) + MORE_THAN_A_QUARTER)
        last = min(wish.end, following - DAY)
        found.append((first, last))
        first = last + DAY
    return found if 1 < len(found) <= QUARTERS_MAX else []


def shares(hours: int | None, parts: list[Span]) -> list[int | None]:
    """Hours shared among parts by their days, to whole ones; together they are what was planned.

    >>> shares(10, [(date(2026, 9, 29), date(2026, 9, 30)), (date(2026, 10, 1), date(2026, 10, 1))])
    [7, 3]
    """
    if hours is None:
        return [None] * len(parts)
    days = [(last - first).days + 1 for first, last in parts]
    until = [round(hours * sum(days[: place + 1]) / sum(days)) for place in range(len(days))]
    return [after - before for before, after in zip([0, *until], until, strict=False)]


@require_POST
@transaction.atomic
def split(request: Page, key: UUID) -> HttpResponse:
    """Make a draft of a student over several quarters one for each; the first of them is shown, the others wait."""
    one = Draft.objects.select_for_update().filter(pk=key, school__in=request.schools).first()
    if one is None:
        return redirect("home")
    wish = read_draft(one, today(request)).wish
    parts = quarters_of(wish)
    for place, ((first, last), hours) in enumerate(zip(parts, shares(wish.hours, parts), strict=True)):
        values = one.values | {
            "start": f"{first:%d/%m/%Y}", "end": f"{last:%d/%m/%Y}", "hours": "" if hours is None else str(hours),
        }  # fmt: skip
        if place == 0:
            one.values = values
            one.save()
        else:
            Draft.objects.create(school=one.school, account=one.account, person=one.person, act=one.act, values=values)
    return redirect("draft", one.pk)
