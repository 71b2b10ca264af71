"""uvicorn's HTTP protocol, with a short way for the requests that the application takes whole.

Everything about connections stays uvicorn's: parsing, keep-alive, pipelining, limits, closing. Only a request for which
the application has a short way (its attribute `direct`), that came alone and in one piece of known length, is answered
without an ASGI task.
"""

from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol


class Answerable(Protocol):
    """A response as the application gives it."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


class ShortWay(Protocol):
    """What an application offers as `direct`."""

    method: bytes
    path: bytes
    limit: int

    def begin(self, scope: dict[str, Any], headers: dict[bytes, bytes], body: bytes, reply: "Exchange") -> Any | None:
        """Take a request, whose outcome `reply` is told later: what `end` needs; None: it goes the ordinary way."""

    def end(self, known: Any, outcome: Any) -> Answerable:
        """The response to a result, or to the exception in its place; never raises."""


class _NothingWaits:
    """The stand-in for the event by which uvicorn wakes an ASGI task."""

    def set(self) -> None:
        return None


class Exchange:
    """A request that went the short way, in the place of uvicorn's own cycle: the members that its protocol reads."""

    message_event = _NothingWaits()

    def __init__(self, protocol: "DirectProtocol", way: ShortWay) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True
        self.known: Any = None
        self._protocol = protocol
        self._way = way

    def done(self) -> bool:
        """Whether the response was sent."""
        return self.response_complete

    def set_result(self, outcome: object) -> None:
        """Send the response; the connection is free for its next request then. A future without a task between."""
        response = self._way.end(self.known, outcome)
        self.response_complete = True
        if not (self.disconnected or self._protocol.transport.is_closing()):
            self._protocol.answer(response, self.keep_alive)

    set_exception = set_result


class DirectProtocol(HttpToolsProtocol):
    """One connection."""

    direct: ShortWay | None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.direct = getattr(self.config.loaded_app, "direct", None)
        self._sent: list[tuple[bytes, bytes]] = []
        self._headers: dict[bytes, bytes] = {}
        self._body: bytes | None = None

    def on_message_begin(self) -> None:
        """Keep the parts of a request until it is clear which way it goes."""
        self.url = b""
        self._sent = []
        self._body = None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._sent.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Choose the way."""
        if self._may_be_direct():
            self._body = b""
        else:
            self._go_ordinary_way()

    def _may_be_direct(self) -> bool:
        parser, direct = self.parser, self.direct
        if direct is None or self.url != direct.path or parser.get_method() != direct.method:
            return False
        if parser.get_http_version() != "1.1" or not parser.should_keep_alive() or parser.should_upgrade():
            return False
        before: Any = self.cycle  # None at first
        if before is not None and not before.response_complete:
            return False  # pipelined: uvicorn keeps the order
        self._headers = dict(self._sent)
        length = self._headers.get(b"content-length", b"")
        return length.isdigit() and len(length) < 10 and int(length) <= direct.limit

    def _go_ordinary_way(self) -> None:
        url, sent = self.url, self._sent
        super().on_message_begin()
        self.url = url
        for name, value in sent:
            super().on_header(name, value)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._body is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        """Hand a whole request to the application, or tell the ASGI task that there is no more."""
        body, way = self._body, self.direct
        if body is None or way is None:
            super().on_message_complete()
            return
        self._body = None
        scope = {"scheme": self.scheme, "server": self.server, "client": self.client}
        exchange = Exchange(self, way)
        exchange.known = way.begin(scope, self._headers, body, exchange)
        if exchange.known is None:
            self._go_ordinary_way()
            super().on_body(body)
            super().on_message_complete()
            return
        self.cycle = exchange  # type: ignore[assignment]

    def answer(self, response: Answerable, keep_alive: bool) -> None:
        """Write a response in one piece, and do what uvicorn does after each."""
        parts = [STATUS_LINE[response.status]]
        for name, value in (*self.server_state.default_headers, *response.headers):
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"content-length: %d\r\n" % len(response.body))
        parts.append(b"\r\n" if keep_alive else b"connection: close\r\n\r\n")
        parts.append(response.body)
        self.transport.write(b"".join(parts))
        if not keep_alive:
            self.transport.close()
        self.on_response_complete()
