"""Folders for data on disk, and what tests ask about them: who may enter, whose they are, which processes use them."""

import os
import shutil
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from opendimona.register.account import Account
from opendimona.register.places import SHARED_FOLDER_VARIABLE

IS_ROOT = os.geteuid() == 0
DISK, MEMORY = Path("/tmp"), Path("/dev/shm")
_PLENTY = 4 << 30
STRANGER = 65534
NOBODY = Account(uid=STRANGER, gid=STRANGER)


def _passing() -> Path:
    """In memory where the system keeps a folder there and has plenty, else on disk."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        available = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
        is_open = MEMORY.stat().st_mode & 0o1777 == 0o1777
        return MEMORY if is_open and min(available, shutil.disk_usage(MEMORY).free) >= _PLENTY else DISK
    except (OSError, StopIteration):
        return DISK


PASSING = _passing()
"""Where files stand that nobody needs after a test: a database is 300 files, which some disks take 200 ms to make."""


@contextmanager
def workspace(parent: Path = PASSING) -> Iterator[Path]:
    """A folder that everybody may enter, with a short path; what must stand elsewhere stands in its folder `shared`."""
    folder = Path(tempfile.mkdtemp(prefix="odw-", dir=parent))
    folder.chmod(0o755)
    before = os.environ.get(SHARED_FOLDER_VARIABLE)
    os.environ[SHARED_FOLDER_VARIABLE] = str(folder / "shared")
    try:
        yield folder
    finally:
        if before is None:
            del os.environ[SHARED_FOLDER_VARIABLE]
        else:
            os.environ[SHARED_FOLDER_VARIABLE] = before
        left = processes_in(folder)
        for path in (folder, *folder.rglob("*")):
            with suppress(FileNotFoundError):
                path.chmod(0o700)
        shutil.rmtree(folder)
    assert not left, f"processes were left behind: {left}"


def permissions(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode, owner and group of a folder and of all above it."""
    return {path: _permission(path) for path in (folder, *folder.parents)}


def _permission(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid


def open_to_others(folder: Path) -> list[Path]:
    """What in the folder, or the folder itself, gives others a right, or the group one to read or write."""
    every = (folder, *folder.rglob("*"))
    return [path for path in every if not path.is_symlink() and path.stat().st_mode & 0o067]


def processes_in(folder: Path) -> list[tuple[int, str]]:
    """Living processes that work in the folder or name it in their arguments, except this one."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and int(path.name) != os.getpid():
            with suppress(OSError):
                arguments = (path / "cmdline").read_text().replace("\0", " ")
                if str(folder) in arguments or _works_in(path, folder):
                    found.append((int(path.name), arguments))
    return found


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be asked how does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def as_stranger(act: Callable[[], object]) -> str:
    """Do something as `nobody` in a process of its own; returns the error it met, or "" when it was done."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            os.setgroups([])
            os.setgid(STRANGER)
            os.setuid(STRANGER)
            act()
        except BaseException:  # noqa: BLE001 - it is told to the test
            os.write(writer, traceback.format_exc().encode()[-50_000:])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        error = told.read()
    os.waitpid(child, 0)
    return error
