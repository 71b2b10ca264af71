"""What is kept of the block of an ordinary IN changes no answer."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from opendimona.core import recall
from opendimona.core.calendar import BRUSSELS
from opendimona.core.decide import ALL_MATTERS, decide, decide_plain
from opendimona.core.decision import Decision
from opendimona.core.declaration import Declaration
from opendimona.core.file import Employer, File, Person
from tests.core.test_properties import FILES, FIRST, LAW, RELAXED, SSIN, almost_sound, in_body
from tests.model.bridge import declaration as read
from tests.model.strategies import Body, entries

PRIVATE = Employer(1, 175110801)
LOCAL = Employer(1, 175110801, kind="local")
DIVIDED = Employer(1, 175110801, sub_entities=("0001",))
MORNING = datetime(2024, 6, 24, 8, tzinfo=BRUSSELS)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    recall._known.clear()


def anew(declaration: Declaration, file: File, at: datetime) -> Decision:
    """The decision of a program that has just been started."""
    recall._known.clear()
    return decide(declaration, file, LAW, at)


@given(
    declaration=st.one_of(almost_sound(), entries(FIRST).map(in_body).map(read)), file=FILES,
    employer=st.sampled_from([PRIVATE, LOCAL, DIVIDED, None]), days=st.integers(-3, 3), hours=st.integers(0, 15),
)  # fmt: skip
@settings(parent=RELAXED, max_examples=300)
def test_what_is_kept_changes_no_answer(
    declaration: Declaration, file: File, employer: Employer | None, days: int, hours: int
) -> None:
    cases = [
        (file, MORNING), (replace(file, employer=employer), MORNING), (file, MORNING + timedelta(days, 3600 * hours)),
        (File(employer=PRIVATE, person=Person(int(SSIN))), MORNING + timedelta(0, 3600 * hours)),
    ]  # fmt: skip
    wanted = [anew(declaration, one, at) for one, at in cases]
    recall._known.clear()
    for _ in range(2):
        assert [decide(declaration, one, LAW, at) for one, at in cases] == wanted


RESTRICTED = (
    replace(PRIVATE, is_secured_only=True), replace(PRIVATE, is_migrated=False),
    replace(PRIVATE, active_from=date(2024, 6, 25)), replace(PRIVATE, active_to=date(2024, 6, 23)),
    replace(PRIVATE, enterprise=471149091), replace(PRIVATE, kind="public"),
)  # fmt: skip
WORKERS = (
    {"ssin": SSIN}, {"ssin": SSIN, "familyName": "Autre"}, {"ssin": "78070739118"}, {"familyName": "Autre"}, {},
)  # fmt: skip
NUMBERS = ({"employerId": 175110801}, {"employerId": 175110802}, {"enterpriseNumber": "0471149091"}, {},
           {"employerId": 175110801, "enterpriseNumber": "0471149092"},
           {"employerId": 175110801, "enterpriseNumber": "0403019261"})  # fmt: skip


@given(
    entry=entries(FIRST), file=FILES, days=st.integers(-3, 3), worker=st.sampled_from(WORKERS),
    declared=st.sampled_from(NUMBERS), elsewhere=st.booleans(), is_unsecured=st.booleans(),
    employer=st.sampled_from([PRIVATE, PRIVATE, LOCAL, DIVIDED, None, *RESTRICTED]),
)  # fmt: skip
@settings(parent=RELAXED, max_examples=600)
def test_checks_that_have_nothing_to_look_at_would_say_nothing(
    entry: Body, file: File, days: int, worker: Body, declared: Body, elsewhere: bool, is_unsecured: bool,
    employer: Employer | None,
) -> None:  # fmt: skip
    declaration = read({**in_body(entry), "worker": worker, "employer": declared})
    before = decide(declaration, File(employer=PRIVATE, person=Person(int(SSIN))), LAW, MORNING, number=5).period
    periods = file.periods if before is None else (*file.periods, before)
    if elsewhere:
        periods = tuple(replace(period, employer=2) for period in periods)
    case = replace(file, employer=employer, periods=periods)
    at, channel = MORNING + timedelta(days), "unsecured" if is_unsecured else "secured"
    found = [decide(declaration, case, LAW, at, channel, 7) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("opendimona.core.decide.matters_of", lambda *_: ALL_MATTERS)
        wanted = decide(declaration, case, LAW, at, channel, 7)
    assert found == [wanted, wanted]


def test_an_ordinary_entry_is_judged_the_short_way_once_its_block_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    file = File(employer=PRIVATE, person=Person(int(SSIN)))
    assert decide_plain(ordinary(), file, LAW, MORNING, 7) is None
    full = decide(ordinary(), file, LAW, MORNING, number=7)
    assert decide_plain(ordinary(), file, LAW, MORNING, 7) == full
    assert full.period is not None
    assert full.period.number == 7
    assert decide_plain(ordinary(), file, LAW, MORNING + timedelta(1), 7) is None
    monkeypatch.setattr("opendimona.core.decide.Facts", None)  # nothing is judged in full any more
    assert decide(ordinary(), file, LAW, MORNING, number=7) == full


def ordinary(**members: object) -> Declaration:
    return read(in_body({"startDate": "2024-06-24", "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
                         **members}))  # fmt: skip


def kept(declaration: Declaration, employer: Employer = PRIVATE) -> int:
    decide(declaration, File(employer=employer, person=Person(int(SSIN))), LAW, MORNING)
    return len(recall._known)


def test_only_what_hangs_on_nothing_else_and_is_sound_is_kept() -> None:
    assert kept(ordinary(), LOCAL) == kept(ordinary(), DIVIDED) == 0
    assert kept(ordinary(startDate="2024-06-31")) == 0
    assert kept(ordinary()) == kept(ordinary()) == 1
    assert kept(ordinary(endDate="2024-06-30")) == 2


def test_a_later_day_of_filing_is_judged_for_itself() -> None:
    file = File(employer=PRIVATE, person=Person(int(SSIN)))
    assert decide(ordinary(), file, LAW, MORNING).result == "A"
    assert decide(ordinary(), file, LAW, MORNING + timedelta(1)).result == "W"


def test_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "LIMIT", 3)
    for day in range(1, 12):
        assert 0 < kept(ordinary(endDate=date(2024, 7, day).isoformat())) <= 3
