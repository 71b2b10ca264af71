"""Play cases against a register in this process, read and shown as the REST channel reads and shows."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from opendimona.cases.format import Case, Document, Identify
from opendimona.cases.sandbox import Observed, Refused, detail_of, observe
from opendimona.channels.rest import rendering
from opendimona.channels.rest.decoding import decode_declaration
from opendimona.channels.rest.problems import Problem
from opendimona.register.client_entries import employer_key
from opendimona.register.cluster import temporary_cluster
from opendimona.register.entries import EmployerEntry, InvalidEntry, WorkerEntry
from opendimona.register.interface import Caller, Criteria, NotFound, NotMandated
from opendimona.register.local import LocalRegister
from opendimona.register.migrations import migrate

Entry = TypeVar("Entry", EmployerEntry, WorkerEntry)
CLIENT = "cases"
PERIODS_MAX = 10_000


class RegisterSandbox:
    """A register of this process as a sandbox. Each case starts with an empty one: nothing that it held is kept."""

    def __init__(self, register: LocalRegister) -> None:
        self._register = register
        self._is_strict = False

    async def begin(self, case: Case) -> None:
        """Forget everything, then know the employers and workers of the case. Raises Refused."""
        await self._register.forget_everything()
        self._is_strict = case.is_strict
        await self.know(case.employers)
        try:
            await self._register.put_workers(_entries(case.workers, list[WorkerEntry]))
        except (InvalidEntry, msgspec.ValidationError) as error:
            raise Refused(str(error)) from None

    async def know(self, employers: tuple[Document, ...]) -> None:
        """Know these employers from now on. Raises Refused."""
        try:
            await self._register.put_employers(_entries(employers, list[EmployerEntry]))
        except (InvalidEntry, msgspec.ValidationError) as error:
            raise Refused(str(error)) from None

    async def file(self, body: bytes, at: datetime | None, *, is_strict: bool, is_unsecured: bool) -> Observed:
        """Decode a body as the REST channel does and file it."""
        caller = Caller(client=CLIENT, channel="unsecured" if is_unsecured else "secured", is_strict=is_strict)
        try:
            declaration = decode_declaration(body)
        except Problem as problem:
            return Observed(http=problem.status, detail=detail_of(msgspec.json.decode(problem.body())))
        try:
            answer = await self._register.file(declaration, caller, at or datetime.now(UTC))
        except NotMandated:
            return Observed(http=403)
        return observe(rendering.declaration(answer, ""), 201)

    async def identify(self, number: int, answer: Identify) -> Observed:
        """Answer a pending declaration."""
        ssin = None if answer.ssin is None else int(answer.ssin)
        reason = None if ssin is not None else answer.reason or "refused"
        try:
            settled = await self._register.identify(number, CLIENT, ssin, reason, is_strict=self._is_strict)
        except NotFound:
            return Observed(http=404)
        except InvalidEntry as error:
            return Observed(http=400, detail=str(error))
        return observe(rendering.declaration(settled, ""), 204)

    async def lock(self, number: int) -> Observed:
        """Lock a period."""
        try:
            await self._register.lock(number, CLIENT)
        except NotFound:
            return Observed(http=404)
        return Observed(http=204)

    async def periods(self, employer: Document, ssin: str) -> list[Document]:
        """All periods of an employer and a worker."""
        given = employer.get("employerId", employer.get("enterpriseNumber"))
        key = employer_key(given) if isinstance(given, int | str) else None
        if key is None or not ssin.isdecimal():
            return []
        criteria = Criteria(employer=key, ssin=int(ssin))
        found = await self._register.search_periods(criteria, Caller(client=CLIENT), PERIODS_MAX)
        return [rendering.period(view, "") for view in found]


@asynccontextmanager
async def fresh_sandbox() -> AsyncIterator[RegisterSandbox]:
    """A sandbox on a PostgreSQL of its own, of which nothing is left afterwards. Raises DataFolderError."""
    with temporary_cluster() as cluster:
        migrate(cluster.dsn)
        register = await LocalRegister.open(cluster.dsn)
        try:
            yield RegisterSandbox(register)
        finally:
            await register.close()


def _entries(objects: tuple[Document, ...], kind: type[list[Entry]]) -> list[Entry]:
    """The sandbox's objects as the register takes them. Raises msgspec.ValidationError."""
    return msgspec.json.decode(json.dumps(objects), type=kind)
