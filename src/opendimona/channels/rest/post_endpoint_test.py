"""POST /webhooks/{id}/test and /mailAddresses/{id}/test: have a test sent."""

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.endpoints import for_channel
from opendimona.channels.rest.exchange import Request, Response
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Channel


async def _post_test(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    await context.register.endpoints.test(request.number, channel, caller)
    return Response(202)


post_webhook_test = for_channel(_post_test, "webhook")
post_mail_address_test = for_channel(_post_test, "mail")
