"""`opendimona explain`: what an anomaly code means and what to do about it."""

from typing import Annotated, Any, Literal

import typer

from opendimona.cli.answers import wrap
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import LanguageOption, language_of
from opendimona.cli.output import write, write_json, write_rows
from opendimona.cli.teaching import add_command
from opendimona.law.catalogue import AnomalyEntry, Language, UnknownCode, load_catalogue

SEVERITIES: dict[Language, dict[str, str]] = {
    "fr": {"B": "bloquante : la déclaration est refusée", "NP": "avertissement : la déclaration est acceptée"},
    "nl": {"B": "blokkerend: de aangifte wordt geweigerd", "NP": "waarschuwing: de aangifte wordt aanvaard"},
    "de": {"B": "blockierend: die Meldung wird abgelehnt", "NP": "Warnung: die Meldung wird angenommen"},
    "en": {"B": "blocking: the declaration is refused", "NP": "warning: the declaration is accepted"},
}


def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="An anomaly code, such as 90373-333.")] = None,
    lang: LanguageOption = None,
    shape: Annotated[
        Literal["text", "json"], typer.Option("--format", help="Text for people, or JSON in all languages.")
    ] = "text",
    every: Annotated[bool, typer.Option("--all", help="All codes of the catalogue.")] = False,
) -> None:
    """Explain an anomaly: what happened, and what to do.

    Examples:
      opendimona explain 90373-333
      opendimona explain 00913-356 --lang en
      opendimona explain --all --format json

    Labels in French and Dutch are the official ones; those in German and English are
    ours. Exit code 1: there is no such code.
    """
    catalogue = load_catalogue()
    language = language_of(lang)
    if every == (code is not None):
        raise Failure("explain takes one CODE, or --all")
    if every:
        entries = list(catalogue.values())
        rows = ({"code": entry.code, "severity": entry.severity, "label": entry.title(language)} for entry in entries)
        documents = map(_document, entries)
        write_rows(rows, ("code", "severity", "label"), "json" if shape == "json" else "table", documents=documents)
        return
    try:
        entry = catalogue[str(code).strip()]
    except UnknownCode as error:
        raise Failure(str(error), REFUSED) from None
    if shape == "json":
        write_json(_document(entry))
    else:
        write("\n".join(_explain(entry, language)))


def _explain(entry: AnomalyEntry, language: Language) -> list[str]:
    lines = [f"{entry.code}  {entry.title(language)}", f"({SEVERITIES[language][entry.severity]})", ""]
    lines += wrap(entry.remedy[language])
    if entry.pending_remedy is not None:
        lines += ["", *wrap(f"S: {entry.pending_remedy[language]}")]
    lines += ["", *wrap(entry.source)]
    return [*lines, *wrap(entry.note)] if entry.note is not None else lines


def _document(entry: AnomalyEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": entry.code,
        "severity": entry.severity,
        "zone": entry.zone,
        "element": entry.element,
        "zoneName": _texts(entry.zone_name),
        "label": _texts(entry.label),
        "remedy": _texts(entry.remedy),
        "source": entry.source,
        "references": [{"what": reference.what, "url": reference.url} for reference in entry.references],
        "confirmed": entry.is_confirmed,
        "ours": list(entry.ours),
        "blockingTypes": sorted(entry.blocking_types),
    }
    if entry.pending_remedy is not None:
        document["pendingRemedy"] = _texts(entry.pending_remedy)
    if entry.note is not None:
        document["note"] = entry.note
    for name, day in (("validFrom", entry.valid_from), ("validTo", entry.valid_to)):
        if day is not None:
            document[name] = day.isoformat()
    return document


def _texts(text: Any) -> dict[str, str]:
    return {language: text[language] for language in ("fr", "nl", "de", "en")}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, explain)
