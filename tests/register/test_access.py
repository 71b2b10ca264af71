"""How commands reach a register: one that runs, one that starts, one that nobody serves."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from opendimona.register.access import opened
from opendimona.register.cluster import start_cluster
from opendimona.register.data_folder import DataFolder, DataFolderError
from tests import folders


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


def served_by(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)").fetchone()
    return int(row[0]) if row else 0


def test_a_url_is_taken_as_it_is() -> None:
    with opened("host=nowhere", "show") as dsn:
        assert dsn == "host=nowhere"


def test_a_register_that_nobody_serves_is_started_for_the_time(room: Path) -> None:
    with opened(room / "data", "load", may_create=True) as dsn:
        pid = served_by(dsn)
        assert folders.is_alive(pid)
    assert not folders.is_alive(pid)
    with opened(room / "data", "show") as dsn:
        assert served_by(dsn) != pid


def test_the_running_servers_postgresql_is_shared(room: Path) -> None:
    folder = DataFolder(room / "data")
    folder.acquire("serve")
    cluster = start_cluster(folder)
    with opened(room / "data", "show") as dsn:
        assert served_by(dsn) == cluster.pid
    assert cluster.is_running()
    cluster.stop()
    folder.release()


def test_a_server_that_is_starting_is_waited_for(room: Path) -> None:
    folder = DataFolder(room / "data")
    folder.acquire("serve")
    found: list[int] = []

    def look() -> None:
        with opened(room / "data", "show") as dsn:
            found.append(served_by(dsn))

    looking = threading.Thread(target=look)
    looking.start()
    cluster = start_cluster(folder)
    looking.join()
    assert found == [cluster.pid]
    cluster.stop()
    folder.release()


def test_a_folder_that_is_no_register_is_refused(room: Path) -> None:
    with pytest.raises(DataFolderError, match="no register"), opened(room / "typo", "show"):
        pass
    assert list(room.iterdir()) == []
