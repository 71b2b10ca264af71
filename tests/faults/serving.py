"""A sandbox server with its own PostgreSQL, in processes of their own, to be killed; and a small HTTP client."""

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from tests.folders import is_alive
from tests.waiting import until

PROGRAM = """
import json, sys
from pathlib import Path
from msgspec.structs import replace
from opendimona.serve import run_server
from opendimona.settings import from_environment
settings = replace(from_environment(is_sandbox=True), only="rest")
run_server(settings, Path(sys.argv[1]), port=0, announce=lambda line: None,
           on_ready=lambda running: print(json.dumps({"url": running.url, "dsn": running.dsn}), flush=True))
"""
HEADERS = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
PATIENCE = 60.0


@dataclass
class Reply:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """A running server on a data folder; started anew with `start` after it was killed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[str] | None = None
        self.url = self.dsn = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=PATIENCE)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self._data)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the server did not start"
        running = json.loads(line)
        self.url, self.dsn = running["url"], running["dsn"]

    def kill(self, what: str) -> None:
        """SIGKILL to `everything`, `supervisor`, server process (`worker`), `deliverer`, `postgres` or a `backend`."""
        assert self._process is not None
        first = self._process.pid
        found = descendants(first)
        if what in ("everything", "supervisor"):
            os.kill(first, signal.SIGSTOP)  # it restarts nothing meanwhile
            for pid in found if what == "everything" else []:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.kill(first, signal.SIGKILL)
            return
        names = {pid: arguments(pid) for pid in found}
        wanted = {"postgres": " -D ", "backend": "postgres: "}.get(what, f"opendimona.serve.{what}")
        lanes = [pid for pid, name in names.items() if wanted in name and (what != "backend" or " [local] " in name)]
        orphans = descendants(max(lanes))
        os.kill(max(lanes), signal.SIGKILL)
        # Backends outlive their postmaster for a moment, in which all still seems well.
        until(lambda: not any(arguments(pid) for pid in orphans))

    def recover(self, what: str) -> None:
        """Wait until it answers again, started by hand where its supervisor was killed."""
        if what in ("everything", "supervisor"):
            assert self._process is not None
            self._process.communicate(timeout=PATIENCE)
            self.start()
        until(self.is_up)

    def is_up(self) -> bool:
        try:
            return self.get("/health").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str) -> Reply:
        return self.call("GET", path, None, {})

    def call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        """One request on a connection of its own."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {**HEADERS, **headers})
            response = connection.getresponse()
            return Reply(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()


class Line:
    """A connection that stays open, for one request after the other."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: Any, headers: dict[str, str]) -> Reply:
        """The whole answer. Raises OSError or EOFError when the connection breaks before its end."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._address.hostname, self._address.port)
        reader, writer = self._streams
        sent = json.dumps(body).encode()
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: {self._address.netloc}",
            f"Content-Length: {len(sent)}",
            *(f"{name}: {value}" for name, value in {**HEADERS, **headers}.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        content = await reader.readexactly(int(named.get("content-length", 0)))
        return Reply(int(head[0].split()[1]), named, content)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


def descendants(pid: int) -> list[int]:
    """The living processes that a process started, and those that they started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and is_alive(int(path.name)):
            with suppress(OSError):
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def arguments(pid: int) -> str:
    """How a process was called."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
