"""The rows of the law's tables as they are written, to be shown to people beside their source."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from msgspec import Struct

CARRIED = ("valid_from", "valid_to", "source", "confirmed", "note")
"""What every row of law carries; the rest is what it says."""
SHORTEST = 4
"""Letters that a name of a table may be shortened to."""


class ShownRow(Struct, frozen=True, kw_only=True):
    """One row of a table of law. `says` is what the table's own columns hold; dates are days, both inclusive."""

    table: str
    says: dict[str, Any]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    is_confirmed: bool = True
    note: str | None = None

    def distance(self, word: str) -> int | None:
        """How far the row is from a word: 0 its code, 1 one of its columns, 2 an item of a list; None: unrelated."""
        if _is(self.says.get("code"), word):
            return 0
        if any(_is(value, word) for value in self.says.values()):
            return 1
        lists = (value for value in self.says.values() if isinstance(value, list))
        return 2 if any(_is(item, word) for items in lists for item in items) else None


def _is(value: object, word: str) -> bool:
    return isinstance(value, str) and value.casefold() == word


class Table(Struct, frozen=True):
    """One table of law: its name, the paragraphs that it opens with, and its rows in the order in which they stand."""

    name: str
    preface: tuple[str, ...]
    rows: tuple[ShownRow, ...]


def _table(name: str, text: str) -> Table:
    lines = text.splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    preface = "\n".join(line.lstrip("#").strip() for line in lines[:length])
    rows = tuple(_row(name, row) for row in tomllib.loads(text).get("row", ()))
    return Table(name, tuple(" ".join(part.split()) for part in preface.strip().split("\n\n")), rows)


def _row(table: str, row: dict[str, Any]) -> ShownRow:
    note = row.get("note")
    return ShownRow(
        table=table,
        says={name: value for name, value in row.items() if name not in CARRIED},
        source=" ".join(row.get("source", "").split()),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        is_confirmed=row.get("confirmed", True),
        note=" ".join(note.split()) if note is not None else None,
    )


@cache
def load_tables() -> Mapping[str, Table]:
    """Every table of law of this program by name, the catalogue's own apart. Raises tomllib.TOMLDecodeError."""
    found = sorted(files("opendimona.law").joinpath("tables").iterdir(), key=lambda file: file.name)
    names = {file.name.removesuffix(".toml"): file for file in found if file.name.endswith(".toml")}
    ours = {name: file for name, file in names.items() if not name.startswith("anomal") and name != "unreachable"}
    return MappingProxyType({name: _table(name, file.read_text("utf-8")) for name, file in ours.items()})


def find_table(name: str) -> Table | None:
    """The table with this name: `worker_types`, `worker-types` and `worker-type` are one; None when there is none."""
    wanted = name.casefold().replace("-", "_").replace(" ", "_")
    tables = load_tables()
    if wanted in tables:
        return tables[wanted]
    longer = [table for table in tables.values() if len(wanted) >= SHORTEST and table.name.startswith(wanted)]
    return longer[0] if len(longer) == 1 else None


def find_rows(word: str, table: Table | None = None) -> tuple[ShownRow, ...]:
    """The rows about a word, nearest first; of one table, or of all."""
    tables = load_tables().values() if table is None else (table,)
    found = [(row.distance(word.casefold()), row) for each in tables for row in each.rows]
    related = [(distance, row) for distance, row in found if distance is not None]
    return tuple(row for _, row in sorted(related, key=itemgetter(0)))
