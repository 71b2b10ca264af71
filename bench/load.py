"""The load on an HTTP server: many connections that stay open, driven by one small process on bare sockets.

`python -m bench.load` reads its order from standard input (a token among it) and writes its tally to standard output.
It shares the cores with what it measures, so it does as little as it can: requests are patched from templates, answers
are not looked at beyond their status. Its own use of the processor is part of the tally.
"""

import random
import select
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from bench.draw import requests
from bench.processes import end_with_input

PATIENCE = 30.0
"""Seconds that the last answers may take."""
_READ = 65536
_CREATED = b"HTTP/1.1 201"
_EMPTY = b"\r\ncontent-length: 0\r\n"


class Order(Struct, frozen=True, kw_only=True):
    """What to send: `rate` None: as fast as answers come; else so many a second, at random moments."""

    url: str
    path: str
    token: str
    connections: int
    seconds: float
    warmup: float
    seed: int
    employers: int
    rate: float | None = None


class Tally(Struct, frozen=True, kw_only=True):
    """What came back within the measured seconds; latencies in milliseconds. `answered` counts the warm-up too.

    `others`: answers that were not 201, by status (`broken`: no answer), warm-up included.
    """

    rate: float
    p50: float
    p99: float
    worst: float
    created: int
    answered: int
    others: dict[str, int]
    processor_seconds: float


class Lines:
    """Open connections by number, and what is under way on each."""

    def __init__(self, url: str, count: int) -> None:
        address = urlsplit(url)
        self._address = address.hostname or "127.0.0.1", address.port or 80
        self._sockets: dict[int, socket.socket] = {}
        self._partial: dict[int, bytes] = {}
        self._poll: Any = select.epoll() if hasattr(select, "epoll") else select.poll()
        self._unit = 1 if hasattr(select, "epoll") else 1000
        self.sent_at: dict[int, float] = {}
        self.numbers = [self._connect() for _ in range(count)]

    def _connect(self) -> int:
        opened = socket.create_connection(self._address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = opened.fileno()
        self._sockets[number] = opened
        self._poll.register(number, select.POLLIN)
        return number

    def send(self, number: int, request: bytes, at: float) -> None:
        """Send a request, whose latency counts from `at`; it is small enough to go at once."""
        self.sent_at[number] = at
        self._sockets[number].sendall(request)

    def ready(self, seconds: float) -> list[int]:
        """The connections on which something came, after at most so many seconds."""
        return [number for number, _ in self._poll.poll(max(0.0, seconds) * self._unit)]

    def receive(self, number: int) -> str | None:
        """The status of the answer on a connection; None while a part of it is missing, `broken` for no answer."""
        try:
            data = self._sockets[number].recv(_READ)
        except OSError:
            data = b""
        if not data:
            return "broken"
        if data.endswith(b"\r\n\r\n") and data.startswith(_CREATED) and _EMPTY in data and not self._partial:
            return "201"  # the usual answer: no body, in one piece
        data = self._partial.pop(number, b"") + data
        if is_whole(data):
            return data[9:12].decode()
        self._partial[number] = data
        return None

    def renew(self, number: int) -> int:
        """Another connection in the place of one that broke."""
        self._poll.unregister(number)
        self._sockets.pop(number).close()
        self._partial.pop(number, None)
        self.sent_at.pop(number, None)
        return self._connect()

    def close(self) -> None:
        for opened in self._sockets.values():
            opened.close()


def is_whole(data: bytes) -> bool:
    """Whether an answer is complete, by its content-length or its last chunk."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    head = head.lower()
    if b"\r\ntransfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    _, named, rest = head.partition(b"\r\ncontent-length:")
    return len(body) >= (int(rest.partition(b"\r\n")[0]) if named else 0)


class Load:
    """One run: what was sent is counted when its answer comes."""

    def __init__(self, order: Order, wanted: Iterator[bytes]) -> None:
        self._order = order
        self._next = wanted.__next__
        self._lines = Lines(order.url, order.connections)
        self._used = time.process_time()
        self._begin = time.perf_counter() + order.warmup
        self._end = self._begin + order.seconds
        self._latencies: list[float] = []
        self._statuses: Counter[str] = Counter()

    def run(self) -> Tally:
        """Send, count, and wait for the last answers."""
        try:
            if self._order.rate is None:
                self._closed()
            else:
                self._paced(self._order.rate)
        finally:
            self._lines.close()
        return self._tally()

    def _settle(self, number: int, now: float) -> int | None:
        """Count what came on a connection; the connection that is free then, None while its answer is not whole."""
        lines = self._lines
        status = lines.receive(number)
        if status is None:
            return None
        self._statuses[status] += 1
        if status == "201" and self._begin <= now < self._end:
            self._latencies.append(now - lines.sent_at[number])
        if status == "broken":
            return lines.renew(number)
        del lines.sent_at[number]
        return number

    def _closed(self) -> None:
        """Each connection sends its next request as soon as it has its answer."""
        lines, clock = self._lines, time.perf_counter
        for number in lines.numbers:
            lines.send(number, self._next(), clock())
        last = self._end + PATIENCE
        while lines.sent_at and (now := clock()) < last:
            for number in lines.ready(last - now):
                now = clock()
                free = self._settle(number, now)
                if free is not None and now < self._end:
                    lines.send(free, self._next(), now)

    def _paced(self, rate: float) -> None:
        """Requests leave at moments drawn beforehand, or as soon as a connection is free; latency counts from those."""
        lines, clock = self._lines, time.perf_counter
        gap = random.Random(self._order.seed).expovariate
        free, late = deque(lines.numbers), deque[float]()
        now = due = clock()
        last = self._end + PATIENCE
        while now < last and (now < self._end or late or lines.sent_at):
            while due <= now < self._end:
                late.append(due)
                due += gap(rate)
            while late and free:
                lines.send(free.popleft(), self._next(), late.popleft())
            until = due if now < self._end else last
            for number in lines.ready(until - clock()):
                done = self._settle(number, clock())
                if done is not None:
                    free.append(done)
            now = clock()

    def _tally(self) -> Tally:
        found = sorted(self._latencies) or [0.0]
        left = len(self._lines.sent_at)
        if left:
            self._statuses["broken"] += left
        return Tally(
            rate=len(self._latencies) / self._order.seconds,
            p50=percentile(found, 0.50) * 1000,
            p99=percentile(found, 0.99) * 1000,
            worst=found[-1] * 1000,
            created=self._statuses["201"],
            answered=self._statuses.total(),
            others={status: count for status, count in self._statuses.items() if status != "201"},
            processor_seconds=time.process_time() - self._used,
        )


def percentile(found: list[float], part: float) -> float:
    """The value below which that part of the sorted values lies."""
    return found[min(len(found) - 1, int(len(found) * part))]


def run(order: Order) -> Tally:
    """Load a server as ordered."""
    head = "\r\n".join([
        f"POST {order.path} HTTP/1.1", f"Host: {urlsplit(order.url).netloc}", f"Authorization: Bearer {order.token}"
    ])  # fmt: skip
    return Load(order, requests(order.seed, order.employers, head)).run()


if __name__ == "__main__":
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    end_with_input()
    tally = run(order)
    sys.stdout.buffer.write(msgspec.json.encode(tally) + b"\n")
