"""A second copy that follows the register within seconds, and a register made from it when the first one is lost.

The copy is a base of the whole cluster and every piece of its write-ahead log since, as PostgreSQL's own programs
fetch them from the running server. A slot keeps what was not fetched yet, up to a limit (`postgres_settings`).
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg

from opendimona.register import places
from opendimona.register.access import opened
from opendimona.register.account import find_account
from opendimona.register.backup import Announce, BackupError, service_file
from opendimona.register.cluster import start_cluster
from opendimona.register.data_folder import DataFolder, is_register, sync_folder
from opendimona.register.migrations import migrate
from opendimona.register.notices.outbox import LEAP
from opendimona.register.places import programs

SLOT = "opendimona_copy"
MARKER = "opendimona-copy"
BASE, WAL, KEY = "base", "wal", "password"
PARTIAL = ".partial"
MAKE_SLOT = """
    SELECT pg_create_physical_replication_slot(%s, true)
     WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = %s)"""
DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s AND NOT active"
_POLL = 0.5
# Everything stands in pg_wal; no answers before the end of it, for until then nothing can be written.
_RECOVERY = "restore_command = 'false'\nrecovery_target_timeline = 'latest'\nhot_standby = off\n"


def follow(source: Path, copy: Path, announce: Announce, is_over: Callable[[], bool]) -> None:
    """Copy the register of a data folder, whose server runs, and follow it until `is_over` says so.

    `copy` is a new or an empty folder, or one that followed before: then it goes on where it stopped. Raises
    BackupError when it cannot, or can no longer, and DataFolderError.
    """
    state = DataFolder(source).read_state()
    if not is_register(source) or state is None or state.purpose != "serve":
        raise BackupError(f"no server runs on {source}: start it first; the copy follows what it writes")
    _make_ours(copy)
    with opened(source, "follow", announce) as dsn, service_file(dsn) as environment:
        if not (copy / BASE).exists():
            _copy_base(source, copy, dsn, environment, announce)
        command = [str(programs() / "pg_receivewal"), "-D", str(copy / WAL), f"--slot={SLOT}", "--synchronous",
                   "--no-loop"]  # fmt: skip
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=environment,
        ) as process:  # fmt: skip
            announce(f"Following {source} into {copy}; Ctrl-C stops, and it can be taken up again.")
            while not is_over():
                try:
                    process.wait(_POLL)
                    break
                except subprocess.TimeoutExpired:
                    continue
            process.terminate()
            complaint = process.stderr.read().strip() if process.stderr is not None else ""
        if not is_over():
            raise BackupError(
                f"the copy no longer follows: {complaint.splitlines()[-1] if complaint else 'the server has ended'}. "
                "Run the command again; if it says that a piece of the log is gone, begin with a new folder."
            )


def _make_ours(copy: Path) -> None:
    try:
        copy.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(copy.iterdir()) and not (copy / MARKER).exists():
            raise BackupError(f"{copy} holds other files: give a new or an empty folder for the copy")
        copy.chmod(0o700)
        (copy / MARKER).touch(mode=0o600)
        (copy / WAL).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BackupError(f"cannot write {copy}: {error.strerror}") from None


def _copy_base(source: Path, copy: Path, dsn: str, environment: dict[str, str], announce: Announce) -> None:
    """The cluster as it is now; the log from before its beginning is kept for the copy first."""
    announce("Copying the register as it is now ...")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(DROP_SLOT, (SLOT,))
        connection.execute(MAKE_SLOT, (SLOT, SLOT))
    draft = copy / f"{BASE}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    done = subprocess.run(
        [str(programs() / "pg_basebackup"), "-D", str(draft), "--wal-method=none", "--checkpoint=fast",
         "--no-manifest"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupError(f"pg_basebackup failed: {done.stderr.strip().splitlines()[-1:] or ['']}"[:400])
    key = os.open(copy / KEY, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(key, "w") as file:
        file.write(DataFolder(source).password() + "\n")
    draft.rename(copy / BASE)
    sync_folder(copy)


def recover(copy: Path, data: Path, announce: Announce) -> None:
    """Make the register of a new data folder from a copy that followed one, up to the last that it fetched.

    Raises BackupError and DataFolderError; the copy is not changed.
    """
    if not (copy / MARKER).exists() or not (copy / BASE).exists():
        raise BackupError(f"{copy} is no copy that followed a register")
    if is_register(data):
        raise BackupError(f"{data} holds a register already: recover into a new folder")
    folder = DataFolder(data)
    folder.acquire("recover")
    try:
        account = find_account()
        place = places.find_place(folder, account, announce)
        folder.write(folder.password_path, (copy / KEY).read_text())
        announce("Putting the copy in place ...")
        draft = place.base / "cluster.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(copy / BASE, draft, symlinks=True)
        _put_log(copy / WAL, draft / "pg_wal")
        settings = draft / "postgresql.auto.conf"
        before = settings.read_text()
        settings.write_text(before + _RECOVERY)
        (draft / "recovery.signal").touch(mode=0o600)
        draft.rename(place.cluster)
        cluster = start_cluster(folder, announce, purpose="recover")
        try:
            for name in migrate(cluster.dsn):
                announce(f"Schema: {name}")
            with psycopg.connect(cluster.dsn) as connection:
                connection.execute(LEAP)
        finally:
            cluster.stop()
        (place.cluster / "postgresql.auto.conf").write_text(before)
    finally:
        folder.release()


def _put_log(source: Path, target: Path) -> None:
    """The pieces of the log that were fetched, the last of them as far as it goes."""
    target.mkdir(mode=0o700, exist_ok=True)
    for piece in sorted(source.iterdir()):
        name = piece.name.removesuffix(PARTIAL)
        if piece.name == name or not (source / name).exists():
            shutil.copyfile(piece, target / name)
            (target / name).chmod(0o600)
