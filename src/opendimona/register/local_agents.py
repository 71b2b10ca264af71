"""The operations of agents on the embedded register."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, LiteralString, Protocol, TypeVar

import msgspec

from opendimona.core.declaration import Declaration, DeclaredWorker
from opendimona.core.identifiers import is_ssin
from opendimona.core.identity.numbers import slips_of
from opendimona.core.identity.ranking import Candidate, Identity, decided, identity_of
from opendimona.law.rules import Law
from opendimona.register import identification, identity_changes, mergers, settling
from opendimona.register.agents import AlreadyDecided, Cursor, Pending
from opendimona.register.arrays import integers
from opendimona.register.entries import InvalidEntry, WorkerEntry
from opendimona.register.interface import Answer, EmployerKey, NotFound
from opendimona.register.numbers import Numbers
from opendimona.register.store import EMPLOYER_COLUMNS, Connection, employer_of, fetch

T = TypeVar("T")
MATCHER = "matcher"
"""The agent that the automatic matcher is."""
_employer: LiteralString = ", ".join(["e." + column.strip() for column in EMPLOYER_COLUMNS.split(",")])
NEXT: LiteralString = """
    SELECT number FROM pending WHERE (received_at, number) > (%s::timestamptz, %s::bigint)
     ORDER BY received_at, number LIMIT %s"""
WAITING: LiteralString = f"""
    SELECT w.number, w.received_at, w.recorded_at, j.body, {_employer}
      FROM pending AS w JOIN journal AS j ON j.ssin = 0 AND j.sequence = w.number
      JOIN employer AS e ON e.id = w.employer WHERE w.number = ANY(%s::bigint[])
     ORDER BY w.received_at, w.number"""
"""Apart from `NEXT`: a plan for any limit would prepare for all that wait."""
DECIDED: LiteralString = "SELECT 1 FROM journal WHERE number = %s AND entry = 'd'"
_declaration = msgspec.json.Decoder(Declaration)


class Work(Protocol):
    """Does some work on a connection; raises Unavailable when the database is away."""

    async def __call__(self, work: Callable[[Connection], Coroutine[object, object, T]]) -> T:
        """Do it."""


class LocalAgents:
    """The `Agents` of a register on one PostgreSQL database. `certainty`: from which the matcher decides; None: never.

    `is_strict` false: the matcher too takes whoever the lenient sandbox knows.
    """

    def __init__(self, work: Work, law: Law, numbers: Numbers, certainty: float | None = None) -> None:
        self._work = work
        self._law = law
        self._numbers = numbers
        self._certainty = certainty

    @property
    def is_matching(self) -> bool:
        """Whether the automatic matcher decides at all."""
        return self._certainty is not None

    async def queue(self, limit: int, after: Cursor | None = None) -> list[Pending]:
        """See `Agents.queue`."""
        place = ("-infinity", 0) if after is None else (after.received_at, after.number)

        async def work(connection: Connection) -> list[Pending]:
            numbers = [row[0] for row in await fetch(connection, NEXT, *place, limit)]
            return [pending_of(row) for row in await fetch(connection, WAITING, integers(numbers))]

        return await self._work(work)

    async def pending(self, number: int) -> Pending:
        """See `Agents.pending`."""

        async def work(connection: Connection) -> Pending:
            rows = await fetch(connection, WAITING, integers([number]))
            if not rows:
                raise AlreadyDecided if await fetch(connection, DECIDED, number) else NotFound
            waiting = pending_of(rows[0])
            candidates = await identification.find_candidates(connection, wanted_of(waiting.declaration, waiting))
            return msgspec.structs.replace(waiting, candidates=candidates)

        return await self._work(work)

    async def identify(
        self, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool = True
    ) -> Answer:
        """See `Agents.identify`."""
        return await self._work(
            lambda connection: settling.identify(
                connection, self._law, number, agent, ssin, reason, is_strict=is_strict
            )
        )

    async def match(self, answer: Answer) -> Answer:
        """The answer to a pending declaration after the automatic matcher looked at it; the same where it is unsure.

        Raises Unavailable.
        """
        wanted = identity_of(answer.declaration.worker or DeclaredWorker(), answer.received_at.year)
        candidates = await self._work(lambda connection: identification.find_candidates(connection, wanted))
        taken = None if self._certainty is None else decided(candidates, self._certainty)
        if taken is None:
            return answer
        try:
            return await self.identify(answer.number, MATCHER, taken.record.ssin, None)
        except (NotFound, InvalidEntry):  # an agent was faster, or the person is gone
            return answer

    async def undo(self, number: int, agent: str, reason: str) -> Answer:
        """See `Agents.undo`."""
        return await self._work(lambda connection: settling.undo(connection, self._law, number, agent, reason))

    async def search(self, identity: Identity, limit: int) -> tuple[Candidate, ...]:
        """See `Agents.search`."""
        return await self._work(lambda connection: identification.find_candidates(connection, identity, limit))

    async def persons(self, digits: str) -> tuple[Candidate, ...]:
        """See `Agents.persons`."""
        wanted = [int(digits)] if is_ssin(digits) else sorted(slips_of(digits))
        return await self._work(lambda connection: identification.find_numbers(connection, wanted))

    async def replace_ssin(self, former: int, ssin: int, agent: str, reason: str | None = None) -> int:
        """See `Agents.replace_ssin`."""
        return await self._work(
            lambda connection: identity_changes.replace_ssin(
                connection, self._law, self._numbers, former, ssin, agent, reason
            )
        )

    async def correct_person(self, entry: WorkerEntry, agent: str, reason: str | None = None) -> None:
        """See `Agents.correct_person`."""
        await self._work(lambda connection: identity_changes.correct_person(connection, entry, agent, reason))

    async def renumber_employer(
        self, former: EmployerKey, nsso: int, agent: str, reason: str | None = None
    ) -> Sequence[int]:
        """See `Agents.renumber_employer`."""
        return await self._work(
            lambda connection: identity_changes.renumber_employer(connection, former, nsso, agent, reason)
        )

    async def merge_employers(
        self, former: EmployerKey, holder: EmployerKey, agent: str, reason: str | None = None
    ) -> int:
        """See `Agents.merge_employers`."""
        return await self._work(
            lambda connection: mergers.merge_employers(connection, self._law, former, holder, agent, reason)
        )


def pending_of(row: Sequence[Any]) -> Pending:
    """A declaration that waits, from a row of `WAITING`."""
    return Pending(
        number=row[0], received_at=row[1], recorded_at=row[2], declaration=_declaration.decode(row[3]),
        employer=employer_of(row[4:]),
    )  # fmt: skip


def wanted_of(declaration: Declaration, waiting: Pending) -> Identity:
    """The identity that a pending declaration gives."""
    return identity_of(declaration.worker or DeclaredWorker(), waiting.received_at.year)
