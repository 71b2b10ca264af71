"""The deadlines as a page, and as a calendar to subscribe to."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account
from opendimona.portal.deadlines.due import dues_of
from opendimona.portal.schools.calendar import holiday_on
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.onward import absolute
from opendimona.portal.site.request import Page

SALT = "deadlines"
HOLIDAYS = {"autumn": gettext_lazy("congé d'automne"), "winter": gettext_lazy("vacances d'hiver"),
            "carnival": gettext_lazy("congé de détente"), "spring": gettext_lazy("vacances de printemps")}  # fmt: skip
MARK = 16


@require_GET
def deadlines(request: Page) -> HttpResponse:
    """What is due in the next weeks, day by day."""
    dues: dict[date, list[object]] = {}
    for due in dues_of(request.school, today(request)):
        dues.setdefault(due.day, []).append(due)
    days = [(day, _holiday(day, request.school), some) for day, some in dues.items()]
    address = reverse("calendar", args=[_token(request.account, request.school)])
    page = {"days": days, "address": absolute(request, address)}
    return render(request, "deadlines/deadlines.html", page)


def _holiday(day: date, school: School) -> object:
    """The school holiday that a day falls in, for whoever has to be reached then; nothing where none is known."""
    holiday = holiday_on(day, school.kind)
    return None if holiday is None else HOLIDAYS[holiday.name]


def _token(account: Account, school: School) -> str:
    return signing.dumps([account.pk, school.pk, account.get_session_auth_hash()[:MARK]], salt=SALT)


@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of a school for an account: how many things are due on each day, never about whom.

    The address is private; it ends with the account's access to the school, and with its password.
    """
    try:
        number, school_number, mark = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    day = datetime.now(BRUSSELS).date()
    account = Account.objects.filter(pk=number, is_active=True).first()
    if account is None or account.get_session_auth_hash()[:MARK] != mark:
        raise Http404
    school = account.schools(day).filter(pk=school_number).first()
    if school is None:
        raise Http404
    with translation.override(account.language):
        text = _events(school, day)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _events(school: School, day: date) -> str:
    counts = Counter((due.day, due.act == "exit") for due in dues_of(school, day))
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    name = _("Échéances")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpenDimona//deadlines//FR", f"X-WR-CALNAME:{name} Dimona"]
    for (due, is_exit), count in sorted(counts.items()):
        if is_exit:
            title = ngettext("%(count)s sortie à déclarer", "%(count)s sorties à déclarer", count) % {"count": count}
        else:
            title = ngettext("%(count)s entrée à déclarer", "%(count)s entrées à déclarer", count) % {"count": count}
        key = hashlib.sha256(f"{school.fase} {due} {is_exit}".encode()).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT", f"UID:{key}@opendimona", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due + timedelta(1):%Y%m%d}", f"SUMMARY:{title}", "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
