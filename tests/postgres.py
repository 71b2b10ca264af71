"""PostgreSQL servers for the tests: started on a folder of their own, thrown away afterwards."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import conninfo, sql

from opendimona.register.cluster import temporary_cluster
from opendimona.register.migrations import migrate
from tests.folders import PASSING

EMBEDDED = "embedded"
INSTALLED = {f"system-{folder.parent.name}": folder for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))}
NAMES = [EMBEDDED, *INSTALLED]
# No fsync: these servers never survive their test run. What must survive a crash is tested by tests/faults.
OPTIONS = "-c fsync=off -c max_connections=100 -c timezone=UTC -c listen_addresses='' -c unix_socket_directories='{}'"
FOLDER_OWNER: dict[str, Any] = {} if os.geteuid() else {"user": "nobody", "group": "nogroup", "extra_groups": []}


@dataclass
class Server:
    """A running server: `name` for test ids, `dsn` of its own database, `template` with the schema."""

    name: str
    dsn: str
    template: str = "template_register"
    _is_migrated: bool = field(default=False, repr=False)

    def url(self, database: str) -> str:
        """The connection string of one of its databases."""
        return conninfo.make_conninfo(self.dsn, dbname=database)

    @contextmanager
    def database(self, *, is_migrated: bool = True, patience: float = 5) -> Iterator[str]:
        """A fresh database, with the schema or empty, dropped afterwards. A connection left open is an error.

        `patience`: seconds that a closed connection may need to be gone.
        """
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            if is_migrated and not self._is_migrated:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.template)))
                migrate(self.url(self.template))
                self._is_migrated = True
            source = self.template if is_migrated else "template1"
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, source))))
            try:
                yield self.url(name)
            finally:
                left = _connections_left(connection, name, patience)
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        assert not left, f"{left} connections to the test's database were left open"


def _connections_left(connection: psycopg.Connection[Any], database: str, seconds: float) -> int:
    """Connections to a database that are still there after a while (a backend needs a moment to notice its end)."""
    deadline = time.monotonic() + seconds
    while True:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", (database,)
        ).fetchone()
        if row is None or row[0] == 0 or time.monotonic() > deadline:
            return row[0] if row else 0
        time.sleep(0.01)


@contextmanager
def running(name: str) -> Iterator[Server]:
    """The server of that name on a folder of its own: the product's own cluster, or one of an installed PostgreSQL."""
    if name == EMBEDDED:
        with temporary_cluster() as cluster:
            yield Server(name, cluster.dsn)
    else:
        with _installed(INSTALLED[name]) as dsn:
            yield Server(name, dsn)


@contextmanager
def _installed(binaries: Path) -> Iterator[str]:
    """A server of these binaries, reached by its socket; as root it runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="odpg-", dir=PASSING))  # a short path: a socket's name has 107 bytes
    data = folder / "data"
    try:
        if FOLDER_OWNER:
            shutil.chown(folder, FOLDER_OWNER["user"], FOLDER_OWNER["group"])
        _run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", OPTIONS.format(folder), "start")
        try:
            yield conninfo.make_conninfo(host=str(folder), user="postgres", dbname="postgres")
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Servers:
    """The servers of one test run, by name; each starts when first asked for, all stop at the end."""

    def __init__(self) -> None:
        self._started: dict[str, Server] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def get(self, name: str) -> Server:
        """The running server of that name."""
        if name not in self._started:
            self._started[name] = self._stack.enter_context(running(name))
        return self._started[name]


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        check=False,
        **FOLDER_OWNER,
    )
    assert done.returncode == 0, done.stdout
