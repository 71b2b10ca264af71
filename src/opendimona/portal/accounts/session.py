"""The session of a signed-in account: whose it is, for which school, in which language."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import translation
from django.utils.crypto import constant_time_compare

from opendimona.portal.accounts.models import Account
from opendimona.portal.audit.book import came_in
from opendimona.portal.schools.models import School

ACCOUNT, SCHOOL, HASH, LANGUAGE = "account", "school", "hash", "language"
KNOWN = frozenset({"fr", "nl", "de", "en"})


def sign_in(request: HttpRequest, account: Account) -> None:
    """Begin a session of an account; one of somebody else ends."""
    language = request.session.get(LANGUAGE)
    request.session.flush()
    request.session[ACCOUNT] = account.pk
    request.session[HASH] = account.get_session_auth_hash()
    if language:
        request.session[LANGUAGE] = language
    rotate_token(request)
    came_in(account, origin_of(request))


def origin_of(request: HttpRequest) -> str:
    """The network address from which somebody asks; behind a proxy that is trusted, the one that it names."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted = [ip_network(text, strict=False) for text in getattr(settings, "TRUSTED_PROXIES", ())]
    try:
        if any(ip_address(peer) in one for one in trusted):
            return str(ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()))
    except ValueError:
        return peer
    return peer


def sign_out(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


def account_of(request: HttpRequest) -> Account | None:
    """The account that is signed in; a changed password ends its sessions."""
    number = request.session.get(ACCOUNT)
    if number is None:
        return None
    account = Account.objects.filter(pk=number, is_active=True).first()
    given = request.session.get(HASH, "")
    if account is None or not constant_time_compare(given, account.get_session_auth_hash()):
        return None
    return account


def school_of(request: HttpRequest, *, is_theirs: bool) -> School | None:
    """The school that the pages are about: the one chosen, else the first if the account belongs to schools."""
    schools: list[School] | QuerySet[School] = request.schools  # type: ignore[attr-defined]
    chosen = request.session.get(SCHOOL)
    if isinstance(schools, QuerySet):
        found = None if chosen is None else schools.filter(pk=chosen).first()
        return found or (schools.first() if is_theirs else None)
    found = next((school for school in schools if school.pk == chosen), None)
    return found or (schools[0] if schools and is_theirs else None)


def choose_school(request: HttpRequest, school: School | None) -> None:
    """Make the pages of this session be about another school, or (for those of the Community) about none."""
    if school is None:
        request.session.pop(SCHOOL, None)
    else:
        request.session[SCHOOL] = school.pk


def language_of(request: HttpRequest) -> str:
    """The language chosen, else the account's, else the browser's, else French."""
    chosen = request.session.get(LANGUAGE)
    if chosen in KNOWN:
        return str(chosen)
    account: Account | None = request.account  # type: ignore[attr-defined]
    if account is not None:
        return account.language
    return translation.get_language_from_request(request)
