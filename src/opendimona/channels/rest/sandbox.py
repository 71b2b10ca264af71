"""The endpoints under /sandbox: a test world that its user fills, judges and forgets, without any token."""

from collections.abc import Sequence
from typing import Literal, TypeVar

import msgspec
from msgspec import Raw, Struct

from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response
from opendimona.channels.rest.problems import Problem
from opendimona.channels.rest.sandbox_headers import as_sandboxed
from opendimona.core.identifiers import is_ssin
from opendimona.register.client_entries import ClientEntry, InvalidClient
from opendimona.register.entries import EmployerEntry, InvalidEntry, WorkerEntry
from opendimona.register.interface import Caller, NotFound

Entry = TypeVar("Entry")
AGENT = "sandbox"
DONE = Response(204)
_REASON_MAX = 1000


class Identification(Struct, forbid_unknown_fields=True):
    """The decision on a pending declaration: accept it for an SSIN, or refuse it with a reason."""

    decision: Literal["accept", "refuse"]
    ssin: str | None = None
    reason: str | None = None


_ITEMS = msgspec.json.Decoder(list[Raw])
_EMPLOYER = msgspec.json.Decoder(EmployerEntry)
_WORKER = msgspec.json.Decoder(WorkerEntry)
_CLIENT = msgspec.json.Decoder(ClientEntry)
_IDENTIFICATION = msgspec.json.Decoder(Identification)


async def post_employers(context: Context, request: Request) -> Response:
    """Make employers known, all or none. Raises Problem."""
    entries = await _entries(context, request, _EMPLOYER)
    try:
        await context.register.put_employers(entries)
    except InvalidEntry as error:
        raise _invalid_entry(error) from None
    return DONE


async def post_workers(context: Context, request: Request) -> Response:
    """Make workers known, all or none. Raises Problem."""
    entries = await _entries(context, request, _WORKER)
    try:
        await context.register.put_workers(entries)
    except InvalidEntry as error:
        raise _invalid_entry(error) from None
    return DONE


async def post_client(context: Context, request: Request) -> Response:
    """Register a program's key. Raises Problem."""
    entry = decode(_CLIENT, await request.body(context.settings.body_limit))
    try:
        await context.clients.register(entry)
    except InvalidClient as error:
        raise problems.bad_body(error.member, "Invalid value", str(error), "invalidInput") from None
    return DONE


async def post_identification(context: Context, request: Request) -> Response:
    """Settle a pending declaration, as an agent would. Raises Problem."""
    decision = decode(_IDENTIFICATION, await request.body(context.settings.body_limit))
    caller = as_sandboxed(Caller(AGENT, is_strict=context.settings.is_strict), request)
    ssin, reason = None, None
    if decision.decision == "accept":
        if decision.ssin is None or not is_ssin(decision.ssin):
            raise problems.bad_body("ssin", "SSIN needed", "Accepting needs an SSIN, digits right.", "invalidInput")
        ssin = int(decision.ssin)
    else:
        reason = decision.reason
        if not reason or len(reason) > _REASON_MAX:
            raise problems.bad_body(
                "reason", "Reason needed", f"Refusing needs a reason of 1 to {_REASON_MAX} characters.", "invalidInput"
            )
    try:
        await context.register.identify(request.number, AGENT, ssin, reason, is_strict=caller.is_strict)
    except NotFound:
        raise problems.not_found("pending declaration") from None
    except InvalidEntry:
        raise problems.bad_body(
            "ssin", "Unknown SSIN", "Nobody bears this SSIN here; make the worker known first.", "invalidInput"
        ) from None
    return DONE


async def post_lock(context: Context, request: Request) -> Response:
    """Lock a period, as an agent would. Raises Problem."""
    try:
        await context.register.lock(request.number, AGENT)
    except NotFound:
        raise problems.not_found("period") from None
    return DONE


async def delete_everything(context: Context, _request: Request) -> Response:
    """Forget everything, clients, tokens and keys too."""
    await context.register.forget_everything()
    await context.clients.forget_everything()
    context.throttle.forget()
    return DONE


async def _entries(context: Context, request: Request, decoder: msgspec.json.Decoder[Entry]) -> Sequence[Entry]:
    """The entries of an array; one that is wrong is named by its index, and then none counts."""
    items = decode(_ITEMS, await request.body(context.settings.body_limit))
    return [decode(decoder, bytes(item), f"[{index}]") for index, item in enumerate(items)]


def _invalid_entry(error: InvalidEntry) -> Problem:
    detail = f"Nothing was stored. In entry {error.index}, {error.member}: {error.problem}."
    return problems.bad_body(f"[{error.index}].{error.member}", "Invalid value", detail, "invalidInput")
