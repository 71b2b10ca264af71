"""The listening socket, shared by all server processes, and the question whether they answer on it."""

import errno
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BACKLOG = 2048
_NEXT_PORTS = 100
_PATIENCE = 1.0
_POLL = 0.02


class ListenError(Exception):
    """An address that cannot be listened on; the text is for the operator."""


class Listening:
    """A socket that listens; `url` is where a program of this machine finds it."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self.host, self.port = listening.getsockname()[:2]
        if self.host in ("0.0.0.0", "::"):  # noqa: S104 - a comparison
            self.host = "127.0.0.1" if self.host == "0.0.0.0" else "::1"  # noqa: S104

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def fileno(self) -> int:
        """The descriptor, for the processes that inherit it."""
        return self._socket.fileno()


@contextmanager
def listen(
    host: str, port: int, announce: Callable[[str], None], *, may_move: bool, patience: float = 0.0
) -> Iterator[Listening]:
    """Listen on the port, or with `may_move` on the next free one, said aloud. Raises ListenError.

    A port that is taken is waited for up to `patience` seconds first.
    """
    with _bound(host, port, may_move=may_move, patience=patience) as bound:
        listening = Listening(bound)
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
