"""The inbox of a school."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opendimona.portal.inbox.mailing import choices_of
from opendimona.portal.inbox.models import Event, How, Kind, MailChoice
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


@require_http_methods(["GET", "POST"])
def mails(request: Page) -> HttpResponse:
    """What the account is told of by mail; posted, what it chose."""
    if request.method == "POST":
        for event in Event:
            how = request.POST.get(event.value, "")
            if how in How.values:
                MailChoice.objects.update_or_create(account=request.account, event=event, defaults={"how": how})
        return redirect(f"{reverse('mails')}?saved=1")
    chosen = choices_of(request.account)
    rows = [(event.value, event.label, chosen[event]) for event in Event]
    page = {"rows": rows, "hows": How.choices, "is_saved": "saved" in request.GET, "is_off": not settings.EMAIL_HOST}
    return render(request, "inbox/mails.html", page)


@require_POST
def read(request: Page) -> HttpResponse:
    """Everything was read."""
    request.school.messages.filter(read_at=None).update(read_at=now(request), read_by=request.account)
    return redirect("inbox")
