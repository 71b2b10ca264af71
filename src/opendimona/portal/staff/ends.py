"""The page on which an employer of record says until when the periods of each category are declared."""

import structlog
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.portal.accounts.access import may_give_access
from opendimona.portal.accounts.rights import Right
from opendimona.portal.schools.models import Employer
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.access import employers_of
from opendimona.portal.staff.models import Category, EndPolicy, Ends

log = structlog.get_logger()


class Line(Struct):
    """An employer and a category, what was chosen for them, and whether the account may choose."""

    employer: Employer
    category: str
    name: str
    ends: str
    may_choose: bool

    @property
    def field(self) -> str:
        """The name of its field on the page."""
        return f"{self.employer.pk}-{self.category}"


@require_http_methods(["GET", "POST"])
def ends(request: Page) -> HttpResponse:
    """What holds for each employer and category of the school; posted by who answers for it, what is to hold."""
    own = request.school.power.employer_id
    may_choose = may_give_access(request.account, request.school, today(request))
    may_lead = Right.LEAD in request.rights
    known = {(one.employer_id, one.category): one.ends for one in EndPolicy.objects.all()}
    lines = [
        Line(employer, code, str(name), known.get((employer.pk, code), Ends.APPOINTMENT),
             may_choose=may_lead if employer.is_community else may_choose and employer.pk == own)
        for employer in Employer.objects.filter(pk__in=employers_of(request.school)).order_by("is_community", "name")
        for code, name in Category.choices
    ]  # fmt: skip
    if request.method == "POST":
        _choose(request, [one for one in lines if one.may_choose])
        return redirect("ends")
    page = {"lines": lines, "choices": Ends.choices, "may_choose": any(one.may_choose for one in lines)}
    return render(request, "staff/ends.html", page)


@transaction.atomic
def _choose(request: Page, lines: list[Line]) -> None:
    for one in lines:
        wanted = request.POST.get(one.field, "")
        if wanted in Ends.values and wanted != one.ends:
            EndPolicy.objects.update_or_create(employer=one.employer, category=one.category, defaults={"ends": wanted})
            log.info("end of periods chosen", by=request.account.pk, employer=one.employer.pk, category=one.category,
                     ends=wanted)  # fmt: skip
