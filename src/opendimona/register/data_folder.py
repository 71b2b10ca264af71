"""The data folder, which `--data` names: ours alone, with the lock, the password, the state and the cluster."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct
from psycopg.conninfo import make_conninfo

USER = "opendimona"
DATABASE = "opendimona"
PORT = 5432  # part of a socket's name; nothing listens on this port

_MARKER = "about.txt"
_ABOUT = """This folder holds the data of an OpenDimona register.

`cluster` is a PostgreSQL data directory, `password` the key to it, `postgresql.log` what PostgreSQL says, `state.json`
how to reach the running server, `lock` keeps a second server out. Where the account that PostgreSQL runs as cannot
enter this folder, the cluster stands elsewhere and `place` says where.

Do not change or copy it while a server runs: `opendimona backup` makes a copy that can be restored.
"""


class DataFolderError(Exception):
    """A data folder, or the PostgreSQL in it, that cannot be used; the text is for the operator."""


class AlreadyRunning(DataFolderError):
    """Another process uses the data folder."""


class State(Struct, frozen=True, kw_only=True):
    """Who uses the folder and how to reach its PostgreSQL. `purpose`: `serve` for a server, else a command's name.

    `address`: the server's base URL; `socket_folder`: where the socket of PostgreSQL stands; both once they are known.
    """

    pid: int
    purpose: str
    address: str | None = None
    socket_folder: str | None = None


class DataFolder:
    """A data folder, by its real path. Nothing happens until `acquire`.

    `was_abandoned`, once acquired: whoever held it before was killed.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(os.path.realpath(path))
        self._lock: IO[str] | None = None
        self._state: State | None = None
        self.was_abandoned = False

    @property
    def log_path(self) -> Path:
        """What PostgreSQL says."""
        return self.path / "postgresql.log"

    @property
    def password_path(self) -> Path:
        """The password of PostgreSQL's only user."""
        return self.path / "password"

    @property
    def place_path(self) -> Path:
        """The note that says where the cluster stands, when it does not stand in this folder."""
        return self.path / "place"

    @property
    def is_held(self) -> bool:
        """Whether this object holds the folder's lock."""
        return self._lock is not None

    def acquire(self, purpose: str) -> None:
        """Create the folder if need be, and keep all others out until `release` or the end of this process.

        Raises AlreadyRunning when another process holds it, DataFolderError when the folder cannot be ours.
        """
        if self._lock is not None:
            return
        with _alone_in(self._created()):
            self._make_ours()
            lock = os.fdopen(_open_private(self.path / "lock", os.O_RDWR), "r+")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = lock.read().strip()
                lock.close()
                raise AlreadyRunning(self._who_holds(pid)) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            self._lock = lock
            self.was_abandoned = (self.path / "state.json").exists()
            self.write_state(State(pid=os.getpid(), purpose=purpose))

    def release(self) -> None:
        """Let others in."""
        if self._lock is not None:
            (self.path / "state.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _who_holds(self, pid: str) -> str:
        state = self.read_state()
        if state is None or str(state.pid) != pid or state.purpose == "serve":
            address = f", address {state.address}" if state and str(state.pid) == pid and state.address else ""
            return f"already running, pid {pid or 'unknown'}{address} (data in {self.path})"
        return f"in use by `opendimona {state.purpose}`, pid {pid} (data in {self.path})"

    def _created(self) -> Path:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"cannot make the data folder {self.path}: {error.strerror}") from None
        return self.path

    def _make_ours(self) -> None:
        found = self.path.stat()
        is_marked = (self.path / _MARKER).exists()
        if found.st_mode & stat.S_IWOTH and not is_marked and found.st_mode & stat.S_ISVTX:
            raise DataFolderError(f"{self.path} is a folder for everybody: give a folder inside it.")
        names = [name for name in _names(self.path) if not name.startswith(".") and name != "lost+found"]
        if names and not is_marked:
            raise DataFolderError(f"{self.path} holds other files: give a new or an empty folder as data folder.")
        if found.st_uid != os.geteuid():
            if names or os.geteuid() != 0:
                raise DataFolderError(
                    f"{self.path} belongs to another account (number {found.st_uid}): "
                    "start the server as that account, or give another data folder."
                )
            os.chown(self.path, 0, 0)
        if found.st_mode & 0o067:
            self.path.chmod(0o700)
        if not is_marked:
            self.write(self.path / _MARKER, _ABOUT)

    def write(self, path: Path, text: str) -> None:
        """Write a private file as a whole or not at all; durable when this returns."""
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(_open_private(draft, os.O_WRONLY | os.O_EXCL), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(path.parent)

    def password(self) -> str:
        """The password of PostgreSQL's user. Raises DataFolderError when there is none."""
        try:
            return self.password_path.read_text().strip()
        except OSError as error:
            raise DataFolderError(f"cannot read {self.password_path}: {error.strerror}") from None

    def make_password(self) -> str:
        """The password, drawn if there is none yet."""
        if not self.password_path.exists():
            self.write(self.password_path, secrets.token_urlsafe(32) + "\n")
        return self.password()

    def write_state(self, state: State) -> None:
        """Tell the other commands about this process; only for the holder of the lock."""
        self._state = state
        self.write(self.path / "state.json", msgspec.json.encode(state).decode() + "\n")

    def tell(self, *, address: str | None = None, socket_folder: str | None = None) -> None:
        """Complete the state with what has become known."""
        if self._state is not None:
            known = self._state
            self.write_state(
                State(
                    pid=known.pid,
                    purpose=known.purpose,
                    address=address or known.address,
                    socket_folder=socket_folder or known.socket_folder,
                )
            )

    def read_state(self) -> State | None:
        """What the holder of the lock last told, if anything."""
        with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
            return msgspec.json.decode((self.path / "state.json").read_bytes(), type=State)
        return None

    def dsn(self, socket_folder: str) -> str:
        """The connection string of the register's database; it holds the password, so it is never shown."""
        return make_conninfo("", host=socket_folder, port=PORT, user=USER, dbname=DATABASE, password=self.password())


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep out those who look at the folder at the same moment, so that none sees it half made."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise DataFolderError(f"cannot enter the data folder {folder}: {error.strerror}") from None
    try:
        with suppress(OSError):  # some network file systems lock no folders; the lock file still keeps a second out
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_register(path: Path) -> bool:
    """Whether the folder is a data folder already."""
    return (path / _MARKER).exists()


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError as error:
        raise DataFolderError(f"cannot read the data folder {folder}: {error.strerror}") from None


def _open_private(path: Path, flags: int) -> int:
    """Open or create a file that only we may read; a link in its place is refused."""
    try:
        return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataFolderError(f"cannot open {path}: {error.strerror}") from None


def open_log(path: Path, *, limit: int = 16_000_000) -> int:
    """A descriptor that appends to a private log; a log above `limit` bytes first becomes `….old`."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            path.replace(path.with_name(path.name + ".old"))
    return _open_private(path, os.O_WRONLY | os.O_APPEND)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
