"""What a case file holds, as values: cases, their steps, and what each step expects."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

BRUSSELS = ZoneInfo("Europe/Brussels")
Json = object
Document = dict[str, Json]

DEFAULT_EMPLOYER: Document = {"nssoRegistrationNumber": "175110801", "enterpriseNumber": "0471149091"}
DEFAULT_WORKER: Document = {
    "ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07",
}  # fmt: skip


class Expectation(Struct, frozen=True, kw_only=True):
    """What the answer must be; a member that is None is not compared.

    `deadline` is the last moment to be on time, `conflicts` are periods (of a daily registration: registrations) by
    their number in the case, `exceeding` the hours or days that a quota names, `http` the status of a request that is
    no declaration.
    """

    result: str | None = None
    anomalies: frozenset[str] | None = None
    is_late: bool | None = None
    deadline: datetime | None = None
    exceeding: tuple[float, ...] | None = None
    conflicts: frozenset[int] | None = None
    http: int | None = None


class Declare(Struct, frozen=True, kw_only=True):
    """A declaration to file. `blocks` holds the `dimona…` blocks as sent, without the period they act on.

    `period` is the period acted on, by its number in the case (None: the last one made), `registration` the same for a
    daily registration that changes, `declaration` for both by the declaration's number in the case. `body` replaces
    all of it: sent as JSON or, when it is a text, as it stands.
    """

    blocks: Document
    period: int | None = None
    declaration: int | None = None
    registration: int | None = None
    employer: Json | UnsetType = UNSET
    worker: Json | UnsetType = UNSET
    body: Json | UnsetType = UNSET
    is_unsecured: bool = False


class Lock(Struct, frozen=True):
    """An agent locks a period, given by its number in the case (None: the last one made)."""

    period: int | None = None


class Identify(Struct, frozen=True):
    """An agent answers the last pending declaration."""

    decision: Literal["accept", "refuse"]
    ssin: str | None = None
    reason: str | None = None


class Periods(Struct, frozen=True):
    """The periods that employer and worker must have, in order of creation; members not named are not compared."""

    periods: tuple[Document, ...]
    employer: Document | None = None
    ssin: str | None = None


class Know(Struct, frozen=True):
    """Employers as they are known from here on, as at the beginning of a case: a definitive number that arrived."""

    employers: tuple[Document, ...]


class Step(Struct, frozen=True, kw_only=True):
    """One step: what is done, when (None: now), and what must come of it. `place` counts from 1."""

    place: int
    action: Declare | Lock | Identify | Know | Periods
    at: datetime | None = None
    expect: Expectation = Expectation()


class Case(Struct, frozen=True, kw_only=True):
    """One case. `employers` and `workers` are the sandbox's objects; the first of each is the default of the steps."""

    name: str
    file: str
    title: str = ""
    source: str = ""
    is_strict: bool = False
    employers: tuple[Document, ...] = (DEFAULT_EMPLOYER,)
    workers: tuple[Document, ...] = (DEFAULT_WORKER,)
    steps: tuple[Step, ...] = ()

    @property
    def employer(self) -> Document:
        """The default employer."""
        return self.employers[0] if self.employers else DEFAULT_EMPLOYER

    @property
    def worker(self) -> Document:
        """The default worker."""
        return self.workers[0] if self.workers else DEFAULT_WORKER
