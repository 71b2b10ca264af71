"""Signing in with an identity from elsewhere, and linking it to an account: by an invitation, and by nothing else."""

import structlog
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.accounts import session
from opendimona.portal.accounts.configured import NotVouched, Provider, known
from opendimona.portal.accounts.models import Account, Identity
from opendimona.portal.site.day import now
from opendimona.portal.site.onward import absolute, go_onward
from opendimona.portal.site.request import Page

log = structlog.get_logger()
LINKING, NEXT, FOUND = "linking", "next", "found"


@require_GET
def leave(request: Page, name: str) -> HttpResponse:
    """To the provider; with an invitation in hand, the identity is linked to its account on return."""
    from opendimona.portal.accounts.providers import send_there  # noqa: PLC0415  half a second, needed here alone

    provider = _provider(name)
    request.session[LINKING] = [request.GET.get("account", "")[:19], request.GET.get("token", "")[:100]]
    request.session[NEXT] = request.GET.get("next", "")[:500]
    try:
        return send_there(request, provider, _back(request, provider))
    except NotVouched as failure:
        return _failed(request, provider, failure)


@require_GET
def keys(request: Page, name: str) -> HttpResponse:
    """Our public keys, for a provider that verifies our requests or encrypts what it says."""
    from opendimona.portal.accounts.providers import published_keys  # noqa: PLC0415  see `leave`

    return JsonResponse(published_keys(_provider(name)))


def _back(request: Page, provider: Provider) -> str:
    return absolute(request, reverse("signed_elsewhere", args=[provider.id]))


@require_GET
def come_back(request: Page, name: str) -> HttpResponse:
    """From the provider: in, if the identity is linked to an account, or if an invitation links it now."""
    from opendimona.portal.accounts.providers import who_came_back  # noqa: PLC0415  see `leave`

    provider = _provider(name)
    number, token = request.session.pop(LINKING, ["", ""])
    onward = request.session.pop(NEXT, "")
    try:
        subject = who_came_back(request, provider)
    except NotVouched as failure:
        return _failed(request, provider, failure)
    invited = _invited(number, token)
    if invited is not None:
        return _ask_to_link(request, provider, invited, subject, (number, token))
    one = Identity.objects.filter(issuer=provider.issuer, subject=subject).select_related("account").first()
    if one is None or not one.account.is_active:
        text = _("Cette identité n'ouvre aucun compte ici. Demandez une invitation à votre direction, puis ouvrez-la.")
        return render(request, "accounts/elsewhere.html", {"text": text, "label": provider.label}, status=403)
    session.sign_in(request, one.account)
    return go_onward(onward)


def _ask_to_link(
    request: Page, provider: Provider, account: Account, subject: str, invitation: tuple[str, str]
) -> HttpResponse:
    """Show which account an identity would open: a link that somebody else sent must not decide that."""
    request.session[FOUND] = [provider.id, subject, *invitation]
    return render(request, "accounts/link.html", {"label": provider.label, "invited": account})


@require_POST
def link(request: Page) -> HttpResponse:
    """Link the identity that was vouched for to the account of an invitation, which is used up by it."""
    name, subject, number, token = request.session.pop(FOUND, ["", "", "", ""])
    account = _invited(number, token)
    if account is None or name not in known():
        return redirect("sign_in")
    provider = known()[name]
    try:
        with transaction.atomic():
            Identity.objects.create(account=account, issuer=provider.issuer, subject=subject)
            account.last_login = now(request)
            account.save(update_fields=["last_login"])
    except IntegrityError:
        text = _("Cette identité ouvre déjà un autre compte ici. Connectez-vous avec elle, sans invitation.")
        return render(request, "accounts/elsewhere.html", {"text": text, "label": provider.label}, status=409)
    log.info("identity linked", account=account.pk, provider=provider.id)
    session.sign_in(request, account)
    return redirect("home")


def _invited(number: str, token: str) -> Account | None:
    account = Account.objects.filter(pk=int(number), is_active=True).first() if number.isdecimal() else None
    return account if account is not None and default_token_generator.check_token(account, token) else None


def _provider(name: str) -> Provider:
    if name not in known():
        raise Http404
    return known()[name]


def _failed(request: Page, provider: Provider, failure: NotVouched) -> HttpResponse:
    log.warning("a provider did not vouch", provider=provider.id, why=str(failure))
    text = _("La connexion n'a pas abouti. Réessayez ; si cela persiste, prévenez votre helpdesk.")
    return render(request, "accounts/elsewhere.html", {"text": text, "label": provider.label}, status=502)
