"""The way to the register: views, which run in threads, call it as if it were not asynchronous.

The register lives in the server's event loop; a call is handed over to the loop, and the thread waits for its answer.
"""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from opendimona.core.declaration import Declaration
from opendimona.core.identity.ranking import Candidate, Identity
from opendimona.core.quotas import Balance
from opendimona.register.agents import Agents, Cursor, Pending
from opendimona.register.client_entries import Client, ClientEntry
from opendimona.register.interface import (
    Answer,
    Caller,
    CoversWanted,
    Criteria,
    Key,
    NoticePage,
    NoticeScope,
    PeriodView,
    QuotaSubject,
    Register,
    TakeCovers,
    Unavailable,
)

T = TypeVar("T")
PATIENCE = 15.0
"""Seconds that a page waits for the register."""
REST = 10.0
"""Seconds for which nobody else waits for a register that let somebody wait in vain."""
COVERS_PATIENCE = 600.0
"""Seconds that a comparison, which is no page, waits for millions of periods."""


class House(Register, Protocol):
    """A register, and what its agents may ask."""

    @property
    def agents(self) -> Agents:
        """The operations of agents."""

    async def assign_units(self, pairs: Sequence[tuple[int, str]]) -> None:
        """Note for which schools declarations or periods are. Raises Unavailable."""

    async def units(self, numbers: Sequence[int]) -> dict[int, set[str]]:
        """For which schools declarations or periods are. Raises Unavailable."""

    async def follow_employers(self, numbers: Sequence[int]) -> None:
        """Have employers, by NSSO number, told of all that programs file for them. Raises Unavailable."""

    async def move_unit(self, old: str, new: str) -> None:
        """A school has another number, or went into another. Raises Unavailable."""


class Programs(Protocol):
    """The programs that are registered; see `register.clients`."""

    async def registered(self) -> list[Client]:
        """All of them."""

    async def register(self, entry: ClientEntry) -> None:
        """Register one, or replace it. Raises InvalidClient, Unavailable."""

    async def revoke(self, client_id: str) -> bool:
        """End a registration; whether there was one. Raises Unavailable."""


class Street:
    """The register as views see it: the operations of `Register`, without await."""

    def __init__(self) -> None:
        self._register: House | None = None
        self._programs: Programs | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._silent_until = 0.0

    def open(self, register: House, loop: asyncio.AbstractEventLoop, programs: Programs | None = None) -> None:
        """Use this register, which lives in this loop, and the programs registered with it."""
        self._register, self._loop, self._programs = register, loop, programs

    def close(self) -> None:
        """Forget the register."""
        self._register = self._loop = self._programs = None

    def _house(self) -> House:
        if self._register is None:
            raise Unavailable
        return self._register

    def _wait(self, work: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        if self._loop is None or time.monotonic() < self._silent_until:
            work.close()
            raise Unavailable
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(patience)
        except TimeoutError:
            future.cancel()
            self._silent_until = time.monotonic() + REST
            raise Unavailable from None

    def file(self, declaration: Declaration, caller: Caller, at: datetime, key: Key) -> Answer:
        """See `Register.file`."""
        return self._wait(self._house().file(declaration, caller, at, key))

    def simulate(self, declaration: Declaration, caller: Caller, at: datetime) -> Answer:
        """See `Register.simulate`."""
        return self._wait(self._house().simulate(declaration, caller, at))

    def answer(self, number: int, caller: Caller) -> Answer:
        """See `Register.answer`."""
        return self._wait(self._house().answer(number, caller))

    def period(self, number: int, caller: Caller) -> PeriodView:
        """See `Register.period`."""
        return self._wait(self._house().period(number, caller))

    def search_periods(self, criteria: Criteria, caller: Caller, limit: int) -> list[PeriodView]:
        """See `Register.search_periods`."""
        return self._wait(self._house().search_periods(criteria, caller, limit))

    def covers(self, wanted: CoversWanted, caller: Caller, take: TakeCovers) -> None:
        """See `Register.covers`; waits as long as it takes."""
        self._wait(self._house().covers(wanted, caller, take), COVERS_PATIENCE)

    def quotas(self, subject: QuotaSubject, year: int, caller: Caller, filed_on: date) -> list[Balance]:
        """See `Register.quotas`."""
        return self._wait(self._house().quotas(subject, year, caller, filed_on))

    def _registry(self) -> Programs:
        if self._programs is None:
            raise Unavailable
        return self._programs

    def programs(self) -> list[Client]:
        """See `Programs.registered`."""
        return self._wait(self._registry().registered())

    def register_program(self, entry: ClientEntry) -> None:
        """See `Programs.register`."""
        self._wait(self._registry().register(entry))

    def revoke_program(self, client_id: str) -> bool:
        """See `Programs.revoke`."""
        return self._wait(self._registry().revoke(client_id))

    def assign_units(self, pairs: Sequence[tuple[int, str]]) -> None:
        """See `House.assign_units`."""
        self._wait(self._house().assign_units(pairs))

    def units(self, numbers: Sequence[int]) -> dict[int, set[str]]:
        """See `House.units`."""
        return self._wait(self._house().units(numbers))

    def follow_employers(self, numbers: Sequence[int]) -> None:
        """See `House.follow_employers`."""
        self._wait(self._house().follow_employers(numbers))

    def move_unit(self, old: str, new: str) -> None:
        """See `House.move_unit`."""
        self._wait(self._house().move_unit(old, new))

    def notices(self, caller: Caller, since: int | None, limit: int, scope: NoticeScope = "filed") -> NoticePage:
        """See `Register.notices`."""
        return self._wait(self._house().notices(caller, since, limit, scope))

    def queue(self, limit: int, after: Cursor | None = None) -> list[Pending]:
        """See `Agents.queue`."""
        return self._wait(self._house().agents.queue(limit, after))

    def pending(self, number: int) -> Pending:
        """See `Agents.pending`."""
        return self._wait(self._house().agents.pending(number))

    def identify(
        self, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool = True
    ) -> Answer:
        """See `Agents.identify`."""
        return self._wait(self._house().agents.identify(number, agent, ssin, reason, is_strict=is_strict))

    def undo(self, number: int, agent: str, reason: str) -> Answer:
        """See `Agents.undo`."""
        return self._wait(self._house().agents.undo(number, agent, reason))

    def search(self, identity: Identity, limit: int) -> tuple[Candidate, ...]:
        """See `Agents.search`."""
        return self._wait(self._house().agents.search(identity, limit))

    def persons(self, digits: str) -> tuple[Candidate, ...]:
        """See `Agents.persons`."""
        return self._wait(self._house().agents.persons(digits))


STREET = Street()
"""The one of this process."""
