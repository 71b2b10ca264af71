"""Calls an ASGI application in process, as a server would."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ROOT = "/REST/dimona/v2"
SANDBOX = {"authorization": "Bearer sandbox"}


@dataclass
class Reply:
    """What came back: `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def issue(self) -> dict[str, str]:
        """The only issue of a problem."""
        (issue,) = self.json()["issues"]
        return dict(issue)


@dataclass
class Caller:
    """A program that calls `app`, with these headers unless a call brings its own."""

    app: Callable[..., Awaitable[None]]
    headers: Mapping[str, str] = field(default_factory=lambda: SANDBOX)
    peer: str = "127.0.0.1"
    read: int = 0

    async def call(
        self, method: str, url: str, body: bytes | Iterable[bytes] = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request; a body of several parts arrives chunk by chunk. `read` then tells how many were taken."""
        address = urlsplit(url)
        parts = [body] if isinstance(body, bytes) else list(body)
        sent = {"host": "dimona.test", **(self.headers if headers is None else headers)}
        scope = {
            "type": "http",
            "method": method,
            "path": address.path,
            "query_string": address.query.encode(),
            "scheme": "http",
            "client": (self.peer, 4711),
            "server": ("127.0.0.1", 8080),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items() if value
            ],
        }
        self.read, messages = 0, []

        async def receive() -> dict[str, Any]:
            self.read += 1
            if self.read > len(parts):
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts[self.read - 1], "more_body": self.read < len(parts)}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, end = messages
        names = {name.decode(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], names, end["body"])

    async def get(self, url: str, **headers: str) -> Reply:
        """A GET; further headers are given with _ for -."""
        return await self.call("GET", url, headers={**self.headers, **_named(headers)})

    async def post(self, url: str, value: Any, **headers: str) -> Reply:
        """A POST of a JSON value (or of bytes as they are)."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return await self.call("POST", url, body, {**self.headers, **_named(headers)})

    async def file(self, value: Any, **headers: str) -> Reply:
        """A POST of a declaration."""
        return await self.post(f"{ROOT}/declarations", value, **headers)

    async def result(self, value: Any, **headers: str) -> Any:
        """File a declaration, and read its answer at its Location."""
        posted = await self.file(value, **headers)
        assert posted.status == 201, posted.body
        read = await self.get(posted.headers["location"])
        assert read.status == 200, read.body
        return read.json()


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
