"""The data folder is ours alone: whom it keeps out, and which folders it refuses to take."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opendimona.register.data_folder import AlreadyRunning, DataFolder, DataFolderError, State
from tests import folders


@pytest.fixture
def room() -> Iterator[Path]:
    with folders.workspace() as folder:
        yield folder


def taken(path: Path, purpose: str = "serve") -> DataFolder:
    folder = DataFolder(path)
    folder.acquire(purpose)
    return folder


def test_a_second_is_told_who_holds_it(room: Path) -> None:
    first = taken(room / "data")
    with pytest.raises(AlreadyRunning, match=f"already running, pid {os.getpid()} "):
        taken(room / "data")
    first.tell(address="http://127.0.0.1:8080")
    with pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}, address http://127.0.0.1:8080"):
        taken(room / "data")
    first.release()
    taken(room / "data").release()


def test_a_short_command_is_named(room: Path) -> None:
    holder = taken(room / "data", "backup")
    with pytest.raises(AlreadyRunning, match="in use by `opendimona backup`"):
        taken(room / "data")
    holder.release()


def test_a_link_to_the_folder_is_the_folder(room: Path) -> None:
    first = taken(room / "data")
    (room / "link").symlink_to(room / "data")
    with pytest.raises(AlreadyRunning):
        taken(room / "link")
    first.release()


def test_children_do_not_hold_the_lock(room: Path) -> None:
    folder = taken(room / "data")
    command = [sys.executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False) as child:
        assert child.stdout is not None
        child.stdout.readline()
        folder.release()
        taken(room / "data").release()


def test_a_state_left_behind_names_nobody(room: Path) -> None:
    folder = taken(room / "data")
    folder.write_state(State(pid=1, purpose="serve", address="http://old"))
    with pytest.raises(AlreadyRunning) as error:
        taken(room / "data")
    assert "http://old" not in str(error.value)
    folder.release()


def test_a_folder_with_other_files_is_refused_and_left_alone(room: Path) -> None:
    other = room / "home"
    other.mkdir(mode=0o755)
    (other / "letter").touch()
    before = folders.permissions(other)
    with pytest.raises(DataFolderError, match="holds other files"):
        taken(other)
    assert folders.permissions(other) == before
    assert [path.name for path in other.iterdir()] == ["letter"]


def test_a_folder_for_everybody_is_refused(room: Path) -> None:
    shared = room / "everybody"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(DataFolderError, match="for everybody"):
        taken(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777


def test_an_open_folder_that_is_given_is_closed(room: Path) -> None:
    (room / "data").mkdir()
    (room / "data").chmod(0o777)
    taken(room / "data").release()
    assert (room / "data").stat().st_mode & 0o777 == 0o700


def test_a_link_in_place_of_the_lock_is_refused(room: Path) -> None:
    taken(room / "data").release()
    (room / "data" / "lock").unlink()
    (room / "data" / "lock").symlink_to(room / "elsewhere")
    with pytest.raises(DataFolderError, match="cannot open"):
        taken(room / "data")
    assert not (room / "elsewhere").exists()


def test_a_file_is_no_data_folder(room: Path) -> None:
    (room / "file").touch()
    with pytest.raises(DataFolderError, match="cannot make"):
        taken(room / "file")


def test_the_password_is_drawn_once_and_private(room: Path) -> None:
    folder = taken(room / "data")
    assert len(folder.make_password()) > 40
    assert folder.make_password() == folder.password()
    assert folder.password_path.stat().st_mode & 0o777 == 0o600
    other = taken(room / "other")
    assert folder.password() != other.make_password()
    folder.release()
    other.release()
