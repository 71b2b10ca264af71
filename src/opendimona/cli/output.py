"""How commands speak: results on standard output, everything else on standard error."""

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Format = Literal["table", "json", "csv"]
Row = Mapping[str, Any]
WIDE = 200
"""Columns of a table that goes to a file or to another program."""


def say(text: str) -> None:
    """Tell the person at the terminal something beside the results."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the command line's voice


def complain(text: str) -> None:
    """Tell what went wrong."""
    say(f"opendimona: {text}")


def write(text: str) -> None:
    """Write a line of results."""
    print(text)  # noqa: T201 - the results of a command


def write_json(value: Any, *, is_line: bool = False) -> None:
    """Write one JSON value, on one line or indented."""
    write(json.dumps(value, ensure_ascii=False, indent=None if is_line else 2))


def clean(value: object) -> str:
    """A value as text without characters that would move the cursor or change the terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf") else sign for sign in str(value))


def write_rows(rows: Iterable[Row], columns: Sequence[str], shape: Format, *, documents: Iterable[Any] = ()) -> int:
    """Write rows as a table or CSV, or `documents` as a JSON array; returns how many. Values never become markup."""
    if shape == "json":
        return _write_array(documents)
    if shape == "csv":
        return _write_csv(rows, columns)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(Text(column.rpartition(".")[2]), overflow="fold")
    count = 0
    for row in rows:
        table.add_row(*(Text(clean(row.get(column))) for column in columns))
        count += 1
    if count:
        console = Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=WIDE)
        console.print(table)
    return count


def _write_array(documents: Iterable[Any]) -> int:
    """A JSON array, written item by item, one a line."""
    count, before = 0, "["
    for document in documents:
        write(before if count == 0 else f"{before},")
        before = json.dumps(document, ensure_ascii=False)
        count += 1
    write(f"{before}\n]" if count else "[]")
    return count


def _write_csv(rows: Iterable[Row], columns: Sequence[str]) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
        count += 1
    return count


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The members of a JSON object, those of inner objects under their path (`worker.ssin`)."""
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
