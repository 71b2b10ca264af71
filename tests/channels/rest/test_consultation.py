"""Reading: declarations, periods, relations and the three searches, in the form that existing programs take apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.test_post_declaration import AT, EMPLOYER, WORKER, entry

SHOWN_EMPLOYER = {"employerId": 175110801, "enterpriseNumber": "0471149091"}
SHOWN_WORKER = {"ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07"}
BASE = f"http://dimona.test{ROOT}"


@pytest.fixture
async def world(sandbox: Caller) -> Caller:
    """A sandbox that knows one employer and one worker."""
    await sandbox.post("/sandbox/employers", [{"nssoRegistrationNumber": "175110801", **EMPLOYER}])
    await sandbox.post(
        "/sandbox/workers",
        [{"ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07"}],
    )
    return sandbox


def codes(read: dict[str, Any]) -> list[str]:
    """The anomalies of an answer."""
    return [item["errorId"] for item in read["declarationStatus"].get("anomalies", ())]


def has_null(value: Any) -> bool:
    """Whether null stands anywhere."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(has_null(part) for part in parts)


async def test_an_accepted_declaration(world: Caller) -> None:
    read = await world.result(entry(), sandbox_time=AT)
    status = read.pop("declarationStatus")
    number = status["declarationId"]
    assert read == {
        "href": f"{BASE}/declarations/{number}",
        "employer": SHOWN_EMPLOYER,
        "worker": SHOWN_WORKER,
        "dimonaIn": entry()["dimonaIn"],
    }
    assert status.pop("deadline").startswith("2024-06-03T23:59:59")
    assert status == {
        "declarationId": number,
        "result": "A",
        "period": {"id": number, "href": f"{BASE}/periods/{number}"},
    }


async def test_a_warning(world: Caller) -> None:
    status = (await world.result(entry(), sandbox_time="2024-06-04T00:00:01+02:00"))["declarationStatus"]
    assert (status["result"], status["late"], status["informationsCollection"]) == ("W", True, [])
    assert status["anomaliesCollection"] == status["anomalies"]
    (item,) = status["anomalies"]
    assert (item["errorId"], item["severity"], item["label"]["fr"]) == ("90373-460", "NP", "Déclaration tardive")
    assert set(item["label"]) == set(item["remedy"]) == {"fr", "nl", "de", "en"}


async def test_lateness_tells_its_consequences(world: Caller) -> None:
    late = (await world.result(entry(), sandbox_time="2024-06-04T00:00:01+02:00"))["declarationStatus"]
    assert late["deadline"] == "2024-06-03T23:59:59+02:00"
    (consequence,) = late["consequences"]
    assert "art. 181" in consequence["source"]
    assert consequence["confirmed"] is True
    assert set(consequence["text"]) == {"fr", "nl", "de", "en"}
    number = late["period"]["id"]
    body = {"dimonaCancel": {"periodId": number}}
    for at, count in (("2024-06-27T09:00:00+02:00", 1), ("2024-06-26T09:00:00+02:00", 0)):  # an offence since then
        status = (await world.result(body, sandbox_time=at))["declarationStatus"]
        assert (status.get("late", False), len(status.get("consequences", []))) == (count == 1, count)


async def test_only_what_was_accepted_late_has_consequences(world: Caller) -> None:
    refused = entry(endHour="1700")
    for body, at in ((entry(), AT), (refused, "2024-06-04T00:00:01+02:00")):
        assert "consequences" not in (await world.result(body, sandbox_time=at))["declarationStatus"]


async def test_a_refusal_names_the_periods_in_conflict(world: Caller) -> None:
    first = await world.result(entry(endDate="2024-06-28"), sandbox_time=AT)
    read = await world.result(entry(startDate="2024-06-10"), sandbox_time=AT)
    status = read["declarationStatus"]
    assert (status["result"], codes(read), "late" in status) == ("B", ["90373-334"], False)
    assert status["anomaliesCollection"] == status["anomalies"]
    assert "informationsCollection" not in status
    assert status["anomalies"][0]["periods"] == [
        {"periodId": first["declarationStatus"]["declarationId"], "startDate": "2024-06-03", "endDate": "2024-06-28"}
    ]
    assert not has_null(read)


IDENTITY = {
    "familyName": "NOVAK",
    "givenName": "EVA",
    "birthDate": "1990-01-02",
    "placeOfBirth": "BRNO",
    "countryOfBirth": 140,
    "nationality": 140,
    "gender": 2,
    "address": {
        "street": "RUE HAUTE",
        "houseNumber": "1",
        "postCode": "1000",
        "municipality": {"code": 21004, "name": "BRUXELLES"},
        "country": 150,
    },
}


async def test_a_pending_declaration_and_how_it_is_settled(world: Caller) -> None:
    answers = []
    for decision in ({"decision": "accept", "ssin": "78070739119"}, {"decision": "refuse", "reason": "Niemand"}):
        posted = await world.file(
            {"employer": EMPLOYER, "worker": IDENTITY, "dimonaIn": entry()["dimonaIn"]}, sandbox_time=AT
        )
        pending = (await world.get(posted.headers["location"])).json()
        status = pending["declarationStatus"]
        assert (status["result"], codes(pending), "worker" in pending) == ("S", ["90017-151"], False)
        assert (status["anomalies"][0]["severity"], "period" in status) == ("S", False)
        assert {"anomaliesCollection", "informationsCollection"}.isdisjoint(status)
        assert status["anomalies"][0]["label"]["nl"]
        settle = f"/sandbox/identifications/{status['declarationId']}"
        assert (await world.post(settle, decision)).status == 204
        assert (await world.post(settle, decision)).status == 404
        answers.append((await world.get(posted.headers["location"])).json())
    accepted, refused = answers
    number = accepted["declarationStatus"]["declarationId"]
    assert (accepted["declarationStatus"]["result"], accepted["worker"]) == ("A", SHOWN_WORKER)
    assert accepted["declarationStatus"]["period"]["id"] == number
    assert (refused["declarationStatus"]["result"], codes(refused)) == ("B", ["90017-151"])
    remedy = refused["declarationStatus"]["anomalies"][0]["remedy"]
    assert remedy == dict.fromkeys(("fr", "nl", "de", "en"), "Niemand")


async def test_a_declaration_for_nobody_known_repeats_the_numbers_sent(sandbox: Caller) -> None:
    read = await sandbox.result(
        {**entry(), "employer": {"employerId": 175110801.0, "enterpriseNumber": "x"}}, sandbox_strict="true"
    )
    assert read["employer"] == {"employerId": 175110801, "enterpriseNumber": "x"}
    assert "00014-003" in codes(read)


async def test_a_period_in_all_its_versions(world: Caller) -> None:
    agency = {
        "jointCommissionNumber": "322",
        "workerType": "OTH",
        "usingEmployer": {"jointCommissionNumber": "XXX", "enterpriseNumber": "0400000086"},
    }
    filed = await world.result(entry(endDate="2024-06-28", features=agency), sandbox_time=AT)
    number = filed["declarationStatus"]["declarationId"]
    url = f"{ROOT}/periods/{number}"
    assert (await world.get(url)).json() == {
        "periodId": number,
        "employer": SHOWN_EMPLOYER,
        "worker": SHOWN_WORKER,
        "startDate": "2024-06-03",
        "endDate": "2024-06-28",
        "features": agency,
        "late": False,
        "locked": False,
        "cancelled": False,
        "href": f"{BASE}/periods/{number}",
    }
    before = datetime.now(UTC)
    out = await world.result({"dimonaCancel": {"periodId": str(number)}}, sandbox_time=AT)
    assert out["declarationStatus"]["period"]["id"] == number != out["declarationStatus"]["declarationId"]
    assert (await world.get(url)).json()["cancelled"] is True
    assert (await world.get(f"{url}?asOf={before.isoformat()}")).json()["cancelled"] is False
    assert (await world.get(f"{url}?asOf={(before - timedelta(days=1)).isoformat()}")).status == 404
    for wrong in ("2024-06-03T08:00", "yesterday", "0001-01-01T00:00:00%2B14:00"):
        reply = await world.get(f"{url}?asOf={wrong}")
        assert (reply.status, reply.issue["in"], reply.issue["name"]) == (400, "query", "asOf")
    assert (await world.post(f"/sandbox/periods/{number}/lock", b"")).status == 204
    assert (await world.get(url)).json()["locked"] is True


async def test_hours_have_four_digits(world: Caller) -> None:
    filed = await world.result(
        entry(
            startHour="0800",
            endHour="1230",
            endDate="2024-06-03",
            features={"jointCommissionNumber": "302", "workerType": "EXT"},
        ),
        sandbox_time=AT,
    )
    read = (await world.get(f"{ROOT}/periods/{filed['declarationStatus']['declarationId']}")).json()
    assert (read["startHour"], read["endHour"]) == ("0800", "1230")


async def test_unknown_numbers(world: Caller) -> None:
    for path in (
        "declarations/656309292174",
        "periods/656309292174",
        "declarations/1",
        "declarations/x",
        "declarations/" + "9" * 30,
        "declarations/656309292174/",
        "dailyRegistrations/656309292174",
    ):
        reply = await world.get(f"{ROOT}/{path}")
        assert (reply.status, reply.json()["type"]) == (404, "urn:problem-type:belgif:resourceNotFound"), path


async def numbers(caller: Caller, what: str, body: dict[str, Any], query: str = "") -> list[Any]:
    """The items of a search, by period or declaration number."""
    reply = await caller.post(f"{ROOT}/{what}/search{query}", body)
    assert reply.status == 200, reply.body
    return [item.get("periodId") or item["declarationStatus"]["declarationId"] for item in reply.json()["items"]]


async def test_the_three_searches(world: Caller) -> None:
    days = (("2024-06-03", "2024-06-07"), ("2024-06-10", "2024-06-14"), ("2024-06-17", None))
    filed = [await world.result(entry(startDate=start, endDate=end), sandbox_time=AT) for start, end in days]
    first, second, third = (item["declarationStatus"]["declarationId"] for item in filed)
    await world.result({"dimonaCancel": {"periodId": second}}, sandbox_time=AT)
    for who in ({"employer": EMPLOYER}, {"worker": WORKER}, {"employer": {"employerId": 175110801}, "worker": WORKER}):
        assert await numbers(world, "periods", who) == [first, second, third]
    who = {"employer": EMPLOYER, "worker": WORKER}
    assert await numbers(world, "periods", {**who, "includeCancelled": False}) == [first, third]
    june = {"fromDate": "2024-06-05", "toDate": "2024-06-12"}
    assert await numbers(world, "periods", {**who, "scope": "active", **june}) == [first]
    assert await numbers(world, "periods", {**who, "scope": "mutations", **june}) == [first, second]
    assert await numbers(world, "periods", {**who, "asOf": "2024-01-01T00:00:00Z"}) == []
    assert (await numbers(world, "declarations", who))[:3] == [first, second, third]
    assert len(await numbers(world, "declarations", {"worker": {**WORKER, "familyName": "X"}})) == 4
    assert await numbers(world, "periods", {"employer": {"enterpriseNumber": "0400000086"}}) == []
    relations = (await world.post(f"{ROOT}/relations/search", who)).json()
    assert relations["items"] == [{"employer": SHOWN_EMPLOYER, "worker": SHOWN_WORKER, "startDate": "2024-06-03"}]


async def test_a_relation_that_has_ended(world: Caller) -> None:
    await world.result(entry(endDate="2024-06-28"), sandbox_time=AT)
    (item,) = (await world.post(f"{ROOT}/relations/search", {"worker": WORKER})).json()["items"]
    assert (item["startDate"], item["endDate"]) == ("2024-06-03", "2024-06-28")


async def test_pages_follow_each_other(world: Caller) -> None:
    filed = [
        (await world.result(entry(startDate=f"2024-06-{day:02}", endDate=f"2024-06-{day:02}"), sandbox_time=AT))[
            "declarationStatus"
        ]["declarationId"]
        for day in (3, 4, 5, 6, 7)
    ]
    for what in ("periods", "declarations"):
        seen: list[int] = []
        url: str | None = f"{ROOT}/{what}/search?pageSize=2&page=1"
        while url is not None:
            page = (await world.post(url, {"worker": WORKER})).json()
            assert page["self"].startswith(f"{BASE}/{what}/search?pageSize=2&page=")
            seen += [item.get("periodId") or item["declarationStatus"]["declarationId"] for item in page["items"]]
            url = page.get("next")
            assert url is None or (url.startswith(BASE) and len(page["items"]) == 2)
        assert seen == filed
    assert await numbers(world, "periods", {"worker": WORKER}, "?pageSize=5") == filed
    assert await numbers(world, "periods", {"worker": WORKER}, "?page=2") == []
    assert "next" not in (await world.post(f"{ROOT}/periods/search?pageSize=999999", {"worker": WORKER})).json()


async def test_searches_that_cannot_be_understood(world: Caller) -> None:
    good = {"worker": WORKER}
    for name, body in {
        "": {},
        "worker.ssin": {"worker": {"ssin": "78070739110"}},
        "employer": {"employer": {}},
        "employer.employerId": {"employer": {"employerId": 175110802}},
        "note": {**good, "note": 1},
        "employer.enterpriseNumber": {"employer": {"enterpriseNumber": "0471149092"}},
        "scope": {**good, "scope": "x"},
        "fromDate": {**good, "fromDate": "2024-06-31"},
        "asOf": {**good, "asOf": "2024-06-03T08:00:00"},
        "toDate": {**good, "fromDate": "2024-06-05", "toDate": "2024-06-04"},
        "worker": {"worker": 78070739119},
    }.items():
        reply = await world.post(f"{ROOT}/periods/search", body)
        assert (reply.status, reply.issue["name"], b"780707" in reply.body) == (400, name, False), body
    assert (await world.post(f"{ROOT}/periods/search", {"worker": {}})).issue["name"] == "worker.ssin"
    for query in ("page=0", "page=-1", "page=x", "pageSize=0", "pageSize=1.5", "pageSize=", "page=1234567"):
        reply = await world.post(f"{ROOT}/periods/search?{query}", good)
        assert (reply.status, reply.issue["in"], reply.issue["name"]) == (400, "query", query.partition("=")[0])
