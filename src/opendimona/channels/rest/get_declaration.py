"""GET /declarations/{id}: a declaration and the answer in force."""

from opendimona.channels.rest import problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NotFound


async def get_declaration(context: Context, request: Request) -> Response:
    """The declaration whose number stands in the path. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    try:
        answer = await context.register.answer(request.number, caller)
    except NotFound:
        raise problems.not_found("declaration") from None
    return json_response(rendering.declaration(answer, context.links.base(request)))
