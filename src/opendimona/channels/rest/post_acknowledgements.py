"""POST /notices/acknowledgements: the program has taken notices in."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response
from opendimona.register.client_entries import CONSULT

POSITION_MAX = 9_000_000_000_000_000_000
IDS_MAX = 1000
Position = Annotated[int, Meta(ge=1, le=POSITION_MAX)]


class Acknowledgement(Struct, forbid_unknown_fields=True, rename="camel"):
    """Everything up to a notice, or these notices."""

    up_to: Annotated[int, Meta(ge=0, le=POSITION_MAX)] | None = None
    notice_ids: Annotated[list[Position], Meta(max_length=IDS_MAX)] | None = None


_DECODER = msgspec.json.Decoder(Acknowledgement)


async def post_acknowledgements(context: Context, request: Request) -> Response:
    """Note it. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    given = decode(_DECODER, await request.body(context.settings.body_limit))
    await context.register.acknowledge(caller, given.up_to, given.notice_ids or [])
    return Response(204)
