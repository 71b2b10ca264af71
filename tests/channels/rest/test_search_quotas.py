"""POST /quotas/search: what is left, of whom, in which year, and for whom it is not."""

from datetime import datetime
from typing import Any

import pytest

from opendimona.channels.rest import moments
from opendimona.register.clients import Clients
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller, Reply
from tests.channels.rest.test_post_declaration import AT, EMPLOYER, WORKER, entry

EXTRA = {
    "startHour": "1100",
    "endHour": "1500",
    "startDate": "2024-06-03",
    "endDate": "2024-06-03",
    "features": {"jointCommissionNumber": 302, "workerType": "EXT"},
}
STUDENT = {
    "endDate": "2024-06-03",
    "plannedHoursNumber": 120,
    "features": {"jointCommissionNumber": "XXX", "workerType": "STU"},
}
BALANCE = {"year": 2024, "neutralised": 0, "signalled": True}


async def ask(caller: Caller, body: Any, **headers: str) -> Reply:
    return await caller.post(f"{ROOT}/quotas/search", body, **headers)


async def items(caller: Caller, body: Any, **headers: str) -> list[dict[str, Any]]:
    reply = await ask(caller, body, **headers)
    assert reply.status == 200, reply.body
    assert set(reply.json()) == {"items"}
    return list(reply.json()["items"])


@pytest.fixture
async def world(sandbox: Caller) -> Caller:
    """A sandbox with a student who is an extra too."""
    for block in (EXTRA, STUDENT):
        assert (await sandbox.result(entry(**block), sandbox_time=AT))["declarationStatus"]["result"] == "A"
    return sandbox


async def test_of_a_worker(world: Caller) -> None:
    found = await items(world, {"worker": WORKER, "year": 2024})
    assert [one["type"] for one in found] == [
        "STUDENT", "HORECA_WORKER", "AGRICULTURE", "HORTICULTURE", "A17_PUBTV", "A17_YEAR_SPORT",
        "A17_QUARTER_SPORT", "A17_QUARTER_SPORT", "A17_QUARTER_SPORT", "A17_QUARTER_SPORT", "A17_STUDENT_SPORT",
        "A17_YEAR_OTHER", "A17_QUARTER_OTHER", "A17_QUARTER_OTHER", "A17_QUARTER_OTHER", "A17_QUARTER_OTHER",
        "A17_STUDENT_OTHER",
    ]  # fmt: skip
    hours = {"type": "STUDENT", "unit": "hour", "limit": 600, "used": 120, "left": 480, "confirmed": True}
    days = {"type": "HORECA_WORKER", "unit": "day", "limit": 50, "used": 1, "left": 49, "confirmed": False}
    assert found[:2] == [BALANCE | hours, BALANCE | days]
    assert [one.get("quarter") for one in found if one["type"] == "A17_QUARTER_SPORT"] == [1, 2, 4, 3]
    assert found[2]["signalled"] is False


async def test_of_an_employer(world: Caller) -> None:
    days = {"type": "HORECA_EMPLOYER", "unit": "day", "limit": 200, "used": 1, "left": 199, "confirmed": False}
    assert await items(world, {"employer": EMPLOYER, "worker": None, "year": 2024.0}) == [BALANCE | days]


async def test_a_quota_of_a_part_of_a_year_has_dates(world: Caller) -> None:
    found = await items(world, {"worker": WORKER, "year": 2023})
    rows = [one for one in found if one["type"] == "AGRICULTURE"]
    assert [(one["limit"], one.get("fromDate"), one.get("toDate")) for one in rows] == [
        (30, None, "2023-06-30"),
        (50, "2023-07-01", None),
    ]


async def test_without_a_year_it_is_the_current_one(world: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = await items(world, {"employer": EMPLOYER}, sandbox_time="2024-12-31T23:00:00Z")
    assert (one["year"], one["used"]) == (2025, 0)
    monkeypatch.setattr(moments, "now", lambda: datetime(2024, 12, 31, 23, 59, tzinfo=moments.BRUSSELS))
    (one,) = await items(world, {"employer": EMPLOYER})
    assert (one["year"], one["used"]) == (2024, 1)


async def test_the_limit_is_that_of_who_files_at_the_moment(world: Caller) -> None:
    for moment, limits in (("2015-06-04T12:00:00+02:00", [100, 100]), ("2015-06-05T12:00:00+02:00", [100, 200])):
        found = await items(world, {"employer": EMPLOYER}, sandbox_time=moment)
        assert [one["limit"] for one in found] == limits


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, ""),
        ({"worker": WORKER, "employer": EMPLOYER}, ""),
        ({"worker": {}}, "worker.ssin"),
        ({"worker": {"ssin": "78070739118"}}, "worker.ssin"),
        ({"employer": {}}, "employer"),
        ({"employer": {"employerId": 175110802}}, "employer.employerId"),
        ({"worker": WORKER, "year": 2009}, "year"),
        ({"worker": WORKER, "year": 2101}, "year"),
        ({"worker": WORKER, "year": 2024.5}, "year"),
        ({"worker": WORKER, "year": 1e300}, "year"),
        ({"worker": WORKER, "year": "2024"}, "year"),
        ({"worker": WORKER, "quarter": 1}, "quarter"),
    ],
)
async def test_what_cannot_be_understood(world: Caller, body: dict[str, Any], name: str) -> None:
    reply = await ask(world, body)
    assert (reply.status, reply.issue["name"], reply.issue["in"]) == (400, name, "body")
    assert b"7807073911" not in reply.body


async def test_an_employer_that_is_not_known(world: Caller) -> None:
    reply = await ask(world, {"employer": {"enterpriseNumber": "0400000086"}})
    assert (reply.status, reply.json()["type"]) == (404, "urn:problem-type:belgif:resourceNotFound")
    assert (reply.issue["in"], reply.issue["name"]) == ("body", "employer")


async def test_a_mandate_bounds_employers_and_not_workers(world: Caller, server: Caller, clients: Clients) -> None:
    await clients.register(programs.program_entry(employers=["178273680"]))
    program = Caller(server.app, {"authorization": f"Bearer {await programs.token(server)}"})
    assert (await ask(program, {"employer": EMPLOYER, "year": 2024})).status == 404
    found = await items(program, {"worker": WORKER, "year": 2024})
    assert found[0]["used"] == 120
    reply = await ask(program, {"worker": WORKER}, sandbox_time=AT)
    assert (reply.status, reply.issue["name"]) == (400, "Sandbox-Time")


async def test_who_may_only_declare_may_not_ask(server: Caller, clients: Clients) -> None:
    await clients.register(programs.program_entry(scopes=["scope:dimona:declaration:declarant"]))
    program = Caller(server.app, {"authorization": f"Bearer {await programs.token(server)}"})
    reply = await ask(program, {"worker": WORKER})
    assert (reply.status, reply.json()["type"]) == (403, "urn:problem-type:belgif:missingScope")
