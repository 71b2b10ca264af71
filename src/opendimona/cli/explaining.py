"""`opendimona explain`: what an anomaly code means and what to do about it, and what the tables say of a word."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from opendimona.cli.explained_anomaly import brief_document, checks_of, explain_anomaly, whole_document
from opendimona.cli.explained_law import explain_rows, explain_table, row_document
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import LanguageOption, language_of
from opendimona.cli.output import write, write_json, write_rows
from opendimona.cli.teaching import add_command
from opendimona.law.catalogue import Language, UnknownCode, load_catalogue
from opendimona.law.rows import ShownRow, Table, find_rows, find_table, load_tables

Shape = Literal["text", "json"]
COLUMNS = ("code", "severity", "label", "checks")


def explain(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD...", help="A code, a worker type, a joint committee or a table of law."),
    ] = None,
    lang: LanguageOption = None,
    shape: Annotated[Shape, typer.Option("--format", help="Text for people, or JSON in all languages.")] = "text",
    every: Annotated[bool, typer.Option("--all", help="All codes of the catalogue.")] = False,
) -> None:
    """Explain an anomaly, or show what the tables of law say of a word.

    An anomaly code: what happened, what to do, which check raises it, which cases
    show it, and the source:
      opendimona explain 90373-333
      opendimona explain 00913-356 --lang en
      opendimona explain --all --format json

    A worker type, a joint committee, or a word that a table uses: its rows, with
    their dates, source, and whether anybody confirmed them:
      opendimona explain STU
      opendimona explain 302

    A table, whole or for one word; its name may be shortened:
      opendimona explain deadlines
      opendimona explain deadline EXT

    Labels in French and Dutch are the official ones; those in German and English are
    ours. Exit code 1: nothing is known of that word.
    """
    language = language_of(lang)
    if every == bool(words):
        raise Failure("explain takes one WORD (a code, a worker type, a joint committee, a table), or --all")
    if words:
        _explain_words([word.strip() for word in words], language, shape)
    else:
        _explain_all(language, shape)


def _explain_all(language: Language, shape: Shape) -> None:
    entries = list(load_catalogue().values())
    rows = (
        {
            "code": entry.code,
            "severity": entry.severity,
            "label": entry.title(language),
            "checks": ", ".join(check.name for check in checks_of(entry.code)) or "–",
        }
        for entry in entries
    )
    write_rows(rows, COLUMNS, "json" if shape == "json" else "table", documents=map(brief_document, entries))


def _explain_words(words: Sequence[str], language: Language, shape: Shape) -> None:
    catalogue = load_catalogue()
    entry = catalogue.get(words[0]) if len(words) == 1 else None
    if entry is not None:
        _show(whole_document(entry), explain_anomaly(entry, language), shape)
        return
    table = find_table(" ".join(words))
    rows = table.rows if table is not None else _rows_about(words)
    lines = explain_table(table, language) if table is not None else explain_rows(rows, language)
    _show([row_document(row) for row in rows], lines, shape)


def _rows_about(words: Sequence[str]) -> tuple[ShownRow, ...]:
    """The rows about one word, or about the last of several in the table that the others name. Raises Failure."""
    *before, word = words
    table: Table | None = find_table(" ".join(before)) if before else None
    rows = find_rows(word, table) if table is not None or not before else ()
    if not rows:
        raise Failure(_advice(words), REFUSED)
    return rows


def _advice(words: Sequence[str]) -> str:
    """What to say of words that nothing is known of."""
    text = " ".join(words)
    if text[:1].isdigit() and "-" in text:
        try:
            load_catalogue()[text]
        except UnknownCode as error:
            return str(error)
    return (
        f"Nothing is known of {text!r}: neither an anomaly code (such as 90373-333), nor a word of the tables of law "
        f"(such as STU or 302), nor a table: {', '.join(load_tables())}."
    )


def _show(document: object, lines: Sequence[str], shape: Shape) -> None:
    if shape == "json":
        write_json(document)
    else:
        write("\n".join(lines))


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, explain)
