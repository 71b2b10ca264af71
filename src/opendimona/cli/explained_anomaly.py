"""An anomaly code explained: in lines for people, and as the objects that programs read."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from opendimona.cases.index import cases_of
from opendimona.cli.answers import wrap
from opendimona.core.checks import CHECKS, Check
from opendimona.core.decide import ORDER
from opendimona.law.catalogue import LANGUAGES, AnomalyEntry, Language, Text, load_unreachable

INDENT = "  "
SEVERITIES: dict[Language, dict[str, str]] = {
    "fr": {"B": "bloquante : la déclaration est refusée", "NP": "avertissement : la déclaration est acceptée"},
    "nl": {"B": "blokkerend: de aangifte wordt geweigerd", "NP": "waarschuwing: de aangifte wordt aanvaard"},
    "de": {"B": "blockierend: die Meldung wird abgelehnt", "NP": "Warnung: die Meldung wird angenommen"},
    "en": {"B": "blocking: the declaration is refused", "NP": "warning: the declaration is accepted"},
}
WORDS: dict[Language, dict[str, str]] = {
    "fr": {"cause": "Cause", "advice": "Que faire", "pending": "En attente", "labels": "Désignations",
           "ours": "de nous", "blocks": "refuse pour", "checks": "Contrôles", "cases": "Cas", "source": "Source",
           "confirmed": "Confirmé", "yes": "oui", "no": "non", "unreachable": "Jamais donnée par ce programme"},
    "nl": {"cause": "Oorzaak", "advice": "Wat te doen", "pending": "In afwachting", "labels": "Benamingen",
           "ours": "van ons", "blocks": "weigert voor", "checks": "Controles", "cases": "Gevallen", "source": "Bron",
           "confirmed": "Bevestigd", "yes": "ja", "no": "neen", "unreachable": "Nooit gegeven door dit programma"},
    "de": {"cause": "Ursache", "advice": "Was tun", "pending": "Ausstehend", "labels": "Bezeichnungen",
           "ours": "von uns", "blocks": "lehnt ab für", "checks": "Prüfungen", "cases": "Fälle", "source": "Quelle",
           "confirmed": "Bestätigt", "yes": "ja", "no": "nein", "unreachable": "Von diesem Programm nie gegeben"},
    "en": {"cause": "Cause", "advice": "What to do", "pending": "Pending", "labels": "Labels", "ours": "ours",
           "blocks": "refuses for", "checks": "Checks", "cases": "Cases", "source": "Source",
           "confirmed": "Confirmed", "yes": "yes", "no": "no", "unreachable": "Never raised by this program"},
}  # fmt: skip


def checks_of(code: str) -> list[Check]:
    """The checks that can raise a code, in the order in which they are made."""
    by_function = {check.judge: check for check in CHECKS}
    return [check for check in (by_function[judge] for judge in ORDER) if code in check.codes]


def rule_of(check: Check) -> str:
    """The rule that a check holds a declaration to, in English."""
    return " ".join((inspect.getdoc(check.judge) or "").split())


def explain_anomaly(entry: AnomalyEntry, language: Language) -> list[str]:
    """All that is known of a code, in lines that fit the terminal."""
    words = WORDS[language]
    effect = SEVERITIES[language][entry.severity]
    if entry.blocking_types:
        effect += f"; {words['blocks']} {', '.join(sorted(entry.blocking_types))}"
    lines = [f"{entry.code}  {entry.title(language)}", f"({effect})"]
    lines += _part(words["cause"], [entry.cause(language)])
    lines += _part(words["advice"], [entry.advice(language)])
    if entry.pending_remedy is not None:
        lines += _part(f"{words['pending']} (S)", [entry.pending_remedy[language]])
    lines += _part(words["labels"], _labels(entry, words["ours"]))
    unreachable = load_unreachable().get(entry.code)
    if unreachable is not None:
        lines += _part(words["unreachable"], [" ".join(unreachable.reason.split()), unreachable.source])
    else:
        lines += _part(words["checks"], (f"{check.name}: {rule_of(check)}" for check in checks_of(entry.code)))
        lines += _part(words["cases"], [", ".join(cases_of(entry.code))])
    lines += _part(words["source"], [entry.source, *(each.what for each in entry.references)])
    confirmed = words["yes"] if entry.is_confirmed else words["no"]
    return lines + _part(words["confirmed"], [confirmed if entry.note is None else f"{confirmed}: {entry.note}"])


def _part(name: str, texts: Iterable[str]) -> list[str]:
    return ["", name, *(line for text in texts for line in wrap(text, INDENT))]


def _labels(entry: AnomalyEntry, ours: str) -> Iterator[str]:
    for language in LANGUAGES:
        mark = f" ({ours})" if language in entry.ours else ""
        yield f"{language}  {entry.label[language]}{mark}"


def brief_document(entry: AnomalyEntry) -> dict[str, Any]:
    """A code as an object, as `explain --all` lists it."""
    document: dict[str, Any] = {
        "code": entry.code,
        "severity": entry.severity,
        "label": _texts(entry.label),
        "remedy": _texts(entry.remedy),
        "source": entry.source,
        "checks": [check.name for check in checks_of(entry.code)],
        "cases": list(cases_of(entry.code)),
        "blocksFor": sorted(entry.blocking_types),
    }
    unreachable = load_unreachable().get(entry.code)
    if unreachable is not None:
        document["unreachable"] = " ".join(unreachable.reason.split())
    return document


def whole_document(entry: AnomalyEntry) -> dict[str, Any]:
    """A code as an object with all that is known of it."""
    document = brief_document(entry) | {
        "zone": entry.zone,
        "element": entry.element,
        "zoneName": _texts(entry.zone_name),
        "ours": list(entry.ours),
        "references": [{"what": reference.what, "url": reference.url} for reference in entry.references],
        "confirmed": entry.is_confirmed,
    }
    if entry.pending_remedy is not None:
        document["pendingRemedy"] = _texts(entry.pending_remedy)
    if entry.note is not None:
        document["note"] = entry.note
    for name, day in (("validFrom", entry.valid_from), ("validTo", entry.valid_to)):
        if day is not None:
            document[name] = day.isoformat()
    return document


def _texts(text: Text) -> dict[str, str]:
    return {language: text[language] for language in LANGUAGES}
