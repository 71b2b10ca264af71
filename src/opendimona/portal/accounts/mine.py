"""One's own account: password, second factor, and the identities that open it."""

from typing import Any

import pyotp
import segno
import structlog
from django.contrib.auth.hashers import check_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opendimona.portal.accounts import session
from opendimona.portal.accounts.access import PASSWORD_MIN
from opendimona.portal.accounts.configured import known
from opendimona.portal.accounts.models import Account, Identity
from opendimona.portal.accounts.second import TRIES, is_right
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in

log = structlog.get_logger()
DRAWN = "drawn"
"""The secret that was shown and not confirmed yet, in the session."""
ISSUER = "OpenDimona"


@require_http_methods(["GET", "POST"])
def account(request: Page) -> HttpResponse:
    """What one may change of one's account; posted: another password, or the second factor."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        work = {"password": _password, "begin": _begin, "confirm": _confirm, "stop": _stop}
        chosen = work.get(request.POST.get("do", ""))
        errors = chosen(request) if chosen is not None else {}
        if not errors:
            return redirect("account")
    drawn = request.session.get(DRAWN, "")
    page: dict[str, Any] = {
        "errors": errors, "has_errors": bool(errors), "drawn": drawn, "picture": _picture(request.account, drawn),
        "has_password": request.account.has_usable_password(),
        "memberships": request.account.valid(today(request)).select_related("school", "power"),
        "identities": [(one, _label(one)) for one in request.account.identities.order_by("linked_at")],
    }  # fmt: skip
    return render(request, "accounts/account.html", page, status=422 if errors else 200)


def _label(one: Identity) -> str:
    return next((provider.label for provider in known().values() if provider.issuer == one.issuer), one.issuer)


def _picture(account: Account, drawn: str) -> str:
    """The square that an application scans, as a picture in the page."""
    if not drawn:
        return ""
    address = pyotp.TOTP(drawn).provisioning_uri(name=account.email, issuer_name=ISSUER)
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2))


def _knows(request: Page) -> bool:
    """Whether the password that was typed is the account's; tried as often as a sign-in may be."""
    if not TRIES.may(f"mine {request.account.pk}"):
        return False
    return check_password(request.POST.get("current", ""), request.account.password)


def _password(request: Page) -> dict[str, str]:
    if not _knows(request):
        return {"current": _("Le mot de passe actuel n'est pas le bon.")}
    chosen = request.POST.get("password", "")
    if len(chosen) < PASSWORD_MIN:
        return {"password": _("Choisissez au moins douze signes, par exemple quatre mots.")}
    request.account.set_password(chosen)
    request.account.save(update_fields=["password"])
    session.sign_in(request, request.account)
    log.info("password changed", account=request.account.pk)
    return {}


def _begin(request: Page) -> dict[str, str]:
    """Draw a secret: it counts once a code of it was typed."""
    if not _knows(request):
        return {"current2": _("Le mot de passe actuel n'est pas le bon.")}
    request.session[DRAWN] = pyotp.random_base32()
    return {}


def _confirm(request: Page) -> dict[str, str]:
    drawn = request.session.get(DRAWN, "")
    mine = Account(pk=request.account.pk, second_secret=drawn)
    code = request.POST.get("code", "")[:20]
    if not drawn or not TRIES.may(f"mine {request.account.pk}") or not is_right(mine, code):
        return {"code": _("Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant.")}
    Account.objects.filter(pk=request.account.pk).update(second_secret=drawn)
    del request.session[DRAWN]
    log.info("second factor on", account=request.account.pk)
    return {}


def _stop(request: Page) -> dict[str, str]:
    if not _knows(request):
        return {"current2": _("Le mot de passe actuel n'est pas le bon.")}
    Account.objects.filter(pk=request.account.pk).update(second_secret="")
    request.session.pop(DRAWN, None)
    log.info("second factor off", account=request.account.pk)
    return {}


@require_POST
def unlink(request: Page) -> HttpResponse:
    """An identity from elsewhere opens the account no longer; the last way in stays."""
    mine = request.account.identities
    number = request.POST.get("identity", "")
    one = mine.filter(pk=number_in(number)).first()
    if one is not None and (request.account.has_usable_password() or mine.count() > 1):
        one.delete()
        log.info("identity unlinked", account=request.account.pk)
    return redirect("account")
