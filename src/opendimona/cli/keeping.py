"""`opendimona verify`, `backup`, `restore`, `follow`, `recover`: is it sound, copies of it, and registers from them."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import DataOption, source_of
from opendimona.cli.output import say, write
from opendimona.cli.session import database
from opendimona.cli.teaching import add_command
from opendimona.portal.audit.proof import is_seal
from opendimona.portal.audit.proof import problems as broken_audit
from opendimona.register import backup as copies
from opendimona.register import following
from opendimona.register.verify import LIMIT
from opendimona.register.verify import verify as find_problems

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.")]


def verify(
    seal: Annotated[
        list[str] | None,
        typer.Option(metavar="SEAL", help="A seal noted earlier, which must still hold; again for more."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Prove that the register is sound, without changing anything; a server may run.

    Every declaration stands in its worker's chain of digests, every version of a
    period follows from one declaration, and no periods overlap where that is
    forbidden; the portal's book of who did what has no gap and no change.

    The last line is the seal of that book. Note it where those who run the database
    cannot change it: with --seal, a later proof shows that nothing up to it was cut
    off or written anew.

    Examples:
      opendimona verify --data /srv/dimona
      opendimona verify --data /srv/dimona --seal 812-0123456789abcdef0123456789abcdef

    Exit code 1: something is wrong; each problem is named, at most a thousand.
    """
    for one in seal or ():
        if not is_seal(one):
            raise Failure(f"{one[:60]} is no seal: give the last line of an earlier proof")
    with database(data, "verify") as dsn:
        problems = find_problems(dsn)
        broken, last = broken_audit(dsn, LIMIT - len(problems), seal or ())
        problems += broken
    for problem in problems:
        write(problem)
    if problems:
        more = " (there may be more)" if len(problems) == LIMIT else ""
        say(f"{len(problems)} problems found{more}. Keep this register as it is, and restore a backup beside it.")
        raise typer.Exit(REFUSED)
    write("The register is sound.")
    if last is not None:
        write(f"Seal of the audit: {last}")


def backup(file: FileArgument, data: DataOption = None) -> None:
    """Copy the whole register into one file; a server may run.

    The copy is the register as it was at one moment. The file appears when it is
    whole, readable by you alone; it holds personal data.

    Example:
      opendimona backup --data /srv/dimona register.backup
    """
    size = copies.backup(source_of(data), file, say)
    write(f"{file}: {size} bytes")


def restore(file: FileArgument, data: DataOption = None) -> None:
    """Make a register from a backup, wholly or not at all.

    The folder given by --data must be new, empty, or hold a register with nothing in
    it, and no server may run on it. The schema is brought up to date.

    Example:
      opendimona restore --data /srv/new register.backup
      opendimona verify --data /srv/new
    """
    copies.restore(source_of(data), file, say)
    write("Restored.")


def follow(
    copy: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the copy stands, on another disk.")],
    data: DataOption = None,
) -> None:
    """Keep a second copy that follows the running register within seconds.

    Runs until Ctrl-C or SIGTERM; started again, it goes on where it stopped. Let the
    system start it with the server. The copy holds personal data.

    Examples:
      opendimona follow --data /srv/dimona /backup/dimona
      opendimona recover --data /srv/new /backup/dimona
    """
    source = source_of(data)
    if not isinstance(source, Path):
        raise Failure("a database of your own is followed by a standby or a WAL archive of its own: see its manual")
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    following.follow(source, copy, say, over.is_set)


def recover(
    copy: Annotated[Path, typer.Argument(metavar="FOLDER", help="The copy that followed.")],
    data: DataOption = None,
) -> None:
    """Make a register from a copy that followed another, up to the last it fetched.

    The folder given by --data must be new or empty.

    Example:
      opendimona recover --data /srv/new /backup/dimona
      opendimona verify --data /srv/new
    """
    source = source_of(data)
    if not isinstance(source, Path):
        raise Failure("a copy becomes a data folder: leave OPENDIMONA_DATABASE_URL out and give --data")
    following.recover(copy, source, say)
    write("Recovered.")


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    add_command(app, verify)
    add_command(app, backup)
    add_command(app, restore)
    add_command(app, follow)
    add_command(app, recover)
