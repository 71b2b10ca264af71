"""The register beside the model: random declarations, every answer, the whole file, now and at past moments."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.interface import Answer, Caller, Criteria, NotFound, PeriodView
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.model import ModelPeriod
from tests.model.bridge import as_model, conflicts, declaration, exceeding
from tests.model.machine import EMPLOYERS, Beside, Seen, compare
from tests.model.strategies import USERS, Body, entries

T = TypeVar("T")
CALLER = Caller("stateful")
MICROSECOND = timedelta(microseconds=1)


@dataclass
class RegisterWorld:
    """A register and the loop that it lives in."""

    runner: asyncio.Runner
    register: LocalRegister
    last: Answer | None = None
    names: dict[int, str] = field(default_factory=dict)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def add_workers(self, workers: dict[str, tuple[str, str, str]]) -> None:
        self.run(
            self.register.put_workers(
                [
                    WorkerEntry(ssin, family_name=family, given_name=given, birth_date=date.fromisoformat(birth))
                    for ssin, (family, given, birth) in workers.items()
                ]
            )
        )

    def file(self, body: Body, at: datetime) -> Seen:
        dry = self.run(self.register.simulate(declaration(body), CALLER, at))
        self.last = self.run(self.register.file(declaration(body), CALLER, at))
        assert seen(dry).codes == seen(self.last).codes
        return seen(self.last)

    def lock(self, number: int) -> None:
        self.run(self.register.lock(number, "agent"))

    def views(self, ssin: str, as_of: datetime | None = None) -> list[PeriodView]:
        return self.run(self.register.search_periods(Criteria(ssin=int(ssin), as_of=as_of), CALLER, 1000))

    def periods(self, ssin: str, as_of: datetime | None = None) -> list[ModelPeriod]:
        return [of_view(view) for view in self.views(ssin, as_of)]


def seen(answer: Answer) -> Seen:
    codes = {anomaly.code for anomaly in answer.anomalies}
    return Seen(
        answer.number, answer.result, codes, answer.is_late, conflicts(answer.anomalies), exceeding(answer.anomalies)
    )


def of_view(view: PeriodView) -> ModelPeriod:
    return as_model(view.period, EMPLOYERS[view.employer.nsso or 0], f"{view.worker.ssin:011d}")


class RegisterBeside(Beside):
    """One register for all examples; what each of its states looked like is remembered with its moment."""

    world: RegisterWorld

    def __init__(self) -> None:
        super().__init__()
        self.past: list[tuple[datetime, list[ModelPeriod]]] = []
        self.is_past_cut = False

    def after(self, seen: Seen) -> None:
        super().after(seen)
        answer = self.world.last
        assert answer is not None
        if answer.result in "AW":
            self.past.append((answer.recorded_at, list(self.model.periods)))
        again = self.world.run(self.world.register.answer(seen.number, CALLER))
        assert (again.result, again.anomalies, again.is_late) == (answer.result, answer.anomalies, answer.is_late)
        assert (again.received_at, again.recorded_at) == (answer.received_at, answer.recorded_at)

    @rule(number=Beside.numbers, is_wanted=st.sampled_from([False] * 4 + [True]))
    def lock(self, number: int, is_wanted: bool) -> None:
        """Locks leave no answer, so that the moment is read from the period."""
        known = [period for period in self.model.periods if period.number == number and not period.locked]
        if known and is_wanted:
            self.world.lock(number)
            self.model.lock(number)
            view = self.world.run(self.world.register.period(number, CALLER))
            self.past.append((view.recorded_from, list(self.model.periods)))

    @precondition(lambda self: self.past)
    @rule(data=st.data(), is_just_before=st.booleans())
    def read_the_past(self, data: st.DataObject, is_just_before: bool) -> None:
        """The files, and one period, as the register knew them at a moment, or a microsecond before it."""
        place = data.draw(st.integers(0, len(self.past) - 1))
        moment, periods = self.past[place]
        if is_just_before and (place or not self.is_past_cut):
            moment, periods = moment - MICROSECOND, self.past[place - 1][1] if place else []
        for ssin in self.workers:
            expected = sorted((period for period in periods if period.worker == ssin), key=lambda period: period.number)
            assert sorted(self.world.periods(ssin, moment), key=lambda period: period.number) == expected
        number = data.draw(st.sampled_from([period.number for period in self.model.periods]))
        expected = [period for period in periods if period.number == number]
        try:
            found = [of_view(self.world.run(self.world.register.period(number, CALLER, moment)))]
        except NotFound:
            found = []
        assert found == expected

    @rule()
    def read_relations(self) -> None:
        """From the first engagement to the end of the last, per employer; cancelled periods do not count."""
        for ssin in self.workers:
            views = self.world.run(self.world.register.search_relations(Criteria(ssin=int(ssin)), CALLER, 100))
            found = {(EMPLOYERS[view.employer.nsso or 0], view.start, view.end) for view in views}
            standing = [period for period in self.model.periods if period.worker == ssin and not period.cancelled]
            assert found == {
                relation(employer, [period for period in standing if period.employer == employer])
                for employer in {period.employer for period in standing}
            }

    @rule(data=st.data(), blocks=st.lists(st.integers(0, 2), min_size=2, max_size=5))
    def declare_many_at_once(self, data: st.DataObject, blocks: list[int]) -> None:
        """INs in one breath: each is answered as if those before it had been answered already."""
        employer = {"employerId": next(iter(EMPLOYERS))}
        bodies = [
            {
                "employer": employer,
                "worker": {"ssin": [*self.workers][worker]},
                "dimonaIn": data.draw(entries(self.first)),
            }
            for worker in blocks
        ]
        at = self.moment((0, "07:30:00"))

        async def file_all() -> list[Answer]:
            return await asyncio.gather(*[self.world.register.file(declaration(body), CALLER, at) for body in bodies])

        answers = self.world.run(file_all())
        for body, answer in zip(bodies, answers, strict=True):
            verdict = self.model.judge(body, at)
            compare(seen(answer), verdict)
            self.model.record(body, verdict, answer.number)
        super().after(seen(answers[-1]))
        moment = max(answer.recorded_at for answer in answers)
        self.past, self.is_past_cut = [(moment, list(self.model.periods))], True


def relation(employer: str, periods: list[ModelPeriod]) -> tuple[str, date, date | None]:
    ends = [period.end for period in periods if period.end is not None]
    return employer, min(period.start for period in periods), max(ends) if len(ends) == len(periods) else None


@pytest.fixture
def world(database_url: str) -> Iterator[RegisterWorld]:
    with asyncio.Runner() as runner:
        register = runner.run(LocalRegister.open(database_url))
        try:
            found = RegisterWorld(runner, register)
            employers = [EmployerEntry(nsso_registration_number=nsso, name=name) for nsso, name in EMPLOYERS.items()]
            found.run(register.put_employers(employers + [EmployerEntry(enterprise_number=user) for user in USERS]))
            yield found
        finally:
            runner.run(register.close())


@pytest.mark.parametrize("examples", [60, pytest.param(4000, marks=pytest.mark.soak)])
def test_the_register_answers_and_remembers_as_the_model_does(
    world: RegisterWorld, database_url: str, examples: int
) -> None:
    class Machine(RegisterBeside):
        pass

    Machine.world = world
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify(database_url) == []
