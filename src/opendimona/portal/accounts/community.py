"""Who may do what for the Community: the supervisor of the cell lets people in and out, and sees which schools lag."""

from typing import Any

import structlog
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opendimona.portal.accounts.inviting import Apart, Unfit, invite, renew
from opendimona.portal.accounts.models import WHOLE, Account, Membership, Role
from opendimona.portal.accounts.review import confirm, schools_not_reviewed, schools_without_administrator, to_review
from opendimona.portal.schools.models import Network
from opendimona.portal.site.day import today
from opendimona.portal.site.onward import absolute
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in, parse_day

log = structlog.get_logger()
GIVEN = (*WHOLE, Role.MANAGER, Role.HEAD)
"""The roles that the cell gives: those of the Community, and the first administrator of a power or of a school."""
FIELDS = ("name", "email", "role", "network", "power", "fase", "expires_on")
LAGGING_SHOWN = 50
APART = (Role.SUPERVISOR, Role.AUDITOR, Role.AGENT)
"""Whoever has one of these gets another password from the operator alone: nobody takes their place from here."""


def _renew(request: Page, email: str) -> tuple[dict[str, str], str]:
    """Another password for somebody, and no code; what is wrong, or the address at which it is chosen."""
    if Membership.objects.filter(account__email=email.lower(), role__in=APART).exists():
        return {"lost": _("De ce compte, seul l'exploitant du serveur renouvelle l'accès.")}, ""
    try:
        path = renew(email)
    except Unfit:
        return {"lost": _("Aucun compte n'a cette adresse.")}, ""
    log.info("access renewed", by=request.account.pk)
    return {}, absolute(request, path)


@require_http_methods(["GET", "POST"])
def access_all(request: Page) -> HttpResponse:
    """Everybody with a role of the Community; posted, somebody more."""
    values = {name: " ".join(request.POST.get(name, "").split())[:120] for name in FIELDS}
    errors: dict[str, str] = {}
    link = ""
    if request.method == "POST":
        lost = request.POST.get("lost", "").strip()[:254]
        errors, link = _renew(request, lost) if lost else _invite(request, values)
        if not errors:
            values = dict.fromkeys(values, "")
    day = today(request)
    lagging = schools_not_reviewed(day)
    orphans = schools_without_administrator(day)
    page: dict[str, Any] = {
        "values": values, "errors": errors, "has_errors": bool(errors), "link": link, "roles": GIVEN,
        "networks": Network, "rows": [(one, to_review(one, day)) for one in _members()],
        "lagging": lagging[:LAGGING_SHOWN], "lagging_count": lagging.count(),
        "orphans": orphans[:LAGGING_SHOWN], "orphan_count": orphans.count(),
    }  # fmt: skip
    return render(request, "accounts/community.html", page, status=422 if errors else 200)


def _members() -> "list[Membership]":
    found = Membership.objects.filter(role__in=WHOLE).select_related("account")
    return list(found.order_by("role", "account__name", "pk"))


def _invite(request: Page, values: dict[str, str]) -> tuple[dict[str, str], str]:
    """Give a role; what is wrong, or the address at which somebody new chooses a password."""
    errors: dict[str, str] = {}
    day = today(request)
    until = parse_day(values["expires_on"], day) if values["expires_on"] else None
    if not values["name"]:
        errors["name"] = _("Indiquez le nom.")
    if values["role"] not in [role.value for role in GIVEN]:
        errors["role"] = _("Choisissez ce que cette personne pourra faire.")
    if values["expires_on"] and (until is None or until < day):
        errors["expires_on"] = _("Indiquez un jour à venir, ou rien.")
    if values["role"] == Role.SUPERVISOR and until is not None and _is_last(request, values["email"]):
        errors["expires_on"] = _(
            "Le dernier responsable de la cellule ne peut pas être retiré. Un agent ONSS n'a pas d'autre rôle."
        )
    scope = {"school": values["fase"]} if values["role"] == Role.HEAD else {}
    if values["role"] == Role.MANAGER:
        scope = {"power": values["power"]}
    elif values["network"] and values["role"] == Role.FEDERATION:
        scope = {"network": values["network"]}
    if errors:
        return errors, ""
    try:
        path = invite(values["email"], values["name"], values["role"], scope, until)
    except Apart:
        return {"role": _("Un agent ONSS n'a pas d'autre rôle : donnez-lui un compte à une autre adresse.")}, ""
    except Unfit:
        name = {Role.HEAD.value: "fase", Role.MANAGER.value: "power"}.get(values["role"], "email")
        return {name: _("Ceci n'est pas connu, ou n'a pas la bonne forme.")}, ""
    log.info("access given", by=request.account.pk, role=values["role"])
    is_new = Account.objects.get(email=values["email"].lower()).is_new
    return {}, absolute(request, path) if path and is_new else ""


@require_POST
def access_all_change(request: Page) -> HttpResponse:
    """Withdraw a role of the Community, or say that it is still right; the last supervisor stays."""
    number = request.POST.get("membership", "")
    with transaction.atomic():
        supervisors = list(
            Membership.objects.select_for_update(of=("self",)).filter(role=Role.SUPERVISOR, account__is_active=True)
        )
        one = Membership.objects.filter(
            pk=number_in(number), role__in=WHOLE
        ).first()  # fmt: skip
        others = [other for other in supervisors if one is None or other.account_id != one.account_id]
        if one is not None and "keep" in request.POST:
            confirm(one, today(request))
        elif one is not None and (one.role != Role.SUPERVISOR or any(_lasts(other, request) for other in others)):
            log.info("access withdrawn", by=request.account.pk, to=one.account_id, role=one.role)
            one.delete()
    return redirect("access_all")


def _is_last(request: Page, email: str) -> bool:
    """Whether nobody but somebody with this address leads the cell for good or for now."""
    others = Membership.objects.filter(role=Role.SUPERVISOR, account__is_active=True).exclude(
        account__email=email.lower()
    )
    return not any(_lasts(other, request) for other in others)


def _lasts(one: Membership, request: Page) -> bool:
    return one.is_of_all and (one.expires_on is None or one.expires_on >= today(request))
