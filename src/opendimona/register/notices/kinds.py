"""The kinds of notices: their names outside, their letters in the database, and the entries that make them."""

from typing import LiteralString

ANSWERED = "declaration.answered"
PENDING = "declaration.pending"
SETTLED = "declaration.settled"
CHANGED = "period.changed"
LOCKED = "period.locked"
IMPORTED = "period.imported"
UNDONE = "identification.undone"
WORKER_RENUMBERED = "worker.renumbered"
WORKER_CORRECTED = "worker.corrected"
EMPLOYER_RENUMBERED = "employer.renumbered"
FILE_CHANGED = "file.changed"
REMINDER = "pending.reminder"
ESCALATED = "pending.escalated"
TEST = "test"
"""Not kept: sent to an endpoint when its owner asks for it."""

LETTERS: dict[str, str] = {
    ANSWERED: "a",
    PENDING: "p",
    SETTLED: "s",
    CHANGED: "c",
    LOCKED: "l",
    IMPORTED: "m",
    UNDONE: "u",
    WORKER_RENUMBERED: "w",
    WORKER_CORRECTED: "k",
    EMPLOYER_RENUMBERED: "n",
    FILE_CHANGED: "f",
    REMINDER: "r",
    ESCALATED: "e",
}
NAMES = {letter: name for name, letter in LETTERS.items()}
KINDS = tuple(LETTERS)
LATER = tuple(name for name in KINDS if name != ANSWERED)
"""All but the answers that a program had at once, in the reply to its request."""

KIND_OF_ENTRY: LiteralString = """
    CASE WHEN j.entry IN ('i', 'o', 'u', 'c', 'r') THEN CASE j.result WHEN 'S' THEN 'p' ELSE 'a' END
         WHEN j.entry = 'd' THEN 's' WHEN j.entry = 'l' THEN 'l' WHEN j.entry = 'p' THEN 'm' WHEN j.entry = 'z' THEN 'u'
         WHEN j.entry = 'm' THEN 'w' WHEN j.entry IN ('x', 'e') THEN NULL ELSE 'f' END"""
"""The letter of the notice that an entry `j` of the journal makes; entries of a new sort change a file, until named.

A period that left for another SSIN makes none (x): it is told of where it came (m); nor does one that went over to
another employer (e): that employer is told once."""
JUSTIFICATIONS = {WORKER_RENUMBERED: 90, WORKER_CORRECTED: 91}
"""The codes by which the official message IDFLUX says the same (annex 40: mutation of an INSS, synchronisation)."""


def name_of(letter: str, client: str | None, other_client: str | None, reader: str | None) -> str:
    """The kind of a notice for a reader: a program whose period another one changed is told of that."""
    if other_client is not None and reader == other_client and reader != client:
        return CHANGED
    return NAMES.get(letter, FILE_CHANGED)  # one that a newer program of the same register made
