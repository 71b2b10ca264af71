"""Copies of a whole register in one file, and registers made from such a copy, with PostgreSQL's own programs.

A backup is what the register was at one moment, also while a server runs. The connection's password reaches the
programs in a private file, never in their arguments. The program's own version of the schema need not be the
backup's: a restored register is brought up to date.
"""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from opendimona.register.access import Source, opened
from opendimona.register.data_folder import DATABASE, sync_folder
from opendimona.register.migrations import migrate
from opendimona.register.notices.outbox import LEAP
from opendimona.register.places import programs

# Tables that a register without a single declaration, employer, worker or client may have rows in.
HOUSEKEEPING = frozenset({"schema_version", "access_state", "repertory_version", "notice_head"})
_SERVICE = "opendimona"
_SIGNATURE = b"PGDMP"  # of PostgreSQL's custom archive format

Announce = Callable[[str], None]


class BackupError(Exception):
    """A backup or restore that was not done; nothing has changed, and the text is for the operator."""


def backup(source: Source, file: Path, announce: Announce = print) -> int:
    """Write the register in a data folder (Path) or behind a database URL (str) to a file; returns its size in bytes.

    The file appears, readable by its owner alone, when it is whole and durable; one of that name is replaced.
    Raises BackupError and DataFolderError.
    """
    file = file.absolute()
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with opened(source, "backup", announce) as dsn, service_file(dsn) as environment:
            _dump(draft, environment, announce)
        draft.rename(file)
        sync_folder(file.parent)
    except OSError as error:
        raise BackupError(f"cannot write {file}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return file.stat().st_size


def restore(source: Source, file: Path, announce: Announce = print) -> None:
    """Fill an empty register from a backup, wholly or not at all, and bring its schema up to date.

    `source`: a data folder (Path), made if need be and used by no server, or a database URL (str). Raises BackupError
    when something is in the register, or the file is no backup; DataFolderError.
    """
    _check_is_backup(file)
    with opened(source, "restore", announce, may_create=True, may_share=False) as dsn:
        filled = _filled_tables(dsn)
        if filled:
            raise BackupError(
                f"this register is not empty ({', '.join(filled)}): restore into a new data folder "
                "or an empty database."
            )
        _make_bare(dsn, is_ours=isinstance(source, Path))
        with service_file(dsn) as environment:
            _fill(file.absolute(), environment, announce)
        for name in migrate(dsn):
            announce(f"Schema: {name}")
        with psycopg.connect(dsn) as connection:
            connection.execute(LEAP)


def _check_is_backup(file: Path) -> None:
    try:
        with file.open("rb") as opening:
            is_backup = opening.read(len(_SIGNATURE)) == _SIGNATURE
    except OSError as error:
        raise BackupError(f"cannot read {file}: {error.strerror}") from None
    if not is_backup:
        raise BackupError(f"{file} is no backup of a register")


def _tables(connection: psycopg.Connection[TupleRow]) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT schemaname, relname FROM pg_stat_user_tables ORDER BY schemaname, relname")
    return [(schema, name) for schema, name in rows.fetchall()]


def _filled_tables(dsn: str) -> list[str]:
    """The tables that hold something of somebody."""
    filled = []
    with psycopg.connect(dsn) as connection:
        for schema, name in _tables(connection):
            query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(schema, name))
            row = connection.execute(query).fetchone()
            if name not in HOUSEKEEPING and row is not None and row[0]:
                filled.append(name)
    return filled


def _make_bare(dsn: str, *, is_ours: bool) -> None:
    """Let the tables without rows, which a server has made, give way to those of the backup."""
    with psycopg.connect(dsn) as connection:
        if not _tables(connection):
            return
    if not is_ours:
        raise BackupError("this database has tables already: restore into a database without any.")
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _dump(draft: Path, environment: dict[str, str], announce: Announce) -> None:
    command = [
        str(programs() / "pg_dump"),
        "--verbose",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={draft}",
    ]
    complaints = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        for line in process.stderr or ():
            if "dumping contents of table" in line:
                announce("  " + line.rsplit(" ", 1)[-1].strip().strip('"').removeprefix("public."))
            elif "error" in line:
                complaints.append(line.strip())
    _check("pg_dump", process.returncode, complaints)


def _fill(file: Path, environment: dict[str, str], announce: Announce) -> None:
    """Have pg_restore write statements, and psql execute them in one transaction.

    pg_restore could do both, but sets a parameter that servers before PostgreSQL 17 do not know.
    """
    reading = [str(programs() / "pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    writing = [
        str(programs() / "psql"),
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--file=-",
    ]
    with (
        tempfile.TemporaryFile("w+") as said,
        tempfile.TemporaryFile("w+") as answered,
        subprocess.Popen(
            reading, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as reader,
        subprocess.Popen(
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=answered, env=environment
        ) as writer,
    ):
        try:
            with suppress(BrokenPipeError):
                _pass_on(cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin), announce)
                if reader.wait() != 0:  # the end of the statements would mean commit
                    writer.kill()
                cast(IO[bytes], writer.stdin).close()
        except BaseException:
            writer.kill()
            raise
        writer.wait()
        if writer.returncode > 0:
            reader.kill()
            _check("psql", writer.returncode, _complaints(answered))
        _check("pg_restore", reader.wait(), _complaints(said))
        _check("psql", writer.returncode, _complaints(answered))


def _pass_on(statements: IO[bytes], receiver: IO[bytes], announce: Announce) -> None:
    is_data = False
    for line in statements:
        if is_data:
            is_data = line != b"\\.\n"
        elif line.startswith(b"COPY "):
            is_data = True
            announce("  " + line.split()[1].decode().removeprefix("public."))
        elif line == b"SET transaction_timeout = 0;\n":
            continue
        receiver.write(line)


def _complaints(file: IO[str]) -> list[str]:
    """The errors alone: what PostgreSQL says beside them may show the data."""
    file.seek(0)
    return [line.strip() for line in file if "ERROR:" in line or "FATAL:" in line or "error:" in line]


def _check(program: str, code: int, complaints: list[str]) -> None:
    if code != 0:
        raise BackupError(f"{program} failed: " + ("; ".join(complaints[:3]) or f"code {code}"))


@contextmanager
def service_file(dsn: str) -> Iterator[dict[str, str]]:
    """An environment that names a private file with the connection's parameters, for programs that libpq serves."""
    parameters = conninfo_to_dict(dsn)
    with tempfile.TemporaryDirectory(prefix="opendimona-") as folder:
        path = Path(folder, "service")
        path.touch(mode=0o600)
        path.write_text("\n".join([f"[{_SERVICE}]", *(f"{key}={value}" for key, value in parameters.items())]) + "\n")
        yield os.environ | {"PGSERVICEFILE": str(path), "PGSERVICE": _SERVICE}
