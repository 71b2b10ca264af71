"""GET /webhooks/{id}/deadLetters and /mailAddresses/{id}/deadLetters: what could not be delivered, and why."""

from opendimona.channels.deliveries.events import moment
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.endpoints import for_channel
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.queries import fields_of, position_in
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Channel

PAGE_SIZE = 200


async def _get_dead_letters(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    since = position_in(fields_of(request), "since") or 0
    found = await context.register.endpoints.dead_letters(request.number, channel, caller, since, PAGE_SIZE)
    items = [
        {
            "noticeId": letter.position,
            "time": moment(letter.died_at),
            "attempts": letter.attempts,
            "problem": letter.problem,
            "replaying": letter.is_wanted,
        }
        for letter in found
    ]
    return json_response({"items": items})


get_webhook_dead_letters = for_channel(_get_dead_letters, "webhook")
get_mail_address_dead_letters = for_channel(_get_dead_letters, "mail")
