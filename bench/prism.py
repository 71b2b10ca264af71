"""Prism, a ready-made mock server, answering from our own contract: what the same load gets that decides nothing.

npm brings it into build/; where it cannot, the bench says why and goes on.
"""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import ROOT, BenchError

PACKAGE = "@stoplight/prism-cli@5.14.2"
CONTRACT = ROOT / "openapi" / "dimona-v2.yaml"
INSTALL_LIMIT = 300
START_LIMIT = 60


@contextmanager
def prism(folder: Path) -> Iterator[str]:
    """A running Prism; gives its base URL. Raises BenchError where it cannot be had."""
    program = _installed(folder)
    port = _free_port()
    log_path = folder / "prism.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [str(program), "mock", "--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "error",
             str(CONTRACT)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        _await(process, port, log_path)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _installed(folder: Path) -> Path:
    program = folder / "node_modules" / ".bin" / "prism"
    npm = shutil.which("npm")
    if not program.exists():
        if npm is None:
            raise BenchError("npm is not installed, and it brings Prism")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            done = subprocess.run(
                [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder), PACKAGE],
                cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                timeout=INSTALL_LIMIT,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise BenchError(f"npm did not bring Prism within {INSTALL_LIMIT} seconds") from None
        if done.returncode != 0:
            raise BenchError("npm could not bring Prism: " + " ".join(done.stderr.split())[:300])
    return program


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise BenchError("Prism did not start: " + " ".join(log.read_text(errors="replace").split())[-300:])
