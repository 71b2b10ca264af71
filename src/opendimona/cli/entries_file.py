"""Employers, workers and periods out of a JSON Lines or CSV file, one at a time, each with the line it stands on."""

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from opendimona.cli.bodies import BODY_MAX, lines_of
from opendimona.cli.failures import Failure
from opendimona.register.entries import EmployerEntry, PeriodEntry, WorkerEntry

Entry = TypeVar("Entry", EmployerEntry, WorkerEntry, PeriodEntry)
Shape = Literal["jsonl", "csv"]
ENTRIES: dict[str, type[Any]] = {"employers": EmployerEntry, "workers": WorkerEntry, "periods": PeriodEntry}
LISTS = ("subEntities", "flags")
TRUTHS = ("flexiEligible", "pensioner", "late", "locked", "cancelled")
NUMBERS = (
    "periodId", "plannedHoursNumber", "plannedDaysNumber", "employer.employerId",
    "features.usingEmployer.address.country",
)  # fmt: skip
IGNORED = ("href", "worker.familyName", "worker.givenName", "worker.birthDate", "worker.gender")
"""Columns that a search shows and that a load leaves alone: a period's worker is known by the SSIN."""
YES, NO = ("true", "1", "yes", "oui", "ja"), ("false", "0", "no", "non", "nein", "nee", "neen")


class Placed(Struct, Generic[Entry], frozen=True):
    """An entry and its line in the file, from 1."""

    line: int
    entry: Entry


def read_entries(file: BinaryIO, path: str, kind: str, shape: Shape) -> Iterator[Placed[Any]]:
    """The entries of a file. Raises Failure, which names the line, and never a value of it."""
    return _from_csv(file, path, ENTRIES[kind]) if shape == "csv" else _from_jsonl(file, path, ENTRIES[kind])


def _from_jsonl(file: BinaryIO, path: str, kind: type[Entry]) -> Iterator[Placed[Entry]]:
    decoder = msgspec.json.Decoder(kind)
    for line, text in lines_of(file, path):
        try:
            yield Placed(line, decoder.decode(text))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Failure(f"{path}, line {line}: {_reason(error)}") from None


def _from_csv(file: BinaryIO, path: str, kind: type[Entry]) -> Iterator[Placed[Entry]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        lines = bounded(text, path)
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)
        names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        if not any(names):
            raise Failure(f"{path}: the first line must name the columns")
        for cells in rows:
            if any(cells):
                yield Placed(rows.line_num + 1, _entry(names, cells, kind, f"{path}, line {rows.line_num + 1}"))
    except UnicodeDecodeError:
        raise Failure(f"{path}: not in UTF-8") from None
    except csv.Error as error:
        raise Failure(f"{path}: {error}") from None
    finally:
        text.detach()


def bounded(text: io.TextIOWrapper, path: str) -> Iterator[str]:
    """The lines of a text. Raises Failure for one that is too long."""
    place = 0
    while line := text.readline(BODY_MAX + 2):
        place += 1
        if len(line) > BODY_MAX:
            raise Failure(f"{path}, line {place}: longer than {BODY_MAX} characters")
        yield line


def _entry(names: list[str], cells: list[str], kind: type[Entry], where: str) -> Entry:
    if len(cells) > len(names):
        raise Failure(f"{where}: {len(cells)} cells, and only {len(names)} columns")
    members: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if cell.strip() and name and name not in IGNORED:
            _put(members, name, _value(name, cell.strip(), where), where)
    try:
        return msgspec.convert(members, kind)
    except msgspec.ValidationError as error:
        raise Failure(f"{where}: {_reason(error)}") from None


def _put(members: dict[str, Any], path: str, value: object, where: str) -> None:
    """Set a member of an inner object by its path (`worker.ssin`)."""
    *parents, name = path.split(".")
    for parent in parents:
        members = members.setdefault(parent, {})
        if not isinstance(members, dict):
            raise Failure(f"{where}: the columns {parent} and {path} exclude each other")
    members[name] = value


def _value(name: str, cell: str, where: str) -> object:
    if name in TRUTHS:
        if cell.lower() not in YES + NO:
            raise Failure(f"{where}: {name} is true or false")
        return cell.lower() in YES
    if name in NUMBERS:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 18):
            raise Failure(f"{where}: {name} is a number")
        return int(cell)
    if name in LISTS:
        return [part.strip() for part in cell.split("|") if part.strip()]
    return cell


def _reason(error: Exception) -> str:
    """What msgspec found, which names members and types; of anything else only its kind."""
    return str(error) if isinstance(error, msgspec.DecodeError) else "not a JSON object in UTF-8"
