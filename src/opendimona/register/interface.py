"""The street: what the portal and the channels may ask of a register, in plain values.

Two houses stand on it: the embedded register (`register.embedded`) and, later, the client of the official service.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal, Protocol

from msgspec import Struct

from opendimona.core.checks.daily import registration_number
from opendimona.core.decision import Anomaly, Result
from opendimona.core.declaration import Declaration
from opendimona.core.file import DailyRegistration, Employer, Period, Person
from opendimona.core.quotas import Balance

Channel = Literal["secured", "unsecured"]
EmployerKey = tuple[Literal["nsso", "provisional", "enterprise"], int]
PeriodScope = Literal["all", "active", "mutations"]
NoticeScope = Literal["filed", "mandate"]
QuotaSubject = int | EmployerKey
"""Whose quotas: a worker, by SSIN, or an employer, by one of its numbers."""


class Caller(Struct, frozen=True, gc=False):
    """Who asks. `mandate` holds the employers' numbers that the caller may act for; None means every employer.

    `is_strict` false: well-formed but unknown employers and workers count as known (sandbox only). `is_operator`:
    works on the register's own machine (command line), and also reads what other clients filed for employers that are
    not known. `unit`: the part of its employers that it files for; `is_bounded`: it sees and changes nothing else of
    them (`register.units`).
    """

    client: str
    mandate: frozenset[EmployerKey] | None = None
    channel: Channel = "secured"
    is_strict: bool = True
    is_operator: bool = False
    unit: str | None = None
    is_bounded: bool = False

    def may_act_for(self, employer: Employer) -> bool:
        """Whether one of the employer's numbers is in the mandate."""
        if self.mandate is None:
            return True
        return (
            ("nsso", employer.nsso) in self.mandate
            or ("provisional", employer.provisional) in self.mandate
            or ("enterprise", employer.enterprise) in self.mandate
            or any(("nsso", number) in self.mandate for number in employer.formerly or ())
        )


class Key(Struct, frozen=True, gc=False):
    """An Idempotency-Key as sent, with a digest of the body it came with."""

    value: str
    digest: bytes


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """A recorded declaration and the answer in force. `period_number` is absent where no period is concerned.

    `received_at` is the moment that was judged; `recorded_at` the moment of the register's own clock.
    """

    number: int
    result: Result
    anomalies: tuple[Anomaly, ...]
    is_late: bool
    deadline: datetime | None
    declaration: Declaration
    period_number: int | None
    employer: Employer | None
    worker: Person | None
    received_at: datetime
    recorded_at: datetime
    is_replay: bool = False

    @property
    def registration_number(self) -> int | None:
        """The number of the daily registration that was made, modified or cancelled, None where there is none."""
        block = self.declaration.dimona_daily_registration
        return None if block is None or self.result == "B" else registration_number(block, self.number)


class PeriodView(Struct, frozen=True, kw_only=True):
    """A period as shown, in one version, with whose it is; known to the register since `recorded_from`."""

    period: Period
    employer: Employer
    worker: Person
    recorded_from: datetime


class RegistrationView(Struct, frozen=True, kw_only=True):
    """A daily registration as shown, in one version, with whose it is; known to the register since `recorded_from`."""

    registration: DailyRegistration
    employer: Employer
    worker: Person
    recorded_from: datetime


class RelationView(Struct, frozen=True, kw_only=True):
    """An employer and a worker, from the first engagement to the end of the last (None while one is open)."""

    employer: Employer
    worker: Person
    start: date
    end: date | None


class NoticeView(Struct, frozen=True, kw_only=True):
    """A notice as shown to a recipient: what happened, to which declaration or period; it never names the worker.

    `kind` is one of `register.notices.kinds.KINDS`; `anomalies` holds codes.
    """

    position: int
    kind: str
    at: datetime
    number: int | None
    period_number: int | None
    employer: Employer | None
    result: Result | None
    is_late: bool
    anomalies: tuple[str, ...]
    data: dict[str, Any]
    is_acknowledged: bool


class NoticePage(Struct, frozen=True, kw_only=True):
    """Notices in order; `cursor` is where the next page begins, `has_more` whether it holds something already."""

    notices: list[NoticeView]
    cursor: int
    has_more: bool


class Criteria(Struct, frozen=True, kw_only=True):
    """What to search. At least one of `employer`, `ssin` is given, or the caller's mandate bounds the search.

    `scope`: `all` the full register; `active` periods that run within [from_date, to_date]; `mutations` entries and
    exits within it, cancelled periods included. `as_of`: as the register knew it at that moment.
    """

    employer: EmployerKey | None = None
    ssin: int | None = None
    scope: PeriodScope = "all"
    from_date: date | None = None
    to_date: date | None = None
    as_of: datetime | None = None
    include_cancelled: bool = True


class CoversWanted(Struct, frozen=True, kw_only=True):
    """Whose covers are read: of employers, by NSSO number, on days of [from_date, to_date], as known at `as_of`.

    Ask for a moment a few seconds ago where the same question must give the same answer again: what is being recorded
    now bears the moment at which it was judged, and can be read only once it is committed.
    """

    employers: tuple[int, ...]
    from_date: date
    to_date: date
    as_of: datetime


CoverKind = Literal["period", "pending", "replaced"]
TakeCovers = Callable[[CoverKind, bytes], None]
"""Takes whole lines of one kind, columns separated by tabs, absent values written \\N, as PostgreSQL's COPY has them.

`period`, accepted and not cancelled, late or not: SSIN, number, employer's NSSO number as asked, worker type, first
and last day. `pending`, an IN that waits for an identification: number, employer, birth date, first and last day.
`replaced`: a former SSIN, and the one in force.
"""


class NotMandated(Exception):
    """The caller may not act for the employer concerned."""


class KeyConflict(Exception):
    """The idempotency key was used before with another body."""


class Overloaded(Exception):
    """The desk's queue is full; try again in a moment."""


class Unavailable(Exception):
    """The database is out of reach; whether the declaration was recorded is not known: file it again with its key."""


class NotFound(Exception):
    """No such declaration, period or employer for this caller."""


class Register(Protocol):
    """The operations of a register."""

    async def file(
        self, declaration: Declaration, filed_by: Caller, received_at: datetime, key: Key | None = None
    ) -> Answer:
        """Judge, record and answer one declaration; returns after its commit is durable.

        Raises NotMandated, KeyConflict, Overloaded, Unavailable.
        """

    async def simulate(self, declaration: Declaration, caller: Caller, at: datetime) -> Answer:
        """What `file` would answer at that moment; records nothing, numbers are 0. Raises NotMandated."""

    async def answer(self, number: int, caller: Caller) -> Answer:
        """The declaration with this number and the answer in force. Raises NotFound."""

    async def answers(self, numbers: Sequence[int], caller: Caller) -> dict[int, Answer]:
        """Those of these declarations that the caller may read, by number, with the answer in force."""

    async def period(self, number: int, caller: Caller, as_of: datetime | None = None) -> PeriodView:
        """The period with this number, now or as the register knew it at `as_of`. Raises NotFound."""

    async def registration(self, number: int, caller: Caller, as_of: datetime | None = None) -> RegistrationView:
        """The daily registration with this number, now or as the register knew it at `as_of`. Raises NotFound."""

    async def search_periods(self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0) -> list[PeriodView]:
        """Periods by start date, then number; at most `limit` of them."""

    async def covers(self, wanted: CoversWanted, caller: Caller, take: TakeCovers) -> None:
        """Hand on what covers whom, for millions at a time; `take` is called in a thread other than the loop's.

        Raises NotMandated for an employer outside the caller's mandate, Unavailable, and whatever `take` raises.
        """

    async def search_declarations(
        self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0
    ) -> list[Answer]:
        """Declarations in order of filing; at most `limit` of them. Scope and dates are not applied."""

    async def search_relations(
        self, criteria: Criteria, caller: Caller, limit: int, offset: int = 0
    ) -> list[RelationView]:
        """Relations by SSIN, then employer; at most `limit` of them."""

    async def quotas(self, subject: QuotaSubject, year: int, caller: Caller, filed_on: date) -> list[Balance]:
        """What is used of each quota in a year, for who files on that day; of a worker, at all employers together.

        Raises NotFound for an employer that is unknown, or not in the mandate.
        """

    async def identify(
        self, number: int, agent: str, ssin: int | None, reason: str | None, *, is_strict: bool = True
    ) -> Answer:
        """Settle a pending declaration: accept it for `ssin`, or refuse it with a reason (one of the two is given).

        Raises NotFound when no pending declaration bears the number, InvalidEntry for an SSIN that is not known.
        """

    async def lock(self, number: int, agent: str) -> None:
        """Lock a period: its employer can no longer declare on it. Raises NotFound."""

    async def notices(self, caller: Caller, since: int | None, limit: int, scope: NoticeScope = "filed") -> NoticePage:
        """What happened after the position `since` (None: after what the caller acknowledged), in order.

        `filed`: what the caller filed, and what others changed of it; `mandate`: what concerns its employers.
        """

    async def notice(self, position: int, caller: Caller) -> NoticeView:
        """One notice that the caller may read. Raises NotFound."""

    async def acknowledge(self, caller: Caller, up_to: int | None, positions: Sequence[int]) -> None:
        """Note that the caller took in everything up to a position, or these notices."""

    async def is_ready(self) -> bool:
        """Whether the register can decide now."""
