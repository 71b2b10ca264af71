"""GET /webhooks and /mailAddresses, and one of them: where notices are sent, and how that goes."""

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.endpoints import for_channel, members
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Channel


async def _get_endpoints(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    found = await context.register.endpoints.all(channel, caller)
    employers = await context.register.endpoints.employers(found)
    base = context.links.base(request)
    return json_response({"items": [members(one, employers.get(one.employer), base) for one in found]})


async def _get_endpoint(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    found = await context.register.endpoints.one(request.number, channel, caller)
    employers = await context.register.endpoints.employers([found])
    return json_response(members(found, employers.get(found.employer), context.links.base(request)))


get_webhooks = for_channel(_get_endpoints, "webhook")
get_mail_addresses = for_channel(_get_endpoints, "mail")
get_webhook = for_channel(_get_endpoint, "webhook")
get_mail_address = for_channel(_get_endpoint, "mail")
