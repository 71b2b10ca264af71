"""POST /declarations: one declaration in, the address of its answer out. The busiest endpoint, kept short."""

import hashlib

import msgspec

from opendimona.channels.rest import moments, problems, sandbox_headers
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode_declaration
from opendimona.channels.rest.exchange import PRIVATE, Request, Response
from opendimona.channels.rest.links import declaration_href
from opendimona.register.client_entries import DECLARANT
from opendimona.register.interface import Answer, Key

_KEY_MAX = 255


async def post_declaration(context: Context, request: Request) -> Response:
    """File a declaration: 201 with the Location of its answer. Raises Problem and what `Register.file` raises."""
    received_at = sandbox_headers.received_at(request) if context.settings.is_sandbox else moments.now()
    caller = await context.access.caller(request, DECLARANT)
    base = context.links.base(request)
    declaration = decode_declaration(await request.body(context.settings.body_limit))
    sent_key = request.headers.get(b"idempotency-key")
    key = None if sent_key is None else key_sent(sent_key, msgspec.json.encode(declaration))
    answer = await context.register.file(declaration, caller, received_at, key)
    return created(base, answer)


def created(base: str, answer: Answer) -> Response:
    """201, with the address of the answer."""
    return Response(201, b"", ((b"location", declaration_href(base, answer.number).encode()), *PRIVATE))


def key_sent(sent: bytes, meaning: bytes) -> Key:
    """The key of a request, with a digest of what the body means (not of its spaces). Raises Problem 400."""
    text = sent.decode("latin-1")
    if not 0 < len(text) <= _KEY_MAX or not all("!" <= character <= "~" for character in text):
        raise problems.bad_header("Idempotency-Key", f"Give 1 to {_KEY_MAX} visible ASCII characters.")
    return Key(text, hashlib.sha256(meaning).digest())
