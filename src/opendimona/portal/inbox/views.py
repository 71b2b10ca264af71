"""The inbox of a school."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.inbox.models import Kind
from opendimona.portal.site.day import now
from opendimona.portal.site.request import Page

PAGE = 40


@require_GET
def inbox(request: Page) -> HttpResponse:
    """Every answer, newest first."""
    school = request.school
    messages = school.messages.select_related("filing__person", "filing__period", "filing__school")
    messages = messages.order_by("-told_at", "-pk")
    state = request.GET.get("state", "")
    if state in ("accepted", "refused", "pending"):
        messages = messages.filter(state=state, kind=Kind.ANSWER)
    elif state == Kind.SHARED:
        messages = messages.filter(kind=Kind.SHARED)
    page = Paginator(messages, PAGE).get_page(request.GET.get("page"))
    return render(request, "inbox/inbox.html", {"page": page, "state": state})


@require_POST
def read(request: Page) -> HttpResponse:
    """Everything was read."""
    request.school.messages.filter(read_at=None).update(read_at=now(request), read_by=request.account)
    return redirect("inbox")
