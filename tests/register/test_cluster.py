"""The embedded PostgreSQL: it starts, keeps the data whatever happens, and lets nobody else in."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opendimona.register.cluster import Cluster, start_cluster, temporary_cluster
from opendimona.register.data_folder import DataFolder, DataFolderError
from tests import folders
from tests.waiting import until


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


@contextmanager
def started(path: Path, said: list[str] | None = None) -> Iterator[Cluster]:
    cluster = start_cluster(DataFolder(path), (said if said is not None else []).append)
    try:
        yield cluster
    finally:
        cluster.stop()


def ask(cluster: Cluster, query: str) -> Any:
    with psycopg.connect(cluster.dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def write(cluster: Cluster, text: str = "kept") -> None:
    with psycopg.connect(cluster.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text UNIQUE)")
        connection.execute("INSERT INTO note VALUES (%s)", (text,))


def test_data_survive_a_stop_and_a_start(room: Path) -> None:
    with started(room / "data") as cluster:
        write(cluster)
    assert folders.processes_in(room) == []
    with started(room / "data") as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"


def test_what_is_answered_is_stored(room: Path) -> None:
    with started(room / "data") as cluster:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(cluster, f"SHOW {setting}") == "on"
        assert ask(cluster, "SHOW data_checksums") == "on"
        assert ask(cluster, "SHOW max_connections") == "200"
        assert ask(cluster, "SHOW server_encoding") == "UTF8"


def test_an_operator_may_set_more(room: Path) -> None:
    with started(room / "data"):
        pass
    with (room / "data" / "cluster" / "postgresql.conf").open("a") as file:
        file.write("max_connections = 77\n")
    with started(room / "data") as cluster:
        assert ask(cluster, "SHOW max_connections") == "77"


def test_nothing_listens_on_the_network_and_a_password_is_asked(room: Path) -> None:
    with started(room / "data") as cluster:
        assert ask(cluster, "SHOW listen_addresses") == ""
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(cluster.dsn, password=password, passfile="/dev/null")
        arguments = Path(f"/proc/{cluster.pid}/cmdline").read_text()
        assert DataFolder(room / "data").password() not in arguments


def test_no_permission_is_left_open_and_none_above_is_changed(room: Path) -> None:
    before = folders.permissions(room)
    with started(room / "deep" / "data"):
        assert folders.open_to_others(room / "deep" / "data") == []
    assert folders.permissions(room) == before


def test_postgresql_does_not_run_as_root(room: Path) -> None:
    with started(room / "data") as cluster:
        owner = Path(f"/proc/{cluster.pid}").stat().st_uid
        assert owner != 0
        assert owner == (room / "data" / "cluster").stat().st_uid


def test_a_long_path_works(room: Path) -> None:
    path = room / ("long-" * 20) / ("ñame-" * 20) / "data"
    with started(path) as cluster:
        write(cluster)
        sockets = Path(DataFolder(path).read_state().socket_folder)  # type: ignore[union-attr, arg-type]
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()
    with started(path) as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"


@pytest.mark.parametrize("name", ["""it's a "b" $c \\d""", "one,two"])
def test_a_path_with_signs_works(room: Path, name: str) -> None:
    with started(room / name) as cluster:
        write(cluster)


def test_values_do_not_reach_the_log(room: Path) -> None:
    with started(room / "data") as cluster:
        write(cluster, "whom-nobody-should-know")
        with pytest.raises(psycopg.errors.UniqueViolation):
            write(cluster, "whom-nobody-should-know")
        with psycopg.connect(cluster.dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO note VALUES ('whom-nobody-should-know')")
    log = (room / "data" / "postgresql.log").read_text()
    assert "duplicate key" in log
    assert "nobody-should-know" not in log


def test_a_process_number_that_is_anothers_now_does_not_block(room: Path) -> None:
    with started(room / "data") as cluster:
        write(cluster)
        pid_file = room / "data" / "cluster" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    with started(room / "data") as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"
    assert folders.is_alive(os.getppid())


def test_a_postgresql_that_was_killed_starts_again(room: Path) -> None:
    with started(room / "data") as cluster:
        write(cluster)
        assert cluster.pid is not None
        dsn = cluster.dsn
        os.kill(cluster.pid, signal.SIGKILL)
        until(lambda: not cluster.is_running())
        cluster.launch()
        assert cluster.dsn == dsn
        assert ask(cluster, "SELECT text FROM note") == "kept"


# In a thread, PostgreSQL is not told of its starter's end: so it outlives it.
STARTER = """
import os, signal, sys, threading
from opendimona.register.cluster import start_cluster
from opendimona.register.data_folder import DataFolder
def start():
    print(start_cluster(DataFolder(sys.argv[1])).pid, flush=True)
if sys.argv[2] == "thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
signal.pause()
"""


@contextmanager
def starter_killed(path: Path, how: str) -> Iterator[int]:
    """A process that starts PostgreSQL and is then killed; gives the number of PostgreSQL's first process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", STARTER, str(path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
        process.wait()
        yield pid


def test_postgresql_ends_when_its_starter_is_killed(room: Path) -> None:
    with starter_killed(room / "data", "main") as pid:
        until(lambda: not folders.is_alive(pid))


def test_a_postgresql_from_before_is_stopped_first(room: Path) -> None:
    with started(room / "data") as cluster:
        write(cluster)
    with starter_killed(room / "data", "thread") as pid:
        assert folders.is_alive(pid)
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(1.0, os.kill, (pid, signal.SIGCONT)).start()
        said: list[str] = []
        with started(room / "data", said) as cluster:
            assert not folders.is_alive(pid)
            assert ask(cluster, "SELECT text FROM note") == "kept"
        assert any("from before" in line for line in said)


def test_data_of_another_postgresql_are_refused(room: Path) -> None:
    with started(room / "data"):
        pass
    (room / "data" / "cluster" / "PG_VERSION").write_text("11\n")
    with pytest.raises(DataFolderError, match="PostgreSQL 11"):
        start_cluster(DataFolder(room / "data"))
    assert not DataFolder(room / "data").is_held


def test_a_start_that_fails_says_why_and_leaves_nothing(room: Path) -> None:
    with started(room / "data"):
        pass
    with (room / "data" / "cluster" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(DataFolderError, match="no_such_setting"):
        start_cluster(DataFolder(room / "data"))
    assert folders.processes_in(room) == []


def test_a_start_can_be_called_off(room: Path) -> None:
    with pytest.raises(DataFolderError, match="stopped while"):
        start_cluster(DataFolder(room / "data"), is_cancelled=lambda: True)
    assert folders.processes_in(room) == []


def test_a_half_made_cluster_is_made_anew(room: Path) -> None:
    (room / "data").mkdir()
    folder = DataFolder(room / "data")
    folder.acquire("test")
    folder.release()
    (room / "data" / "cluster.draft").mkdir()
    (room / "data" / "cluster.draft" / "PG_VERSION").write_text("18\n")
    with started(room / "data") as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_a_temporary_cluster_leaves_nothing() -> None:
    with temporary_cluster() as cluster:
        assert ask(cluster, "SELECT 1") == 1
        path = Path(ask(cluster, "SHOW data_directory"))
    assert not path.exists()
    assert not path.parent.exists()
