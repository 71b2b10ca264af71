"""The queue of declarations without SSIN, for agents: what waits, who may be meant, deciding, and undoing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct

from opendimona.channels.rest import agents_rendering, problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.sandbox import Identification
from opendimona.core.identifiers import is_ssin
from opendimona.register.agents import REASON_MAX, AlreadyDecided, Cursor, NotDecided
from opendimona.register.client_entries import IDENTIFICATION
from opendimona.register.entries import InvalidEntry
from opendimona.register.interface import Caller, NotFound

PAGE_SIZE, PAGE_SIZE_MAX = 50, 200
AGENT_MAX = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT_MAX = 10**16
_NUMBER_MAX = 10**12


class Decision(Identification, forbid_unknown_fields=True):
    """A decision on a pending declaration, and who of the agents took it."""

    agent: str | None = None


class Undo(Struct, forbid_unknown_fields=True):
    """Why a decision is taken back, and who does."""

    reason: str
    agent: str | None = None


_DECISION = msgspec.json.Decoder(Decision)
_UNDO = msgspec.json.Decoder(Undo)


async def get_queue(context: Context, request: Request) -> Response:
    """The declarations that wait, the oldest first, without their candidates. Raises Problem."""
    await context.access.caller(request, IDENTIFICATION)
    size, after = _page(request)
    found = await context.register.agents.queue(size + 1, after)
    base = context.links.base(request)
    collection: dict[str, Any] = {"items": [agents_rendering.pending(item, base) for item in found[:size]]}
    if len(found) > size:
        last = found[size - 1]
        moment = (last.received_at - _EPOCH) // timedelta(microseconds=1)
        collection["next"] = f"{base}{request.scope['path']}?pageSize={size}&after={moment}-{last.number}"
    return json_response(collection)


async def get_pending(context: Context, request: Request) -> Response:
    """One declaration that waits, with its candidates. Raises Problem."""
    await context.access.caller(request, IDENTIFICATION)
    try:
        found = await context.register.agents.pending(request.number)
    except AlreadyDecided:
        raise problems.already_decided() from None
    except NotFound:
        raise problems.not_found("pending declaration") from None
    return json_response(agents_rendering.pending(found, context.links.base(request)))


async def post_decision(context: Context, request: Request) -> Response:
    """Accept a pending declaration for somebody, or refuse it; the answer in force. Raises Problem."""
    caller = await context.access.caller(request, IDENTIFICATION)
    body = decode(_DECISION, await request.body(context.settings.body_limit))
    ssin, reason = decision_of(body)
    try:
        answer = await context.register.agents.identify(
            request.number, agent_of(caller, body.agent), ssin, reason, is_strict=caller.is_strict
        )
    except AlreadyDecided:
        raise problems.already_decided() from None
    except NotFound:
        raise problems.not_found("pending declaration") from None
    except InvalidEntry:
        raise unknown_ssin() from None
    return json_response(rendering.declaration(answer, context.links.base(request)))


async def post_undo(context: Context, request: Request) -> Response:
    """Take a decision back, with all that followed; the declaration waits again. Raises Problem."""
    caller = await context.access.caller(request, IDENTIFICATION)
    body = decode(_UNDO, await request.body(context.settings.body_limit))
    reason = reason_of(body.reason)
    try:
        answer = await context.register.agents.undo(request.number, agent_of(caller, body.agent), reason)
    except NotDecided:
        raise problems.already_decided() from None
    except NotFound:
        raise problems.not_found("declaration that an agent decided") from None
    return json_response(rendering.declaration(answer, context.links.base(request)))


def decision_of(body: Identification) -> tuple[int | None, str | None]:
    """The SSIN that is accepted and the reason given; one of them when refused. Raises Problem."""
    if body.decision == "refuse":
        return None, reason_of(body.reason)
    if body.ssin is None or not is_ssin(body.ssin):
        raise problems.bad_body("ssin", "SSIN needed", "Accepting needs an SSIN, digits right.", "invalidInput")
    return int(body.ssin), None


def reason_of(reason: str | None, name: str = "reason") -> str:
    """A reason that may be recorded. Raises Problem."""
    if not reason or not reason.strip() or len(reason) > REASON_MAX:
        detail = f"Give a reason of 1 to {REASON_MAX} characters."
        raise problems.bad_body(name, "Reason needed", detail, "invalidInput")
    return reason


def agent_of(caller: Caller, name: str | None) -> str:
    """Who decides, as it is recorded: the program, and the person it speaks for. Raises Problem."""
    if name is None:
        return caller.client
    if not 0 < len(name.strip()) <= AGENT_MAX or not name.isprintable():
        detail = f"Give a name of 1 to {AGENT_MAX} characters, or leave the member out."
        raise problems.bad_body("agent", "Invalid value", detail, "invalidInput")
    return f"{caller.client}/{name.strip()}"


def unknown_ssin(name: str = "ssin") -> problems.Problem:
    """400 for an SSIN that is nobody's."""
    detail = "Nobody bears this SSIN here; make the worker known first."
    return problems.bad_body(name, "Unknown SSIN", detail, "invalidInput")


def _page(request: Request) -> tuple[int, Cursor | None]:
    fields = parse_qs(request.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    size = _whole(fields.get("pageSize", [str(PAGE_SIZE)])[-1], 10**6, _bad_size)
    text = fields.get("after", [""])[-1]
    if not text:
        return min(size, PAGE_SIZE_MAX), None
    moment, _, number = text.partition("-")
    after = _EPOCH + timedelta(microseconds=_whole(moment, _MOMENT_MAX, _bad_place))
    return min(size, PAGE_SIZE_MAX), Cursor(after, _whole(number, _NUMBER_MAX, _bad_place))


def _whole(text: str, most: int, refuse: Callable[[], problems.Problem]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 0 < int(text) < most):
        raise refuse()
    return int(text)


def _bad_size() -> problems.Problem:
    return problems.bad_query("pageSize", "Give a whole number from 1, of at most 6 digits.")


def _bad_place() -> problems.Problem:
    return problems.bad_query("after", "Follow `next` of the page before, as it is.")
