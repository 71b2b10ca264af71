"""Our own launcher of the embedded PostgreSQL: makes a cluster once, starts it, keeps it out of reach, stops it.

Only a socket in a folder that nobody else may enter listens, and it asks for a password. Ctrl-C does not reach
PostgreSQL (it is in a session of its own); it ends cleanly when this process is killed, where the system can tell it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from opendimona.register import leftovers, places
from opendimona.register.account import find_account
from opendimona.register.data_folder import DATABASE, PORT, USER, DataFolder, DataFolderError, open_log, sync_folder
from opendimona.register.postgres_settings import INCLUDE_LINE, TUNING_FILE, tuning_text

FAST_STOP = 60.0
IMMEDIATE_STOP = 10.0
# Nothing of the caller's environment steers PostgreSQL; a fixed time zone also saves initdb its search for one.
# Without the last two, a process gives its memory back after each statement and asks for it again at the next.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC",
    "MALLOC_TOP_PAD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "67108864",
}  # fmt: skip
_POLL = 0.005


def _say_nothing(_line: str) -> None:
    return None


def _never() -> bool:
    return False


class Cluster:
    """A running PostgreSQL. `dsn` is its connection string, with the password: never show it."""

    def __init__(
        self, folder: DataFolder, place: places.Place, socket_folder: Path, *, is_durable: bool, is_lock_ours: bool
    ) -> None:
        self._folder = folder
        self._place = place
        self._socket_folder = socket_folder
        self._is_durable = is_durable
        self._is_lock_ours = is_lock_ours
        self._process: subprocess.Popen[bytes] | None = None
        self.dsn = folder.dsn(str(socket_folder))

    @property
    def pid(self) -> int | None:
        """The process number of PostgreSQL's first process, while there is one."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Whether PostgreSQL has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def launch(self, announce: Callable[[str], None] = _say_nothing, is_cancelled: Callable[[], bool] = _never) -> None:
        """Start PostgreSQL, also again after it died, and wait until it takes connections.

        Raises DataFolderError when it cannot start, or when `is_cancelled` says so meanwhile.
        """
        lock = leftovers.settle(self._folder, self._place.cluster, announce)
        # No process holds the lock: what a killed PostgreSQL left behind to keep others out is stale.
        (self._place.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        _write_tuning(self._folder, self._place)
        log = open_log(self._folder.log_path)
        try:
            self._process = subprocess.Popen(
                [*leftovers.ending_with_us(self._place.account), *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,
                pass_fds=(lock,),
                umask=0o077,
                **self._place.account.popen_arguments(),
            )
        finally:
            os.close(log)
            os.close(lock)  # held on by PostgreSQL's processes alone, until the last of them has ended
        self._await_start(announce, is_cancelled)

    def _command(self) -> list[str]:
        listed = str(self._socket_folder).replace('"', '""')  # the setting is a list of quoted names
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{listed}"',
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "logging_collector": "off",
        }
        if not self._is_durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._place.bin / "postgres"), "-D", str(self._place.cluster), *options]

    def _await_start(self, announce: Callable[[str], None], is_cancelled: Callable[[], bool]) -> None:
        announce_at = time.monotonic() + 5
        while not _is_ready(self._place.cluster, self.pid):
            if not self.is_running():
                raise DataFolderError(
                    f"PostgreSQL did not start; its log {self._folder.log_path} ends with:\n"
                    + _tail(self._folder.log_path)
                )
            if is_cancelled():
                self.halt()
                raise DataFolderError("stopped while PostgreSQL was starting")
            if time.monotonic() > announce_at:
                announce("PostgreSQL is repairing its files after a crash; this may take some minutes.")
                announce_at = float("inf")
            time.sleep(_POLL)
        self._folder.tell(socket_folder=str(self._socket_folder))

    def halt(self) -> None:
        """Stop PostgreSQL cleanly and wait until all its processes have ended; `launch` may start it again."""
        process, self._process = self._process, None
        if process is None:
            return
        for number, seconds in ((signal.SIGINT, FAST_STOP), (signal.SIGQUIT, IMMEDIATE_STOP), (signal.SIGKILL, None)):
            with suppress(ProcessLookupError):
                process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return

    def stop(self) -> None:
        """Stop PostgreSQL cleanly, and let others use the data folder if the start took it."""
        self.halt()
        places.remove_socket_folder(self._folder)
        if self._is_lock_ours:
            self._folder.release()


def start_cluster(
    folder: DataFolder,
    announce: Callable[[str], None] = _say_nothing,
    *,
    is_durable: bool = True,
    is_cancelled: Callable[[], bool] = _never,
    purpose: str = "cluster",
) -> Cluster:
    """Start the PostgreSQL of a data folder, made first if need be.

    Takes the folder's lock unless the caller holds it. `is_durable` false: for registers that are thrown away.
    Raises AlreadyRunning and DataFolderError.
    """
    is_lock_ours = not folder.is_held
    folder.acquire(purpose)
    cluster = None
    try:
        account = find_account()
        if account.is_shared:
            announce("PostgreSQL runs as an account that other programs use too: they can read the register's files.")
        place = places.find_place(folder, account, announce)
        folder.make_password()
        if not place.cluster.exists():
            _initialise(folder, place, is_durable=is_durable)
        places.give_tree(place.cluster, account)
        _check_version(place)
        cluster = Cluster(
            folder, place, places.socket_folder(folder, place), is_durable=is_durable, is_lock_ours=is_lock_ours
        )
        cluster.launch(announce, is_cancelled)
    except BaseException:
        if cluster is not None:
            cluster.halt()
        if is_lock_ours:
            folder.release()
        raise
    return cluster


def _initialise(folder: DataFolder, place: places.Place, *, is_durable: bool) -> None:
    """Make the cluster beside its place and move it there once it is whole and durable."""
    account = place.account
    draft, key = place.base / "cluster.draft", place.base / "initdb.password"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    folder.write(key, folder.password() + "\n")
    for path in (draft, key):
        places.give(path, account, is_named=True)
    try:
        _run(
            [
                str(place.bin / "initdb"),
                "-D",
                str(draft),
                "--no-sync",
                "--no-instructions",
                # A new segment is filled with zeros while a commit waits for it: 16 MB took 50 ms, 4 MB take 12.
                "--wal-segsize=4",
                "--encoding=UTF8",
                "--locale=C",
                "--auth=scram-sha-256",
                f"--username={USER}",
                f"--pwfile={key}",
            ],
            account.popen_arguments(is_named=True),
            wrapper=account.wrapper,
        )
    finally:
        key.unlink()
    with (draft / "postgresql.conf").open("a") as file:
        file.write(INCLUDE_LINE)
    _run(
        [str(place.bin / "postgres"), "--single", "-D", str(draft), "-c", "fsync=off", "postgres"],
        account.popen_arguments(is_named=True),
        f"CREATE DATABASE {DATABASE}\n",
        account.wrapper,
    )
    places.give_tree(draft, account)
    if is_durable:
        places.sync_tree(draft)
    draft.rename(place.cluster)
    sync_folder(place.base)


def _run(command: list[str], account: dict[str, Any], text: str = "", wrapper: tuple[str, ...] = ()) -> str:
    """Run one of PostgreSQL's programs and return what it says. Raises DataFolderError with its complaint."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [*wrapper, *command],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        umask=0o077,
        **account,
    )
    if done.returncode != 0:
        hint = ""
        if "effective user ID" in done.stderr:
            hint = (
                "\nGive this account a name (an entry in /etc/passwd), "
                "or set OPENDIMONA_DATABASE_URL to a PostgreSQL of your own."
            )
        raise DataFolderError(f"PostgreSQL's {Path(command[0]).name} failed: {done.stderr.strip()}{hint}")
    return done.stdout


def _check_version(place: places.Place) -> None:
    made_by = (place.cluster / "PG_VERSION").read_text().strip()
    said = _run([str(place.bin / "postgres"), "--version"], place.account.popen_arguments())
    here = said.split()[-1].split(".")[0]
    if made_by != here:
        raise DataFolderError(
            f"the data were made by PostgreSQL {made_by}, and PostgreSQL {here} is installed: make a "
            "backup with the former version of OpenDimona and restore it into a new data folder."
        )


def _write_tuning(folder: DataFolder, place: places.Place) -> None:
    path = place.base / TUNING_FILE
    folder.write(path, tuning_text(place.cluster))
    places.give(path, place.account)


def _is_ready(cluster: Path, pid: int | None) -> bool:
    """Whether the process says in its pid file (lines 1 and 8) that it takes connections."""
    with suppress(OSError):
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
    return False


def _tail(log: Path, *, lines: int = 5) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of its own for the time of a `with`, with nothing in it; all of it is removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="opendimona-"))
    folder = DataFolder(path)
    try:
        cluster = start_cluster(folder, is_durable=False)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        places.remove_all(folder)
