"""What agents may ask of the register: the queue of declarations without SSIN, decisions, persons, changed numbers.

Beside the street (`interface`): employers and their programs have no business here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from opendimona.core.declaration import Declaration
from opendimona.core.file import Employer
from opendimona.core.identity.ranking import Candidate, Identity
from opendimona.register.entries import WorkerEntry
from opendimona.register.interface import Answer, EmployerKey, NotFound

REASON_MAX = 1000
"""Characters of a reason."""


class Pending(Struct, frozen=True, kw_only=True):
    """A declaration that waits for an identification; `candidates` only where it was asked for alone."""

    number: int
    employer: Employer
    declaration: Declaration
    received_at: datetime
    recorded_at: datetime
    candidates: tuple[Candidate, ...] = ()


class Cursor(Struct, frozen=True):
    """Where a page of the queue ended: the last declaration on it."""

    received_at: datetime
    number: int


class AlreadyDecided(NotFound):
    """The declaration was pending, and somebody decided it before."""


class NotDecided(NotFound):
    """The declaration bears no decision that could be undone."""


class Overlapping(Exception):
    """Two numbers of one person, or two employers, cannot be made one while these overlap; cancel one of them first."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__("periods overlap: " + ", ".join(map(str, numbers)))
        self.numbers = numbers


class Agents(Protocol):
    """The operations of agents. `agent` names who decided, as it is recorded."""

    async def queue(self, limit: int, after: Cursor | None = None) -> list[Pending]:
        """The declarations that wait, the oldest first."""

    async def pending(self, number: int) -> Pending:
        """One declaration that waits, with its candidates. Raises NotFound."""

    async def identify(
        self, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool = True
    ) -> Answer:
        """Accept a pending declaration for `ssin`, or refuse it with a reason (one of the two is given).

        Raises NotFound, AlreadyDecided, InvalidEntry for an SSIN that is not known.
        """

    async def undo(self, number: int, agent: str, reason: str) -> Answer:
        """Take a decision back, with all that followed from it; the declaration waits again.

        Raises NotFound, NotDecided.
        """

    async def search(self, identity: Identity, limit: int) -> tuple[Candidate, ...]:
        """The persons who may be meant, best first."""

    async def persons(self, digits: str) -> tuple[Candidate, ...]:
        """The person with an SSIN of eleven digits, or those whose SSIN is one slip away from it."""

    async def replace_ssin(self, former: int, ssin: int, agent: str, reason: str | None = None) -> int:
        """Make `ssin` the number of whoever bore `former`; the file follows. Returns how many periods did.

        Raises InvalidEntry, Overlapping.
        """

    async def correct_person(self, entry: WorkerEntry, agent: str, reason: str | None = None) -> None:
        """Change what is recorded of a person's identity. Raises NotFound, InvalidEntry."""

    async def renumber_employer(
        self, former: EmployerKey, nsso: int, agent: str, reason: str | None = None
    ) -> Sequence[int]:
        """Give an employer another NSSO number; the one before still leads to it. Raises NotFound, InvalidEntry."""

    async def merge_employers(
        self, former: EmployerKey, holder: EmployerKey, agent: str, reason: str | None = None
    ) -> int:
        """Make two employers one: the periods of the former go over to the other, and its numbers lead there.

        Returns how many periods did. Raises NotFound, InvalidEntry, Overlapping.
        """
