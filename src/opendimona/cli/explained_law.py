"""Rows of the law's tables explained: what they say, from when until when, where from, and whether confirmed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from opendimona.cli.answers import wrap
from opendimona.law.catalogue import Language
from opendimona.law.rows import ShownRow, Table

NAMES = ("name_fr", "name_nl")
NAMED = 16
"""Columns that the name of a column takes."""
WORDS: dict[Language, dict[str, str]] = {
    "fr": {"force": "en vigueur", "from": "depuis le", "to": "jusqu'au", "always": "sans limite", "source": "source",
           "confirmed": "confirmé", "yes": "oui", "no": "non", "note": "note"},
    "nl": {"force": "van kracht", "from": "vanaf", "to": "tot en met", "always": "onbeperkt", "source": "bron",
           "confirmed": "bevestigd", "yes": "ja", "no": "neen", "note": "noot"},
    "de": {"force": "in Kraft", "from": "ab", "to": "bis", "always": "unbegrenzt", "source": "Quelle",
           "confirmed": "bestätigt", "yes": "ja", "no": "nein", "note": "Anmerkung"},
    "en": {"force": "in force", "from": "from", "to": "until", "always": "without limit", "source": "source",
           "confirmed": "confirmed", "yes": "yes", "no": "no", "note": "note"},
}  # fmt: skip


def explain_table(table: Table, language: Language) -> list[str]:
    """A table: what it is about, then each of its rows."""
    lines = [line for part in table.preface for line in (*wrap(part), "")]
    return [table.name, "", *lines, *explain_rows(table.rows, language)]


def explain_rows(rows: Sequence[ShownRow], language: Language) -> list[str]:
    """Rows one under the other, in lines that fit the terminal."""
    return [line for row in rows for line in ("", *_explain_row(row, language))][1:]


def _explain_row(row: ShownRow, language: Language) -> list[str]:
    words = WORDS[language]
    names = " / ".join(str(row.says[name]) for name in NAMES if name in row.says)
    head = f"{row.table}  {row.says.get('code', '')}".rstrip()
    columns = [(name, _plain(value, language)) for name, value in row.says.items() if name not in (*NAMES, "code")]
    columns += [
        (words["force"], _validity(row.valid_from, row.valid_to, words)),
        (words["source"], row.source),
        (words["confirmed"], words["yes" if row.is_confirmed else "no"]),
    ]
    if row.note is not None:
        columns.append((words["note"], row.note))
    return [*wrap(f"{head}  {names}".rstrip()), *(line for name, text in columns for line in _column(name, text))]


def _column(name: str, text: str) -> Iterable[str]:
    return wrap(f"{name:<{NAMED}}  {text}", "  ", " " * (NAMED + 2))


def _plain(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return WORDS[language]["yes" if value else "no"]
    if isinstance(value, dict):
        return " ".join(str(value.get(language, value)).split())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _validity(since: date | None, until: date | None, words: dict[str, str]) -> str:
    parts = [f"{words[name]} {day}" for name, day in (("from", since), ("to", until)) if day is not None]
    return " ".join(parts) or words["always"]


def row_document(row: ShownRow) -> dict[str, Any]:
    """A row as an object: `says` holds the table's own columns under their names there."""
    document: dict[str, Any] = {"table": row.table, "says": msgspec.to_builtins(row.says)}
    for name, day in (("validFrom", row.valid_from), ("validTo", row.valid_to)):
        if day is not None:
            document[name] = day.isoformat()
    document |= {"source": row.source, "confirmed": row.is_confirmed}
    return document | {"note": row.note} if row.note is not None else document
