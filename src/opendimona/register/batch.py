"""Deciding a batch: read the files concerned, judge in order of arrival, gather what is to be written. No SQL here.

A declaration sees the effects of those before it. Nothing of this outlives the batch: when another writer was faster
on one of the workers, the whole batch is read and judged again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from opendimona.core.checks.daily import parse_action
from opendimona.core.checks.employer import parse_employer_id
from opendimona.core.decide import decide, worker_type_of
from opendimona.core.decision import Decision
from opendimona.core.declaration import Declaration, DeclaredEmployer, DimonaDailyRegistration
from opendimona.core.file import Employer, File, Period, Person, Reference
from opendimona.law.rules import Law
from opendimona.register.daily import Registrations
from opendimona.register.interface import Answer, Caller, EmployerKey, NotMandated
from opendimona.register.repertory import Repertory, keys_of
from opendimona.register.rows import Entry
from opendimona.register.store import anomalies_text, link
from opendimona.register.subject import Subject, declared_committee, declared_start
from opendimona.register.totals import BatchTotals, Counted, counts_employers, is_agency, is_counted
from opendimona.register.units import Units, is_within

ENTRY = {"in": "i", "out": "o", "update": "u", "cancel": "c", "daily": "r"}
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
        self.totals = BatchTotals()
        self.entries: list[Entry] = []
        self.periods: list[tuple[int, datetime, Period]] = []
        self.superseded: list[tuple[int, int, int, datetime]] = []
        self.pending: list[tuple[int, int, datetime, datetime]] = []
        self.settled: list[int] = []
        self.units: list[tuple[int, str]] = []
        self.known_units: Units = {}

    def learn_employers(self, employers: Iterable[Employer]) -> None:
        """Take in employers that were read."""
        for employer in employers:
            self.employers_by_id[employer.id] = employer
            for key in keys_of(employer):
                self.employers[key] = employer

    def recall_employers(
        self, repertory: Repertory, keys: Iterable[EmployerKey], ids: Iterable[int] = ()
    ) -> tuple[list[EmployerKey], list[int]]:
        """Take in, by these numbers and ids alone, the employers that the process keeps; what it does not know."""
        missing: list[EmployerKey] = []
        missing_ids: list[int] = []
        for key in keys:
            employer = repertory.by_key(key)
            if employer is None:
                missing.append(key)
            else:
                self.employers[key] = self.employers_by_id[employer.id] = employer
        for number in ids:
            employer = repertory.by_id(number)
            if employer is None:
                missing_ids.append(number)
            else:
                self.learn_employers((employer,))
        return missing, missing_ids

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
        if not is_within(caller, self.known_units, (number,)):
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
        if not is_within(caller, self.known_units, (number,)):
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

    def with_totals(self, declaration: Declaration, file: File, ssin: int, user: EmployerKey | None) -> File:
        """The file with the totals that a declaration may move, if it may move any."""
        features = None if file.target is None else file.target.features
        if features is not None:
            user = None if features.user_enterprise is None else ("enterprise", features.user_enterprise)
        if not is_counted(self.law, worker_type_of(declaration, file, self.law)):
            return file
        client = None if user is None else self.employers.get(user)
        return self.totals.add_to(file, ssin, client, is_agency(features, declared_committee(declaration)))

    def counted_by(self, declaration: Declaration, subject: Subject) -> Counted | None:
        """Whose totals a declaration may move; None when it moves none. The files must have been read."""
        ssin, target = subject.ssin, None
        if ssin is not None and ssin in self.workers:
            ssin = self.workers[ssin].ssin  # the one in force
        if declaration.dimona_in is None:
            known = None if subject.number is None else self.numbers.get(subject.number)
            state = None if known is None else self.workers.get(known.ssin)
            if state is None or subject.number is None or declaration.dimona_daily_registration is not None:
                return None
            ssin, target = state.ssin, state.periods.get(subject.number)
        worker_type = worker_type_of(declaration, File(target=target), self.law)
        if ssin is None or not is_counted(self.law, worker_type):
            return None
        if not counts_employers(self.law, worker_type):
            return Counted(ssin)
        features = None if target is None else target.features
        user = subject.user
        if features is not None and features.user_enterprise is not None:
            user = ("enterprise", features.user_enterprise)
        if is_agency(features, declared_committee(declaration)):
            undertaking = None if user is None else self.employers.get(user)
        elif target is not None:
            undertaking = self.employers_by_id.get(target.employer)
        else:
            undertaking = self.employer_of(declaration.employer, subject.keys)[0]
        days = {day for day in (declared_start(declaration), None if target is None else target.start) if day}
        return Counted(ssin, () if undertaking is None else (undertaking.id,), tuple(days))

    def judge(
        self, declaration: Declaration, subject: Subject, caller: Caller, received_at: datetime, number: int
    ) -> Answer:
        """Decide one declaration under a number and note what follows from it; nothing is noted if it raises.

        Raises NotMandated.
        """
        file, state = self.file_for(declaration, subject, caller)
        if state is not None:
            file = self.with_totals(declaration, file, state.ssin, subject.user)
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
        if decision.movements and state is not None:
            self.totals.note(state.ssin, decision.movements)
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
