"""GET /dailyRegistrations/{id}: a daily registration, now or as the register knew it at a moment (`asOf`)."""

from opendimona.channels.rest import problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.get_period import as_of
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NotFound


async def get_daily_registration(context: Context, request: Request) -> Response:
    """The daily registration whose number stands in the path. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    try:
        view = await context.register.registration(request.number, caller, as_of(request))
    except NotFound:
        raise problems.not_found("daily registration") from None
    return json_response(rendering.registration(view, context.links.base(request)))
