"""Backup and restore: the whole register comes back, into an empty one only, and never by halves."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from opendimona.register import backup as backups
from opendimona.register.access import opened
from opendimona.register.backup import BackupError, backup, restore
from opendimona.register.cluster import start_cluster
from opendimona.register.data_folder import AlreadyRunning, DataFolder, DataFolderError
from opendimona.register.migrations import migrate, migrations
from tests import folders

NAMES = [("DUBOIS", 1), ("PEETERS\tÉ\\N", 2)]


def silent(_line: str) -> None:
    return None


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


@pytest.fixture
def filled(room: Path) -> Path:
    """A data folder with a register that has a table of ours in it."""
    with opened(room / "filled", "test", may_create=True) as dsn:
        fill(dsn)
    return room / "filled"


def fill(dsn: str) -> None:
    migrate(dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE note (name text, number bigint GENERATED ALWAYS AS IDENTITY)")
        for name, _ in NAMES:
            connection.execute("INSERT INTO note (name) VALUES (%s)", (name,))


def read(dsn: str) -> tuple[list[Any], int]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT name, number FROM note ORDER BY number").fetchall()
        version = connection.execute("SELECT max(number) FROM schema_version").fetchone()
    return rows, version[0] if version else 0


def test_a_register_comes_back_whole(filled: Path, room: Path) -> None:
    said: list[str] = []
    size = backup(filled, room / "copy", said.append)
    assert size == (room / "copy").stat().st_size > 0
    assert "  note" in said
    restore(room / "new", room / "copy", silent)
    with opened(room / "new", "test") as dsn:
        assert read(dsn) == (NAMES, len(migrations()))
        with psycopg.connect(dsn) as connection:  # counters go on where they were
            row = connection.execute("INSERT INTO note (name) VALUES ('x') RETURNING number").fetchone()
    assert row == (3,)


def test_a_backup_is_made_while_a_server_runs(filled: Path, room: Path) -> None:
    folder = DataFolder(filled)
    folder.acquire("serve")
    cluster = start_cluster(folder)
    try:
        backup(filled, room / "copy", silent)
        with pytest.raises(AlreadyRunning):
            restore(filled, room / "copy", silent)
        assert cluster.is_running()
    finally:
        cluster.stop()
        folder.release()
    restore(room / "new", room / "copy", silent)


def test_any_database_is_backed_up_and_restored(empty_database_url: str, postgres: Any, room: Path) -> None:
    fill(empty_database_url)
    backup(empty_database_url, room / "copy", silent)
    with pytest.raises(BackupError, match="not empty"):
        restore(empty_database_url, room / "copy", silent)
    with postgres.database(is_migrated=False) as other:
        restore(other, room / "copy", silent)
        assert read(other) == (NAMES, len(migrations()))
    with postgres.database() as migrated, pytest.raises(BackupError, match="has tables already"):
        restore(migrated, room / "copy", silent)


def test_a_register_with_something_in_it_is_left_alone(filled: Path, room: Path) -> None:
    backup(filled, room / "copy", silent)
    with opened(filled, "test") as dsn, psycopg.connect(dsn) as connection:
        connection.execute("UPDATE note SET name = 'newer'")
    with pytest.raises(BackupError, match="note"):
        restore(filled, room / "copy", silent)
    with opened(filled, "test") as dsn:
        assert read(dsn)[0] == [("newer", 1), ("newer", 2)]


def test_a_register_that_only_has_its_tables_gives_way(filled: Path, room: Path) -> None:
    backup(filled, room / "copy", silent)
    with opened(room / "fresh", "test", may_create=True) as dsn:
        migrate(dsn)
    restore(room / "fresh", room / "copy", silent)
    with opened(room / "fresh", "test") as dsn:
        assert read(dsn)[0] == NAMES


def test_an_older_register_is_brought_up_to_date(room: Path) -> None:
    with opened(room / "old", "test", may_create=True) as dsn:
        migrate(dsn, up_to=1)
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE note AS SELECT 'DUBOIS' AS name, 1 AS number")
    backup(room / "old", room / "copy", silent)
    restore(room / "new", room / "copy", silent)
    with opened(room / "new", "test") as dsn:
        assert read(dsn) == ([("DUBOIS", 1)], len(migrations()))


def test_half_a_backup_restores_nothing(filled: Path, room: Path) -> None:
    backup(filled, room / "copy", silent)
    whole = (room / "copy").read_bytes()
    (room / "half").write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(room / "new", room / "half", silent)
    with opened(room / "new", "test") as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_stat_user_tables").fetchone() == (0,)
    restore(room / "new", room / "copy", silent)


def test_a_file_that_is_no_backup_is_refused(room: Path) -> None:
    (room / "letter").write_text("dear reader")
    for name, complaint in (("letter", "is no backup"), ("nothing", "cannot read")):
        with pytest.raises(BackupError, match=complaint):
            restore(room / "new", room / name, silent)
    assert not (room / "new").exists()


def test_a_backup_is_private_and_replaces_the_former_only_when_whole(filled: Path, room: Path) -> None:
    (room / "copy").write_text("the former")
    with pytest.raises(BackupError, match="pg_dump failed"):
        backup(make_conninfo(host=str(room), dbname="none"), room / "copy", silent)
    assert (room / "copy").read_text() == "the former"
    assert sorted(path.name for path in room.iterdir()) == ["copy", "filled"]
    backup(filled, room / "copy", silent)
    assert (room / "copy").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_named(filled: Path, room: Path) -> None:
    with pytest.raises(BackupError, match="cannot write"):
        backup(filled, room / "no" / "copy", silent)


def test_no_register_is_made_by_a_backup(room: Path) -> None:
    with pytest.raises(DataFolderError, match="no register"):
        backup(room / "typo", room / "copy", silent)
    assert list(room.iterdir()) == []


def test_the_password_is_in_no_argument_and_no_variable(
    filled: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    class Watched(subprocess.Popen[Any]):
        def __init__(self, command: list[Any], **rest: Any) -> None:
            if Path(command[0]).name in ("pg_dump", "pg_restore", "psql"):
                seen.extend([*map(str, command), *rest["env"].values()])
                private = Path(rest["env"]["PGSERVICEFILE"])
                assert private.stat().st_mode & 0o777 == 0o600
                assert password in private.read_text()
            super().__init__(command, **rest)

    password = DataFolder(filled).password()
    monkeypatch.setattr(backups.subprocess, "Popen", Watched)
    backup(filled, room / "copy", silent)
    assert seen
    assert not any(password in part for part in seen)
    assert os.environ.get("PGSERVICEFILE") is None
