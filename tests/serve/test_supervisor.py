"""The server: it comes up once, restarts what dies, and leaves no process behind, however it is ended."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from opendimona.register.data_folder import DataFolder
from tests import folders
from tests.waiting import until


class Started:
    """A running server: its process, what it said so far, its URL once it is ready."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self.url = ""

    def read(self, beginning: str) -> str:
        """Read on to a line with this beginning, and give the rest of it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith(beginning):
                return line.rstrip()[len(beginning) :]
        raise AssertionError(f"it ended saying {self.said}")

    def ask(self, method: str = "GET") -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/health", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body: dict[str, Any] = json.load(answer)
        return body

    def is_up(self) -> bool:
        try:
            return bool(self.ask()["status"] == "UP")
        except OSError:
            return False

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def child(self, part: str) -> int:
        return next(pid for pid in self.children() if part in arguments(pid))


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


@contextmanager
def starting(
    data: Path | str, application: str = "notes", *, environment: dict[str, str] | None = None, **options: Any
) -> Iterator[Started]:
    command = [sys.executable, "-m", "tests.serve.standin", str(data), application, json.dumps(options)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | (environment or {}),
    )
    with process:
        try:
            yield Started(process)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def serving(data: Path | str, **options: Any) -> Iterator[Started]:
    with starting(data, **options) as server:
        server.url = server.read("ready ")
        yield server


def all_gone(pids: list[int]) -> bool:
    return not any(folders.is_alive(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_process_is_left_after_a_signal(room: Path, number: signal.Signals) -> None:
    with serving(room / "data", workers=2) as server:
        children = server.children()
        assert len(children) == 4  # two that answer, the deliverer, PostgreSQL
        server.process.send_signal(number)
        server.read("ended")
        assert server.process.wait() == 0
        assert all_gone(children)
    assert "database system is shut down" in (room / "data" / "postgresql.log").read_text()
    assert not (room / "data" / "state.json").exists()


def test_ctrl_c_in_a_terminal_goes_to_all_and_ends_cleanly(room: Path) -> None:
    """The terminal, and then make, send it: to the whole group, and perhaps twice."""
    with serving(room / "data") as server:
        children = server.children()
        os.killpg(server.process.pid, signal.SIGINT)
        os.killpg(server.process.pid, signal.SIGINT)
        server.read("ended")
        assert server.process.wait() == 0
        assert all_gone(children)
    log = (room / "data" / "postgresql.log").read_text()
    assert log.count("received fast shutdown request") == 1
    assert "Traceback" not in "\n".join(server.said)


def test_a_signal_while_starting_ends_it(room: Path) -> None:
    with starting(room / "data") as server:
        until((room / "data" / "cluster.draft").exists)
        server.process.send_signal(signal.SIGINT)
        server.read("ended")
        assert server.process.wait() == 0
    assert folders.processes_in(room) == []
    with serving(room / "data") as server:
        assert server.is_up()


def test_a_second_server_on_the_same_data_says_so_and_stops(room: Path) -> None:
    with serving(room / "data") as server:
        with starting(room / "data") as second:
            told = second.read("error ")
            assert second.process.wait() == 1
        assert f"already running, pid {server.process.pid}, address {server.url}" in told
        assert server.is_up()


def test_a_killed_server_leaves_nothing_and_starts_again(room: Path) -> None:
    with serving(room / "data", workers=2) as server:
        server.ask("POST")
        children = server.children()
        server.process.kill()
        server.process.wait()
        until(lambda: all_gone(children))
    with serving(room / "data") as server:
        assert server.ask()["count"] == 1


def test_a_killed_server_starts_again_at_once_and_on_the_same_port(room: Path) -> None:
    with serving(room / "data") as server:
        server.ask("POST")
        port = int(server.url.rpartition(":")[2])
        server.process.kill()
        server.process.wait()
    with serving(room / "data", port=port) as server:
        assert server.url.endswith(f":{port}")
        assert server.ask()["count"] == 1


def test_a_process_that_dies_is_replaced(room: Path) -> None:
    with serving(room / "data") as server:
        dead = server.child("serve.worker")
        os.kill(dead, signal.SIGKILL)
        server.read("A server process ended unexpectedly (SIGKILL)")
        until(server.is_up)
        assert server.ask()["pid"] != dead


def test_a_postgresql_that_dies_is_started_again(room: Path) -> None:
    with serving(room / "data") as server:
        server.ask("POST")
        os.kill(server.child("postgres"), signal.SIGKILL)
        server.read("PostgreSQL ended unexpectedly")
        until(server.is_up)
        assert server.ask()["count"] == 1


def test_several_processes_answer_on_one_port(room: Path) -> None:
    with serving(room / "data", workers=2) as server:
        seen: set[int] = set()

        def both() -> bool:
            seen.add(server.ask()["pid"])
            return len(seen) == 2

        until(both)


def test_a_burst_of_connections_is_spread_over_the_processes(room: Path) -> None:
    with serving(room / "data", workers=2) as server:
        address = urlsplit(server.url)
        opened = [
            http.client.HTTPConnection(address.hostname or "", address.port, timeout=30) for _ in range(100)
        ]  # fmt: skip
        try:
            for one in opened:
                one.connect()
            pids = Counter(pid_of(one) for one in opened)
        finally:
            for one in opened:
                one.close()
        # Fewer than twenty of a hundred for one of the two: once in a thousand million times.
        assert len(pids) == 2
        assert min(pids.values()) > 20, pids


def pid_of(connection: http.client.HTTPConnection) -> int:
    """Which process answers on a connection."""
    connection.request("GET", "/health")
    return int(json.loads(connection.getresponse().read())["pid"])


def test_a_port_that_processes_share_is_taken_for_others(room: Path) -> None:
    with serving(room / "data", workers=2) as server:
        port = urlsplit(server.url).port
        with serving(room / "other", port=port, workers=2) as other:
            assert urlsplit(other.url).port != port
            assert any(line.startswith(f"Port {port} is taken") for line in other.said)


def test_a_process_of_several_that_dies_is_replaced_on_its_own_socket(room: Path) -> None:
    with serving(room / "data", workers=2) as server:
        first = {child for child in server.children() if "serve.worker" in arguments(child)}
        os.kill(min(first), signal.SIGKILL)
        server.read("A server process ended unexpectedly (SIGKILL)")
        for _ in range(50):  # none of them waits for a process that is not there
            assert server.ask()["pid"] != min(first)


def arguments(pid: int) -> str:
    """The command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_a_taken_port_is_replaced_and_it_is_said(room: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(room / "data", port=port) as server:
            assert not server.url.endswith(f":{port}")
            assert any(line.startswith(f"Port {port} is taken") for line in server.said)
        with starting(room / "data", port=port, may_move=False) as server:
            assert f"port {port} of 127.0.0.1 is taken" in server.read("error ")
            assert server.process.wait() == 1
    assert folders.processes_in(room) == []


def test_an_application_that_cannot_start_ends_the_server(room: Path) -> None:
    with starting(room / "data", application="broken") as server:
        server.read("error a server process ended while it was starting")
        assert server.process.wait() == 1
        assert any("it is broken on purpose" in line for line in server.said)
    assert folders.processes_in(room) == []


def test_another_postgresql_serves_as_well(empty_database_url: str) -> None:
    with serving("", environment={"OPENDIMONA_DATABASE_URL": empty_database_url}) as server:
        assert server.ask("POST")["count"] == 1
        assert len(server.children()) == 2  # one that answers, the deliverer
        server.process.terminate()
        server.read("ended")


def test_the_password_is_seen_in_no_argument_and_no_variable(room: Path) -> None:
    with serving(room / "data") as server:
        password = DataFolder(room / "data").password().encode()
        for pid in (server.process.pid, *server.children()):
            for name in ("cmdline", "environ"):
                assert password not in Path(f"/proc/{pid}/{name}").read_bytes()


def test_a_network_address_is_listened_on_when_asked_for(room: Path) -> None:
    with serving(room / "data", host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert server.is_up()
    with starting(room / "data", host="192.0.2.1") as server:
        assert "cannot listen on 192.0.2.1" in server.read("error ")
