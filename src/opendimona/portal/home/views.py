"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.declare.follow import refresh_pending
from opendimona.portal.home.todo import todo_of
from opendimona.portal.site.day import now, today


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs somebody today."""
    refresh_pending(request.school)  # type: ignore[attr-defined]
    moment = now(request)
    todo = todo_of(request.school, request.account, today(request), moment)  # type: ignore[attr-defined]
    staff = request.school.appointments.filter(start__lte=moment.date()).exclude(end__lt=moment.date())  # type: ignore[attr-defined]
    page = {"todo": todo, "count": staff.values("person_id").distinct().count()}
    return render(request, "home/home.html", page)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """What was confirmed until now is no longer news."""
    account = request.account  # type: ignore[attr-defined]
    account.seen_until = now(request)
    account.save(update_fields=["seen_until"])
    return redirect("home")
