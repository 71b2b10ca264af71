"""`opendimona verify`, `backup` and `restore`: is the register sound, a copy of it, and a register from a copy."""

from pathlib import Path
from typing import Annotated

import typer

from opendimona.cli.failures import REFUSED
from opendimona.cli.options import DataOption, source_of
from opendimona.cli.output import say, write
from opendimona.cli.session import database
from opendimona.cli.teaching import add_command
from opendimona.portal.audit.proof import problems as broken_audit
from opendimona.register import backup as copies
from opendimona.register.verify import LIMIT
from opendimona.register.verify import verify as find_problems

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.")]


def verify(data: DataOption = None) -> None:
    """Prove that the register is sound, without changing anything; a server may run.

    Every declaration stands in its worker's chain of digests, every version of a
    period follows from one declaration, and no periods overlap where that is
    forbidden; the portal's book of who did what has no gap and no change. Nothing
    is printed but problems and the outcome.

    Example:
      opendimona verify --data /srv/dimona

    Exit code 1: something is wrong; each problem is named, at most a thousand.
    """
    with database(data, "verify") as dsn:
        problems = find_problems(dsn)
        problems += broken_audit(dsn, LIMIT - len(problems))
    for problem in problems:
        write(problem)
    if problems:
        more = " (there may be more)" if len(problems) == LIMIT else ""
        say(f"{len(problems)} problems found{more}. Keep this register as it is, and restore a backup beside it.")
        raise typer.Exit(REFUSED)
    write("The register is sound.")


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


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    add_command(app, verify)
    add_command(app, backup)
    add_command(app, restore)
