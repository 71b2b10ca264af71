"""Signing in and out; choosing the school and the language of the pages."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opendimona.portal.accounts import session
from opendimona.portal.accounts.configured import known
from opendimona.portal.accounts.models import WHOLE, Account, Forgotten, Role
from opendimona.portal.accounts.second import ask
from opendimona.portal.accounts.session import KNOWN, LANGUAGE, choose_school
from opendimona.portal.audit.book import consulted
from opendimona.portal.demo.schools import ACCOUNTS
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.mode import is_sandbox, public_url
from opendimona.portal.site.onward import go_onward
from opendimona.portal.site.request import Page
from opendimona.portal.site.throttle import Throttle
from opendimona.portal.site.typed import number_in

ATTEMPTS = Throttle()
WHY_MAX = 200
WASTED = "argon2 takes its time"


@require_http_methods(["GET", "POST"])
def sign_in(request: Page) -> HttpResponse:
    """The door: an address and a password, and in the sandbox one account of each role at a click."""
    email, error = "", ""
    if request.method == "POST":
        email = request.POST.get("email", "").strip().lower()
        is_allowed = ATTEMPTS.may(email)
        account = _account(email, request.POST.get("password", "")) if is_allowed else None
        if account is not None and account.second_secret:
            return ask(request, account, request.POST.get("next", "")[:500])
        if account is not None:
            session.sign_in(request, account)
            return go_onward(request.POST.get("next", ""))
        error = _("Trop d'essais pour cette adresse. Réessayez dans dix minutes.")
        if is_allowed:
            error = _("L'adresse ou le mot de passe n'est pas le bon. Vérifiez les deux et réessayez.")
    target = request.POST.get("next") or request.GET.get("next", "")
    page = {"email": email, "error": error, "demo": _demo_accounts(), "next": target,
            "providers": list(known().values()), "may_forget": may_mail()}  # fmt: skip
    return render(request, "accounts/sign_in.html", page, status=422 if error else 200)


def _account(email: str, password: str) -> Account | None:
    """The account with this address and password; whether the address exists does not show in the time it takes."""
    account = Account.objects.filter(email=email, is_active=True).first()
    if account is None:
        make_password(WASTED)
        return None
    return account if check_password(password, account.password) else None


def _demo_accounts() -> list[dict[str, str]]:
    if not is_sandbox():
        return []
    known = set(Account.objects.filter(email__in=[one.email for one in ACCOUNTS]).values_list("email", flat=True))
    return [
        {"email": one.email, "name": one.name, "role": str(Role(one.role).label), "of": one.of}
        for one in ACCOUNTS
        if one.email in known
    ]


def may_mail() -> bool:
    """Whether a mail with an address of ours can leave."""
    return bool(settings.EMAIL_HOST and public_url())


@require_http_methods(["GET", "POST"])
def forgotten(request: Page) -> HttpResponse:
    """Another password: a link is mailed. Whether the address is known does not show."""
    is_sent = False
    if request.method == "POST" and may_mail():
        email = request.POST.get("email", "").strip().lower()
        account = Account.objects.filter(email=email, is_active=True).first()
        if account is not None and ATTEMPTS.may(f"forgotten {email}"):
            Forgotten.objects.get_or_create(account=account)
        is_sent = True
    return render(request, "accounts/forgotten.html", {"is_sent": is_sent, "may_forget": may_mail()})


@require_POST
def sign_in_demo(request: Page) -> HttpResponse:
    """In the sandbox: sign in with a demonstration account, without its password."""
    email = request.POST.get("email", "")
    account = Account.objects.filter(email=email, is_active=True).first()
    if not is_sandbox() or account is None or email not in {one.email for one in ACCOUNTS}:
        return redirect("sign_in")
    session.sign_in(request, account)
    return go_onward(request.POST.get("next", ""))


@require_POST
def sign_out(request: Page) -> HttpResponse:
    """Leave."""
    session.sign_out(request)
    return redirect("sign_in")


@require_POST
def school(request: Page) -> HttpResponse:
    """Turn to another of the account's schools."""
    chosen = request.POST.get("school", "")
    found = account_schools(request).filter(pk=number_in(chosen)).first()
    if found is not None and not _is_theirs(request, found):
        why = " ".join(request.POST.get("why", "").split())[:WHY_MAX]
        if not why:
            return redirect(f"{reverse('cell_search')}?why")
        consulted(request, "school", {"number": found.fase}, why)
    if found is not None or not chosen:
        choose_school(request, found)
    return redirect("home")


def _is_theirs(request: Page, school: School) -> bool:
    """Whether the account belongs to a school; of the Community's roles, it has to say why it goes there."""
    return any(one.role not in WHOLE and one.holds_for(school) for one in request.account.valid(today(request)))


def account_schools(request: Page) -> "QuerySet[School]":
    """Every school whose pages the account may open."""
    return request.account.schools(today(request))


@require_POST
def language(request: Page) -> HttpResponse:
    """Show the pages in another language, now and at the next visit."""
    chosen = request.POST.get("language", "")
    if chosen in KNOWN:
        request.session[LANGUAGE] = chosen
        account = request.account
        if account is not None:
            account.language = chosen
            account.save(update_fields=["language"])
    return go_onward(request.POST.get("next", ""))
