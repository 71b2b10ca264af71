"""A copy that follows: what was committed a moment before the register was lost is in the one made from it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from opendimona.register.access import opened
from opendimona.register.backup import BackupError
from opendimona.register.cluster import Cluster, start_cluster
from opendimona.register.data_folder import DataFolder
from opendimona.register.following import SLOT, follow, recover
from opendimona.register.migrations import migrate
from tests import folders
from tests.waiting import until

FETCHED = """
    SELECT count(*) FROM pg_stat_replication AS r JOIN pg_replication_slots AS s ON s.active_pid = r.pid
     WHERE s.slot_name = %s AND r.flush_lsn >= pg_current_wal_flush_lsn()"""


def silent(_line: str) -> None:
    return None


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


@pytest.fixture
def server(room: Path) -> Iterator[Cluster]:
    """The PostgreSQL of a running server, with a table of ours in it."""
    folder = DataFolder(room / "data")
    cluster = start_cluster(folder, silent, is_durable=False, purpose="serve")
    migrate(cluster.dsn)
    write(cluster.dsn, "CREATE TABLE note (name text)")
    yield cluster
    cluster.stop()


def write(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def following(source: Path, copy: Path) -> Iterator[Callable[[], None]]:
    """A copy that follows meanwhile; what is yielded waits until it has fetched everything."""
    over = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            follow(source, copy, silent, over.is_set)
        except (BackupError, OSError, psycopg.Error) as error:  # the test has to hear of it
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    dsn = DataFolder(source).dsn(str(DataFolder(source).read_state().socket_folder))  # type: ignore[union-attr]

    def has_fetched() -> bool:
        assert not failed, failed
        with psycopg.connect(dsn) as connection:
            row = connection.execute(FETCHED, (SLOT,)).fetchone()
        return row == (1,)

    try:
        yield lambda: until(has_fetched)
    finally:
        over.set()
        thread.join(30)
        assert not failed, failed


def names(data: Path) -> list[str]:
    with opened(data, "test") as dsn, psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM note ORDER BY name")]


def test_what_was_committed_a_moment_ago_is_not_lost(server: Cluster, room: Path) -> None:
    write(server.dsn, "INSERT INTO note VALUES ('a: before')")
    with following(room / "data", room / "copy") as fetched:
        fetched()
        write(server.dsn, "INSERT INTO note VALUES ('b: meanwhile')")
        fetched()
    write(server.dsn, "INSERT INTO note VALUES ('c: while nobody followed')")
    with following(room / "data", room / "copy") as fetched:
        write(server.dsn, "INSERT INTO note VALUES ('d: a moment ago')")
        fetched()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    recover(room / "copy", room / "new", silent)
    assert names(room / "new") == ["a: before", "b: meanwhile", "c: while nobody followed", "d: a moment ago"]
    write_into_new(room / "new")
    assert (room / "copy").stat().st_mode & 0o777 == 0o700
    with pytest.raises(BackupError, match="holds a register already"):
        recover(room / "copy", room / "new", silent)


def write_into_new(data: Path) -> None:
    """The register that was made takes more, also after it was started again."""
    with opened(data, "test") as dsn:
        write(dsn, "INSERT INTO note VALUES ('e: after')")
    assert names(data)[-1] == "e: after"


def test_only_a_running_server_is_followed(room: Path) -> None:
    with pytest.raises(BackupError, match="start it first"):
        follow(room / "data", room / "copy", silent, lambda: True)


def test_other_files_are_left_alone(server: Cluster, room: Path) -> None:
    (room / "copy").mkdir()
    (room / "copy" / "mine").touch()
    with pytest.raises(BackupError, match="other files"):
        follow(room / "data", room / "copy", silent, lambda: True)
    with pytest.raises(BackupError, match="no copy that followed"):
        recover(room / "copy", room / "new", silent)
    assert not (room / "new").exists()


def test_the_end_of_the_server_is_told(server: Cluster, room: Path) -> None:
    asked = 0

    def is_over() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            server.halt()
        return False

    with pytest.raises(BackupError, match="no longer follows"):
        follow(room / "data", room / "copy", silent, is_over)
