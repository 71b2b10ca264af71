"""The load generator counts what comes back: every status, answers in pieces, broken lines, and how long each took."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bench import load

CREATED = b"HTTP/1.1 201 Created\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n"
WITH_BODY = b'HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{"an":"body"}'[:-1]
IN_CHUNKS = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}"
Answer = Callable[[int], list[bytes]]


class Server:
    """Answers every request with what it is told, in as many writes; empty pieces close the line."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.bodies: list[bytes] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(line,)))
            self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := line.recv(65536):
                self.bodies.append(data)
                for piece in self._answer(len(self.bodies)):
                    if not piece:
                        return
                    line.sendall(piece)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        while self._threads:
            self._threads.pop().join()


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    server = Server(answer)
    try:
        yield server
    finally:
        server.close()


def tally(server: Server, **changes: object) -> load.Tally:
    values = {
        "url": server.url, "path": "/declarations", "token": "t", "connections": 3, "seconds": 0.2, "warmup": 0.0,
        "seed": 1, "employers": 10,
    }  # fmt: skip
    return load.run(load.Order(**(values | changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize("pieces", [[CREATED], [WITH_BODY], [IN_CHUNKS], [CREATED[:30], CREATED[30:]]])
def test_every_created_is_counted_once(pieces: list[bytes]) -> None:
    with serving(lambda _: pieces) as server:
        found = tally(server)
    assert found.created == found.answered == len(server.bodies) > 3
    assert not found.others
    assert 0 < found.rate * 0.2 <= found.created
    assert 0 < found.p50 <= found.p99 <= found.worst


def test_other_answers_are_told_apart() -> None:
    with serving(lambda count: [BUSY] if count % 2 else [CREATED]) as server:
        found = tally(server, connections=1)
    assert found.others == {"503": (found.answered + 1) // 2}
    assert found.created == found.answered // 2


def test_a_broken_line_is_counted_and_renewed() -> None:
    with serving(lambda count: [b""] if count == 2 else [CREATED]) as server:
        found = tally(server, connections=1)
    assert found.others == {"broken": 1}
    assert found.created > 3


def test_the_warm_up_is_not_measured() -> None:
    with serving(lambda _: [CREATED]) as server:
        found = tally(server, warmup=0.2)
    assert found.answered > found.rate * 0.2


def test_a_paced_load_sends_as_many_as_asked() -> None:
    with serving(lambda _: [CREATED]) as server:
        found = tally(server, rate=200.0, seconds=1.0)
    assert 100 < found.answered < 300
    assert found.created == len(server.bodies)


def test_requests_are_whole_and_drawn_anew() -> None:
    with serving(lambda _: [CREATED]) as server:
        tally(server)
    for request in server.bodies:
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /declarations HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"\r\nAuthorization: Bearer t\r\n" in head
        assert int(head.partition(b"Content-Length: ")[2]) == len(body)
    assert len(set(server.bodies)) == len(server.bodies)
