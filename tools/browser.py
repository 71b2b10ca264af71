"""A server with demonstration data, and the system's Chromium: what pictures and stories are made with."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# As little as a browser can do on its own: it must not look anything up beyond this machine.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def program() -> str | None:
    """The system's Chromium, if there is one; tests/prepare.sh installs it where that is possible."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with demonstration data."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another account when root asks for it
        command = [sys.executable, "-c", "from opendimona.cli import main; main()", "serve", "--sandbox", "--demo",
                   "--data", f"{folder}/data", "--port", "0"]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = next(line for line in process.stdout or () if "ready at" in line)
            yield re.findall(r"http://[^ ]+", line)[0]
        finally:
            process.terminate()
            process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield browser
        browser.close()
