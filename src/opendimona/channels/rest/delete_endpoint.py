"""DELETE /webhooks/{id} and /mailAddresses/{id}: send nothing there any more."""

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.endpoints import for_channel
from opendimona.channels.rest.exchange import Request, Response
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Channel


async def _delete_endpoint(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    await context.register.endpoints.remove(request.number, channel, caller)
    return Response(204)


delete_webhook = for_channel(_delete_endpoint, "webhook")
delete_mail_address = for_channel(_delete_endpoint, "mail")
