"""The short way of an ordinary declaration, beside the way of all other requests, on one connection."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from opendimona.channels.rest.direct import Direct
from opendimona.register.interface import Overloaded
from opendimona.register.local import LocalRegister
from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.serving import serving
from tests.channels.rest.test_post_declaration import entry

TOKEN = SANDBOX["authorization"]
GET_HEALTH = b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n"


def post(body: bytes, *headers: str) -> bytes:
    """A whole request."""
    named = [
        f"POST {ROOT}/declarations HTTP/1.1", "Host: here", f"Authorization: {TOKEN}",
        f"Content-Length: {len(body)}", *headers,
    ]  # fmt: skip
    return ("\r\n".join(named) + "\r\n\r\n").encode() + body


def declared(day: int) -> bytes:
    return json.dumps(entry(startDate=f"2099-01-{day:02}", endDate=f"2099-01-{day:02}")).encode()


class Line:
    """An open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, *pieces: bytes) -> None:
        """Send pieces, each on its own."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(0)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        async with asyncio.timeout(30):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.rstrip().split("\r\n")
            parted = (line.split(": ", 1) for line in lines)
            headers = {name.lower(): value for name, value in parted}
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(first.split()[1]), headers, body

    async def is_closed(self) -> bool:
        """Whether the server ends the connection without another byte."""
        async with asyncio.timeout(30):
            return await self._reader.read(1) == b""

    def close(self) -> None:
        self._writer.close()


async def opened(port: int) -> Line:
    return Line(*await asyncio.open_connection("127.0.0.1", port))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each request offered to the short way, whether it was taken."""
    ways: list[bool] = []
    begin: Callable[..., Any] = Direct.begin

    def noted(self: Direct, *arguments: Any) -> Any:
        found = begin(self, *arguments)
        ways.append(found is not None)
        return found

    monkeypatch.setattr(Direct, "begin", noted)
    return ways


async def test_a_known_token_goes_the_short_way(sandbox: Caller, taken: list[bool]) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        for day in (1, 2, 3):
            await line.send(post(declared(day)))
            status, headers, body = await line.answer()
            assert (status, body, headers["sandbox"], headers["cache-control"]) == (201, b"", "true", "no-store")
            assert headers["location"].startswith(f"http://here{ROOT}/declarations/")
        assert taken == [False, True, True], "the first use of a token is checked the ordinary way"
        line.close()


async def test_a_body_in_pieces(sandbox: Caller, taken: list[bool]) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        for day in (1, 2):
            request = post(declared(day))
            await line.send(request[:40], request[40:-30], request[-30:-1], request[-1:])
            assert (await line.answer())[0] == 201
        assert taken == [False, True]
        line.close()


async def test_pipelined_requests_are_answered_in_order(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        await line.send(post(declared(1)))
        await line.answer()
        await line.send(post(declared(2)) + GET_HEALTH + post(declared(3)) + post(b"{") + GET_HEALTH)
        assert [(await line.answer())[0] for _ in range(5)] == [201, 200, 201, 400, 200]
        line.close()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", (), 400),
        (b"", (), 400),
        (declared(5), ("Idempotency-Key: a",), 201),
        (declared(5), ("Sandbox-Time: 2024-06-03T08:00:00+02:00",), 201),
        (declared(5), ("Sandbox-Time: yesterday",), 400),
        (declared(5), ("Content-Encoding: gzip",), 415),
        (declared(5) + b" " * 20_000, (), 201),
    ],
)
async def test_whatever_is_not_ordinary_goes_the_ordinary_way(
    sandbox: Caller, taken: list[bool], body: bytes, headers: tuple[str, ...], status: int
) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        await line.send(post(declared(1)))
        await line.answer()
        await line.send(post(body, *headers))
        assert (await line.answer())[0] == status
        await line.send(GET_HEALTH)
        assert (await line.answer())[0] == 200
        assert True not in taken
        line.close()


async def test_connection_close_is_honoured(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        await line.send(post(declared(1)))
        await line.answer()
        await line.send(post(declared(2), "Connection: close"))
        status, headers, _ = await line.answer()
        assert (status, headers["connection"]) == (201, "close")
        assert await line.is_closed()
        line.close()


async def test_a_failure_after_queueing_is_a_problem_document(
    register: LocalRegister, sandbox: Caller, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        await line.send(post(declared(1)))
        await line.answer()

        def failing(*arguments: Any) -> None:
            asyncio.get_running_loop().call_soon(arguments[-1].set_exception, Overloaded())

        monkeypatch.setattr(register, "file_at_once", failing)
        await line.send(post(declared(2)))
        status, headers, body = await line.answer()
        assert (status, json.loads(body)["status"], headers["content-type"]) == (503, 503, "application/problem+json")
        assert "retry-after" in headers
        assert taken == [False, True]
        line.close()


async def test_a_client_that_leaves_costs_nobody_else(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        first, second = await opened(port), await opened(port)
        await first.send(post(declared(1)))
        await first.answer()
        await first.send(post(declared(2)))
        first.close()
        await second.send(post(declared(3)))
        assert (await second.answer())[0] == 201
        second.close()


async def test_closing_the_server_answers_what_is_under_way(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        line = await opened(port)
        await line.send(post(declared(1)))
        await line.answer()
        await line.send(post(declared(2)))
    assert (await line.answer())[0] == 201
    line.close()
