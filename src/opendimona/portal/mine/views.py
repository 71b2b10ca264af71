"""One's own periods, read only, with a way to say that something is wrong; and inviting somebody to see theirs."""

import structlog
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.forms import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.portal.accounts.access import link_for
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.cell.notes import TEXT_MAX, write
from opendimona.portal.mine.models import OwnFile
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import now
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, Period, Person

log = structlog.get_logger()
SENT = "mine-sent"
REPORTS_MAX = 20
"""Letters that somebody may have unread at a school: more would be no use to anybody."""


@require_http_methods(["GET", "POST"])
def mine(request: Page) -> HttpResponse:
    """The periods declared for whoever asks; posted, what is wrong goes to the school."""
    own = OwnFile.objects.filter(account=request.account).select_related("person").first()
    error, text = "", ""
    schools = [] if own is None else _schools(own.person)
    if request.method == "POST" and own is not None and schools:
        text = request.POST.get("text", "").strip()[:TEXT_MAX]
        number = request.POST.get("school", "")
        school = next((one for one in schools if str(one.pk) == number), schools[0])
        if not text:
            error = _("Écrivez ce qui ne va pas.")
        elif school.notes.filter(account=request.account, read_at=None).count() >= REPORTS_MAX:
            error = _("L'école a encore vos messages à lire : attendez sa réponse.")
        else:
            write(school, request.account, text, now(request), person=own.person)
            request.session[SENT] = school.name
            return redirect("mine")
    return render(request, "mine/mine.html", {
        "person": None if own is None else own.person, "schools": schools, "error": error, "text": text,
        "has_errors": bool(error), "sent": request.session.pop(SENT, "") if request.method == "GET" else "",
        "periods": [] if own is None else Period.objects.filter(person=own.person).select_related(
            "employer", "opened_by").order_by("-start", "-pk")[:200],
    }, status=422 if error else 200)  # fmt: skip


def _schools(person: Person) -> list[School]:
    """Where somebody is engaged, the latest first."""
    found = Appointment.objects.filter(person=person).select_related("school").order_by("-start")
    return list(dict.fromkeys(one.school for one in found))


@require_http_methods(["GET", "POST"])
def mine_invite(request: Page, number: int) -> HttpResponse:
    """Let somebody of the school's staff read their own file; posted, the link to hand over."""
    person = Person.objects.filter(pk=number, appointments__school=request.school).distinct().first()
    if person is None:
        raise Http404
    email, error, link = request.POST.get("email", "").strip().lower()[:254], "", ""
    if request.method == "POST":
        error, link = _invite(request, person, email)
    holders = OwnFile.objects.filter(person=person).select_related("account")
    page = {"person": person, "email": email, "error": error, "has_errors": bool(error), "link": link,
            "holders": holders}  # fmt: skip
    return render(request, "mine/invite.html", page, status=422 if error else 200)


def _invite(request: Page, person: Person, email: str) -> tuple[str, str]:
    """What is wrong, or the link at which a password is chosen ("" for somebody who has one)."""
    try:
        validate_email(email)
    except ValidationError:
        return _("Indiquez une adresse de courriel, par exemple nom@ecole.be."), ""
    try:
        with transaction.atomic():
            account = Account.objects.filter(email=email).first()
            if account is None:
                account = Account.objects.create(email=email, name=f"{person.given_name} {person.family_name}")
            own = OwnFile.objects.filter(account=account).first()
            if own is not None and own.person_id != person.pk:
                return _("Cette adresse est celle de quelqu'un d'autre."), ""
            if own is None:
                OwnFile.objects.create(account=account, person=person, invited_by=request.account)
            Membership.objects.get_or_create(account=account, school=request.school, role=Role.MEMBER)
    except IntegrityError:
        return _("Cette adresse ne peut pas recevoir cet accès."), ""
    log.info("own file opened", by=request.account.pk, to=account.pk, school=request.school.fase)
    return "", link_for(request, account) if account.is_new else ""
