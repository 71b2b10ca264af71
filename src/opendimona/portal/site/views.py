"""The sandbox's day."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from opendimona.portal.site.day import set_day, today
from opendimona.portal.site.mode import is_sandbox
from opendimona.portal.site.onward import go_onward
from opendimona.portal.site.typed import parse_day


@require_POST
def day(request: HttpRequest) -> HttpResponse:
    """Play another day in this session; an empty one goes back to the real day."""
    if not is_sandbox():
        raise Http404
    typed = request.POST.get("day", "").strip()
    found = parse_day(typed, today(request))
    if found is not None or not typed:
        set_day(request, found)
    return go_onward(request.POST.get("next", "/"))
