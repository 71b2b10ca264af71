"""What the register owes to callers in corners that a case file does not reach."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from opendimona.channels.rest import rendering
from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.register.entries import EmployerEntry, InvalidEntry, PeriodEntry
from opendimona.register.interface import Caller, Key, NotMandated
from opendimona.register.local import LocalRegister
from tests.model.bridge import declaration

MORNING = datetime(2024, 6, 3, 7, 30, tzinfo=BRUSSELS)
IDENTITY: dict[str, object] = {
    "familyName": "Martin",
    "givenName": "Zoe",
    "birthDate": "1990-00-00",
    "placeOfBirth": "Lille",
    "countryOfBirth": 111,
    "nationality": 111,
    "gender": 2,
    "address": {
        "street": "Rue Haute",
        "houseNumber": "1",
        "postCode": "1000",
        "municipality": {"code": 21004},
        "country": 150,
    },
}
LENIENT, STRICT = Caller("sandbox", is_strict=False), Caller("sandbox")


def entry(worker: dict[str, object] | None = None, start: str = "2024-06-03") -> Declaration:
    """An IN of an employer that nobody loaded."""
    body = {
        "employer": {"employerId": 175702307},
        "worker": worker or {"ssin": "78070739119"},
        "dimonaIn": {"startDate": start, "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"}},
    }
    return msgspec.convert(body, Declaration)


async def test_an_employer_that_the_sandbox_made_up_is_unknown_to_the_strict(register: LocalRegister) -> None:
    codes = [item.code for item in (await register.file(entry(), STRICT, MORNING)).anomalies]
    assert "00011-235" in codes
    assert (await register.file(entry(), LENIENT, MORNING)).result == "A"
    again = await register.file(entry(start="2025-06-03"), STRICT, MORNING)
    assert [item.code for item in again.anomalies] == codes


async def test_a_refused_identification_stays_late(register: LocalRegister) -> None:
    pending = await register.file(entry(IDENTITY), LENIENT, MORNING + timedelta(days=2))
    assert (pending.result, pending.is_late) == ("S", True)
    refused = await register.agents.identify(pending.number, "agent", None, "nobody of that name")
    read = await register.answer(pending.number, LENIENT)
    assert [(answer.result, answer.is_late) for answer in (refused, read)] == [("B", True)] * 2
    assert read.anomalies[0].reason == "nobody of that name"


async def test_a_key_gives_nothing_away_once_the_mandate_is_gone(register: LocalRegister) -> None:
    key = Key("k", b"digest")
    await register.file(entry(), LENIENT, MORNING, key)
    without = Caller("sandbox", mandate=frozenset([("nsso", 175110801)]), is_strict=False)
    with pytest.raises(NotMandated):
        await register.file(entry(), without, MORNING, key)


@pytest.mark.parametrize(
    ("member", "value"),
    [("workerType", "NOPE"), ("jointCommissionNumber", "zz"), ("plannedHoursNumber", -5), ("periodId", 600027876080)],
)
async def test_a_period_that_no_declaration_could_touch_is_not_imported(
    register: LocalRegister, member: str, value: object
) -> None:
    await register.file(entry(), LENIENT, MORNING)
    features = {"workerType": "OTH", "jointCommissionNumber": "XXX"}
    period: dict[str, object] = {
        "employer": {"employerId": 175702307},
        "worker": {"ssin": "80111405125"},
        "startDate": "2009-01-01",
        "features": features,
        "href": "https://example.test/periods/1",
        "late": None,
    }
    (features if member in features else period)[member] = value
    with pytest.raises(InvalidEntry, match=member):
        await register.import_periods([msgspec.convert(period, PeriodEntry)])


OLD: dict[str, Any] = {
    "employer": {"employerId": 175110801},
    "worker": {"ssin": "78070739119"},
    "startDate": "2008-09-01",
    "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
    "oldDimonaNumber": "20080901123",
}


async def test_a_period_of_the_old_dimona_keeps_its_number_and_stands_in_the_way(register: LocalRegister) -> None:
    await register.put_employers([EmployerEntry(nsso_registration_number=175110801)])
    closed = {**OLD, "endDate": "2010-06-30"}
    (number,) = await register.import_periods([msgspec.convert(closed, PeriodEntry)])
    assert rendering.period(await register.period(number, LENIENT), "")["oldDimonaNumber"] == "20080901123"
    body = {"employer": OLD["employer"], "worker": OLD["worker"],
            "dimonaIn": {"startDate": "2010-05-10", "endDate": "2010-05-14", "features": OLD["features"]}}  # fmt: skip
    answer = await register.file(declaration(body), LENIENT, datetime(2010, 5, 10, 9, tzinfo=UTC))
    assert [(item.code, item.periods[0].number) for item in answer.anomalies] == [("90373-334", number)]
    earlier = {"dimonaUpdate": {"periodId": number, "endDate": "2010-05-07"}}
    assert (await register.file(declaration(earlier), LENIENT, datetime(2010, 5, 10, 9, tzinfo=UTC))).result == "A"
    shown = rendering.period(await register.period(number, LENIENT), "")
    assert (shown["endDate"], shown["oldDimonaNumber"]) == ("2010-05-07", "20080901123")
    with pytest.raises(InvalidEntry, match="overlaps"):
        await register.import_periods([msgspec.convert({**closed, "endDate": "2009-01-01"}, PeriodEntry)])


@pytest.mark.parametrize("number", ["", "1-2", "x" * 21, "é"])
async def test_an_old_number_that_is_none(register: LocalRegister, number: str) -> None:
    await register.put_employers([EmployerEntry(nsso_registration_number=175110801)])
    with pytest.raises(InvalidEntry, match="oldDimonaNumber"):
        await register.import_periods([msgspec.convert({**OLD, "oldDimonaNumber": number}, PeriodEntry)])
