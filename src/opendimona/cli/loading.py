"""`opendimona load`: employers, workers and periods from files."""

from collections.abc import Awaitable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from opendimona.cli.bodies import opened_file
from opendimona.cli.entries_file import Placed, Shape, read_entries
from opendimona.cli.failures import Failure
from opendimona.cli.loading_persons import BATCH as PERSONS_BATCH
from opendimona.cli.loading_persons import load_persons
from opendimona.cli.options import DataOption
from opendimona.cli.output import write
from opendimona.cli.session import with_register
from opendimona.cli.teaching import add_group
from opendimona.register.entries import InvalidEntry
from opendimona.register.local import LocalRegister

BATCH, BATCH_MAX = 1000, 100_000
HELP = """Load employers, workers and periods from files, as JSON Lines or CSV.

A file is taken batch by batch, in its order, each batch wholly or not at all. When a
line cannot be taken, the message names it and says what is loaded already: correct
the line and load the file from there, or as a whole where that does no harm
(employers and workers that are known are replaced; periods that overlap are not taken).

Examples:
  opendimona load employers employers.csv
  opendimona load workers workers.jsonl --batch 10000
  opendimona load periods --format csv - < periods.csv

CSV: the first line names the columns, by the names that JSON has; a member inside
another one is written with a dot (worker.ssin), lists are separated by a vertical
bar. Columns may be separated by commas, semicolons or tabs."""
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="The file; - is standard input.")]
FormatOption = Annotated[
    Shape | None, typer.Option("--format", help="How the file is written; by its extension when not given.")
]
BatchOption = Annotated[int, typer.Option(min=1, max=BATCH_MAX, help="How many are taken at a time.")]


def employers(
    file: FileArgument, data: DataOption = None, shape: FormatOption = None, batch: BatchOption = BATCH
) -> None:
    """Put employers in the repertory; one that is known by any of its numbers is replaced.

    A line of JSON:
      {"nssoRegistrationNumber": "175110801", "enterpriseNumber": "0471149091",
       "name": "..", "activeFrom": "2010-01-01", "kind": "private"}
    Other members: provisionalNssoNumber, activeTo, subEntities (list), flags (list of
    securedChannelOnly, notMigrated, dailyRegistration); kind is private, local or public.
    """
    _load("employers", file, data, shape, batch)


def workers(
    file: FileArgument, data: DataOption = None, shape: FormatOption = None, batch: BatchOption = PERSONS_BATCH
) -> None:
    """Put persons in the register of persons; one of the same SSIN is replaced.

    A file of millions is streamed; progress and the time left go to standard error. The
    indexes by which persons are searched are built at the end, and need no extension.

    A line of JSON:
      {"ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE",
       "birthDate": "1978-07-07"}
    Other members: gender, flexiEligible and pensioner (true or false), and to tell
    namesakes apart placeOfBirth, countryOfBirth and nationality (NIS codes), postCode.
    """
    load_persons(file, data, shape or _shape_of(file), batch)


def periods(
    file: FileArgument, data: DataOption = None, shape: FormatOption = None, batch: BatchOption = BATCH
) -> None:
    """Import periods of employers who are known. They are not judged, but may not overlap.

    A line of JSON:
      {"employer": {"employerId": 175110801}, "worker": {"ssin": "78070739119"},
       "startDate": "2024-01-02", "features": {"jointCommissionNumber": "XXX",
       "workerType": "OTH"}}
    Other members: periodId (a fresh number when not given), endDate, startHour,
    endHour, plannedHoursNumber, plannedDaysNumber, late, locked, cancelled,
    oldDimonaNumber (its number in the Dimona of before 3 May 2010, kept as a reference).
    """
    _load("periods", file, data, shape, batch)


def _load(kind: str, path: str, data: Path | None, shape: Shape | None, batch: int) -> None:
    with opened_file(path) as file:
        entries = read_entries(file, path, kind, shape or _shape_of(path))
        try:
            first = next(entries, None)  # a file that cannot be read starts no register
        except Failure as error:
            raise Failure(f"{error}. {_so_far(kind, 0, 0)}") from None
        if first is None:
            raise Failure(f"{path}: holds nothing to load")

        def everything() -> Iterator[Placed[Any]]:
            yield first
            yield from entries

        def take(register: LocalRegister) -> Awaitable[int]:
            return _take(register, kind, path, everything(), batch)

        count = with_register(data, "load", take, may_create=True)
    write(f"{count} {kind} loaded.")


def _shape_of(path: str) -> Shape:
    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix in (".jsonl", ".ndjson", ".json") or path == "-":
        return "jsonl"
    raise Failure(f"{path}: say how the file is written, --format jsonl or --format csv")


async def _take(register: LocalRegister, kind: str, path: str, entries: Iterator[Placed[Any]], batch: int) -> int:
    count, last = 0, 0
    while True:
        chunk: list[Placed[Any]] = []
        try:
            chunk += islice(entries, batch)
            if not chunk:
                return count
            await _put(register, kind, [placed.entry for placed in chunk])
        except InvalidEntry as error:
            wrong = f"{path}, line {chunk[error.index].line}: {error.member} {error.problem}"
            raise Failure(f"{wrong}. {_so_far(kind, count, last)}") from None
        except Failure as error:
            raise Failure(f"{error}. {_so_far(kind, count, last)}") from None
        count, last = count + len(chunk), chunk[-1].line


async def _put(register: LocalRegister, kind: str, entries: Sequence[Any]) -> None:
    if kind == "employers":
        await register.put_employers(entries)
    else:
        await register.import_periods(entries)


def _so_far(kind: str, count: int, last: int) -> str:
    return f"{count} {kind} are loaded, up to line {last}; nothing after it." if count else "Nothing is loaded."


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    add_group(app, "load", HELP, ("employers", employers), ("workers", workers), ("periods", periods))
