"""The second factor: a code of six digits that an application shows, changing every thirty seconds (RFC 6238)."""

import time

import pyotp
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.portal.accounts import session
from opendimona.portal.accounts.models import Account
from opendimona.portal.site.onward import go_onward
from opendimona.portal.site.request import Page
from opendimona.portal.site.throttle import Throttle

HALF, HALF_SECONDS = "half", 300
"""Between the password and the code: whose, and since when."""
STEP, SLACK = 30, 1
TRIES = Throttle()


def is_right(account: Account, code: str, at: float | None = None) -> bool:
    """Whether a code is the account's, of now or of one step before or after; each serves once."""
    digits = "".join(code.split())
    step = int((time.time() if at is None else at) // STEP)
    generator = pyotp.TOTP(account.second_secret)
    for one in range(step - SLACK, step + SLACK + 1):
        if pyotp.utils.strings_equal(digits, generator.at(one * STEP)):
            fresh = Account.objects.filter(pk=account.pk, second_used__lt=one)
            return fresh.update(second_used=one) == 1
    return False


def ask(request: Page, account: Account, onward: str) -> HttpResponse:
    """The password was right: the code is asked for before anybody is in."""
    request.session[HALF] = [account.pk, time.time(), onward, account.get_session_auth_hash()]
    return redirect("second")


@require_http_methods(["GET", "POST"])
def second(request: Page) -> HttpResponse:
    """The code, after the password."""
    number, since, onward, sealed = request.session.get(HALF, [0, 0.0, "", ""])
    account = Account.objects.filter(pk=number, is_active=True).first()
    if account is None or time.time() - since > HALF_SECONDS or sealed != account.get_session_auth_hash():
        return redirect("sign_in")
    error = ""
    if request.method == "POST":
        if not TRIES.may(str(account.pk)):
            error = _("Trop d'essais. Réessayez dans dix minutes.")
        elif is_right(account, request.POST.get("code", "")[:20]):
            session.sign_in(request, account)
            return go_onward(onward)
        else:
            error = _("Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant.")
    page = {"error": error, "has_errors": bool(error)}
    return render(request, "accounts/second.html", page, status=422 if error else 200)
