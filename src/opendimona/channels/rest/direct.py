"""The short way for the busiest request: an ordinary POST of a declaration, handed in whole by the server.

It needs no task and no messages between server and application. Whatever is not ordinary (a key, a sandbox header, a
token not seen before, a body that is a bad request) is not taken: it goes the way of every other request, which answers
it. Both ways decode, file and answer with the same code.
"""

from opendimona.channels.rest import moments, sandbox_headers
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode_declaration
from opendimona.channels.rest.exchange import Headers, Message, Request, Response, Scope
from opendimona.channels.rest.failures import failure_response
from opendimona.channels.rest.links import ROOT
from opendimona.channels.rest.post_declaration import created
from opendimona.channels.rest.problems import Problem
from opendimona.register.client_entries import DECLARANT
from opendimona.register.filing import Reply
from opendimona.register.interface import Answer, Overloaded, Unavailable

UNUSUAL = sandbox_headers.NAMES | {b"content-encoding", b"expect", b"idempotency-key", b"transfer-encoding", b"upgrade"}


async def nothing_more() -> Message:
    """The body came with the request."""
    raise AssertionError("the short way reads no messages")


class Direct:
    """Takes requests with this method and path and at most `limit` bytes; `extra` headers go with each answer."""

    method = b"POST"
    path = f"{ROOT}/declarations".encode()
    limit = 16_384

    def __init__(self, context: Context, extra: Headers) -> None:
        self._context = context
        self._extra = extra

    def begin(self, scope: Scope, headers: dict[bytes, bytes], body: bytes, reply: Reply) -> str | None:
        """Queue a declaration, to be answered to `reply`: the base of its address; None when this is not the way.

        `scope` has the scheme, server and client of an ASGI scope.
        """
        if not UNUSUAL.isdisjoint(headers):
            return None
        request = Request(scope, nothing_more, headers)
        caller = self._context.access.known_caller(request, DECLARANT)
        if caller is None:
            return None
        received_at = moments.now()
        try:
            base = self._context.links.base(request)
            declaration = decode_declaration(body)
            if declaration.worker is not None and declaration.worker.ssin is None:
                return None  # the matcher may have to look for the worker
            self._context.register.file_at_once(declaration, caller, received_at, reply)
        except (Problem, Overloaded, Unavailable):
            return None
        return base

    def end(self, base: str, outcome: Answer | BaseException) -> Response:
        """The response to a declaration that was answered, or could not be."""
        response = failure_response(outcome) if isinstance(outcome, BaseException) else created(base, outcome)
        return Response(response.status, response.body, (*response.headers, *self._extra))
