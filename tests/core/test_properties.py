"""What holds for every declaration, whatever it says."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from opendimona.core.calendar import BRUSSELS
from opendimona.core.decide import decide
from opendimona.core.declaration import (
    Declaration,
    DimonaCancel,
    DimonaDailyRegistration,
    DimonaIn,
    DimonaOut,
    DimonaUpdate,
)
from opendimona.core.file import DailyRegistration, Employer, Features, File, Period, Person
from opendimona.law.reader import load_law
from tests.model.bridge import declaration as read
from tests.model.core_world import CoreWorld
from tests.model.machine import NAMES
from tests.model.strategies import Body, deformed, entries, spoilt, updates

FIRST = date(2024, 6, 24)
SSIN = "78070739119"
NUMBER = 600027876089
LAW = load_law()
BLOCKS = {"dimona_in": DimonaIn, "dimona_out": DimonaOut, "dimona_update": DimonaUpdate, "dimona_cancel": DimonaCancel,
          "dimona_daily_registration": DimonaDailyRegistration}  # fmt: skip
EDGES = ["0001-01-01", "9999-12-31", "9999-12-30", "1999-01-01", "2024-06-24", "2024-W26-1", "24:00", "2359", "0000",
         "302", "322", "XXX", "124", SSIN, "00000000097", "0471149091", "٢٠٢٤-٠٦-٠٣", "１２３４", "²²²²"]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(EDGES), st.dates().map(date.isoformat), st.text(max_size=20),
                  st.sampled_from(sorted(LAW.worker_types)))  # fmt: skip
NUMBERS = st.one_of(st.sampled_from([NUMBER, 175110801, 302, 1e300, 0.5]), st.integers(),
                    st.floats(allow_nan=False, allow_infinity=False))  # fmt: skip
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
MANY = pytest.param(30_000, marks=pytest.mark.soak)


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that JSON could bring to a member of this type."""
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([anything(part) for part in get_args(hint)])
    if hint is NoneType:
        return st.none()
    if hint in (int, float):
        return NUMBERS
    return TEXTS if hint is str else members(hint)


def members(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a part of the declaration."""
    return st.builds(kind, **{name: anything(hint) for name, hint in get_type_hints(kind).items()})


def arbitrary(block: str) -> st.SearchStrategy[Declaration]:
    """Any declaration of one kind."""
    hints = get_type_hints(Declaration)
    return st.builds(Declaration, employer=anything(hints["employer"]), worker=anything(hints["worker"]),
                     **{block: members(BLOCKS[block])})  # fmt: skip


def in_daily(status: int, period: int | None, registration: int | None) -> Body:
    """A daily registration on the first day."""
    return {"dimonaDailyRegistration": {
        "attestationStatus": status, "periodId": period, "dailyRegistrationId": registration,
        "startDate": "2024-06-24", "startHour": "1100", "endDate": "2024-06-24", "endHour": "1500"}}  # fmt: skip


@st.composite
def almost_sound(draw: st.DrawFn) -> Declaration:
    """A sound declaration with some values out of place."""
    body = draw(st.one_of(
        entries(FIRST).map(in_body),
        updates(FIRST).map(lambda given: {"dimonaUpdate": {"periodId": NUMBER, **given}}),
        st.just({"dimonaOut": {"periodId": NUMBER, "endDate": "2024-07-01"}, "worker": {"ssin": SSIN}}),
        st.builds(in_daily, st.integers(0, 4), st.sampled_from([NUMBER, None]), st.sampled_from([NUMBER, None])),
    ))  # fmt: skip
    return read(draw(deformed(body, TEXTS, NUMBERS)))


DAYS = st.sampled_from([FIRST, date.min, date(1920, 1, 1), date(9999, 12, 30), date.max])
PERIODS = st.builds(
    Period, number=st.just(NUMBER), employer=st.just(1),
    features=st.builds(Features, worker_type=st.sampled_from(sorted(LAW.worker_types)),
                       joint_committee=st.sampled_from(["XXX", "302", "322", "124", None])),
    start=DAYS, end=DAYS | st.none(), start_hour=st.sampled_from([None, 0, 2359]),
    end_hour=st.sampled_from([None, 0, 2359]), planned_hours=st.sampled_from([None, 8]), is_locked=st.booleans(),
    is_cancelled=st.booleans())  # fmt: skip
HOURS = st.sampled_from([0, 1100, 2359])
REGISTRATIONS = st.builds(
    DailyRegistration, number=st.sampled_from([NUMBER, 1]), period=st.just(NUMBER), start=DAYS, start_hour=HOURS,
    end=DAYS, end_hour=HOURS | st.none(), is_cancelled=st.booleans())  # fmt: skip
FILES = st.builds(
    File, employer=st.builds(Employer, id=st.just(1), nsso=st.just(175110801), may_register_daily=st.booleans())
    | st.none(), registration=REGISTRATIONS | st.none(), registrations=st.lists(REGISTRATIONS, max_size=2).map(tuple),
    person=st.just(Person(int(SSIN))) | st.none(),
    periods=st.lists(PERIODS, max_size=2).map(tuple), target=PERIODS | st.none(), target_ssin=st.just(int(SSIN)),
    reference=st.sampled_from(["known", "unknown", "blocked"]), user_is_known=st.booleans())  # fmt: skip
MOMENTS = st.datetimes(timezones=st.sampled_from([BRUSSELS, UTC])).filter(lambda at: 1 < at.year < 9999)


def repeated(times: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test with its short form, and its long form for the soak."""

    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        return pytest.mark.parametrize("times", [times, MANY])(test)

    return wrap


@repeated(1000)
def test_every_declaration_is_answered_and_always_in_the_same_way(times: int) -> None:
    declarations = st.one_of(almost_sound(), *[arbitrary(block) for block in BLOCKS])

    @given(declaration=declarations, file=FILES, at=MOMENTS, channel=st.sampled_from(["secured", "unsecured"]))
    @settings(parent=RELAXED, max_examples=times)
    def check(declaration: Declaration, file: File, at: datetime, channel: str) -> None:
        decision = decide(declaration, file, LAW, at, channel)
        assert decide(declaration, file, LAW, at, channel) == decision
        codes = [anomaly.code for anomaly in decision.anomalies]
        assert len(codes) == len(set(codes))
        assert (decision.result == "B") == any(anomaly.severity == "B" for anomaly in decision.anomalies)
        assert (decision.result == "A") == (not codes)
        assert (decision.period is None and decision.registration is None) == (decision.result in "BS")
        assert decision.registration is None or declaration.dimona_daily_registration is not None

    check()


def in_body(block: Body) -> Body:
    return {"employer": {"employerId": 175110801}, "worker": {"ssin": SSIN}, "dimonaIn": block}


def a_world() -> CoreWorld:
    world = CoreWorld()
    world.add_workers({SSIN: (*NAMES, "1978-07-07")})
    return world


def midnight(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(day), datetime.min.time(), BRUSSELS)


@repeated(120)
def test_periods_of_other_employers_change_nothing(times: int) -> None:
    @given(blocks=st.lists(entries(FIRST), min_size=1, max_size=6), change=updates(FIRST), data=st.data())
    @settings(parent=RELAXED, max_examples=times)
    def check(blocks: list[Body], change: Body, data: st.DataObject) -> None:
        world = a_world()
        for block in blocks[:-1]:
            world.file(in_body(block), midnight(-2))
        changes = [{"dimonaUpdate": {"periodId": number, **change}} for number in world.current]
        last = data.draw(st.sampled_from([in_body(blocks[-1]), *changes]))
        file, at = world.read(last), midnight(data.draw(st.integers(-3, 14)))
        strangers = tuple(msgspec.structs.replace(period, employer=99) for period in file.periods)
        beside = msgspec.structs.replace(file, periods=file.periods + strangers)
        one, other = decide(read(last), beside, LAW, at), decide(read(last), file, LAW, at)
        assert msgspec.structs.replace(one, movements=()) == msgspec.structs.replace(other, movements=())

    check()


@repeated(120)
def test_after_a_cancel_the_same_entry_is_accepted_again(times: int) -> None:
    @given(block=entries(FIRST), day=st.integers(-3, 20))
    @settings(parent=RELAXED, max_examples=times)
    def check(block: Body, day: int) -> None:
        world, at = a_world(), midnight(day)
        first = world.file(in_body(block), at)
        assume(first.result != "B")
        assert world.file(in_body(block), at).codes >= {"90373-333"}
        assert world.file({"dimonaCancel": {"periodId": first.number}}, at).result == "A"
        again = world.file(in_body(block), at)
        assert (again.result, again.codes) == (first.result, first.codes)

    check()


@repeated(120)
def test_no_history_holds_two_periods_that_share_time_and_features(times: int) -> None:
    @given(data=st.data())
    @settings(parent=RELAXED, max_examples=times)
    def check(data: st.DataObject) -> None:
        world = a_world()
        for _ in range(data.draw(st.integers(2, 15))):
            body = in_body(data.draw(entries(FIRST)))
            if world.current and data.draw(st.booleans()):
                number = data.draw(st.sampled_from(sorted(world.current)))
                end = FIRST + timedelta(data.draw(st.integers(0, 14)))
                body = data.draw(st.sampled_from([
                    {"dimonaUpdate": {"periodId": number, **data.draw(updates(FIRST))}},
                    {"dimonaOut": {"periodId": number, "endDate": end.isoformat()}},
                    {"dimonaCancel": {"periodId": number}}]))  # fmt: skip
            world.file(data.draw(spoilt(body)) if data.draw(st.integers(0, 9)) == 0 else body, midnight(-2))
        standing = [period for period in world.periods(SSIN) if not period.cancelled]
        assert all(period.end is None or period.end >= period.start for period in standing)
        for one, other in combinations(standing, 2):
            (first, last), (other_first, other_last) = one.from_to(), other.from_to()
            assert one.features != other.features or not (first < other_last and other_first < last)

    check()
