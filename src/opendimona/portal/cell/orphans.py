"""Messages of the register about our employers that match nothing here, parked with who may be meant.

What a program files and is answered at once is told here too, for our employers are followed; where it files for a
school, the school is known, and finds the period among those that it may take over.
"""

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from opendimona.portal.cell.models import Orphan, Place
from opendimona.portal.declare.models import Filing
from opendimona.portal.insurability.compare import CLIENT
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.portal.site.typed import number_in
from opendimona.portal.staff.models import Appointment, Period, Person
from opendimona.register.interface import Caller, NotFound, NoticeView, Overloaded, Unavailable

log = structlog.get_logger()
LOCK = 0x0D1A0006
AT_ONCE = 200
GRACE = timedelta(minutes=15)
"""What is newer may still be being written down here by whoever filed it."""
ANSWERED = "declaration.answered"
SILENT = ("pending.reminder", "pending.escalated", "employer.renumbered", "worker.corrected", "test")
"""Kinds that tell of nothing that the portal would have to know."""
WHY_MAX = 200


def look_for_orphans(at: datetime) -> int:
    """Read what the register says of our employers since the last look; how many match nothing. One at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))
        if cursor.fetchone() != (True,):
            return 0
        place, _ = Place.objects.get_or_create(pk=1)
        try:
            STREET.follow_employers(list(Employer.objects.values_list("nsso", flat=True)))
            page = STREET.notices(_caller(), place.position, AT_ONCE, "mandate")
        except (Unavailable, Overloaded):
            return 0
        fresh = [one for one in page.notices if one.at < at - GRACE]
        _close_adopted()
        found = [_parked(one) for one in _unmatched(fresh)]
        for orphan, is_over in found:
            _replace_earlier(orphan)
            if not is_over:
                orphan.save()
        if len(fresh) == len(page.notices):
            place.position = page.cursor
        elif fresh:
            place.position = fresh[-1].position
        place.save()
    return len(found)


def _caller() -> Caller:
    mandate = frozenset(("nsso", number) for number in Employer.objects.values_list("nsso", flat=True))
    return Caller(CLIENT, mandate=mandate)  # type: ignore[arg-type]


def _unmatched(some: list[NoticeView]) -> list[NoticeView]:
    """Those whose declaration and period are not known here."""
    loud = [one for one in some if one.kind not in SILENT]
    filings = set(
        Filing.objects.filter(number__in=[one.number for one in loud if one.number]).values_list("number", flat=True)
    )
    periods = set(
        Period.objects.filter(pk__in=[one.period_number for one in loud if one.period_number])
        .values_list("pk", flat=True)
    )  # fmt: skip
    return [one for one in loud if one.number not in filings and one.period_number not in periods
            and (one.number or one.period_number) and one.result != "B"]  # fmt: skip


def _close_adopted() -> None:
    """A message about a period that a school has taken over is dealt with."""
    Orphan.objects.filter(outcome="", period_number__in=Period.objects.values("pk")).update(
        outcome=Orphan.Outcome.ADOPTED
    )


def _replace_earlier(orphan: Orphan) -> None:
    """What was parked of the same declaration or period and not looked at yet gives way to the newer message."""
    same = Q()
    if orphan.number is not None:
        same |= Q(number=orphan.number)
    if orphan.period_number is not None:
        same |= Q(period_number=orphan.period_number)
    Orphan.objects.filter(Q(position=orphan.position) | same, outcome="").delete()


def _parked(one: NoticeView) -> tuple[Orphan, bool]:
    """A message with the person whom the register names, and the school that engages them, if the portal knows.

    And whether it is over already: a program took back what it had declared, and nobody has to do anything.
    """
    ssin, is_over = None, False
    try:
        if one.period_number is not None:
            view = STREET.period(one.period_number, _caller())
            ssin, is_over = view.worker.ssin, one.kind == ANSWERED and view.period.is_cancelled
        elif one.number is not None:
            worker = STREET.answer(one.number, Caller(CLIENT, is_operator=True)).worker
            ssin = None if worker is None else worker.ssin
    except NotFound:
        ssin = None
    person = None if ssin is None else Person.objects.filter(ssin=ssin).first()
    school = _filed_for(one)
    if school is None and person is not None:
        last = Appointment.objects.filter(person=person).order_by("-start").values("school")[:1]
        school = School.objects.filter(pk__in=last).first()
    employer = None if one.employer is None else one.employer.nsso
    orphan = Orphan(
        position=one.position, kind=one.kind, at=one.at, number=one.number, period_number=one.period_number,
        employer=employer, ssin=ssin, person=person, school=school,
    )  # fmt: skip
    return orphan, is_over


def _filed_for(one: NoticeView) -> School | None:
    """The school for which a program filed it, if it said so."""
    numbers = [number for number in (one.number, one.period_number) if number is not None]
    units = {unit for found in STREET.units(numbers).values() for unit in found if unit.isdecimal()}
    return School.objects.filter(fase__in=[int(unit) for unit in units if len(unit) < 10]).first()


def waiting_for(school: School) -> "QuerySet[Orphan]":
    """The periods that programs declared for a school and that are not in its file yet, by when it was told."""
    return Orphan.objects.filter(
        school=school, outcome="", kind=ANSWERED, period_number__isnull=False
    ).order_by("at")  # fmt: skip


@require_POST
def orphan_settle(request: Page) -> HttpResponse:
    """Say what was done with a message: the school takes the period over on its own pages, or nothing is to be done."""
    number, why = request.POST.get("orphan", ""), request.POST.get("why", "").strip()[:WHY_MAX]
    outcome = request.POST.get("outcome", "")
    if outcome in Orphan.Outcome.values and (why or outcome == Orphan.Outcome.ADOPTED):
        Orphan.objects.filter(
            pk=number_in(number), outcome=""
        ).update(outcome=outcome, why=why, settled_by=request.account)  # fmt: skip
    return redirect("cell")
