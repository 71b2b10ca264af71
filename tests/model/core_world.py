"""The core with a dictionary for a register: a world without a database."""

from datetime import datetime

from msgspec.structs import replace

from opendimona.core.decide import decide
from opendimona.core.file import Employer, File, Period, Person
from opendimona.core.identifiers import with_check
from opendimona.law.reader import load_law
from tests.model import ModelPeriod
from tests.model.bridge import as_model, conflicts, declaration
from tests.model.machine import EMPLOYERS, Seen
from tests.model.strategies import USERS, Body

LAW = replace(load_law(), quotas=())
"""The law without its limits, which the model does not know: a recount from scratch proves those (tests of totals)."""


class CoreWorld:
    """The core with a dictionary for a register."""

    def __init__(self) -> None:
        self.law = LAW
        self.employers = {nsso: Employer(id=place, nsso=nsso) for place, nsso in enumerate(EMPLOYERS, 1)}
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
        decision = decide(declaration(body), self.read(body), self.law, at)
        period = decision.period
        if period is not None and period.number == 0:
            self.current[number] = replace(period, number=number)
            self.owners[number] = int(body["worker"]["ssin"])
        elif period is not None:
            self.current[period.number] = period
        elif "dimonaIn" in body:
            self.blocked.add(number)
        return Seen(
            number,
            decision.result,
            {anomaly.code for anomaly in decision.anomalies},
            decision.is_late,
            conflicts(decision.anomalies),
        )

    def read(self, body: Body) -> File:
        """The file as a register would read it."""
        if "dimonaIn" in body:
            ssin, nsso = body["worker"].get("ssin", "0"), body["employer"].get("employerId")
            employer, person = self.employers.get(nsso), self.people.get(int(ssin))
            user = body["dimonaIn"]["features"].get("usingEmployer") or {}
            return File(
                employer,
                None,
                person,
                self.beside(employer, int(ssin)),
                user_is_known=user.get("enterpriseNumber") in USERS,
            )
        block = next(block for name, block in body.items() if name.startswith("dimona"))
        number = int(block["periodId"])
        target = self.current.get(number)
        if target is None:
            return File(reference="blocked" if number in self.blocked else "unknown")
        employer = next(employer for employer in self.employers.values() if employer.id == target.employer)
        owner = self.owners[number]
        return File(employer, None, self.people[owner], self.beside(employer, owner), target, owner, "known")

    def beside(self, employer: Employer | None, ssin: int) -> tuple[Period, ...]:
        return tuple(
            period
            for number, period in self.current.items()
            if employer and self.owners[number] == ssin and period.employer == employer.id
        )
