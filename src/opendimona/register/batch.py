"""Deciding a batch: read the files concerned, judge in order of arrival, gather what is to be written. No SQL here.

A declaration sees the effects of those before it. Nothing of this outlives the batch: when another writer was faster
on one of the workers, the whole batch is read and judged again.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from opendimona.core.calendar import parse_day
from opendimona.core.checks.daily import parse_action
from opendimona.core.checks.employer import parse_employer_id
from opendimona.core.checks.reference import parse_period_number
from opendimona.core.decide import decide
from opendimona.core.decision import Decision
from opendimona.core.declaration import Declaration, DeclaredEmployer, DimonaDailyRegistration
from opendimona.core.file import Employer, File, Period, Person, Reference
from opendimona.core.identifiers import PROVISIONAL_MIN, enterprise_number, is_ssin
from opendimona.law.rules import Law
from opendimona.register.daily import Registrations
from opendimona.register.interface import Answer, Caller, EmployerKey, NotMandated
from opendimona.register.repertory import keys_of
from opendimona.register.store import Entry, anomalies_text, link

ENTRY = {"in": "i", "out": "o", "update": "u", "cancel": "c", "daily": "r"}
MARGIN = timedelta(days=10)
"""How far around its dates a declaration looks: further than any rule on days in a row."""
FIRST_DAY, LAST_DAY = date(1, 1, 1), date.max
TICK = timedelta(microseconds=1)
_encode = msgspec.json.Encoder().encode


class WorkerState(Struct, gc=False):
    """A worker's file while a batch is decided: its head in the journal, the person, the current periods by number."""

    ssin: int
    sequence: int = 0
    chain: bytes = b""
    recorded_at: datetime | None = None
    person: Person | None = None
    periods: dict[int, Period] = msgspec.field(default_factory=dict)


class Numbered(Struct, frozen=True, gc=False):
    """What the register has under a number: whose it is, and whether it stands for a period."""

    ssin: int
    reference: Reference
    employer: int | None


def employer_keys(declared: DeclaredEmployer | None) -> tuple[EmployerKey, ...]:
    """The well-formed numbers by which an employer is declared, the prevailing one first."""
    if declared is None:
        return ()
    keys: list[EmployerKey] = []
    if declared.employer_id is not None:
        number = parse_employer_id(declared.employer_id)
        if number is not None:
            keys.append(("provisional" if number >= PROVISIONAL_MIN else "nsso", number))
    if declared.enterprise_number is not None:
        number = enterprise_number(declared.enterprise_number)
        if number is not None:
            keys.append(("enterprise", number))
    return tuple(keys)


def user_key(declaration: Declaration) -> EmployerKey | None:
    """The well-formed enterprise number of the user undertaking, if one is declared."""
    block = declaration.dimona_in
    user = block.features.using_employer if block is not None and block.features is not None else None
    number = (
        enterprise_number(user.enterprise_number) if user is not None and user.enterprise_number is not None else None
    )
    return None if number is None else ("enterprise", number)


def declared_ssin(declaration: Declaration) -> int | None:
    """The well-formed SSIN of an IN, if it has one."""
    worker = declaration.worker
    return int(worker.ssin) if worker is not None and worker.ssin is not None and is_ssin(worker.ssin) else None


def referred_number(declaration: Declaration) -> int | None:
    """The well-formed number that a declaration refers to: of a period, or of a daily registration that changes."""
    target = declaration.target
    block = declaration.dimona_daily_registration
    if block is not None:
        is_new = parse_action(block.attestation_status) == "create"
        return parse_period_number(block.period_id if is_new else block.daily_registration_id)
    return None if target is None else parse_period_number(target.period_id)


def window(declaration: Declaration) -> tuple[date, date]:
    """The days within which an IN may meet other periods, with a margin; every day when its dates are not readable."""
    block = declaration.dimona_in
    start = parse_day(block.start_date) if block is not None and block.start_date is not None else None
    end = parse_day(block.end_date) if block is not None and block.end_date is not None else None
    if block is None or start is None or start.year < 1900 or start.year > 9000:
        return FIRST_DAY, LAST_DAY
    if end is None or end < start or end.year > 9000:
        return start - MARGIN, LAST_DAY
    return start - MARGIN, end + MARGIN


class Subject(Struct, frozen=True, gc=False):
    """Whom and what a declaration concerns, as far as its numbers are well-formed; read once, before it queues.

    `keys`: the employer's numbers, the prevailing one first; `user`: the client's, for agency work; `ssin`: of an IN;
    `number`: the period, or the daily registration, that the others refer to; `days`: within which other periods may
    matter.
    """

    keys: tuple[EmployerKey, ...]
    user: EmployerKey | None
    ssin: int | None
    number: int | None
    days: tuple[date, date]


def subject_of(declaration: Declaration) -> Subject:
    """Whom and what a declaration concerns."""
    keys = employer_keys(declaration.employer)
    if declaration.dimona_in is None:
        return Subject(keys, None, None, referred_number(declaration), (FIRST_DAY, LAST_DAY))
    return Subject(keys, user_key(declaration), declared_ssin(declaration), None, window(declaration))


def is_mandated(keys: tuple[EmployerKey, ...], caller: Caller) -> bool:
    """Whether a caller may act for an employer with these numbers; for one without numbers nobody is refused."""
    return caller.mandate is None or not keys or not caller.mandate.isdisjoint(keys)


class Batch:
    """The state of one batch while it is decided, and what it leaves to be written."""

    def __init__(self, law: Law, now: datetime) -> None:
        self.law = law
        self.now = now
        self.employers: dict[EmployerKey, Employer] = {}
        self.employers_by_id: dict[int, Employer] = {}
        self.workers: dict[int, WorkerState] = {}
        self.numbers: dict[int, Numbered] = {}
        self.registered: dict[int, Numbered] = {}
        self.registrations = Registrations()
        self.entries: list[Entry] = []
        self.periods: list[tuple[int, datetime, Period]] = []
        self.superseded: list[tuple[int, int, int, datetime]] = []
        self.pending: list[tuple[int, int, datetime, datetime]] = []
        self.settled: list[int] = []

    def learn_employers(self, employers: Iterable[Employer]) -> None:
        """Take in employers that were read."""
        for employer in employers:
            self.employers_by_id[employer.id] = employer
            for key in keys_of(employer):
                self.employers[key] = employer

    def known(self, key: EmployerKey, is_strict: bool) -> Employer | None:
        """The employer that bears a number; for whoever is strict, none that the sandbox made up.

        A provisional number is none any more once the definitive one is known (glossary, zone 00948).
        """
        employer = self.employers.get(key)
        if employer is None or (is_strict and employer.is_assumed):
            return None
        return None if key[0] == "provisional" and employer.nsso is not None else employer

    def employer_of(
        self, declared: DeclaredEmployer | None, keys: tuple[EmployerKey, ...], *, is_strict: bool = False
    ) -> tuple[Employer | None, Employer | None]:
        """The employer that declared numbers stand for, and the one its enterprise number alone stands for.

        The NSSO number prevails, except for a provincial or local authority (glossary, zone 00014).
        """
        if len(keys) == 1:
            found = self.known(keys[0], is_strict)
            if keys[0][0] != "enterprise":
                return found, None
            is_alone = (
                declared is None or declared.employer_id is None or parse_employer_id(declared.employer_id) is None
            )
            return (found if is_alone else None), found
        if not keys:
            return None, None
        by_nsso, by_enterprise = self.known(keys[0], is_strict), self.known(keys[1], is_strict)
        is_local = by_enterprise is not None and by_enterprise.kind == "local"
        return (by_enterprise if is_local else by_nsso), by_enterprise

    def file_for(self, declaration: Declaration, subject: Subject, caller: Caller) -> tuple[File, WorkerState | None]:
        """The file that a declaration is judged on, and the worker's state. Raises NotMandated."""
        if declaration.dimona_in is not None:
            return self.file_for_entry(declaration, subject, caller)
        if declaration.dimona_daily_registration is not None:
            return self.file_for_registration(declaration.dimona_daily_registration, subject, caller)
        number = subject.number
        known = None if number is None else self.numbers.get(number)
        if number is None or known is None or known.reference == "unknown":
            return File(), None
        employer = None if known.employer is None else self.employers_by_id.get(known.employer)
        if employer is not None and not caller.may_act_for(employer):
            raise NotMandated
        state = self.workers.get(known.ssin)
        if known.reference == "blocked" or state is None:
            return File(employer=employer, reference="blocked"), None
        target = state.periods.get(number)
        return File(
            employer=employer, person=state.person, periods=tuple(state.periods.values()), target=target,
            target_ssin=known.ssin, reference="known" if target is not None else "unknown",
        ), state  # fmt: skip

    def owner_of(self, number: int) -> Numbered | None:
        """Whose the period, or else the daily registration, with a number is."""
        return self.numbers.get(number) or self.registered.get(number)

    def file_for_registration(
        self, block: DimonaDailyRegistration, subject: Subject, caller: Caller
    ) -> tuple[File, WorkerState | None]:
        """The file that a daily registration is judged on, and the worker's state. Raises NotMandated."""
        number, is_new = subject.number or 0, parse_action(block.attestation_status) == "create"
        known = self.numbers.get(number) if is_new else self.owner_of(number)
        if known is None:
            return File(), None
        employer = None if known.employer is None else self.employers_by_id.get(known.employer)
        if employer is not None and not caller.may_act_for(employer):
            raise NotMandated
        state = self.workers.get(known.ssin)
        if known.reference == "blocked" or state is None:
            return File(employer=employer, reference="blocked", registration_reference="blocked"), None
        changing = None if is_new else number
        return self.registrations.file(known.ssin, state.person, state.periods, employer, number, changing), state

    def file_for_entry(
        self, declaration: Declaration, subject: Subject, caller: Caller
    ) -> tuple[File, WorkerState | None]:
        """The file that an IN is judged on, and the worker's state, if the SSIN is well-formed. Raises NotMandated."""
        employer, by_enterprise = self.employer_of(declaration.employer, subject.keys, is_strict=caller.is_strict)
        if employer is not None and not caller.may_act_for(employer):
            raise NotMandated
        if employer is None and not caller.is_strict and not is_mandated(subject.keys, caller):
            raise NotMandated  # the lenient sandbox knows every well-formed employer
        is_user_known = not caller.is_strict or subject.user is None or self.known(subject.user, True) is not None
        ssin = subject.ssin
        if ssin is None:
            return File(employer=employer, employer_by_enterprise=by_enterprise, user_is_known=is_user_known), None
        state = self.workers[ssin]
        person = state.person or (None if caller.is_strict else Person(ssin))
        return File(
            employer=employer,
            employer_by_enterprise=by_enterprise,
            person=person,
            periods=tuple(state.periods.values()),
            user_is_known=is_user_known,
        ), (state if person is not None else None)

    def judge(
        self, declaration: Declaration, subject: Subject, caller: Caller, received_at: datetime, number: int
    ) -> Answer:
        """Decide one declaration under a number and note what follows from it; nothing is noted if it raises.

        Raises NotMandated.
        """
        file, state = self.file_for(declaration, subject, caller)
        decision = decide(declaration, file, self.law, received_at, caller.channel, number)
        entry, body = ENTRY[declaration.kind], _encode(declaration).decode()
        return self.note(declaration, file, state, decision, entry, number, caller.client, received_at, body)

    def note(
        self,
        declaration: Declaration,
        file: File,
        state: WorkerState | None,
        decision: Decision,
        entry: str,
        number: int,
        client: str,
        received_at: datetime,
        body: str,
    ) -> Answer:
        """Note an entry of the journal and the period it leaves; give the answer."""
        employer, period = file.employer, decision.period
        recorded_at = self.moment(state)
        target = file.target if period is None else period
        concerned = target.number if target is not None and decision.result != "B" else None
        self.append(
            state,
            number,
            entry,
            concerned,
            None if employer is None else employer.id,
            decision,
            received_at,
            recorded_at,
            client,
            body,
        )
        if period is not None and state is not None:
            self.store(state, period, recorded_at)
        if decision.registration is not None and state is not None:
            self.registrations.store(state.ssin, decision.registration, recorded_at)
        if decision.result == "S" and employer is not None:
            self.pending.append((number, employer.id, received_at, recorded_at))
        return Answer(
            number=number, result=decision.result, anomalies=decision.anomalies, is_late=decision.is_late,
            deadline=decision.deadline, declaration=declaration, period_number=concerned, employer=employer,
            worker=None if state is None else (state.person or Person(state.ssin)), received_at=received_at,
            recorded_at=recorded_at,
        )  # fmt: skip

    def moment(self, state: WorkerState | None) -> datetime:
        """The register's time for the next entry of a file: always after the one before."""
        if state is not None and state.recorded_at is not None and state.recorded_at >= self.now:
            return state.recorded_at + TICK
        return self.now

    def append(
        self,
        state: WorkerState | None,
        number: int,
        entry: str,
        period: int | None,
        employer: int | None,
        decision: Decision,
        received_at: datetime,
        recorded_at: datetime,
        client: str,
        body: str,
        sequence: int | None = None,
    ) -> None:
        """Add an entry to the journal, linked to the worker's last one; under worker 0 when nobody is known."""
        ssin, sequence, previous = (
            (0, number if sequence is None else sequence, b"")
            if state is None
            else (state.ssin, state.sequence + 1, state.chain)
        )
        anomalies = anomalies_text(decision.anomalies)
        chain = link(
            previous, ssin, sequence, number, entry, period, employer, decision.result, decision.is_late,
            decision.deadline, received_at, recorded_at, client, body, anomalies, self.law.version,
        )  # fmt: skip
        if state is not None:
            state.sequence, state.chain, state.recorded_at = sequence, chain, recorded_at
        self.entries.append(
            Entry(ssin, sequence, number, entry, period, employer, decision.result, decision.is_late, decision.deadline,
                  received_at, recorded_at, client, body, anomalies, self.law.version, chain)
        )  # fmt: skip

    def store(self, state: WorkerState, period: Period, recorded_at: datetime) -> None:
        """Put a period in its worker's file, in the place of its former version."""
        if period.version > 0:
            self.superseded.append((state.ssin, period.number, period.version - 1, recorded_at))
        state.periods[period.number] = period
        self.periods.append((state.ssin, recorded_at, period))

    def period_rows(self) -> list[tuple[int, datetime, datetime | None, Period]]:
        """The versions to insert, those that this very batch superseded already closed."""
        closed = {(ssin, number, version): moment for ssin, number, version, moment in self.superseded}
        return [
            (ssin, recorded_from, closed.get((ssin, period.number, period.version)), period)
            for ssin, recorded_from, period in self.periods
        ]

    def superseded_rows(self) -> list[tuple[int, int, int, datetime]]:
        """The stored versions to close: those that this batch did not itself insert."""
        fresh = {(ssin, period.number, period.version) for ssin, _, period in self.periods}
        return [row for row in self.superseded if row[:3] not in fresh]


def now() -> datetime:
    """The register's own clock."""
    return datetime.now(UTC)
