"""GET /periods/{id}: a period, now or as the register knew it at a moment (`asOf`)."""

from datetime import datetime
from urllib.parse import parse_qs

from opendimona.channels.rest import moments, problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NotFound


async def get_period(context: Context, request: Request) -> Response:
    """The period whose number stands in the path. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    try:
        view = await context.register.period(request.number, caller, as_of(request))
    except NotFound:
        raise problems.not_found("period") from None
    return json_response(rendering.period(view, context.links.base(request)))


def as_of(request: Request) -> datetime | None:
    """The moment that `asOf` in the address names. Raises Problem 400."""
    query = request.scope.get("query_string", b"").decode("latin-1")
    # In an address a bare + means a space; nobody means one before an offset.
    texts = parse_qs(query.replace("+", "%2B"), max_num_fields=20).get("asOf") if query else None
    if not texts:
        return None
    try:
        return moments.parse_moment(texts[-1])
    except (ValueError, OverflowError):
        raise problems.bad_query("asOf", "Give a moment with its offset, as 2024-06-03T08:00:00+02:00.") from None
