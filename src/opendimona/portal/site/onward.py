"""Where to go: a path of ours, as a form gave it, and nothing else; and our own address, for those who come later."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from opendimona.portal.site.mode import public_url


def go_onward(target: str) -> HttpResponse:
    """To the path that was asked for if it is one of ours, else to the first page."""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target) if is_ours else redirect("home")


def absolute(request: HttpRequest, path: str) -> str:
    """A path as an address that is passed on: below the server's public address, else below that of the request."""
    return f"{public_url()}{path}" if public_url() else request.build_absolute_uri(path)
