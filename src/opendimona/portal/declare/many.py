"""Many entries at once: all who are appointed and not declared, tried out, ticked, declared, answered row by row."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.portal.declare.models import Act, Draft, Filing
from opendimona.portal.declare.send import file_draft
from opendimona.portal.declare.trial import Trial, try_draft
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment
from opendimona.portal.staff.policies import end_of, until_august
from opendimona.portal.staff.situation import Need
from opendimona.portal.staff.situations import situations_of

ROWS_MAX = 100
AHEAD = timedelta(90)


class Row(Struct):
    """An appointment to declare, and what the register would answer."""

    appointment: Appointment
    trial: Trial

    @property
    def may_be_ticked(self) -> bool:
        """Whether it can be declared from the list; the others want a page of their own."""
        return not self.trial.is_stopped and not self.trial.is_refused


@require_http_methods(["GET", "POST"])
def many(request: Page) -> HttpResponse:
    """The list with its dry run; posted, each ticked row is declared and answered by itself."""
    undeclared = [
        one.appointment
        for one in situations_of(request.school, today(request), AHEAD)
        if one.need is Need.ENTRY and one.appointment.person.ssin is not None
    ]
    if request.method == "POST":
        ticked = set(request.POST.getlist("appointment"))
        chosen = [one for one in undeclared if str(one.pk) in ticked][:ROWS_MAX]
        return render(request, "declare/many_done.html", {"filings": [_file(request, one) for one in chosen]})
    rows = [Row(one, try_draft(_draft(request, one, uuid4()), now(request))) for one in undeclared[:ROWS_MAX]]
    page = {"rows": rows, "is_more": len(undeclared) > ROWS_MAX, "key": str(uuid4())}
    return render(request, "declare/many.html", page)


def _draft(request: Page, one: Appointment, key: UUID) -> Draft:
    end = end_of(one, until_august())
    values: dict[str, Any] = {
        "category": one.category, "start": f"{one.start:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}" if end else "",
    }  # fmt: skip
    return Draft(pk=key, school=request.school, account=request.account, person=one.person, act=Act.ENTRY,
                 values=values)  # fmt: skip


def _file(request: Page, one: Appointment) -> Filing:
    """Declare an entry; the page sent twice at once declares it once, for its key makes that of the declaration."""
    try:
        page_key = UUID(request.POST.get("key", ""))
    except ValueError:
        page_key = uuid4()
    draft = _draft(request, one, uuid5(page_key, str(one.pk)))
    known = Filing.objects.filter(pk=draft.pk, school=request.school).first()
    if known is not None:
        return known
    draft.save()
    trial = try_draft(draft, now(request))
    return file_draft(draft, trial.reading, request.account, now(request))
