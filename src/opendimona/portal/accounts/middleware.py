"""Who asks, for which school: found for each page, and asked for where nobody is signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import translation

from opendimona.portal.accounts.session import account_of, language_of, school_of
from opendimona.portal.site.day import today

OPEN = frozenset({"sign_in", "sign_in_demo", "language", "guide", "guide_page", "quick", "invitation", "calendar",
                  "verify", "help"})  # fmt: skip
"""Names of addresses that ask for no account."""


class SignedIn:
    """Sets `request.account`, `request.school` and the language; leads whoever is not signed in to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a page."""
        account = account_of(request)
        request.account = account  # type: ignore[attr-defined]
        request.schools = [] if account is None else list(account.schools(today(request)))  # type: ignore[attr-defined]
        request.school = school_of(request)  # type: ignore[attr-defined]
        language = language_of(request)
        with translation.override(language):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Cookie, Accept-Language")
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Ask for an account, and for a school to act for, where the address needs them."""
        name = resolve(request.path_info).url_name
        if name in OPEN or request.school is not None:  # type: ignore[attr-defined]
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("sign_in")})
        return redirect(f"{reverse('sign_in')}?next={request.path}" if request.method == "GET" else "sign_in")

