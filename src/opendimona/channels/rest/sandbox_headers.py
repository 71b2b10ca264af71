"""The request headers of a sandbox: another moment, strictness, the public channel. Elsewhere they are refused."""

from datetime import datetime

import msgspec

from opendimona.channels.rest import moments, problems
from opendimona.channels.rest.exchange import Request
from opendimona.register.interface import Caller

TIME, STRICT, CHANNEL = b"sandbox-time", b"sandbox-strict", b"sandbox-channel"
NAMES = frozenset((TIME, STRICT, CHANNEL))


def refuse(request: Request) -> None:
    """Raises Problem 400 when a sandbox header came along; for servers that are no sandbox."""
    if not NAMES.isdisjoint(request.headers):
        name = min(NAMES & request.headers.keys()).decode().title()
        raise problems.bad_header(name, "This server is no sandbox; leave the header out.")


def received_at(request: Request) -> datetime:
    """The moment at which a request counts as received. Raises Problem 400."""
    text = request.headers.get(TIME)
    if text is None:
        return moments.now()
    try:
        return moments.parse_moment(text.decode("ascii").strip())
    except (ValueError, OverflowError):
        raise problems.bad_header(
            "Sandbox-Time", "Give a moment with its offset, as 2024-06-03T08:00:00+02:00."
        ) from None


def as_sandboxed(caller: Caller, request: Request) -> Caller:
    """The caller as the sandbox headers of a request want it. Raises Problem 400."""
    headers = request.headers
    if STRICT in headers:
        strict = headers[STRICT].strip().lower()
        if strict not in (b"true", b"false"):
            raise problems.bad_header("Sandbox-Strict", "Give true, or leave the header out.")
        caller = msgspec.structs.replace(caller, is_strict=caller.is_strict or strict == b"true")
    if CHANNEL in headers:
        channel = headers[CHANNEL].strip().lower()
        if channel not in (b"secured", b"unsecured"):
            raise problems.bad_header("Sandbox-Channel", "Give unsecured, or leave the header out.")
        caller = msgspec.structs.replace(caller, channel="unsecured" if channel == b"unsecured" else "secured")
    return caller
