"""Daily registrations over REST: filed as a fifth block, read now, as of a moment, and only by whom they concern."""

from typing import Any

import pytest

from opendimona.register.clients import Clients
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.test_post_declaration import AT, EMPLOYER, entry

BASE = f"http://dimona.test{ROOT}"
WORKER = {"ssin": "78070739119", "familyName": "DUBOIS"}
SHIFT = {"startDate": "2024-06-03", "startHour": "1100", "endDate": "2024-06-03"}


@pytest.fixture
async def world(sandbox: Caller) -> Caller:
    """A sandbox that knows one employer who chose Dimona for daily registrations, and one worker."""
    employer = {"nssoRegistrationNumber": "175110801", **EMPLOYER, "flags": ["dailyRegistration"]}
    await sandbox.post("/sandbox/employers", [employer])
    await sandbox.post("/sandbox/workers", [WORKER])
    return sandbox


async def register(world: Caller, **members: Any) -> Any:
    """File a daily registration declaration."""
    return await world.result({"dimonaDailyRegistration": members}, sandbox_time=AT)


async def test_a_registration_is_made_and_read(world: Caller) -> None:
    period = (await world.result(entry(), sandbox_time=AT))["declarationStatus"]["declarationId"]
    read = await register(world, attestationStatus=0, periodId=period, **SHIFT)
    number = read["declarationStatus"]["declarationId"]
    assert read["dimonaDailyRegistration"] == {"attestationStatus": 0, "periodId": period, **SHIFT}
    assert read["declarationStatus"] == {
        "declarationId": number,
        "result": "A",
        "period": {"id": period, "href": f"{BASE}/periods/{period}"},
        "dailyRegistration": {"id": number, "href": f"{BASE}/dailyRegistrations/{number}"},
    }
    shown = (await world.get(f"{ROOT}/dailyRegistrations/{number}")).json()
    assert shown == {
        "dailyRegistrationId": number,
        "period": {"id": period, "href": f"{BASE}/periods/{period}"},
        "employer": {"employerId": 175110801, "enterpriseNumber": "0471149091"},
        "worker": WORKER,
        **SHIFT,
        "cancelled": False,
        "href": f"{BASE}/dailyRegistrations/{number}",
    }


async def test_each_version_is_kept(world: Caller) -> None:
    period = (await world.result(entry(), sandbox_time=AT))["declarationStatus"]["declarationId"]
    made = await register(world, attestationStatus=0, periodId=period, **SHIFT)
    address = f"{ROOT}/dailyRegistrations/{made['declarationStatus']['declarationId']}"
    number = made["declarationStatus"]["declarationId"]
    changed = await register(world, attestationStatus=1, dailyRegistrationId=str(number), endHour="1500")
    assert changed["declarationStatus"]["dailyRegistration"]["id"] == number
    assert changed["declarationStatus"]["declarationId"] != number
    assert (await world.get(address)).json()["endHour"] == "1500"
    await register(world, attestationStatus=3, dailyRegistrationId=number)
    assert (await world.get(address)).json()["cancelled"] is True
    assert (await world.get(f"{address}?asOf=2000-01-01T00:00:00Z")).status == 404
    assert (await world.get(f"{address}?asOf=2199-01-01T00:00:00Z")).json()["cancelled"] is True
    assert (await world.get(f"{address}?asOf=yesterday")).status == 400


async def test_a_refused_one_is_none_and_names_what_stands_in_the_way(world: Caller) -> None:
    period = (await world.result(entry(), sandbox_time=AT))["declarationStatus"]["declarationId"]
    made = await register(world, attestationStatus=0, periodId=period, **SHIFT)
    refused = await register(world, attestationStatus=0, periodId=period, **SHIFT)
    (anomaly,) = refused["declarationStatus"]["anomalies"]
    number = made["declarationStatus"]["declarationId"]
    assert anomaly["dailyRegistrations"] == [{"dailyRegistrationId": number, "periodId": period, **SHIFT}]
    assert "dailyRegistration" not in refused["declarationStatus"]
    address = f"{ROOT}/dailyRegistrations/{refused['declarationStatus']['declarationId']}"
    assert (await world.get(address)).status == 404
    assert (await world.get(f"{ROOT}/dailyRegistrations/{period}")).status == 404


async def test_nothing_is_needed_for_a_declaration_to_be_judged(world: Caller) -> None:
    refused = await register(world)
    assert [item["errorId"] for item in refused["declarationStatus"]["anomalies"]] == ["00110-001"]


@pytest.mark.parametrize(
    "body",
    [
        {"dimonaDailyRegistration": {}, "dimonaCancel": {"periodId": 656309292174}},
        {"dimonaDailyRegistration": {"attestationStatus": True}},
        {"dimonaDailyRegistration": {"plannedHoursNumber": 8}},
        {"dimonaDailyRegistration": {}, "worker": {"familyName": "DUBOIS"}},
    ],
)
async def test_what_is_no_declaration(world: Caller, body: Any) -> None:
    assert (await world.file(body)).status == 400


async def test_another_program_neither_sees_nor_changes_it(world: Caller, clients: Clients) -> None:
    period = (await world.result(entry(), sandbox_time=AT))["declarationStatus"]["declarationId"]
    made = await register(world, attestationStatus=0, periodId=period, **SHIFT)
    number = made["declarationStatus"]["declarationId"]
    await clients.register(programs.program_entry(programs.ID, employers=["0400000086"]))
    other = Caller(world.app, {"authorization": f"Bearer {await programs.token(world)}"})
    assert (await other.get(f"{ROOT}/dailyRegistrations/{number}")).status == 404
    for members in (
        {"attestationStatus": 0, "periodId": period, **SHIFT},
        {"attestationStatus": 3, "dailyRegistrationId": number},
    ):
        assert (await other.file({"dimonaDailyRegistration": members})).status == 403
    assert (await world.get(f"{ROOT}/dailyRegistrations/{number}")).json()["cancelled"] is False
