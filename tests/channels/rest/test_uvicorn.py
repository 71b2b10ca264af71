"""The channel as programs meet it: over a socket, with an ordinary HTTP client."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.serving import serving
from tests.channels.rest.test_post_declaration import AT, entry

DECLARATIONS = f"{ROOT}/declarations"


class Program:
    """A program with one connection that it keeps."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, bytes]:
        """One request and its answer, read to the end."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, {**SANDBOX, **named}, encode_chunked=isinstance(body, Iterator))
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()


def a_day_of_work(port: int) -> None:
    """A declaration, its answer, a body that is too large, and the next declaration, on one connection."""
    program = Program(port)
    status, headers, body = program.call("POST", DECLARATIONS, json.dumps(entry()), Sandbox_Time=AT)
    assert (status, headers["content-length"], body, headers["sandbox"]) == (201, "0", b"", "true")
    location = headers["location"]
    assert location.startswith(f"http://127.0.0.1:{port}{ROOT}/declarations/")
    status, headers, body = program.call("GET", location.removeprefix(f"http://127.0.0.1:{port}"))
    assert (status, json.loads(body)["declarationStatus"]["result"]) == (200, "A")
    status, _, body = program.call("POST", DECLARATIONS, b" " * 1_000_001)
    assert (status, json.loads(body)["status"]) == (413, 413)
    status, _, body = program.call("POST", DECLARATIONS, iter([b" " * 100_000] * 12), Transfer_Encoding="chunked")
    assert (status, json.loads(body)["status"]) == (413, 413)
    status, _, _ = program.call("POST", DECLARATIONS, json.dumps(entry(startDate="2030-01-02")))
    assert status == 201
    assert program.call("HEAD", "/health")[::2] == (200, b"")
    assert program.call("DELETE", "/sandbox")[::2] == (204, b"")
    program.connection.close()


def curious(port: int) -> None:
    """Requests at the edge of the protocol."""
    program = Program(port)
    for path in ("/health?x=1", "/HEALTH", "/%68ealth", "//health", f"{ROOT}/declarations/%00", "/" + "x" * 5000):
        assert program.call("GET", path)[0] in (200, 404), path
    assert program.call("GET", "/health", Host="a b")[0] == 200
    assert program.call("BREW", "/health")[0] in (400, 405)
    program.connection.close()


@pytest.mark.parametrize("work", [a_day_of_work, curious])
async def test_over_a_socket(sandbox: Caller, work: Any) -> None:
    async with serving(sandbox.app) as port:
        await asyncio.to_thread(work, port)
