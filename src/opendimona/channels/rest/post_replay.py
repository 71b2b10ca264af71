"""POST /webhooks/{id}/deadLetters/replay and the same of /mailAddresses: have dead letters sent again."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.endpoints import for_channel
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.post_acknowledgements import IDS_MAX, Position
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Channel


class Replay(Struct, forbid_unknown_fields=True, rename="camel"):
    """Which; None stands for all."""

    notice_ids: Annotated[list[Position], Meta(max_length=IDS_MAX)] | None = None


_DECODER = msgspec.json.Decoder(Replay)


async def _post_replay(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    given = decode(_DECODER, await request.body(context.settings.body_limit))
    count = await context.register.endpoints.replay(request.number, channel, caller, given.notice_ids)
    return json_response({"count": count})


post_webhook_replay = for_channel(_post_replay, "webhook")
post_mail_address_replay = for_channel(_post_replay, "mail")
