"""The open periods that the register has already: a school that begins here makes them its own, and declares nothing.

Those under the organising power's own number are listed, and those that a program filed for the school. The Community
pays the staff of all schools under one number: there a school says whose periods are its own, by their SSINs, which
nothing keeps unless a period is adopted.
"""

from contextlib import suppress
from typing import Any

import structlog
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct, field

from opendimona.core.identifiers import is_ssin
from opendimona.portal.cell.orphans import waiting_for
from opendimona.portal.declare.answers import mirrored
from opendimona.portal.declare.payload import worker_type_of
from opendimona.portal.declare.send import caller_for
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.schools.units import unit_of
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.access import employers_of
from opendimona.portal.staff.models import Appointment, Category, Period, Person
from opendimona.portal.staff.spelling import search_key
from opendimona.register.interface import Criteria, NotFound, NotMandated, Overloaded, PeriodView, Unavailable

log = structlog.get_logger()
LISTED_MAX, NUMBERS_MAX, TYPED_MAX = 200, 100, 4000
USUAL = {"STU": Category.STUDENT, "STG": Category.TRAINEE_F1}


class Open(Struct):
    """An open period, its employer, and the schools that know it already. `number` is that of the period."""

    view: PeriodView
    employer: Employer
    others: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of the period."""
        return self.view.period.number

    @property
    def categories(self) -> list[tuple[str, Any, bool]]:
        """As what somebody may have been declared under its worker type, and whether that is usual."""
        kind = self.view.period.features.worker_type
        usual = USUAL.get(kind, Category.TEACHER if self.employer.is_community else Category.SUPPORT)
        return [(code, name, code == usual) for code, name in Category.choices if worker_type_of(code) == kind]


@require_http_methods(["GET", "POST"])
def adopt(request: Page) -> HttpResponse:
    """The open periods that are not in the school's file; posted, those of some numbers, or those that are taken."""
    typed = request.POST.get("numbers", "")[:TYPED_MAX]
    page: dict[str, Any] = {"typed": typed, "errors": {}, "numbers_max": NUMBERS_MAX}
    try:
        if request.method == "POST" and request.POST.get("then") == "adopt":
            taken = [_take(request, number) for number in request.POST.getlist("period")[:LISTED_MAX]]
            return redirect("staff") if all(taken) and taken else redirect("adopt")
        if typed.strip():
            found, unknown = _of_numbers(request, typed)
            page |= {"unknown": unknown, "is_asked": True}
        else:
            found = _of_programs(request)  # the first page sends people here for these
            known = {one.number for one in found}
            found += [one for one in _of_power(request) if one.number not in known]
        page |= {"found": found[:LISTED_MAX], "is_more": len(found) > LISTED_MAX}
    except ValueError as error:
        page["errors"] = {"numbers": str(error)}
    except (Unavailable, Overloaded):
        page["is_away"] = True
    page["has_errors"] = bool(page["errors"])
    return render(request, "staff/adopt.html", page, status=422 if page["errors"] else 200)


def _of_power(request: Page) -> list[Open]:
    """What is open under the organising power's own number."""
    employer = request.school.power.employer
    criteria = Criteria(
        employer=("nsso", employer.nsso), scope="active", from_date=today(request), include_cancelled=False
    )
    return _not_ours(request, STREET.search_periods(criteria, caller_for(request.school), LISTED_MAX + 1))


def _of_programs(request: Page) -> list[Open]:
    """What programs filed for the school and it has not yet, whoever the employer is: as its first page counts it."""
    caller, views = caller_for(request.school), []
    for one in waiting_for(request.school)[: LISTED_MAX + 1]:
        with suppress(NotFound):
            views.append(STREET.period(one.period_number or 0, caller))
    return _not_ours(request, [view for view in views if not view.period.is_cancelled])


def _of_numbers(request: Page, typed: str) -> tuple[list[Open], int]:
    """What is open for these SSINs, and of how many there is nothing. Raises ValueError, which names a line."""
    numbers = []
    for line, text in enumerate(typed.splitlines(), 1):
        digits = "".join(sign for sign in text if sign.isdecimal())
        if not text.strip():
            continue
        if not is_ssin(digits):
            wrong = _("Ligne %(line)s : ce numéro n'est pas un NISS. Vérifiez les onze chiffres.")
            raise ValueError(wrong % {"line": line})
        numbers.append(int(digits))
    if len(numbers) > NUMBERS_MAX:
        raise ValueError(_("Donnez cent numéros au plus à la fois."))
    found: list[Open] = []
    unknown = 0
    for ssin in dict.fromkeys(numbers):
        criteria = Criteria(ssin=ssin, scope="active", from_date=today(request), include_cancelled=False)
        views = STREET.search_periods(criteria, caller_for(request.school), LISTED_MAX)
        unknown += not views
        found += _not_ours(request, views)
    return found, unknown


def _not_ours(request: Page, views: list[PeriodView]) -> list[Open]:
    """Those that no appointment of the school rests on, with the other schools that have one on them."""
    employers = {one.nsso: one for one in Employer.objects.filter(pk__in=employers_of(request.school))}
    ssins = {view.worker.ssin for view in views}
    known: dict[Any, list[Appointment]] = {}
    for one in Appointment.objects.filter(person__ssin__in=ssins).select_related("person", "school"):
        known.setdefault(one.person.ssin, []).append(one)
    found = []
    for view in views:
        employer = employers.get(view.employer.nsso or 0)
        if employer is None:
            continue
        period = mirrored(view, Person(), employer.pk, None)
        resting = [
            one for one in known.get(view.worker.ssin, ())
            if one.employer_id == employer.pk and worker_type_of(one.category) == period.worker_type
            and period.overlaps(one.start, one.end)
        ]  # fmt: skip
        if not any(one.school_id == request.school.pk for one in resting):
            found.append(Open(view, employer, sorted({one.school.name for one in resting})))
    return found


def _take(request: Page, text: str) -> bool:
    """Make an open period the school's: the person, its mirror, an appointment. Whether that was possible."""
    category = request.POST.get(f"category-{text}", "")
    if not text.isdecimal() or len(text) > len(str(2**63 - 1)) or category not in Category.values:
        return False
    try:
        view = STREET.period(int(text), caller_for(request.school))
    except (NotFound, NotMandated):
        return False
    still_open = [one for one in _not_ours(request, [view]) if any(code == category for code, *_rest in one.categories)]
    if not still_open or view.period.is_cancelled:
        return False
    with transaction.atomic():
        School.objects.select_for_update().get(pk=request.school.pk)  # pressed twice, taken once
        if _not_ours(request, [view]):
            _attach(request.school, view, still_open[0].employer, category)
            STREET.assign_units([(view.period.number, unit_of(request.school))])
            log.info("an open period was adopted", by=request.account.pk, school=request.school.fase)
    return True


def _attach(school: School, view: PeriodView, employer: Employer, category: str) -> None:
    worker, period = view.worker, view.period
    family, given = worker.family_name or "?", worker.given_name or "?"
    person, _is_new = Person.objects.get_or_create(ssin=worker.ssin, defaults={
        "family_name": family[:48], "given_name": given[:24], "birth_date": worker.birth_date,
        "search_key": search_key(family, given)[:80],
    })  # fmt: skip
    known = Period.objects.filter(pk=period.number).first()
    mirrored(view, person, employer.pk, None if known is None else known.opened_by).save(force_insert=known is None)
    Appointment.objects.create(
        person=person, school=school, employer=employer, category=category, start=period.start, end=period.end
    )
