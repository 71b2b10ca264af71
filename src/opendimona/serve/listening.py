"""The listening sockets, one for each server process, and the question whether these answer on them.

All listen on one port; the kernel spreads connections over them. With one socket for all, the process that wakes first
takes every connection of a burst, and another may sit idle beside it.
"""

import errno
import http.client
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

BACKLOG = 2048
_NEXT_PORTS = 100
_PATIENCE = 1.0
_POLL = 0.02


class ListenError(Exception):
    """An address that cannot be listened on; the text is for the operator."""


class Listening:
    """Sockets that listen on one port; `url` is where a program of this machine finds it."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self.host, self.port = sockets[0].getsockname()[:2]
        if self.host in ("0.0.0.0", "::"):  # noqa: S104 - a comparison
            self.host = "127.0.0.1" if self.host == "0.0.0.0" else "::1"  # noqa: S104

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def fileno(self, place: int) -> int:
        """The descriptor that a server process, from 0, inherits; one that is started in its place gets the same."""
        return self._sockets[place % len(self._sockets)].fileno()


@contextmanager
def listen(
    host: str, port: int, announce: Callable[[str], None], *, may_move: bool, patience: float = 0.0, processes: int = 1
) -> Iterator[Listening]:
    """Listen on the port, or with `may_move` on the next free one, said aloud. Raises ListenError.

    A port that is taken is waited for up to `patience` seconds first. `processes`: for how many there are sockets.
    """
    with ExitStack() as stack:
        first = stack.enter_context(_bound(host, port, may_move=may_move, patience=patience))
        listening = Listening([first, *(stack.enter_context(one) for one in _beside(first, processes - 1))])
        if port not in (0, listening.port):
            announce(f"Port {port} is taken: using {listening.port} instead.")
        yield listening


def _bound(host: str, port: int, *, may_move: bool, patience: float) -> socket.socket:
    deadline = time.monotonic() + patience
    while (bound := _try(host, port)) is None and time.monotonic() < deadline:
        time.sleep(_POLL)
    candidates = (*range(port + 1, min(port + _NEXT_PORTS, 65536)), 0) if may_move else ()
    for candidate in candidates:
        bound = bound or _try(host, candidate)
    if bound is None:
        raise ListenError(f"port {port} of {host} is taken: stop what uses it, or give another port")
    return bound


def _try(host: str, port: int) -> socket.socket | None:
    """A socket that listens on the port, None when it is taken."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise ListenError(f"{host} is no address of this machine: {error.strerror}") from None
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(BACKLOG)  # now, not later: two that are only bound do not yet exclude each other
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise ListenError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    return bound


def _beside(first: socket.socket, count: int) -> list[socket.socket]:
    """More sockets on the port of one that has it to itself; none where the system knows no such thing.

    Only now does the first allow others: two servers that begin at the same moment still exclude each other.
    """
    if not count or sys.platform != "linux":
        return []
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found: list[socket.socket] = []
    try:
        for _ in range(count):
            one = socket.socket(first.family, socket.SOCK_STREAM)
            found.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind(first.getsockname())
            one.listen(BACKLOG)
    except OSError:  # then they share the first one
        for one in found:
            one.close()
        return []
    return found


def is_up(listening: Listening) -> bool:
    """Whether the server says on its health page that it can decide; waits a little for an answer."""
    connection = http.client.HTTPConnection(listening.host, listening.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health", headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
        return response.status == 200 and json.loads(body).get("status") in ("UP", "DEGRADED")
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
