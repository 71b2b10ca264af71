"""The PostgreSQL under test: the one that the program starts, with its settings, in a folder of the bench."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from bench.processes import tree
from opendimona.register import places
from opendimona.register.cluster import Cluster, start_cluster
from opendimona.register.data_folder import DataFolder
from opendimona.register.migrations import migrate

SHOWN = (
    "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers", "max_wal_size",
    "checkpoint_timeout", "max_connections", "jit",
)  # fmt: skip


class Postgres:
    """A running PostgreSQL, started by the program's own launcher. Its connection strings hold the password."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def dsn(self, database: str | None = None) -> str:
        """The connection string of one of its databases."""
        return conninfo.make_conninfo(self._cluster.dsn, **({} if database is None else {"dbname": database}))

    def pids(self) -> list[int]:
        """Its processes."""
        return [] if self._cluster.pid is None else tree(self._cluster.pid)

    def ask(self, statement: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement, in a transaction of its own or outside any; its rows."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def facts(self) -> dict[str, str]:
        """Its version, and the settings that matter here."""
        settings = {name: str(self.ask(f"SHOW {name}")[0][0]) for name in SHOWN}
        return {"version": str(self.ask("SHOW server_version")[0][0])} | settings

    @contextmanager
    def database(self, name: str, *, is_register: bool = True) -> Iterator[str]:
        """A fresh database, by default with the register's schema; dropped afterwards."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        if is_register:
            migrate(self.dsn(name))
        try:
            yield name
        finally:
            with psycopg.connect(self.dsn(), autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def postgres(path: Path, say: Callable[[str], None]) -> Iterator[Postgres]:
    """A PostgreSQL on a data folder of the bench, with fsync as in service; all of it is removed afterwards.

    Raises DataFolderError, also when another bench uses the folder.
    """
    folder = DataFolder(path)
    cluster = start_cluster(folder, say, purpose="bench")
    try:
        yield Postgres(cluster)
    finally:
        cluster.stop()
        places.remove_all(folder)
