"""What a runner needs of a sandbox, and what it observes there."""

from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from opendimona.cases.format import Case, Document, Identify


class Observed(Struct, frozen=True, kw_only=True):
    """An answer as far as cases look at it. `conflicts` are numbers of periods or registrations.

    `detail`: why a request was refused.
    """

    http: int
    number: int | None = None
    result: str | None = None
    anomalies: frozenset[str] = frozenset()
    is_late: bool = False
    deadline: str | None = None
    exceeding: tuple[float, ...] = ()
    conflicts: frozenset[int] = frozenset()
    period: int | None = None
    registration: int | None = None
    detail: str = ""


class Unreachable(Exception):
    """The sandbox does not answer, or is none."""


class Refused(Exception):
    """The sandbox does not take the employers or workers of a case."""


class Sandbox(Protocol):
    """A register that forgets at the start of each case. Every method may raise Unreachable."""

    async def begin(self, case: Case) -> None:
        """Forget everything, then know the employers and workers of the case. Raises Refused."""

    async def know(self, employers: tuple[Document, ...]) -> None:
        """Know these employers from now on; each replaces the one with any of its numbers. Raises Refused."""

    async def file(self, body: bytes, at: datetime | None, *, is_strict: bool, is_unsecured: bool) -> Observed:
        """File a request body as received at a moment (None: now)."""

    async def identify(self, number: int, answer: Identify) -> Observed:
        """Answer a pending declaration as an agent would; what became of it."""

    async def lock(self, number: int) -> Observed:
        """Lock a period as an agent would."""

    async def periods(self, employer: Document, ssin: str) -> list[Document]:
        """All periods of an employer (as a declarant names it) and a worker, as the REST channel shows them."""


def observe(document: Any, http: int) -> Observed:
    """What a declaration tells, as the REST channel shows it."""
    status = document["declarationStatus"]
    anomalies = status.get("anomalies", [])
    amounts = [
        float(amount)
        for anomaly in anomalies
        for quota in anomaly.get("quota", [])
        for name in ("exceedingHours", "exceedingDays")
        if (amount := quota.get(name)) is not None
    ]
    period = status.get("period", {}).get("id")
    registration = status.get("dailyRegistration", {}).get("id")
    return Observed(
        http=http,
        number=int(status["declarationId"]),
        result=status["result"],
        anomalies=frozenset(anomaly["errorId"] for anomaly in anomalies),
        is_late=bool(status.get("late", False)),
        deadline=status.get("deadline"),
        exceeding=tuple(sorted(amounts)),
        conflicts=frozenset(
            int(found[member])
            for anomaly in anomalies
            for kind, member in (("periods", "periodId"), ("dailyRegistrations", "dailyRegistrationId"))
            for found in anomaly.get(kind, [])
        ),
        period=None if period is None else int(period),
        registration=None if registration is None else int(registration),
    )


def detail_of(problem: Any) -> str:
    """The reason in a problem document, in one line."""
    if not isinstance(problem, dict):
        return ""
    issues = problem.get("issues", [])
    told = [f"{issue.get('name', '')}: {issue.get('detail') or issue.get('title')}".lstrip(": ") for issue in issues]
    return "; ".join(told or [str(problem.get("detail") or problem.get("title") or "")])
