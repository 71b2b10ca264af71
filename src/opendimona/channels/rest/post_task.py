"""POST /declarations/tasks: many declarations at once, kept and then filed in their order; the answer is a task."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.rest import moments, problems, sandbox_headers
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.get_task import members
from opendimona.channels.rest.links import task_href
from opendimona.channels.rest.post_declaration import key_sent
from opendimona.register.client_entries import DECLARANT
from opendimona.register.filing_tasks import OPEN_MAX, TooManyTasks

DECLARATIONS_MAX = 1000


class Batch(Struct, forbid_unknown_fields=True):
    """The body: each declaration as POST /declarations takes it."""

    declarations: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=DECLARATIONS_MAX)]


_DECODER = msgspec.json.Decoder(Batch)


async def post_task(context: Context, request: Request) -> Response:
    """Keep a batch: 202 with the Location of its task. Raises Problem, KeyConflict, Unavailable.

    One declaration that is a bad request spoils no other: its result holds the problem that it would have been answered
    with by itself.
    """
    received_at = sandbox_headers.received_at(request) if context.settings.is_sandbox else moments.now()
    caller = await context.access.caller(request, DECLARANT)
    base = context.links.base(request)
    body = await request.body(context.settings.body_limit)
    batch = decode(_DECODER, body, may_hold_nul=True)
    bodies = [bytes(raw) for raw in batch.declarations]
    sent_key = request.headers.get(b"idempotency-key")
    key = key_sent(sent_key or b"-", _meaning(bodies))
    if sent_key is None:
        key = msgspec.structs.replace(key, value="")
    try:
        number = await context.register.tasks.add(caller, received_at, key, bodies)
    except TooManyTasks:
        raise problems.too_many_tasks(OPEN_MAX) from None
    task = await context.register.tasks.one(number, caller.client)
    answer = json_response(members(task, base), 202)
    location = (b"location", task_href(base, number).encode())
    return msgspec.structs.replace(answer, headers=(*answer.headers, location))


def _meaning(bodies: list[bytes]) -> bytes:
    """What the declarations say, whatever their spaces. Raises Problem 400 for texts that are not UTF-8."""
    try:
        return msgspec.json.encode([msgspec.json.decode(body) for body in bodies])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise problems.bad_body("declarations", "Not JSON", "Send JSON values, encoded in UTF-8.") from None
