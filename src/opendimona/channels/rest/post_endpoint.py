"""POST /webhooks and /mailAddresses: have notices sent."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.deliveries.addresses import Forbidden, parse_url
from opendimona.channels.deliveries.mail import is_mail_address
from opendimona.channels.deliveries.signature import secret_text
from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.endpoints import address, for_channel, members
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.searches import SoughtEmployer, employer_sought
from opendimona.law.catalogue import Language
from opendimona.register.interface import Caller, NotFound
from opendimona.register.notices.endpoints import ENDPOINTS_MAX, Channel, TooMany, Wanted
from opendimona.register.notices.kinds import KINDS, LATER

PAUSE_MAX = 604_800
_KINDS_MAX = len(KINDS) * 2


class Subscription(Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What webhooks and mail addresses have in common."""

    employer: SoughtEmployer | None = None
    kinds: Annotated[list[str], Meta(min_length=1, max_length=_KINDS_MAX)] | None = None
    language: Language | None = None


class WebhookRequest(Subscription, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A webhook to register."""

    url: str


class MailAddressRequest(Subscription, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A mail address to register."""

    address: str
    pause_seconds: Annotated[int, Meta(ge=0, le=PAUSE_MAX)] | None = None


_WEBHOOK = msgspec.json.Decoder(WebhookRequest)
_MAIL_ADDRESS = msgspec.json.Decoder(MailAddressRequest)


async def _post_endpoint(context: Context, request: Request, caller: Caller, channel: Channel) -> Response:
    body = await request.body(context.settings.body_limit)
    if channel == "webhook":
        webhook = decode(_WEBHOOK, body)
        try:
            parse_url(webhook.url, may_reach_private=context.settings.notices.may_reach_private)
        except Forbidden as error:
            raise problems.bad_body("url", "Not a webhook", f"Not accepted: {error}.", "invalidInput") from None
        wanted = Wanted(channel="webhook", target=webhook.url, client=caller.client, kinds=_kinds(webhook))
        return await _add(context, request, caller, webhook, wanted)
    mail = decode(_MAIL_ADDRESS, body)
    if not is_mail_address(mail.address):
        raise problems.bad_body("address", "No mail address", "Give one, such as name@example.be.", "invalidInput")
    wanted = Wanted(
        channel="mail", target=mail.address, client=caller.client, kinds=_kinds(mail) or LATER,
        pause=mail.pause_seconds,
    )  # fmt: skip
    return await _add(context, request, caller, mail, wanted)


async def _add(context: Context, request: Request, caller: Caller, given: Subscription, wanted: Wanted) -> Response:
    employer = None
    if given.employer is not None:
        try:
            employer = await context.register.endpoints.employer(employer_sought(given.employer), caller)
        except NotFound:
            raise problems.unknown_employer() from None
    wanted = msgspec.structs.replace(
        wanted, employer=None if employer is None else employer.id, language=given.language or "fr"
    )
    try:
        endpoint, secret = await context.register.endpoints.add(wanted)
    except TooMany:
        raise problems.too_many_endpoints(ENDPOINTS_MAX) from None
    base = context.links.base(request)
    shown = members(endpoint, employer, base)
    if secret is not None:
        shown["secret"] = secret_text(secret)
    answer = json_response(shown, 201)
    location = (b"location", address(endpoint, base).encode())
    return msgspec.structs.replace(answer, headers=(*answer.headers, location))


def _kinds(given: Subscription) -> tuple[str, ...] | None:
    """The kinds chosen, each once. Raises Problem 400."""
    if given.kinds is None:
        return None
    for index, kind in enumerate(given.kinds):
        if kind not in KINDS:
            raise problems.bad_body(
                f"kinds[{index}]", "Not a kind of notice", "Give one of those listed at /REST/dimona/v2/doc.",
                "invalidInput",
            )  # fmt: skip
    return tuple(dict.fromkeys(given.kinds))


post_webhook = for_channel(_post_endpoint, "webhook")
post_mail_address = for_channel(_post_endpoint, "mail")
