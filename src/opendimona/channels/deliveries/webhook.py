"""One delivery to a webhook: a signed POST, its answer read within bounds, no redirect followed, nothing kept open."""

import asyncio
import ssl
import time
from functools import cache

import h11

from opendimona.channels.deliveries.addresses import Destination, Forbidden, parse_url, resolve
from opendimona.channels.deliveries.events import CONTENT_TYPE
from opendimona.channels.deliveries.signature import sign

ANSWER_MAX = 65_536
"""Bytes of an answer that are read at most; nothing in them is used but the status."""
GONE = 410
_CHUNK = 8192


class DeliveryFailed(Exception):
    """A delivery that did not succeed; the text is short and holds nothing that was sent or received.

    `is_final`: the receiver says that it wants no more.
    """

    def __init__(self, problem: str, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.is_final = problem, is_final


async def post_event(
    url: str, secret: bytes, identifier: str, body: bytes, *, patience: float, may_reach_private: bool
) -> None:
    """Send one event; returns when it was accepted (2xx), within `patience` seconds. Raises DeliveryFailed."""
    try:
        destination = parse_url(url, may_reach_private=may_reach_private)
        async with asyncio.timeout(patience):
            address = await resolve(destination, may_reach_private=may_reach_private)
            status = await _exchange(destination, address, _headers(destination, secret, identifier, body), body)
    except Forbidden as error:
        raise DeliveryFailed(str(error)) from None
    except TimeoutError:
        raise DeliveryFailed(f"no answer within {patience:g} seconds") from None
    except ssl.SSLError as error:
        raise DeliveryFailed(f"TLS failed: {error.reason or type(error).__name__}") from None
    except OSError as error:
        raise DeliveryFailed(f"no connection: {error.strerror or type(error).__name__}") from None
    except h11.ProtocolError:
        raise DeliveryFailed("the answer is no HTTP") from None
    if not 200 <= status < 300:
        raise DeliveryFailed(f"answered {status}", is_final=status == GONE)


def _headers(destination: Destination, secret: bytes, identifier: str, body: bytes) -> list[tuple[str, str]]:
    seconds = int(time.time())
    return [
        ("Host", destination.authority),
        ("User-Agent", "OpenDimona"),
        ("Content-Type", CONTENT_TYPE),
        ("Content-Length", str(len(body))),
        ("webhook-id", identifier),
        ("webhook-timestamp", str(seconds)),
        ("webhook-signature", sign(secret, identifier, seconds, body)),
        ("Connection", "close"),
    ]


async def _exchange(destination: Destination, address: str, headers: list[tuple[str, str]], body: bytes) -> int:
    """The status of the answer to one POST on a connection of its own."""
    reader, writer = await asyncio.open_connection(
        address,
        destination.port,
        ssl=_tls() if destination.is_secure else None,
        server_hostname=destination.host if destination.is_secure else None,
    )
    try:
        connection = h11.Connection(h11.CLIENT)
        sent = [
            connection.send(h11.Request(method="POST", target=destination.path, headers=headers)),
            connection.send(h11.Data(data=body)),
            connection.send(h11.EndOfMessage()),
        ]
        writer.write(b"".join(part for part in sent if part))
        await writer.drain()
        return await _status(connection, reader)
    finally:
        writer.transport.abort()  # closing politely would wait for the other side


async def _status(connection: h11.Connection, reader: asyncio.StreamReader) -> int:
    """The status of the answer, once it is whole or has become too long to be read on."""
    size, status = 0, 0
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.EndOfMessage) or (status and size > ANSWER_MAX):
            return status
        elif event is h11.NEED_DATA:
            chunk = await reader.read(_CHUNK)
            size += len(chunk)
            if size > 2 * ANSWER_MAX:
                raise h11.RemoteProtocolError("too long")
            connection.receive_data(chunk)
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("no answer")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
