"""What holds after any history: nothing forbidden stands, counters are right, the past is decided again alike."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opendimona.core.calendar import BRUSSELS, quarter_key
from opendimona.core.decide import decide
from opendimona.core.decision import Decision
from opendimona.core.file import File, Period
from opendimona.core.quotas import employer_uses, undertaking, worker_uses
from opendimona.law.reader import load_law
from opendimona.law.rules import Overlap
from tests.model.bridge import as_model
from tests.model.bridge import declaration as read
from tests.model.core_world import CoreWorld
from tests.model.machine import EMPLOYERS, NAMES
from tests.model.strategies import Body

FIRST = date(2024, 6, 24)
MIDDLE, QUARTER_END = FIRST + timedelta(7), date(2024, 6, 30)
WORKERS = ["78070739119", "80111405125"]
PLACES = [*EMPLOYERS][:2]
COLLIDING = ["OTH", "OTH", "DWD", "FLX", "FLX", "EXT", "EXT"]
COUNTED = ["STU", "STU", "EXT", "EXT", "LENT", "LENT", "O17", "S17", "T17"]
LENT = {"workerType": "EXT", "jointCommissionNumber": "322",
        "usingEmployer": {"enterpriseNumber": "0471149091", "jointCommissionNumber": "302"}}  # fmt: skip
LAW = load_law()
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
MANY = pytest.param(5000, marks=pytest.mark.soak)
# The default matrix forbids nothing between types, so that a stricter one shows more: one pair always, one by date.
ALWAYS = Overlap(one="OTH", other="DWD", features="different", is_allowed=False, source="this test")
BY_DATE = Overlap(one="FLX", other="OTH", features="different", is_allowed=False, source="this test", valid_from=MIDDLE)
STRICTER = msgspec.structs.replace(LAW, overlaps=(ALWAYS, BY_DATE, *LAW.overlaps))


class PastWorld(CoreWorld):
    """The core with a stricter matrix, two workers, a client that is an employer too, and every decision made."""

    def __init__(self) -> None:
        super().__init__()
        self.law = STRICTER
        self.add_workers({ssin: (*NAMES, f"19{ssin[:2]}-{ssin[2:4]}-{ssin[4:6]}") for ssin in WORKERS})
        # What an agency lends this employer uses the same days as its own staff.
        self.clients["0471149091"] = self.employers[PLACES[1]]
        self.decided: list[tuple[Body, File, datetime, int, Decision]] = []

    def judge(self, body: Body, file: File, at: datetime, number: int) -> Decision:
        decision = super().judge(body, file, at, number)
        self.decided.append((body, file, at, number, decision))
        return decision

    def place_of(self, period: Period) -> int:
        """The undertaking that a period works for."""
        employer = next(employer for employer in self.employers.values() if employer.id == period.employer)
        file = File(employer, client=self.clients.get(f"{period.features.user_enterprise or 0:010d}"))
        found = undertaking(file, period.features)
        assert found is not None
        return found.id


def entry(chance: Random, kinds: list[str]) -> Body:
    """The block of an IN of one of a few types, on few days: what is narrow collides."""
    kind = chance.choice(kinds)
    start = FIRST + timedelta(chance.randint(2, 10))
    end = start + timedelta(chance.choice([1, 3, 6]))
    block: Body = {"startDate": str(start), "endDate": str(end),
                   "features": {"workerType": kind, "jointCommissionNumber": "XXX"}}  # fmt: skip
    if kind in ("EXT", "LENT"):
        first, last = chance.choice([("1100", "1500"), ("1400", "2200")])
        block |= {"endDate": str(start), "startHour": first, "endHour": last}
        block["features"] = {"workerType": "EXT", "jointCommissionNumber": "302"} if kind == "EXT" else LENT
    if kind == "T17":
        block["endDate"] = str(start)
    if kind in ("STU", "O17", "S17"):
        block["endDate"] = str(min(end, QUARTER_END) if start <= QUARTER_END else end)
        block["plannedHoursNumber"] = chance.choice([8, 40, 100, 140])
    return block


def change(chance: Random, period: Period) -> Body:
    """What an UPDATE of a period gives: one date, both, or its planned hours."""
    start = str(period.start - timedelta(chance.randint(1, 4)))
    if period.features.worker_type in ("EXT", "T17"):
        return {"startDate": start, "endDate": start}
    if period.planned_hours is not None and chance.random() < 0.6:
        return {"plannedHoursNumber": chance.choice([8, 40, 100, 140])}
    return chance.choice([{"startDate": start}, {"endDate": str(FIRST + timedelta(chance.randint(2, 14)))}])


def declared(chance: Random, world: PastWorld, kinds: list[str]) -> Body:
    """One declaration of any kind at any of the employers."""
    kind = chance.choice(["in", "in", "in", "update", "update", "out", "cancel"])
    if kind == "in" or not world.current:
        return {"employer": {"employerId": chance.choice(PLACES)}, "worker": {"ssin": chance.choice(WORKERS)},
                "dimonaIn": entry(chance, kinds)}  # fmt: skip
    number = chance.choice(sorted(world.current))
    if kind == "update":
        return {"dimonaUpdate": {"periodId": number, **change(chance, world.current[number])}}
    if kind == "out":
        return {"dimonaOut": {"periodId": number, "endDate": str(FIRST + timedelta(chance.randint(0, 14)))}}
    return {"dimonaCancel": {"periodId": number}}


def history(chance: Random, kinds: list[str]) -> PastWorld:
    """A world after 40 declarations, their INs of these types; some come in time, some late."""
    world = PastWorld()
    for _ in range(40):
        day = FIRST + timedelta(chance.choice([-1, -1, -1, 3, 9]))
        world.file(declared(chance, world, kinds), datetime.combine(day, datetime.min.time(), BRUSSELS))
    return world


def histories(kinds: list[str]) -> st.SearchStrategy[PastWorld]:
    """Worlds with a past."""
    return st.randoms(use_true_random=True).map(lambda chance: history(chance, kinds))


def is_forbidden(one: Period, other: Period) -> bool:
    """Whether two periods share time although their features or the stricter matrix forbid it."""
    (first, last), (other_first, other_last) = (as_model(period, "", "").from_to() for period in (one, other))
    if not (first < other_last and other_first < last):
        return False
    types = {one.features.worker_type, other.features.worker_type}
    is_ruled_out = types == {"OTH", "DWD"} or (types == {"FLX", "OTH"} and max(one.start, other.start) >= MIDDLE)
    return one.features == other.features or is_ruled_out


def has_three_days_in_a_row(periods: list[Period]) -> bool:
    """Whether occasional work of hotels starts on three days in a row."""
    days = {period.start for period in periods
            if period.features.worker_type == "EXT" and period.features.effective_joint_committee == "302"}  # fmt: skip
    return any({day + timedelta(1), day + timedelta(2)} <= days for day in days)


@pytest.mark.parametrize("times", [150, MANY])
def test_nothing_stands_that_is_forbidden(times: int) -> None:
    @given(world=histories(COLLIDING))
    @settings(parent=RELAXED, max_examples=times)
    def check(world: PastWorld) -> None:
        for ssin in map(int, WORKERS):
            for employer in {period.employer for period in world.current.values()}:
                standing = [period for number, period in world.current.items() if world.owners[number] == ssin
                            and period.employer == employer and not period.is_cancelled]  # fmt: skip
                assert not [pair for pair in combinations(standing, 2) if is_forbidden(*pair)]
                assert not has_three_days_in_a_row(standing)

    check()


@pytest.mark.parametrize("times", [150, MANY])
def test_counters_that_moved_equal_a_count_from_scratch(times: int) -> None:
    @given(world=histories(COUNTED))
    @settings(parent=RELAXED, max_examples=times)
    def check(world: PastWorld) -> None:
        for ssin in map(int, WORKERS):
            totals = world.worker_totals[ssin]
            counted: Counter[tuple[str, int]] = Counter()
            mine = [period for number, period in world.current.items() if world.owners[number] == ssin]
            for counter, quarter, amount in worker_uses(LAW, mine):
                counted[counter, quarter] += amount
            assert all(used >= 0 for used in totals.values())
            assert +totals == counted
        uses = [(world.place_of(period), counter, period.start)
                for counter, period in employer_uses(LAW, world.current.values())]  # fmt: skip
        moved_uses = {(place, *key): used for place, found in world.day_uses.items() for key, used in (+found).items()}
        assert moved_uses == Counter(uses)
        days = Counter((place, counter, quarter_key(day)) for place, counter, day in set(uses))
        assert {(place, *key): used for place, found in world.employer_totals.items()
                for key, used in (+found).items()} == days  # fmt: skip

    check()


@pytest.mark.parametrize("times", [60, MANY])
def test_the_past_is_decided_again_as_it_was(times: int) -> None:
    @given(world=histories(COUNTED))
    @settings(parent=RELAXED, max_examples=times)
    def check(world: PastWorld) -> None:
        for body, file, at, number, decision in reversed(world.decided):
            assert decide(read(body), file, world.law, at, number=number) == decision

    check()
