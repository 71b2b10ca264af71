"""Random declarations filed both with a world under test and with the model; every answer and every file must agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

from tests.model import BRUSSELS, Model, ModelPeriod, Verdict
from tests.model.strategies import MOMENTS, USERS, Body, entries, spoilt, updates

EMPLOYERS = {175110801: "one", 175702307: "two", 178273680: "three"}
NAMES = ("PEETERS", "MARIE")
WINDOWS = [date(2024, 6, 24), date(2024, 4, 26), date(2024, 12, 23)]
"""Two weeks each: the end of a quarter, days around public holidays, the turn of a year."""
UNKNOWN = [0] * 40 + [999999999952, 600027876088, 600027876089, 123]
"""Instead of a known period, now and then: one that does not exist, or a number that is none."""


@dataclass
class Seen:
    """What a world answered."""

    number: int
    result: str
    codes: set[str]
    late: bool
    conflicts: set[int]
    exceeding: int


class World(Protocol):
    """What is tested beside the model: it knows EMPLOYERS, the users, and the workers that it was told of."""

    def add_workers(self, workers: dict[str, tuple[str, str, str]]) -> None:
        """Make these workers known, by SSIN, with family name, given name and birth date."""

    def file(self, body: Body, at: datetime) -> Seen:
        """File one declaration."""

    def lock(self, number: int) -> None:
        """Lock a period."""

    def periods(self, ssin: str) -> list[ModelPeriod]:
        """All periods of a worker, in any order."""


def fictitious_workers() -> Iterator[tuple[str, date]]:
    """SSINs of people who do not exist, each once, with their birth dates."""
    for count in range(25 * 365 * 499):
        birth = date(1950, 1, 1) + timedelta(count // 499)
        base = f"{birth:%y%m%d}{count % 499 * 2 + 1:03d}"
        yield f"{base}{97 - int(base) % 97:02d}", birth


class Beside(RuleBasedStateMachine):
    """Three workers and three employers; each example starts with workers of its own."""

    world: World
    fresh_workers = fictitious_workers()
    numbers: Bundle[int] = Bundle("numbers")

    @initialize(first=st.sampled_from(WINDOWS))
    def start(self, first: date) -> None:
        self.first = first
        self.workers = {
            ssin: (*NAMES, birth.isoformat()) for ssin, birth in (next(self.fresh_workers) for _ in range(3))
        }
        self.world.add_workers(self.workers)
        self.model = Model(EMPLOYERS, self.workers, set(USERS))

    @rule(
        target=numbers,
        data=st.data(),
        employer=st.sampled_from([0, 0, 0, 1, 2]),
        worker=st.sampled_from([0, 0, 0, 1, 2]),
        at=MOMENTS,
        is_spoilt=st.sampled_from([False] * 5 + [True]),
    )
    def declare_in(self, data: st.DataObject, employer: int, worker: int, at: tuple[int, str], is_spoilt: bool) -> Any:
        body: Body = {
            "employer": {"employerId": [*EMPLOYERS][employer]},
            "worker": {"ssin": [*self.workers][worker]},
            "dimonaIn": data.draw(entries(self.first)),
        }
        return self.file(data, body, at, is_spoilt)

    @rule(target=numbers, data=st.data(), number=numbers, at=MOMENTS)
    def declare_in_again(self, data: st.DataObject, number: int, at: tuple[int, str]) -> Any:
        """The IN of a period once more, as after a double click or a CANCEL."""
        for body in [body for known, body in self.filed if known == number]:
            return self.file(data, body, at, False)
        return multiple()

    @rule(
        data=st.data(),
        number=numbers,
        unknown=st.sampled_from(UNKNOWN),
        day=st.integers(-2, 20),
        at=MOMENTS,
        is_spoilt=st.sampled_from([False] * 9 + [True]),
    )
    def declare_out(
        self, data: st.DataObject, number: int, unknown: int, day: int, at: tuple[int, str], is_spoilt: bool
    ) -> None:
        block = {"periodId": unknown or number, "endDate": (self.first + timedelta(day)).isoformat()}
        self.file(data, self.with_cross_checks(data, {"dimonaOut": block}), at, is_spoilt)

    @rule(
        data=st.data(),
        number=numbers,
        unknown=st.sampled_from(UNKNOWN),
        at=MOMENTS,
        is_spoilt=st.sampled_from([False] * 9 + [True]),
    )
    def declare_update(
        self, data: st.DataObject, number: int, unknown: int, at: tuple[int, str], is_spoilt: bool
    ) -> None:
        block = data.draw(updates(self.first))
        self.file(
            data,
            self.with_cross_checks(data, {"dimonaUpdate": {"periodId": unknown or number, **block}}),
            at,
            is_spoilt,
        )

    @rule(data=st.data(), number=numbers, at=MOMENTS)
    def declare_cancel(self, data: st.DataObject, number: int, at: tuple[int, str]) -> None:
        self.file(data, self.with_cross_checks(data, {"dimonaCancel": {"periodId": str(number)}}), at, False)

    @rule(number=numbers, is_wanted=st.sampled_from([False] * 4 + [True]))
    def lock(self, number: int, is_wanted: bool) -> None:
        if is_wanted and any(period.number == number for period in self.model.periods):
            self.world.lock(number)
            self.model.lock(number)

    def __init__(self) -> None:
        super().__init__()
        self.filed: list[tuple[int, Body]] = []
        self.workers: dict[str, tuple[str, str, str]] = {}

    def with_cross_checks(self, data: st.DataObject, body: Body) -> Body:
        """Now and then the employer or the worker beside the number of the period, right or wrong."""
        which = data.draw(st.sampled_from(["none"] * 6 + ["employer", "worker"]))
        if which == "employer":
            return {"employer": {"employerId": data.draw(st.sampled_from([*EMPLOYERS]))}, **body}
        if which == "worker":
            return {"worker": {"ssin": [*self.workers][data.draw(st.integers(0, 2))]}, **body}
        return body

    def moment(self, at: tuple[int, str]) -> datetime:
        return datetime.combine(self.first + timedelta(at[0]), time.fromisoformat(at[1]), BRUSSELS)

    def file(self, data: st.DataObject, body: Body, at: tuple[int, str], is_spoilt: bool) -> Any:
        """File with both, compare the answers, then the files."""
        if is_spoilt:
            body = data.draw(spoilt(body))
        moment = self.moment(at)
        verdict = self.model.judge(body, moment)
        seen = self.world.file(body, moment)
        note(f"{moment:%Y-%m-%d %H:%M:%S} {body}")
        compare(seen, verdict)
        self.model.record(body, verdict, seen.number)
        self.after(seen)
        if "dimonaIn" not in body:
            return None
        self.filed.append((seen.number, body))
        return seen.number

    def after(self, seen: Seen) -> None:
        """Compare what is on file now."""
        for ssin in self.workers:
            expected = [period for period in self.model.periods if period.worker == ssin]
            assert sorted(self.world.periods(ssin), key=_number) == sorted(expected, key=_number)


def compare(seen: Seen, verdict: Verdict) -> None:
    """The answer is the verdict, in every part."""
    assert (seen.codes, seen.result) == (verdict.codes, verdict.result)
    assert (seen.late, seen.conflicts, seen.exceeding) == (verdict.late, verdict.conflicts, verdict.exceeding)


def _number(period: ModelPeriod) -> int:
    return period.number
