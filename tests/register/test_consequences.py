"""Which consequences of lateness are told with an answer."""

from datetime import datetime

import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.core.decision import Anomaly, Result
from opendimona.register.consequences import consequences_of
from opendimona.register.interface import Answer
from tests.model.bridge import declaration

Body = dict[str, object]
STUDENT: Body = {"dimonaIn": {"startDate": "2024-06-03", "features": {"workerType": "STU"}}}
HOURS: Body = {"dimonaUpdate": {"periodId": 600027876089, "endHour": "1700"}}
START: Body = {"dimonaUpdate": {"periodId": 600027876089, "startDate": "2024-06-02"}}
END: Body = {"dimonaUpdate": {"periodId": 600027876089, "endDate": "2024-06-28"}}
OUT: Body = {"dimonaOut": {"periodId": 600027876089, "endDate": "2024-06-28"}}
CANCEL: Body = {"dimonaCancel": {"periodId": 600027876089}}


def told(body: Body, filed_on: str, *codes: str, result: Result = "W", is_late: bool = True) -> list[str]:
    """The English words of the consequences."""
    moment = datetime.fromisoformat(f"{filed_on}T09:00").replace(tzinfo=BRUSSELS)
    answer = Answer(
        number=600027876089, result=result, anomalies=tuple(Anomaly(code, "NP") for code in codes), is_late=is_late,
        deadline=None, declaration=declaration(body), period_number=None, employer=None, worker=None,
        received_at=moment, recorded_at=moment,
    )  # fmt: skip
    return [row.text["en"] for row in consequences_of(answer)]


@pytest.mark.parametrize(
    ("worker_type", "words"),
    [
        ("STU", "outside the student's quota"),
        ("EXT", "favourable scheme of occasional work"),
        ("STX", "favourable scheme of occasional work"),
        ("FLX", "flexi-job in the DmfA"),
    ],
)
def test_a_late_entry_of_a_favoured_type_loses_the_favour(worker_type: str, words: str) -> None:
    body = {"dimonaIn": {"startDate": "2024-06-03", "features": {"workerType": worker_type}}}
    favour, offence = told(body, "2024-06-04")
    assert words in favour
    assert "offence" in offence
    (offence,) = told({"dimonaIn": {"startDate": "2024-06-03", "features": {"workerType": "OTH"}}}, "2024-06-04")
    assert "solidarity contribution" in offence


def test_students_lose_their_quota_from_2017_on() -> None:
    assert len(told(STUDENT, "2017-01-01")) == 2
    assert len(told(STUDENT, "2016-12-31")) == 1


@pytest.mark.parametrize(("body", "words"), [(CANCEL, "cancel after"), (HOURS, "changed end hour")])
def test_cancels_and_hours_are_offences_since_june_2024(body: Body, words: str) -> None:
    (text,) = told(body, "2024-06-27")
    assert words in text
    assert told(body, "2024-06-26") == []


def test_an_update_tells_what_follows_from_the_change_that_was_late() -> None:
    (text,) = told(START, "2024-07-01", "90378-460")
    assert "days before" in text
    assert told(END, "2024-07-01") == []
    assert len(told(OUT, "2024-07-10")) == 1


def test_what_was_refused_or_on_time_has_none() -> None:
    assert told(STUDENT, "2024-06-04", result="B") == []
    assert told(STUDENT, "2024-06-03", result="A", is_late=False) == []
    assert len(told(STUDENT, "2024-06-04", result="S")) == 2
