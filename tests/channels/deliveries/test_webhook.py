"""One delivery, against receivers that behave and receivers that do not."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from opendimona.channels.deliveries import webhook
from opendimona.channels.deliveries.signature import is_signed, secret_of, secret_text, sign
from opendimona.channels.deliveries.webhook import DeliveryFailed, post_event
from tests.channels.rest.programs import certificate, rsa_key

SECRET = b"0" * 32
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiving(behaviour: Behaviour) -> Any:
    """A receiver of raw bytes; gives its URL and the heads of the requests that it got."""
    heads: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            await behaviour(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=b", heads


def saying(text: bytes) -> Behaviour:
    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    return behave


async def post(url: str, *, patience: float = 30.0, may_reach_private: bool = True) -> None:
    await post_event(url, SECRET, "4711", '{"é": 1}'.encode(), patience=patience, may_reach_private=may_reach_private)


async def test_what_is_sent() -> None:
    got: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readexactly(9))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with receiving(behave) as (url, heads):
        await post(url)
    lines = heads[0].decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    assert lines[0] == "POST /hook?a=b HTTP/1.1"
    assert headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    assert is_signed(SECRET, "4711", int(headers["webhook-timestamp"]), got[0], headers["webhook-signature"])
    assert not is_signed(SECRET, "4711", int(headers["webhook-timestamp"]), b"{}", headers["webhook-signature"])
    assert not is_signed(b"1" * 32, "4711", int(headers["webhook-timestamp"]), got[0], headers["webhook-signature"])


def test_a_signature_that_others_compute_too() -> None:
    """The example of the specification of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign(secret_of(secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == signature
    assert secret_text(secret_of(secret)) == secret
    assert is_signed(secret_of(secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, f"v1,x {signature}")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "answered 301"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answered 404"),
        (b"HTTP/1.1 500 78070739119\r\nContent-Length: 11\r\n\r\n78070739119", "answered 500"),
        (b"hello\r\n\r\n", "the answer is no HTTP"),
        (b"", "the answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "the answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, "the answer is no HTTP"),
    ],
)
async def test_answers_that_are_none(answer: bytes, problem: str) -> None:
    async with receiving(saying(answer)) as (url, heads):
        with pytest.raises(DeliveryFailed) as failed:
            await post(url)
    assert (failed.value.problem, failed.value.is_final, len(heads)) == (problem, False, 1)


async def test_gone_is_final() -> None:
    async with receiving(saying(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")) as (url, _):
        with pytest.raises(DeliveryFailed) as failed:
            await post(url)
    assert failed.value.is_final


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    async with receiving(behave) as (url, _):
        await post(url)


async def test_an_answer_that_trickles_is_given_up() -> None:
    """One limit of time for all of it: a receiver that sends a byte now and then holds nobody."""
    ended = asyncio.Event()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        await writer.drain()
        await reader.read()
        ended.set()

    async with receiving(behave) as (url, _):
        with pytest.raises(DeliveryFailed, match="no answer within"):
            await post(url, patience=0.1)
        await ended.wait()


async def test_nobody_there() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(DeliveryFailed, match="no connection"):
        await post(f"http://127.0.0.1:{port}/")


async def test_this_machine_is_no_place_for_a_webhook() -> None:
    async with receiving(saying(b"")) as (url, heads):
        for there in (url, url.replace("http:", "https:"), url.replace("http://127.0.0.1", "https://localhost")):
            with pytest.raises(DeliveryFailed):
                await post(there, may_reach_private=False)
        assert heads == []


async def test_tls_is_verified(tmp_path: Path) -> None:
    key = rsa_key()
    path = tmp_path / "server.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate(key).encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    heads: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.read())
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=context) as server:
        with pytest.raises(DeliveryFailed, match="TLS failed: CERTIFICATE_VERIFY_FAILED"):
            await post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert heads == []


def test_the_limits_are_limits() -> None:
    assert webhook.ANSWER_MAX < 1_000_000
