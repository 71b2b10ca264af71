"""The matrix of overlaps: the default, and a pair that a row forbids, in both orders and on its dates only."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from opendimona.core.calendar import BRUSSELS
from opendimona.core.decide import decide
from opendimona.core.decision import Decision
from opendimona.core.file import Employer, Features, File, Period, Person
from opendimona.law.reader import load_law
from opendimona.law.rules import Law, Overlap
from tests.model.bridge import declaration

NUMBER = 600027876089
FORBIDDEN = Overlap(
    one="OTH", other="DWD", features="different", is_allowed=False, source="this test",
    valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31),
)  # fmt: skip
LAW = load_law()
STRICTER = replace(LAW, overlaps=(FORBIDDEN, *LAW.overlaps))
MORE_LENIENT = replace(LAW, overlaps=(replace(FORBIDDEN, one="any", other="any", features="equal", is_allowed=True),))


def beside(law: Law, known: tuple[str, date], declared: tuple[str, date], committee: str = "XXX") -> Decision:
    """What an open period of one type answers beside an open period of another that is known."""
    features = Features(worker_type=known[0], joint_committee="XXX")
    file = File(
        employer=Employer(1, 175110801), person=Person(78070739119),
        periods=(Period(number=NUMBER, employer=1, features=features, start=known[1]),),
    )  # fmt: skip
    body = {
        "employer": {"employerId": 175110801},
        "worker": {"ssin": "78070739119"},
        "dimonaIn": {
            "startDate": declared[1].isoformat(),
            "features": {"workerType": declared[0], "jointCommissionNumber": committee},
        },
    }
    return decide(declaration(body), file, law, datetime(2020, 1, 1, tzinfo=BRUSSELS), number=NUMBER)


@pytest.mark.parametrize(("one", "other"), [("OTH", "DWD"), ("DWD", "OTH")])
@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), False),
        (date(2023, 1, 1), date(2024, 1, 1), True),
        (date(2024, 12, 31), date(2024, 12, 31), True),
        (date(2024, 6, 1), date(2025, 1, 1), False),
    ],
)
def test_a_forbidden_pair_is_refused_in_either_order_and_on_the_row_s_dates(
    one: str, other: str, first: date, second: date, is_refused: bool
) -> None:
    for known, declared in (((one, first), (other, second)), ((one, second), (other, first))):
        decision = beside(STRICTER, known, declared)
        assert [item.code for item in decision.anomalies] == (["90373-334"] if is_refused else [])
        assert all(item.periods[0].number == NUMBER for item in decision.anomalies)
        assert beside(LAW, known, declared).result == "A"


def test_other_pairs_keep_the_default() -> None:
    day = date(2024, 6, 1)
    assert beside(STRICTER, ("OTH", day), ("PMP", day)).result == "A"
    assert beside(STRICTER, ("OTH", day), ("OTH", day), committee="140").result == "A"
    (duplicate,) = beside(STRICTER, ("OTH", day), ("OTH", day)).anomalies
    assert duplicate.code == "90373-333"
    assert beside(MORE_LENIENT, ("OTH", day), ("OTH", day)).result == "A"
