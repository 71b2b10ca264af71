"""An answer for people, in their language: what became of a declaration, and what to do about its anomalies."""

import shutil
import textwrap

from opendimona.cli.output import clean
from opendimona.core.calendar import BRUSSELS
from opendimona.core.decision import Anomaly, Conflict, RegistrationConflict
from opendimona.law.catalogue import Language, load_catalogue
from opendimona.register.consequences import consequences_of
from opendimona.register.interface import Answer

INDENT = "    "
WIDTH_MAX = 100
RESULTS: dict[Language, dict[str, str]] = {
    "fr": {"A": "Acceptée", "W": "Acceptée avec avertissement", "B": "Refusée", "S": "En attente d'identification"},
    "nl": {"A": "Aanvaard", "W": "Aanvaard met waarschuwing", "B": "Geweigerd", "S": "In afwachting van identificatie"},
    "de": {"A": "Angenommen", "W": "Angenommen mit Warnung", "B": "Abgelehnt", "S": "Identifizierung ausstehend"},
    "en": {"A": "Accepted", "W": "Accepted with a warning", "B": "Refused", "S": "Awaiting identification"},
}
WORDS: dict[Language, dict[str, str]] = {
    "fr": {"declaration": "déclaration", "period": "période",
           "registration": "enregistrement journalier", "late": "tardive", "deadline": "à temps jusqu'au",
           "from": "du", "to": "au", "open": "sans fin", "asked": "rien n'est enregistré"},
    "nl": {"declaration": "aangifte", "period": "periode",
           "registration": "dagelijkse registratie", "late": "laattijdig", "deadline": "op tijd tot",
           "from": "van", "to": "tot en met", "open": "zonder einde", "asked": "niets is geregistreerd"},
    "de": {"declaration": "Meldung", "period": "Periode",
           "registration": "tägliche Registrierung", "late": "verspätet", "deadline": "fristgerecht bis",
           "from": "vom", "to": "bis", "open": "ohne Ende", "asked": "nichts ist gespeichert"},
    "en": {"declaration": "declaration", "period": "period",
           "registration": "daily registration", "late": "late", "deadline": "on time until",
           "from": "from", "to": "to", "open": "open", "asked": "nothing is recorded"},
}  # fmt: skip


def describe(answer: Answer, language: Language) -> str:
    """The answer in a few lines: result, numbers and deadline, what lateness brings, each anomaly with advice."""
    words = WORDS[language]
    parts = [RESULTS[language][answer.result]]
    parts.append(f"{words['declaration']} {answer.number}" if answer.number else words["asked"])
    if answer.period_number:
        parts.append(f"{words['period']} {answer.period_number}")
    if answer.registration_number:
        parts.append(f"{words['registration']} {answer.registration_number}")
    if answer.is_late:
        parts.append(words["late"])
    if answer.deadline is not None:
        parts.append(f"{words['deadline']} {answer.deadline.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}")
    lines = [" · ".join(parts)]
    for row in consequences_of(answer):
        lines += wrap(row.text[language], "  ")
    for anomaly in answer.anomalies:
        lines += _describe_anomaly(anomaly, language)
    return "\n".join(lines)


def _describe_anomaly(anomaly: Anomaly, language: Language) -> list[str]:
    entry = load_catalogue()[anomaly.code]
    advice = entry.remedy_for(anomaly.severity)[language] if anomaly.reason is None else anomaly.reason
    lines = [f"  {anomaly.code} {entry.title(language)}", *wrap(clean(advice), INDENT)]
    word = WORDS[language]["period"]
    lines += [f"{INDENT}{word} {_describe_conflict(conflict, language)}" for conflict in anomaly.periods]
    word = WORDS[language]["registration"]
    lines += [f"{INDENT}{word} {_describe_conflict(conflict, language)}" for conflict in anomaly.registrations]
    for excess in anomaly.quota:
        exceeding = f"{excess.exceeding_hours} h" if excess.exceeding_hours is not None else f"{excess.exceeding_days}"
        lines.append(f"{INDENT}{excess.type}: {exceeding}")
    return lines


def _describe_conflict(conflict: Conflict | RegistrationConflict, language: Language) -> str:
    words = WORDS[language]
    start = f"{conflict.start} {conflict.start_hour or ''}".rstrip()
    if conflict.end is None:
        return f"{conflict.number}, {words['from']} {start}, {words['open']}"
    return f"{conflict.number}, {words['from']} {start} {words['to']} {conflict.end} {conflict.end_hour or ''}".rstrip()


def wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """A text in lines that fit the terminal; all but the first are indented by `hanging` too."""
    width = min(shutil.get_terminal_size().columns, WIDTH_MAX)
    return textwrap.wrap(text, max(width, 40), initial_indent=indent, subsequent_indent=indent + hanging)
