"""The core with a dictionary for a register: a world without a database."""

from collections import Counter, defaultdict
from datetime import date, datetime

from msgspec.structs import replace

from opendimona.core.decide import decide
from opendimona.core.decision import Decision, Movement
from opendimona.core.file import Employer, File, Period, Person
from opendimona.core.identifiers import with_check
from opendimona.law.reader import load_law
from tests.model import ModelPeriod
from tests.model.bridge import as_model, conflicts, declaration, exceeding
from tests.model.machine import EMPLOYERS, Seen
from tests.model.strategies import USERS, Body


class CoreWorld:
    """The core with a dictionary for a register."""

    def __init__(self) -> None:
        self.law = load_law()
        self.employers = {nsso: Employer(id=place, nsso=nsso) for place, nsso in enumerate(EMPLOYERS, 1)}
        self.clients = {user: Employer(id=place, enterprise=int(user)) for place, user in enumerate(USERS, 11)}
        self.worker_totals: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
        self.employer_totals: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
        self.day_uses: dict[int, Counter[tuple[str, date]]] = defaultdict(Counter)
        self.people: dict[int, Person] = {}
        self.owners: dict[int, int] = {}
        self.current: dict[int, Period] = {}
        self.blocked: set[int] = set()
        self.count = 6_000_000_000

    def add_workers(self, workers: dict[str, tuple[str, str, str]]) -> None:
        for ssin, (family, given, birth) in workers.items():
            self.people[int(ssin)] = Person(int(ssin), family, given, datetime.fromisoformat(birth).date())

    def lock(self, number: int) -> None:
        self.current[number] = replace(self.current[number], is_locked=True)

    def periods(self, ssin: str) -> list[ModelPeriod]:
        names = {employer.id: EMPLOYERS[nsso] for nsso, employer in self.employers.items()}
        return [
            as_model(period, names[period.employer], ssin)
            for number, period in self.current.items()
            if self.owners[number] == int(ssin)
        ]

    def file(self, body: Body, at: datetime) -> Seen:
        self.count += 1
        number = with_check(self.count)
        file = self.read(body)
        decision = self.judge(body, file, at, number)
        period = decision.period
        if period is not None:
            self.current[period.number] = period
            if "dimonaIn" in body:
                self.owners[number] = int(body["worker"]["ssin"])
            for movement in decision.movements:
                self.move(self.owners[period.number], movement)
        elif "dimonaIn" in body:
            self.blocked.add(number)
        return Seen(
            number,
            decision.result,
            {anomaly.code for anomaly in decision.anomalies},
            decision.is_late,
            conflicts(decision.anomalies),
            exceeding(decision.anomalies),
        )

    def judge(self, body: Body, file: File, at: datetime, number: int) -> Decision:
        """The decision on a declaration, before anything follows from it."""
        return decide(declaration(body), file, self.law, at, number=number)

    def move(self, ssin: int, movement: Movement) -> None:
        """Let a counter follow a decision, as a register does."""
        is_own = movement.employer is None
        totals = self.worker_totals[ssin] if is_own else self.employer_totals[movement.employer or 0]
        totals[movement.counter, movement.quarter] += movement.amount
        if movement.day is not None:
            self.day_uses[movement.employer or 0][movement.counter, movement.day] += movement.uses

    def read(self, body: Body) -> File:
        """The file as a register would read it."""
        if "dimonaIn" in body:
            ssin, nsso = body["worker"].get("ssin", "0"), body["employer"].get("employerId")
            employer, person = self.employers.get(nsso), self.people.get(int(ssin))
            user = body["dimonaIn"]["features"].get("usingEmployer") or {}
            client = self.clients.get(user.get("enterpriseNumber"))
            committee = body["dimonaIn"]["features"].get("jointCommissionNumber")
            file = File(employer, None, person, self.of(int(ssin)), user_is_known=client is not None, client=client)
            return self.with_totals(file, int(ssin), client if committee == "322" else employer)
        block = next(block for name, block in body.items() if name.startswith("dimona"))
        number = int(block["periodId"])
        target = self.current.get(number)
        if target is None:
            return File(reference="blocked" if number in self.blocked else "unknown")
        employer = next(employer for employer in self.employers.values() if employer.id == target.employer)
        owner = self.owners[number]
        user = target.features.user_enterprise
        client = None if user is None else self.clients[f"{user:010d}"]
        file = File(employer, None, self.people[owner], self.of(owner), target, owner, "known", client=client)
        return self.with_totals(file, owner, client if target.features.joint_committee == "322" else employer)

    def with_totals(self, file: File, ssin: int, undertaking: Employer | None) -> File:
        """The file with the counters of the worker and of the undertaking worked for."""
        own = 0 if undertaking is None else undertaking.id
        return replace(
            file,
            worker_totals=dict(self.worker_totals[ssin]),
            employer_totals=dict(self.employer_totals[own]),
            employer_day_uses=dict(self.day_uses[own]),
        )

    def of(self, ssin: int) -> tuple[Period, ...]:
        return tuple(period for number, period in self.current.items() if self.owners[number] == ssin)
