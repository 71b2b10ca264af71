"""A PostgreSQL that outlived the server that started it: known by a lock, asked to end, and kept from happening.

Every process of a cluster inherits the lock on `postgresql.lock`, so that the kernel itself tells whether one still
lives, whatever process numbers a pid file names (they may be another's after a restart of the machine or container).
"""

import fcntl
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from opendimona.register.account import Account
from opendimona.register.data_folder import DataFolder, DataFolderError

_POLL = 0.005
_UNNOTICED = 0.5
_STEPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


def settle(folder: DataFolder, cluster: Path, announce: Callable[[str], None]) -> int:
    """Wait for the end of all former processes of the cluster, hastened where need be; returns the locked descriptor.

    Raises DataFolderError when one does not end.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    lock = os.open(folder.path / "postgresql.lock", flags, 0o600)
    try:
        if _is_locked_within(lock, 0):
            return lock
        for number, seconds in _STEPS:
            _signal(cluster, number)
            if number == signal.SIGINT and _is_locked_within(lock, _UNNOTICED):
                return lock
            if number == signal.SIGINT:
                announce("A PostgreSQL from before still runs on these data: stopping it first.")
            if _is_locked_within(lock, seconds):
                return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    raise DataFolderError(f"a PostgreSQL from before still uses {cluster} and does not end: stop it, then start again.")


def _is_locked_within(lock: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True


def _signal(cluster: Path, number: signal.Signals) -> None:
    """Signal the cluster's first process; SIGKILL goes to every process that works in it."""
    first = _first_process(cluster)
    for pid in _processes_in(cluster) if number == signal.SIGKILL else ():
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    if first is not None:
        with suppress(ProcessLookupError):
            os.kill(first, number)


def _first_process(cluster: Path) -> int | None:
    """The number in the pid file, if that process is this cluster's: then it works in the cluster's folder."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if sys.platform != "linux" or _works_in(pid, cluster) else None


def _works_in(pid: int, cluster: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve()
    except OSError:
        return False


def _processes_in(cluster: Path) -> list[int]:
    if sys.platform != "linux":
        return []
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in numbers if _works_in(pid, cluster)]


def ending_with_us(account: Account) -> tuple[str, ...]:
    """A command prefix that has the kernel stop PostgreSQL cleanly when this process is killed, where there is one.

    Only from the main thread: the kernel means the thread that started the command.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return ()
    prefix = (setpriv, "--pdeathsig", "INT")
    return prefix if account.may_run([*prefix, "/bin/sh", "-c", ":"]) else ()
