"""What the routes of webhooks and mail addresses share: who may, which one, how one is shown."""

from collections.abc import Awaitable, Callable
from typing import Any

from opendimona.channels.deliveries.events import employer_members, moment
from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response
from opendimona.channels.rest.links import ROOT
from opendimona.core.file import Employer
from opendimona.register.client_entries import MANAGE
from opendimona.register.interface import Caller, NotFound
from opendimona.register.notices.endpoints import Channel, Endpoint

FOLDERS: dict[Channel, str] = {"webhook": "webhooks", "mail": "mailAddresses"}
NAMES: dict[Channel, str] = {"webhook": "webhook", "mail": "mail address"}
Route = Callable[[Context, Request], Awaitable[Response]]


def for_channel(work: Callable[[Context, Request, Caller, Channel], Awaitable[Response]], channel: Channel) -> Route:
    """A route that asks for the scope of its own, and says 404 of what is not the caller's."""

    async def route(context: Context, request: Request) -> Response:
        caller = await context.access.caller(request, MANAGE)
        try:
            return await work(context, request, caller, channel)
        except NotFound:
            raise problems.not_found(NAMES[channel]) from None

    return route


def address(endpoint: Endpoint, base: str) -> str:
    """Where an endpoint can be read."""
    return f"{base}{ROOT}/{FOLDERS[endpoint.channel]}/{endpoint.id}"


def members(endpoint: Endpoint, employer: Employer | None, base: str) -> dict[str, Any]:
    """An endpoint as JSON; empty members are left out."""
    is_webhook = endpoint.channel == "webhook"
    shown: dict[str, Any] = {
        "webhookId" if is_webhook else "mailAddressId": endpoint.id,
        "url" if is_webhook else "address": endpoint.target,
        "employer": None if employer is None else employer_members(employer),
        "kinds": None if endpoint.kinds is None else list(endpoint.kinds),
        "language": endpoint.language,
        "pauseSeconds": None if is_webhook else endpoint.pause,
        "createdAt": moment(endpoint.created_at),
        "delivered": endpoint.delivered,
        "deliveredAt": endpoint.delivered_at and moment(endpoint.delivered_at),
        "failingSince": endpoint.failing_since and moment(endpoint.failing_since),
        "problem": endpoint.problem,
        "suspended": endpoint.is_suspended,
        "deadLetters": endpoint.dead_letters,
        "lastTest": last_test(endpoint),
        "href": address(endpoint, base),
    }
    return {name: value for name, value in shown.items() if value is not None}


def last_test(endpoint: Endpoint) -> dict[str, Any] | None:
    """How the last test went."""
    if endpoint.tested_at is None:
        return None
    shown: dict[str, Any] = {"time": moment(endpoint.tested_at), "ok": endpoint.test_problem is None}
    return shown if endpoint.test_problem is None else shown | {"problem": endpoint.test_problem}
