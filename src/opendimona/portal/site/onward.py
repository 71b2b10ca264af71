"""Where to go next: a path of ours, as a form gave it, and nothing else."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def go_onward(target: str) -> HttpResponse:
    """To the path that was asked for if it is one of ours, else to the first page."""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target) if is_ours else redirect("home")
