"""One request and one response, as plain values over ASGI; the body is read here, under its limit."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from msgspec import Struct

from opendimona.channels.rest import problems

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

# Answers hold personal data: no cache keeps them, no browser guesses what they are.
PRIVATE: Headers = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
JSON: Headers = ((b"content-type", b"application/json"), *PRIVATE)


class Response(Struct, frozen=True, gc=False):
    """What is answered; `content-length` is added when it is sent."""

    status: int
    body: bytes = b""
    headers: Headers = PRIVATE


class Request(Struct):
    """What came in: `headers` by lower-case name (the last of each), `number` the decimal part of the path, if any."""

    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes]
    number: int = 0

    async def body(self, limit: int) -> bytes:
        """The whole body. Raises Problem 413 beyond `limit` bytes, 415 for a compressed one, 400 when it breaks off."""
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise problems.unsupported_encoding()
        declared = self.headers.get(b"content-length", b"0")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
            raise problems.too_large(limit)
        message = await self.receive()
        body: bytes = message.get("body", b"")
        chunks, size = [body], len(body)
        while size <= limit and message.get("more_body"):
            message = await self.receive()
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
        if message["type"] == "http.disconnect":
            raise problems.broken_off()
        if size > limit:
            raise problems.too_large(limit)
        return body if len(chunks) == 1 else b"".join(chunks)


def json_response(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, msgspec.json.encode(value), JSON)


async def send_response(response: Response, extra: Headers, send: Send) -> None:
    """Send a response, with `extra` headers beside its own."""
    length = (b"content-length", b"%d" % len(response.body))
    bare = response.status == 204
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [*response.headers, *extra] if bare else [*response.headers, *extra, length],
        }
    )
    await send({"type": "http.response.body", "body": response.body})
