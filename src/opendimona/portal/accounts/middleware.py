"""Who asks, for which school, with which rights: found for each page, and asked for where nobody is signed in."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from opendimona.portal.accounts.models import schools_of
from opendimona.portal.accounts.rights import ADDRESSES, IN_SCHOOL, Right, rights_of
from opendimona.portal.accounts.session import account_of, language_of, school_of
from opendimona.portal.audit.book import CONSULTED, consulted, signed
from opendimona.portal.site.day import today
from opendimona.portal.texts.standing import refresh

SCHOOLS_SHOWN = 30
"""So many schools are offered in the menu; whoever has more looks for one."""


class SignedIn:
    """Sets what `site.request.Page` lists, and the language; leads whoever is not signed in to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a page."""
        refresh()
        _identify(request)
        language = language_of(request)
        with translation.override(language):
            response = self._recorded(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Cookie, Accept-Language")
        return response

    def _recorded(self, request: HttpRequest) -> HttpResponse:
        """Answer; what changes is recorded under the account's name, and so is a look into people's files."""
        if request.account is None:  # type: ignore[attr-defined]
            return self._get_response(request)
        try:
            place = resolve(request.path_info)
        except Resolver404:
            return self._get_response(request)
        name = place.url_name or ""
        if request.method == "POST":
            with signed(request, name):
                return self._get_response(request)
        response = self._get_response(request)
        if name in CONSULTED and response.status_code == 200:
            consulted(request, name, place.kwargs)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Ask for an account where the address needs one; let nobody through without the right that it asks for."""
        if _has_nul(request):
            raise SuspiciousOperation("a NUL, which nobody types and no text of the database can hold")
        name = resolve(request.path_info).url_name or ""
        right: Right = ADDRESSES[name]
        rights: frozenset[Right] = request.rights  # type: ignore[attr-defined]
        if right is Right.OPEN or right in rights:
            return None
        if request.account is not None and Right.OWN in rights:  # type: ignore[attr-defined]
            if name == "home" or (right in IN_SCHOOL and request.school is None):  # type: ignore[attr-defined]
                return redirect(first_page(rights))
            raise PermissionDenied
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("sign_in")})
        return redirect(f"{reverse('sign_in')}?next={request.path}" if request.method == "GET" else "sign_in")


def _has_nul(request: HttpRequest) -> bool:
    """Whether a NUL is in the address or in a field."""
    named = [pair for one in (request.GET, request.POST) for pair in one.lists()]
    return "\0" in request.path_info or any("\0" in text for name, values in named for text in (name, *values))


def may_ask(request: HttpRequest) -> bool:
    """Whether the account of a session has the right that an address asks for; raises Resolver404 for no address."""
    _identify(request)
    name = resolve(request.path_info).url_name or ""
    return ADDRESSES[name] in request.rights  # type: ignore[attr-defined]


def first_page(rights: frozenset[Right]) -> str:
    """The address by name from which somebody with these rights begins the day."""
    if Right.READ in rights:
        return "home"
    if Right.WATCH in rights:
        return "cell"
    pages = {Right.COUNT: "runs", Right.IDENTIFY: "agents", Right.CONNECT: "programs", Right.SELF: "mine"}
    return next((page for right, page in pages.items() if right in rights), "guide")


def _identify(request: HttpRequest) -> None:
    account = account_of(request)
    memberships = [] if account is None else list(account.valid(today(request)))
    schools = schools_of(memberships)
    few = list(schools[: SCHOOLS_SHOWN + 1]) if memberships else []
    has_many = len(few) > SCHOOLS_SHOWN
    request.account = account  # type: ignore[attr-defined]
    request.schools = schools if has_many else few  # type: ignore[attr-defined]
    request.few_schools = [] if has_many else few  # type: ignore[attr-defined]
    is_theirs = any(not one.is_of_all for one in memberships)
    request.school = school_of(request, is_theirs=is_theirs)  # type: ignore[attr-defined]
    request.rights = rights_of(memberships, request.school) if memberships else frozenset()  # type: ignore[attr-defined]
