"""A first day that no modification may put off: the period is cancelled, and the right entry made after it.

Source: DIMONA glossary 2023/3, block 90373, anomaly 344: an update may bring a start forward, never put it off.
"""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opendimona.portal.declare.models import Act, Draft, Filing
from opendimona.portal.declare.wishes import Reading, read_draft
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, Period


@require_POST
@transaction.atomic
def replace(request: Page, key: UUID) -> HttpResponse:
    """Make of a correction a cancellation, shown now, and an entry that waits for its answer."""
    one = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("period__employer", "school__power__employer", "person")
        .filter(pk=key, school__in=request.schools, act=Act.CORRECT)
        .first()
    )
    if one is None or one.period is None:
        return redirect("home")
    reading = read_draft(one, today(request))
    if reading.errors:
        return redirect("draft", one.pk)
    period, wish = one.period, reading.wish
    what = {"school": one.school, "account": one.account, "person": one.person}
    mine = _move_appointment(one, period, reading)
    opened = Filing.objects.filter(period=period, act=Act.ENTRY).exclude(category="").first()
    entry = Draft.objects.filter(**what, act=Act.ENTRY, period=None).first() or Draft(**what, act=Act.ENTRY)
    entry.values = {
        "category": mine.category if mine is not None else opened.category if opened is not None else "",
        "start": f"{wish.start:%d/%m/%Y}",
        "end": "" if wish.end is None else f"{wish.end:%d/%m/%Y}",
        "hours": "" if wish.hours is None else str(wish.hours),
    }
    entry.save()
    cancel = Draft.objects.filter(**what, act=Act.CANCEL, period=period).first()
    cancel = cancel or Draft(**what, act=Act.CANCEL, period=period)
    cancel.values = {"reason": _("premier jour corrigé : le %(day)s") % {"day": f"{wish.start:%d/%m/%Y}"}}
    cancel.save()
    one.delete()
    return redirect("draft", cancel.pk)


def _move_appointment(one: Draft, period: Period, reading: Reading) -> Appointment | None:
    """The school's own appointment that began with the period now begins on the right day."""
    mine = Appointment.objects.filter(
        school=one.school, person=one.person, employer=period.employer, start=period.start
    ).first()
    start = reading.wish.start
    if mine is not None and start is not None and (mine.end is None or start <= mine.end):
        mine.start = start
        mine.save(update_fields=["start"])
    return mine
