"""The whole program with its demonstration, and a browser: each test in a session of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from opendimona.core.calendar import BRUSSELS
from tests.folders import workspace
from tests.portal.houses import houses
from tests.postgres import Servers
from tests.waiting import PATIENCE, until

SOURCE = Path(__file__).parents[2] / "src"
# As little as a browser can do on its own: it must not look anything up beyond this machine.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
CLERK, HEAD, MANAGER, VILLAGE = "Anne Lambert", "Marc Lebrun", "Claire Fontaine", "Sofie Claes"
TODAY = datetime.now(BRUSSELS).date()
SOON, NEXT, LATER = TODAY + timedelta(5), TODAY + timedelta(6), TODAY + timedelta(22)
"""Days to come, whenever the tests run; too near for anybody's birthday, holiday or school year to matter."""
NUMBER = re.compile(r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- .]?99[12][- .]?\d{2}(?!\d)")
"""An SSIN of the demonstration, with or without its signs."""


def chromium() -> str:
    """The system's Chromium; tests/prepare.sh installs it where that is possible."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "the browser tests need Chromium: apt install chromium"
    return found


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server with demonstration data."""
    with served() as address:
        yield address


@contextmanager
def served(**settings: str) -> Iterator[str]:
    """A server with demonstration data and these variables of the environment; its address."""
    with workspace() as folder:
        said = folder / "said"
        program = [sys.executable, "-c", "from opendimona.cli import main; main()"]
        command = [*program, "serve", "--sandbox", "--demo", "--data", str(folder / "data"), "--port", "0"]
        with said.open("w") as output:
            process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                env=os.environ | {"PYTHONPATH": str(SOURCE)} | settings,
                cwd=folder,
            )
        try:
            until(lambda: "/health\n" in said.read_text() or process.poll() is not None)
            assert process.poll() is None, said.read_text()
            found = re.search(r"ready at (http://\S+)", said.read_text())
            assert found
            yield found[1]
        finally:
            process.terminate()
            process.wait(PATIENCE)
        log = said.read_text().partition("/health\n")[2].partition("curl -H")[0]
        assert "Traceback" not in log
        assert "a page failed" not in log
        assert not NUMBER.search(said.read_text().rpartition("ADDRESS")[2]), "a log line holds an SSIN"


@pytest.fixture(scope="module")
def both_houses(_servers: Servers) -> Iterator[str]:
    """A database with the tables of register and portal; the street between them is open."""
    with _servers.get("embedded").database() as dsn, houses(dsn):
        yield dsn


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; gone at the end of each file, for its loop is in the way of asynchronous tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, site: str) -> Iterator[SignIn]:
    """Opens the first page in a new session of a demonstration account; no address may hold an SSIN."""
    contexts = []
    visited: list[str] = []
    failed: list[str] = []

    def open_session(name: str | None = CLERK, *, script: bool = True, **options: object) -> Page:
        context = browser.new_context(base_url=site, locale="fr-BE", java_script_enabled=script, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: visited.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 500 else None)
        page.goto("/")
        if name is not None:
            page.get_by_role("button", name=name).click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_session
    for context in contexts:
        context.close()
    assert not failed
    assert not [address for address in visited if NUMBER.search(address)]
