"""`opendimona insurability`: a payroll extract compared with the register, from the command line."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from opendimona.cli.bodies import opened_file
from opendimona.cli.failures import REFUSED, UNREACHABLE, UNUSABLE, Failure
from opendimona.cli.options import DataOption, settings_for
from opendimona.cli.output import Format, say, write, write_rows
from opendimona.cli.session import database
from opendimona.cli.teaching import add_command
from opendimona.register.local import LocalRegister

if TYPE_CHECKING:
    from opendimona.portal.insurability.models import Run

FileArgument = Annotated[str, typer.Argument(metavar="[FILE]", help="The extract, CSV; - is standard input.")]
AgainOption = Annotated[
    int | None, typer.Option("--again", metavar="RUN", help="Instead of a file: repeat the run of this number.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="A table for people, JSON or CSV for programs.")]
Watch = Callable[["Run"], None]
SIZE_MAX = 64 << 20
"""Bytes; a longer file is read so far, and refused."""
SHOWN = 20
"""Refused lines that are named; the portal shows more."""
COLUMNS = ("gap", "cases", "persons", "days", "means")


def insurability(
    file: FileArgument = "", again: AgainOption = None, data: DataOption = None, shape: FormatOption = "table"
) -> None:
    """Compare a payroll extract with the accepted periods, and count the gaps G1 to G8.

    The schools and employers that the extract names are those of the portal. The run
    gets a number; the portal shows its gaps one by one. With --again the same lines
    are compared with what the register knew at the same moment: the same comes out.

    Examples:
      opendimona insurability payroll-2026-11.csv
      opendimona insurability --again 12 --format json

    The format of the file is described in docs/payroll-extract.md.

    Exit code 1: somebody who is paid is not insured as they should be (G1, G2, G3, G5
    or G6); code 2: the file cannot be read. Lines that cannot be taken are named, by
    their number, and do not stop the others.
    """
    if bool(file) == (again is not None):
        raise Failure("give a file, or a run with --again")
    content = b"" if again is not None else _content(file)
    with database(data, "insurability") as dsn:
        from opendimona.portal.site.start import prepare  # noqa: PLC0415  Django takes half a second to load

        prepare(settings_for(), dsn)
        code = asyncio.run(_work(dsn, content, again, shape))
    if code:
        raise typer.Exit(code)


def _content(path: str) -> bytes:
    with opened_file(path) as source:
        return source.read(SIZE_MAX + 1)


async def _work(dsn: str, content: bytes, again: int | None, shape: Format) -> int:
    """Do the run in a thread, while the register lives in this loop; returns the exit code."""
    from opendimona.portal.site.start import with_closed_connection  # noqa: PLC0415
    from opendimona.portal.site.street import STREET  # noqa: PLC0415

    register = await LocalRegister.open(dsn, lanes=1, connections=1)
    STREET.open(register, asyncio.get_running_loop())
    codes: list[int] = []
    try:
        await asyncio.to_thread(with_closed_connection, lambda: codes.append(_run(content, again, shape)))
    finally:
        STREET.close()
        await register.close()
    return codes[0]


def _run(content: bytes, again: int | None, shape: Format) -> int:
    from opendimona.portal.insurability import runs  # noqa: PLC0415
    from opendimona.portal.insurability.models import Run, RunState  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=100)

        def watch(run: Run) -> None:
            progress.update(task, completed=run.progress, description=run.state)

        try:
            if again is None:
                run = runs.begin(content, None)
                runs.execute(run, content, watch)
            else:
                first = Run.objects.filter(pk=again, state=RunState.DONE).first()
                if first is None:
                    raise Failure(f"there is no completed run {again}")
                run = runs.repeat(first, None, watch)
        except runs.Busy:
            raise Failure("another run is under way: try again when it has ended", UNREACHABLE) from None
    return _tell(run, shape)


def _tell(run: "Run", shape: Format) -> int:
    """Write what was found; returns the exit code. Raises Failure for a run that could not be done."""
    from django.utils import translation  # noqa: PLC0415

    from opendimona.portal.insurability import figures, wording  # noqa: PLC0415
    from opendimona.portal.insurability.models import RunState  # noqa: PLC0415

    with translation.override("en"):
        for bad in run.refused.order_by("line", "pk")[:SHOWN]:
            say(f"line {bad.line}: {bad.column + ': ' if bad.column else ''}{wording.REASONS[bad.reason]}")
        if run.bad_lines > SHOWN:
            say(f"and {run.bad_lines - SHOWN} other lines that could not be taken")
        if run.state == RunState.FAILED:
            code = UNREACHABLE if run.failure in ("register", "database") else UNUSABLE
            raise Failure(str(wording.FAILURES[run.failure]), code)
        counts = figures.count_kinds(run)
        rows = [
            {"gap": one.kind, "cases": one.cases, "persons": one.people, "days": one.days, "means": str(one.label)}
            for one in counts
        ]
        write_rows(rows, COLUMNS, shape, documents=rows)
    whole = figures.community(run)
    if shape == "table":
        write(f"Run {run.pk}: {run.lines} lines, {run.bad_lines} of them not taken.")
        write(f"Coverage: {whole.covered_days} of {whole.paid_days} paid days, {figures.percent(whole)} %.")
    return REFUSED if any(one.is_serious and one.cases for one in counts) else 0


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, insurability)
