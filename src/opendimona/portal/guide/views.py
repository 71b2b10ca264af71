"""The pages of the guide."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

PAGES = {
    "changes": _("Ce que New DIMONA a changé"),
    "answers": _("Les trois réponses, et que faire"),
    "deadlines": _("Les délais"),
    "conflicts": _("Où se cache une période encore active"),
}
"""The pages in the order of reading."""


@require_GET
def guide(request: HttpRequest, name: str = "changes") -> HttpResponse:
    """A page of the guide; open to everybody."""
    if name not in PAGES:
        raise Http404
    return render(request, f"guide/{name}.html", {"pages": PAGES.items(), "name": name, "title": PAGES[name]})
