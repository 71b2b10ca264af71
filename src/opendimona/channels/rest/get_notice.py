"""GET /notices/{id}: one notice."""

from opendimona.channels.deliveries.events import notice_members
from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NotFound


async def get_notice(context: Context, request: Request) -> Response:
    """The notice whose number stands in the path. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    try:
        notice = await context.register.notice(request.number, caller)
    except NotFound:
        raise problems.not_found("notice") from None
    return json_response(notice_members(notice, context.links.base(request)) | {"acknowledged": notice.is_acknowledged})
