"""`serve`, and the other commands beside a running server and after it: the whole program, in processes of its own."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from opendimona.cli.demo import WORKERS
from tests.cli.conftest import AT, IN
from tests.folders import workspace
from tests.waiting import PATIENCE, until

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = [sys.executable, "-c", "from opendimona.cli import main; main()"]


@dataclass
class Place:
    """A folder of its own for one register, and the program beside it."""

    folder: Path

    @property
    def data(self) -> str:
        """The register's data folder."""
        return str(self.folder / "data")

    @property
    def environment(self) -> dict[str, str]:
        """What the program sees of the environment."""
        return os.environ | {"PYTHONPATH": str(SOURCE), "LANG": "en_GB.UTF-8"}

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [*PROGRAM, *arguments], input=stdin, capture_output=True, text=True, env=self.environment, timeout=PATIENCE,
            check=False, cwd=self.folder,
        )  # fmt: skip

    def serve(self, *options: str) -> "Served":
        """Start a server and wait until it says that it is ready."""
        path = self.folder / "said"
        with path.open("w") as said:
            command = [*PROGRAM, "serve", "--data", self.data, *options]
            process = subprocess.Popen(command, stdout=said, stderr=said, env=self.environment, cwd=self.folder)
        served = Served(process, path)
        try:
            until(served.is_ready)
        except AssertionError:
            process.kill()
            process.wait()
            raise
        return served


@dataclass
class Served:
    """A running server and what it said."""

    process: "subprocess.Popen[bytes]"
    path: Path

    @property
    def said(self) -> str:
        """Everything that it said so far."""
        return self.path.read_text()

    def is_ready(self) -> bool:
        """Whether it has said all that it says when it is ready."""
        assert self.process.poll() is None, self.said
        return "/health\n" in self.said

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0, self.said


@pytest.fixture
def place() -> Iterator[Place]:
    """A place for a register."""
    with workspace() as folder:
        yield Place(folder)


def curl(said: str) -> list[str]:
    """The arguments of the curl line that a server prints."""
    line = next(line for line in said.splitlines() if line.startswith("curl -i "))
    return shlex.split(line)


def test_the_demonstration_from_the_first_start_to_the_next(place: Place) -> None:
    server = place.serve("--sandbox", "--demo", "--port", "0")
    try:
        assert f"12 employers, {WORKERS} workers, " in server.said
        arguments = curl(server.said)
        url = arguments[2].removesuffix("/REST/dimona/v2/declarations")
        assert f"OpenDimona is ready at {url}  " in server.said
        body = json.loads(arguments[-1])
        filed = place.run("declare", "--data", place.data, "--json", "-", stdin=arguments[-1])
        assert (filed.returncode, json.loads(filed.stdout)["declarationStatus"]["result"]) == (0, "A")
        employer = body["employer"]["enterpriseNumber"]
        found = place.run("search", "periods", "--employer", employer, "--format", "json", "--data", place.data)
        types = {period["features"]["workerType"] for period in json.loads(found.stdout)}
        assert {"OTH", "STU", "IVT"} <= types
        again = place.run("serve", "--sandbox", "--data", place.data)
        assert (again.returncode, again.stdout) == (3, "")
        assert "already running" in again.stderr
        assert url in again.stderr
    finally:
        server.stop()
    # Without its server the register is still there, and what was filed too.
    shown = place.run("show", "worker", "--json", "--data", place.data, stdin=body["worker"]["ssin"])
    assert len(json.loads(shown.stdout)["periods"]) == 1
    sound, sealed = place.run("verify", "--data", place.data).stdout.splitlines()
    assert sound == "The register is sound."
    seal = sealed.removeprefix("Seal of the audit: ")
    assert place.run("verify", "--data", place.data, "--seal", seal).returncode == 0
    number, _, digest = seal.partition("-")
    other = place.run("verify", "--data", place.data, "--seal", f"{number}-{digest[::-1]}")
    assert (other.returncode, "is not the one that the seal" in other.stdout) == (1, True)
    server = place.serve("--sandbox", "--demo", "--port", "0")
    try:
        assert "Demonstration data" not in server.said
        assert json.loads(curl(server.said)[-1])["worker"] != body["worker"]
    finally:
        server.stop()


def test_demonstration_data_do_not_return(place: Place) -> None:
    server = place.serve("--sandbox", "--demo", "--port", "0")
    try:
        url = curl(server.said)[2].removesuffix("/REST/dimona/v2/declarations")
        (place.folder / "case.yaml").write_text("- {case: a, steps: [{at: 2024-06-03T07:30, cancel: {periodId: 1}}]}")
        assert place.run("cases", "case.yaml", "--url", url).returncode == 0
    finally:
        server.stop()
    server = place.serve("--sandbox", "--demo", "--port", "0")
    server.stop()
    assert "Demonstration data" not in server.said


def test_a_sandbox_on_a_new_folder_is_empty_and_a_server_without_sandbox_prints_no_curl(place: Place) -> None:
    server = place.serve("--sandbox", "--port", "0")
    server.stop()
    assert "Demonstration data" not in server.said
    assert curl(server.said)
    server = place.serve("--port", "0")
    try:
        assert "curl" not in server.said
        refused = place.run("declare", "--data", place.data, "--at", AT, "-", stdin=json.dumps(IN))
        assert refused.returncode == 1
        assert "00011-235" in refused.stdout
    finally:
        server.stop()


def test_a_backup_beside_a_server_becomes_another_register(place: Place) -> None:
    server = place.serve("--sandbox", "--port", "0")
    try:
        filed = place.run("declare", "--sandbox", "--at", AT, "--data", place.data, "-", stdin=json.dumps(IN))
        assert filed.returncode == 0, filed.stderr
        assert place.run("backup", "--data", place.data, "register.backup").returncode == 0
    finally:
        server.stop()
    restored = place.run("restore", "--data", "other", "register.backup")
    assert (restored.returncode, restored.stdout) == (0, "Restored.\n"), restored.stderr
    shown = place.run("show", "employer", "175110801", "--json", "--data", "other")
    assert [period["startDate"] for period in json.loads(shown.stdout)["periods"]] == ["2024-06-03"]


def test_a_port_that_was_asked_for_is_not_exchanged(place: Place) -> None:
    server = place.serve("--sandbox", "--port", "0")
    try:
        port = re.findall(r"127\.0\.0\.1:(\d+)", server.said)[0]
        other = place.run("serve", "--sandbox", "--data", "other", "--port", port)
        assert (other.returncode, other.stdout) == (3, "")
        assert port in other.stderr
    finally:
        server.stop()


def test_demonstration_data_are_for_the_sandbox(place: Place) -> None:
    refused = place.run("serve", "--demo", "--data", place.data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--demo goes with --sandbox" in refused.stderr
    assert not Path(place.data).exists()


def test_whoever_stops_reading_the_results_sees_no_traceback(place: Place) -> None:
    command = " ".join(shlex.quote(part) for part in [*PROGRAM, "explain", "--all", "--format", "json"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"], capture_output=True, text=True, env=place.environment, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")
