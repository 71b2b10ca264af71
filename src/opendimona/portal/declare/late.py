"""Late declarations of one's schools, month by month, with the reason that the school gives for each."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.declare.models import Filing, LateReason
from opendimona.portal.site.onward import go_onward
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_download
from opendimona.portal.site.tags import moment

PAGE, MONTHS_MAX, SCHOOLS_MAX = 40, 24, 30


@require_GET
def late(request: Page) -> HttpResponse:
    """How many came late in each month and school, and the declarations of one month."""
    filings = _late(request)
    months = list(
        filings.annotate(month=TruncMonth("declared_at", tzinfo=BRUSSELS)).values("month", "school__name", "school_id")
        .annotate(count=Count("pk")).order_by("-month", "school__name")[: MONTHS_MAX * SCHOOLS_MAX]
    )  # fmt: skip
    chosen = request.GET.get("month", "")
    page: dict[str, Any] = {"months": months, "month": chosen, "reasons": LateReason.choices}
    shown = _of_month(filings, chosen)
    pages = Paginator(shown.select_related("person", "school", "account").order_by("-declared_at", "pk"), PAGE)
    page["page"] = pages.get_page(request.GET.get("page"))
    return render(request, "declare/late.html", page)


@require_POST
def reason(request: Page) -> HttpResponse:
    """Keep why a declaration came late."""
    given = request.POST.get("reason", "")
    found = _late(request).filter(pk__in=request.POST.getlist("filing")[:1])
    if given in LateReason.values:
        found.update(late_reason=given)
    return go_onward(request.POST.get("next", "")) if request.POST.get("next") else redirect("late")


@require_GET
def export(request: Page) -> HttpResponse:
    """The late declarations, of one month or all, for a spreadsheet."""
    heads = [_("Établissement"), _("Déclarée"), _("Quoi"), _("Premier jour"), _("Dernier jour"), _("Raison"),
             _("Déclarée par")]  # fmt: skip
    shown = _of_month(_late(request), request.GET.get("month", "")).select_related("school", "account")
    rows = (
        [one.school.name, moment(one.declared_at), one.get_act_display(), one.start, one.end,
         one.get_late_reason_display(), one.account and one.account.name]
        for one in shown.order_by("school__name", "declared_at")
    )  # fmt: skip
    return csv_download([heads, *rows], "tardives")


def _late(request: Page) -> "QuerySet[Filing]":
    """The late declarations of every school that the account may act for."""
    return Filing.objects.filter(school__in=request.schools, is_late=True)


def _of_month(filings: "QuerySet[Filing]", chosen: str) -> "QuerySet[Filing]":
    """Those of a month written 2026-09; all when it is none."""
    year, _sign, month = chosen.partition("-")
    if not (year.isdecimal() and month.isdecimal() and len(chosen) == 7):
        return filings
    return filings.filter(declared_at__year=int(year), declared_at__month=int(month))
