"""The first page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.accounts.review import waiting
from opendimona.portal.accounts.rights import Right
from opendimona.portal.announcements.reach import unread
from opendimona.portal.cell.notes import unread as unread_notes
from opendimona.portal.cell.orphans import waiting_for
from opendimona.portal.home.tasks import tasks_of
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page


@require_GET
def home(request: Page) -> HttpResponse:
    """What needs somebody today."""
    moment = now(request)
    may_decide = Right.DECIDE in request.rights
    tasks = tasks_of(request.school, request.account, today(request), moment, may_decide=may_decide)
    staff = request.school.appointments.filter(start__lte=moment.date()).exclude(end__lt=moment.date())
    reviews = waiting(request.school.memberships.all(), today(request)).count() if may_decide else 0
    return render(request, "home/home.html", {
        "reviews": reviews, "notes": unread_notes(request.school), "by_programs": waiting_for(request.school).count(),
        "now": moment, "tasks": tasks, "news": unread(moment, request.school, request.account),
        "count": staff.values("person_id").distinct().count(),
    })  # fmt: skip


@require_POST
def seen(request: Page) -> HttpResponse:
    """What was confirmed until now is no longer news."""
    account = request.account
    account.seen_until = now(request)
    account.save(update_fields=["seen_until"])
    return redirect("home")
