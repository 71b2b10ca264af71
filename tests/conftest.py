"""What every test may use, and traps that make bad habits fail.

Traps: the order is random (`--seed` repeats one); warnings are errors; a socket opened to another machine raises; the
local time zone is one where nobody works, so that a naive moment shows; settings of the caller's environment are
gone; a database connection left open, or a process left behind, fails the run.
"""

import ipaddress
import os
import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import settings

from tests import folders
from tests import postgres as servers
from tests.sharing import ByFile, is_long

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

REGISTER_TESTS = Path(__file__).parent / "register"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="order of the tests, as printed at the top of a run")


def pytest_configure(config: pytest.Config) -> None:
    # `make test` proves the same thing each time; `make soak` draws anew and goes where nobody has been.
    settings.register_profile("same-each-time", derandomize=True, database=None, deadline=None)
    settings.load_profile("default" if config.option.markexpr == "soak" else "same-each-time")
    if config.option.seed is None:
        told = getattr(config, "workerinput", {})
        config.option.seed = told.get("seed", random.SystemRandom().randrange(10**6))
    for name in [name for name in os.environ if name.startswith(("OPENDIMONA_", "PG"))]:
        del os.environ[name]
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folders.PASSING)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Each process that runs a part of the tests orders them all alike."""
    node.workerinput["seed"] = node.config.option.seed


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file at a time, see tests/sharing.py."""
    return ByFile(config, log)


def pytest_report_header(config: pytest.Config) -> str:
    return f"order: --seed {config.option.seed}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files in random order, the long ones first, and the tests of a file too; a seed gives the same order again."""
    order = random.Random(config.option.seed)
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    groups = list(files.values())
    order.shuffle(groups)
    groups.sort(key=lambda group: not is_long(group[0].nodeid))
    for group in groups:
        order.shuffle(group)
    items[:] = [item for group in groups for item in group]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The register's own tests run on every PostgreSQL that is installed, the others on the embedded one."""
    if "postgres" in metafunc.fixturenames and REGISTER_TESTS in metafunc.definition.path.parents:
        metafunc.parametrize("postgres", servers.NAMES, indirect=True)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that a test runs sends the log to a stream that is closed afterwards."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """A connection to anything but this machine is a mistake of the test."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
                raise AssertionError(f"a test reached out to {address[0]}")
            return original(self, address, *rest)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(name))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_process_left() -> Iterator[None]:
    """A process that a test started and did not end fails the run."""
    yield
    left = [children.read_text() for children in Path("/proc/self/task").glob("*/children")]
    running = [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in " ".join(left).split()]
    assert not running, f"processes were left behind: {running}"


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def _servers() -> Iterator[servers.Servers]:
    """The servers of this run; each is started when first asked for and stopped at the end."""
    with servers.Servers() as all_servers:
        yield all_servers


@pytest.fixture
def postgres(request: pytest.FixtureRequest, _servers: servers.Servers) -> servers.Server:
    """A running PostgreSQL server: the embedded one, and for the register's own tests each installed one in turn."""
    return _servers.get(getattr(request, "param", "embedded"))


@pytest.fixture
def empty_database_url(postgres: servers.Server) -> Iterator[str]:
    """A fresh database without any table."""
    with postgres.database(is_migrated=False) as url:
        yield url


@pytest.fixture
def database_url(postgres: servers.Server) -> Iterator[str]:
    """A fresh database with the register's schema and nothing in it."""
    with postgres.database() as url:
        yield url


@pytest.fixture
async def register(database_url: str) -> "AsyncIterator[LocalRegister]":
    """An empty register on a fresh database."""
    from opendimona.register.local import LocalRegister

    opened = await LocalRegister.open(database_url)
    try:
        yield opened
    finally:
        await opened.close()
