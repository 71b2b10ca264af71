"""Who may act for a school: the head, or the organising power, lets people in and out."""

from datetime import date
from typing import Any

import structlog
from django.contrib.auth.tokens import default_token_generator
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opendimona.portal.accounts.configured import known
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.accounts.review import confirm, to_review
from opendimona.portal.accounts.rights import Right, rights_of
from opendimona.portal.accounts.session import sign_in
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.onward import absolute
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in, parse_day

log = structlog.get_logger()
PASSWORD_MIN = 12
MAY_GIVE = (Role.HEAD, Role.MANAGER)
GIVEN = (Role.CLERK, Role.HEAD, Role.READER)
"""The roles that a school gives itself."""


def may_give_access(account: Account, school: Any, day: date) -> bool:
    """Whether an account may let others act for a school, and say yes or no to what is sensitive."""
    return Right.DECIDE in rights_of(account.valid(day), school)


def deciders(school: School, day: date) -> list[Account]:
    """Whoever may let others act for a school, on a day."""
    valid = Membership.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), role__in=MAY_GIVE)
    ours = valid.filter(Q(school=school) | Q(power_id=school.power_id))
    return list(Account.objects.filter(pk__in=ours.values("account_id"), is_active=True).order_by("pk"))


@require_http_methods(["GET", "POST"])
def access(request: Page) -> HttpResponse:
    """Everybody who may act for the school; posted, somebody more."""
    values = {name: request.POST.get(name, "").strip()[:120] for name in ("name", "email", "role", "expires_on")}
    errors: dict[str, str] = {}
    link = ""
    if request.method == "POST":
        errors, expires_on = _errors(values, today(request))
        if not errors and _is_last(request, values["email"].lower()) and (values["role"] != Role.HEAD or expires_on):
            errors["role"] = _("C'est la dernière direction : donnez d'abord ce rôle à quelqu'un d'autre.")
        if not errors and Membership.objects.filter(account__email=values["email"].lower(), role=Role.AGENT).exists():
            errors["email"] = _("Cette adresse ne peut pas recevoir cet accès.")
        if not errors:
            account = Account.objects.filter(email=values["email"].lower()).first() or Account.objects.create(
                email=values["email"].lower(), name=values["name"]
            )
            _give(account, request.school, values["role"], expires_on)
            log.info("access given", by=request.account.pk, to=account.pk, school=request.school.fase)
            link = link_for(request, account) if account.is_new else ""
            values = dict.fromkeys(values, "")
    page: dict[str, Any] = {"values": values, "errors": errors, "has_errors": bool(errors), "link": link,
                            "rows": [(one, to_review(one, today(request))) for one in _members(request)],
                            "roles": GIVEN}  # fmt: skip
    return render(request, "accounts/access.html", page, status=422 if errors else 200)


def _give(account: Account, school: School, role: str, expires_on: date | None) -> None:
    """Give a role of the school, in place of the one that was given before; one's own file stays."""
    given = Membership.objects.filter(account=account, school=school, role__in=GIVEN).first()
    one = given or Membership(account=account, school=school)
    one.role, one.expires_on = role, expires_on
    one.save()


def _members(request: Page) -> "QuerySet[Membership]":
    return request.school.memberships.select_related("account").order_by("account__name")


def _errors(values: dict[str, str], day: date) -> tuple[dict[str, str], date | None]:
    errors = {}
    if not values["name"]:
        errors["name"] = _("Indiquez le nom.")
    try:
        validate_email(values["email"])
    except ValidationError:
        errors["email"] = _("Indiquez une adresse de courriel, par exemple nom@ecole.be.")
    if values["role"] not in GIVEN:
        errors["role"] = _("Choisissez ce que cette personne pourra faire.")
    expires_on = parse_day(values["expires_on"], day) if values["expires_on"] else None
    if values["expires_on"] and (expires_on is None or expires_on < day):
        errors["expires_on"] = _("Indiquez un jour à venir, ou rien.")
    return errors, expires_on


def link_for(request: Page, account: Account) -> str:
    """Where somebody new chooses a password; good for some days, and once."""
    address = reverse("invitation", args=[account.pk, default_token_generator.make_token(account)])
    return absolute(request, address)


@require_POST
def withdraw(request: Page) -> HttpResponse:
    """Somebody may no longer act for the school, at once, or still does; the last head stays."""
    number = request.POST.get("membership", "")
    with transaction.atomic():
        School.objects.select_for_update(of=("self",)).get(pk=request.school.pk)
        one = _members(request).filter(pk=number_in(number)).first()
        if one is not None and "keep" in request.POST:
            confirm(one, today(request))
        elif one is not None and not _is_last(request, one.account.email):
            log.info("access withdrawn", by=request.account.pk, to=one.account_id, school=request.school.fase)
            one.delete()
    return redirect("access")


def _is_last(request: Page, email: str) -> bool:
    """Whether somebody is the last head of the school whose access holds."""
    day = today(request)
    heads = _members(request).filter(Q(expires_on=None) | Q(expires_on__gte=day), role=Role.HEAD)
    return [one.account.email for one in heads.filter(account__is_active=True)] == [email]


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Somebody new chooses a password and is in."""
    account = Account.objects.filter(pk=number, is_active=True).first()
    if account is None or not default_token_generator.check_token(account, token):
        return render(request, "accounts/invitation.html", {"is_over": True}, status=410)
    errors = {}
    if request.method == "POST":
        password = request.POST.get("password", "")
        if len(password) < PASSWORD_MIN:
            errors["password"] = _("Choisissez au moins douze signes, par exemple quatre mots.")
        else:
            account.set_password(password)
            account.save(update_fields=["password"])
            sign_in(request, account)
            return redirect("home")
    page = {"invited": account, "errors": errors, "has_errors": bool(errors), "providers": list(known().values()),
            "number": number, "token": token}  # fmt: skip
    return render(request, "accounts/invitation.html", page, status=422 if errors else 200)
