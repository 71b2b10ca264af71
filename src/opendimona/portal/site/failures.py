"""Pages for what fails: not allowed, not found, out of order. Each says what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: object = None, reason: str = "") -> HttpResponse:
    """Not allowed to this account, or a form that was too old to be trusted."""
    return render(request, "site/failure.html", {"status": 403, "is_expired": bool(reason)}, status=403)


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    """No such page, or not one of this school."""
    return render(request, "site/failure.html", {"status": 404}, status=404)


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    """A request that no page of ours sends."""
    return render(request, "site/failure.html", {"status": 400}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours; the page says nothing about it, the log names its kind."""
    return render(request, "site/failure.html", {"status": 500}, status=500)
