"""Persons out of a CSV file, by the million: the columns are understood once, the cells of a line in one go."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, BinaryIO

from msgspec.structs import fields

from opendimona.cli.entries_file import NO, YES, Placed, Shape, bounded, read_entries
from opendimona.cli.failures import Failure
from opendimona.register.entries import WorkerEntry

MEMBERS = [field.encode_name for field in fields(WorkerEntry)]
DIGITS_MAX = 6
day_of = lru_cache(maxsize=1 << 17)(date.fromisoformat)
"""Birth dates come again and again."""


def read_persons(file: BinaryIO, path: str, shape: Shape) -> Iterator[Placed[WorkerEntry]]:
    """The persons of a file. Raises Failure, which names the line, and never a value of it."""
    return _from_csv(file, path) if shape == "csv" else read_entries(file, path, "workers", shape)


def _truth(cell: str) -> bool:
    if cell.lower() not in YES + NO:
        raise ValueError("is true or false")
    return cell.lower() in YES


def _day(cell: str) -> date:
    try:
        return day_of(cell)
    except ValueError:
        raise ValueError("is a day such as 1978-07-07") from None


def _country(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= DIGITS_MAX):
        raise ValueError("is a number")
    return int(cell)


CONVERT: dict[str, Callable[[str], Any]] = {
    "birthDate": _day, "flexiEligible": _truth, "pensioner": _truth, "countryOfBirth": _country,
    "nationality": _country,
}  # fmt: skip


def _from_csv(file: BinaryIO, path: str) -> Iterator[Placed[WorkerEntry]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        lines = bounded(text, path)
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)
        names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
        if not any(names):
            raise Failure(f"{path}: the first line must name the columns")
        plan = _plan(names, path)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        for cells in rows:
            if any(cells):
                yield Placed(rows.line_num + 1, _entry(plan, names, cells, f"{path}, line {rows.line_num + 1}"))
    except UnicodeDecodeError:
        raise Failure(f"{path}: not in UTF-8") from None
    except csv.Error as error:
        raise Failure(f"{path}: {error}") from None
    finally:
        text.detach()


Column = tuple[int, int, Callable[[str], Any] | None]


def _plan(names: list[str], path: str) -> list[Column]:
    """For each column: its place in a line, that of its member, and how its cells are read."""
    unknown = [name for name in names if name and name not in MEMBERS]
    if unknown:
        raise Failure(f"{path}, line 1: there is no member {unknown[0]!r}; there are {', '.join(MEMBERS)}")
    if "ssin" not in names:
        raise Failure(f"{path}, line 1: the column ssin is missing")
    return [(place, MEMBERS.index(name), CONVERT.get(name)) for place, name in enumerate(names) if name]


def _entry(plan: list[Column], names: list[str], cells: list[str], where: str) -> WorkerEntry:
    if len(cells) > len(names):
        raise Failure(f"{where}: {len(cells)} cells, and only {len(names)} columns")
    values: list[Any] = [None] * len(MEMBERS)
    for place, member, convert in plan[: len(cells)]:
        cell = cells[place].strip()
        if cell and convert is None:
            values[member] = cell
        elif cell and convert is not None:
            try:
                values[member] = convert(cell)
            except ValueError as error:
                raise Failure(f"{where}: {MEMBERS[member]} {error}") from None
    if values[0] is None:
        raise Failure(f"{where}: the ssin is missing")
    return WorkerEntry(*values)
