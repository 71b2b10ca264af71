"""Persons out of a file, by the million, as lines of COPY: a chunk of CSV is read column by column.

Most cells of a chunk say what another one said: each distinct one is understood once. A chunk in which anything is
unusual is read again line by line, which also says on which line what is wrong.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice, repeat
from typing import Any, BinaryIO

from msgspec import Struct
from msgspec.structs import fields

from opendimona.cli.entries_file import NO, YES, Placed, Shape, bounded, read_entries
from opendimona.cli.failures import Failure
from opendimona.core.identifiers import is_ssin
from opendimona.register.entries import InvalidEntry, WorkerEntry
from opendimona.register.persons import NULL, copy_line, text_of

MEMBERS = [field.encode_name for field in fields(WorkerEntry)]
DIGITS_MAX = 6
BLOCK = 5000
"""Lines of CSV that are read together: few enough to stay near the processor."""
Column = tuple[int, int, Callable[[str], Any] | None]
day_of = lru_cache(maxsize=1 << 17)(date.fromisoformat)
"""Birth dates come again and again."""


class Chunk(Struct, frozen=True):
    """Persons as lines of COPY in UTF-8, their count, and the line of the file on which the last of them stands."""

    lines: bytes
    count: int
    last: int


def read_persons(file: BinaryIO, path: str, shape: Shape, batch: int) -> Iterator[Chunk]:
    """The persons of a file, at most `batch` at a time. Raises Failure: it names the line, and never a value of it."""
    if shape == "csv":
        yield from _from_csv(file, path, batch)
        return
    entries = read_entries(file, path, "workers", shape)
    while chunk := list(islice(entries, batch)):
        yield _one_by_one(chunk, path)


def _one_by_one(chunk: list[Placed[WorkerEntry]], path: str) -> Chunk:
    try:
        lines = [copy_line(placed.entry, place) for place, placed in enumerate(chunk)]
    except InvalidEntry as error:
        raise Failure(f"{path}, line {chunk[error.index].line}: {error.member} {error.problem}") from None
    return Chunk("".join(lines).encode(), len(chunk), chunk[-1].line)


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


def _from_csv(file: BinaryIO, path: str, batch: int) -> Iterator[Chunk]:
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
        blocks = iter(lambda: [(rows.line_num + 1, cells) for cells in islice(rows, min(batch, BLOCK))], [])
        read = (chunk for block in blocks if (chunk := _block(plan, names, block, path)) is not None)
        while together := list(islice(read, -(-batch // BLOCK))):
            copied = b"".join([chunk.lines for chunk in together])
            yield Chunk(copied, sum(chunk.count for chunk in together), together[-1].last)
    except UnicodeDecodeError:
        raise Failure(f"{path}: not in UTF-8") from None
    except csv.Error as error:
        raise Failure(f"{path}: {error}") from None
    finally:
        text.detach()


def _block(plan: list[Column], names: list[str], block: list[tuple[int, list[str]]], path: str) -> Chunk | None:
    """A block of lines, each with its number in the file; None if all of them are empty. Raises Failure."""
    lines = _by_columns(plan, len(names), [cells for _, cells in block])
    if lines is not None:
        return Chunk(lines, len(block), block[-1][0])
    entries = [Placed(line, _entry(plan, names, cells, f"{path}, line {line}")) for line, cells in block if any(cells)]
    return _one_by_one(entries, path) if entries else None


def _plan(names: list[str], path: str) -> list[Column]:
    """For each column: its place in a line, that of its member, and how its cells are read."""
    unknown = [name for name in names if name and name not in MEMBERS]
    if unknown:
        raise Failure(f"{path}, line 1: there is no member {unknown[0]!r}; there are {', '.join(MEMBERS)}")
    if "ssin" not in names:
        raise Failure(f"{path}, line 1: the column ssin is missing")
    return [(place, MEMBERS.index(name), CONVERT.get(name)) for place, name in enumerate(names) if name]


def _by_columns(plan: list[Column], width: int, rows: list[list[str]]) -> bytes | None:
    """Lines of COPY; None if a line has more or fewer cells than there are columns, or a cell is not understood."""
    if len({member for _, member, _ in plan}) < len(plan):
        return None
    texts: list[Iterable[str]] = [repeat(_copied(member, "")) for member in MEMBERS[1:]]
    texts.insert(0, ())
    try:
        columns = list(zip(*rows, strict=True))
        if len(columns) != width:
            return None
        for place, member, _ in plan:
            if member == 0:
                texts[0] = _ssins(columns[place])
                continue
            known = {cell: _copied(MEMBERS[member], cell.strip()) for cell in set(columns[place])}
            texts[member] = map(known.__getitem__, columns[place])
    except (ValueError, InvalidEntry):
        return None
    return ("\n".join(map("\t".join, zip(*texts, strict=False))) + "\n").encode()


def _ssins(column: Sequence[str]) -> list[str]:
    """The SSINs of a column, no two of which are alike. Raises ValueError."""
    ssins = [cell.strip() for cell in column]
    if not all(map(is_ssin, ssins)):
        raise ValueError("is no SSIN with right check digits")
    return ssins


def _copied(member: str, cell: str) -> str:
    """A cell within a line of COPY, as `copy_line` writes it. Raises ValueError, InvalidEntry."""
    if member == "flexiEligible":
        return str(not cell or _truth(cell))
    if member == "pensioner":
        return str(bool(cell) and _truth(cell))
    convert = CONVERT.get(member)
    return NULL if not cell else text_of(cell, 0) if convert is None else str(convert(cell))


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
