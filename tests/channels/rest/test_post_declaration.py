"""POST /declarations: what is a bad request, what is a declaration, and what sending twice means."""

import json
from typing import Any

import pytest

from tests.channels.rest.asgi import ROOT, Caller

EMPLOYER = {"enterpriseNumber": "0471149091"}
WORKER = {"ssin": "78070739119"}
FEATURES = {"jointCommissionNumber": "XXX", "workerType": "OTH"}
BLOCK = {"startDate": "2024-06-03", "features": FEATURES}
AT = "2024-06-03T07:30:00+02:00"


def entry(**changes: Any) -> dict[str, Any]:
    """An IN, with members of its block changed; None leaves one out."""
    block = {name: value for name, value in (BLOCK | changes).items() if value is not None}
    return {"employer": EMPLOYER, "worker": WORKER, "dimonaIn": block}


def without(value: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy without the member at a path."""
    copy: dict[str, Any] = json.loads(json.dumps(value))
    *above, last = path.split(".")
    place = copy
    for name in above:
        place = place[name]
    del place[last]
    return copy


def nulled(value: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy with null at a path."""
    copy: dict[str, Any] = json.loads(json.dumps(value))
    *above, last = path.split(".")
    place = copy
    for name in above:
        place = place[name]
    place[last] = None
    return copy


OUT = {"dimonaOut": {"periodId": 656309292174, "endDate": "2024-06-28"}}
UPDATE = {"dimonaUpdate": {"periodId": 656309292174, "endDate": "2024-06-28"}}
CANCEL = {"dimonaCancel": {"periodId": 656309292174}}
NEEDED = [
    (entry(), path)
    for path in ("employer", "worker", "dimonaIn.startDate", "dimonaIn.features", "dimonaIn.features.workerType")
]
NEEDED += [
    (OUT, "dimonaOut.periodId"),
    (OUT, "dimonaOut.endDate"),
    (UPDATE, "dimonaUpdate.periodId"),
    (CANCEL, "dimonaCancel.periodId"),
]


@pytest.mark.parametrize("change", [without, nulled])
async def test_a_needed_member_that_is_missing_is_named(sandbox: Caller, change: Any) -> None:
    for body, path in NEEDED:
        reply = await sandbox.file(change(body, path))
        assert reply.status == 400
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["type"] == "urn:problem-type:belgif:badRequest"
        told = reply.issue
        assert told.pop("detail")
        assert told == {
            "type": "urn:problem-type:belgif:input-validation:schemaViolation",
            "in": "body",
            "name": path,
            "title": "Missing member",
        }


async def test_every_missing_member_is_named_at_once(sandbox: Caller) -> None:
    reply = await sandbox.file({"dimonaIn": {"features": {}}})
    names = [issue["name"] for issue in reply.json()["issues"]]
    assert names == ["employer", "worker", "dimonaIn.startDate", "dimonaIn.features.workerType"]


async def test_exactly_one_block(sandbox: Caller) -> None:
    for body in (
        {"employer": EMPLOYER, "worker": WORKER},
        {},
        entry() | OUT,
        OUT | CANCEL,
        UPDATE | CANCEL | OUT,
        {"dimonaIn": None, "dimonaOut": None},
    ):
        reply = await sandbox.file(body)
        assert (reply.status, reply.issue["title"]) == (400, "Not exactly one declaration"), body


MISFITS: list[tuple[Any, str, str]] = [
    ({**entry(), "note": 1}, "note", "Unknown member"),
    (entry(lastDay="2024-06-03"), "dimonaIn.lastDay", "Unknown member"),
    ({**entry(), "worker": {**WORKER, "lastName": "DUBOIS"}}, "worker.lastName", "Unknown member"),
    ({**entry(), "worker": {"address": {"city": "Mons"}}}, "worker.address.city", "Unknown member"),
    ({**CANCEL, "worker": {**WORKER, "familyName": "DUBOIS"}}, "worker.familyName", "Unknown member"),
    ({"dimonaOut": {**OUT["dimonaOut"], "startDate": "2024-06-03"}}, "dimonaOut.startDate", "Unknown member"),
    ({"dimonaCancel": {**CANCEL["dimonaCancel"], "endDate": "2024-06-03"}}, "dimonaCancel.endDate", "Unknown member"),
    (entry(startDate=20240603), "dimonaIn.startDate", "Wrong JSON type"),
    (entry(startHour=830), "dimonaIn.startHour", "Wrong JSON type"),
    (entry(plannedHoursNumber="8"), "dimonaIn.plannedHoursNumber", "Wrong JSON type"),
    (entry(plannedHoursNumber=True), "dimonaIn.plannedHoursNumber", "Wrong JSON type"),
    (entry(features=[]), "dimonaIn.features", "Wrong JSON type"),
    (entry(features={"workerType": 1}), "dimonaIn.features.workerType", "Wrong JSON type"),
    ({**entry(), "employer": "0471149091"}, "employer", "Wrong JSON type"),
    ({**entry(), "employer": {"enterpriseNumber": 471149091}}, "employer.enterpriseNumber", "Wrong JSON type"),
    ({**entry(), "employer": {"employerId": "175110801"}}, "employer.employerId", "Wrong JSON type"),
    ({**entry(), "worker": {"ssin": 78070739119}}, "worker.ssin", "Wrong JSON type"),
    ({"dimonaCancel": {"periodId": {}}}, "dimonaCancel.periodId", "Wrong JSON type"),
    ([], "", "Wrong JSON type"),
    ("in", "", "Wrong JSON type"),
    (None, "", "Wrong JSON type"),
]


async def test_unknown_members_and_wrong_types(sandbox: Caller) -> None:
    for body, name, title in MISFITS:
        reply = await sandbox.file(body)
        assert (reply.status, reply.issue["name"], reply.issue["title"]) == (400, name, title), body


UNREADABLE = [
    b"",
    b"{",
    b"dimonaIn",
    b"{} {}",
    b"\xff\xfe",
    b'{"worker":{"ssin":"\xff"}}',
    b'{"\xff":1}',
    b"\xef\xbb\xbf{}",
    b'{"dimonaCancel":{"periodId":NaN}}',
    b'{"worker":{"ssin":"\\ud800"}}',
    b'{"worker":{"ssin":"\\udc00x"}}',
    b'{"worker":{"ssin":"a\x00"}}',
    b"[" * 200_000,
    b'{"features":' + b"[" * 200_000,
    b'{"a":' * 50_000,
    b'{"dimonaCancel":{"periodId":' + b"9" * 10_000 + b"}}",
    b'{"dimonaCancel":{"periodId":1e999}}',
]


async def test_what_is_no_usable_json_is_a_bad_request(sandbox: Caller) -> None:
    for body in UNREADABLE:
        reply = await sandbox.file(body)
        assert (reply.status, reply.json()["status"]) == (400, 400), body[:40]


async def test_a_nul_character_is_judged_like_any_text(sandbox: Caller) -> None:
    body = entry()
    body["worker"] = {"ssin": body["worker"]["ssin"], "familyName": "A\0"}
    answer = await sandbox.result(body)
    assert answer["declarationStatus"]["result"] == "B"
    assert "00025-003" in [item["errorId"] for item in answer["declarationStatus"]["anomalies"]]


async def test_no_value_of_a_worker_is_repeated(sandbox: Caller) -> None:
    for body in (
        {**entry(), "worker": {"ssin": 78070739119}},
        {**entry(), "worker": {"78070739119": 1}},
        {**entry(), "worker": {"ssin": "78070739119\0"}},
        {**CANCEL, "worker": {"familyName": "DUBOIS"}},
    ):
        text = (await sandbox.file(body)).body
        assert b"78070739119" not in text
        assert b"DUBOIS" not in text


DECLARATIONS: list[tuple[dict[str, Any], str]] = [
    (entry(startDate="2024-06-05"), "A"),
    (entry(startDate="2024-06-07") | {"features": {"any": [1]}, "periodId": "anything"}, "A"),
    (
        entry(startDate="2024-06-09", endDate="2024-06-10")
        | {"dimonaOut": None, "dimonaUpdate": None, "features": None},
        "A",
    ),
    (entry(plannedHoursNumber=8.0), "B"),
    (entry(plannedHoursNumber=1e300), "B"),
    (entry(plannedHoursNumber=10**30), "B"),
    (entry(startDate="soon"), "B"),
    (entry(startDate=""), "B"),
    (entry(features={"workerType": "???"}), "B"),
    (entry() | {"worker": {}}, "B"),
    (entry() | {"employer": {}}, "B"),
    (entry() | {"employer": {"employerId": 1.5}}, "B"),
    ({"dimonaCancel": {"periodId": "656309292174"}}, "B"),
    ({"dimonaCancel": {"periodId": -1.25}}, "B"),
    ({"dimonaCancel": {"periodId": "no number"}}, "B"),
    ({**CANCEL, "employer": EMPLOYER, "worker": WORKER}, "B"),
]


async def test_everything_else_is_a_declaration(sandbox: Caller) -> None:
    for body, result in DECLARATIONS:
        await sandbox.call("DELETE", "/sandbox")
        read = await sandbox.result(body, sandbox_time=AT)
        assert read["declarationStatus"]["result"] == result, body


async def test_the_answer_is_an_address_and_nothing_else(sandbox: Caller) -> None:
    reply = await sandbox.file(entry(), sandbox_time=AT)
    assert (reply.status, reply.body, reply.headers["content-length"]) == (201, b"", "0")
    base, _, number = reply.headers["location"].rpartition("/")
    assert base == f"http://dimona.test{ROOT}/declarations"
    assert len(number) == 12
    assert int(number) % 100 == int(number) // 100 % 97


async def test_content_types_are_tolerated(sandbox: Caller) -> None:
    for headers in (
        {"content_type": "application/json; charset=utf-8"},
        {"content_type": "text/plain"},
        {"accept": "application/xml"},
        {"accept": "application/problem+json"},
    ):
        assert (await sandbox.file(entry(), **headers)).status == 201


async def test_a_compressed_body_is_not_read(sandbox: Caller) -> None:
    reply = await sandbox.file(entry(), content_encoding="gzip")
    assert (reply.status, reply.json()["type"]) == (415, "urn:problem-type:belgif:unsupportedMediaType")


async def test_too_large_a_body_is_not_read(sandbox: Caller) -> None:
    reply = await sandbox.file(entry(), content_length="1000001")
    assert (reply.status, reply.json()["type"], sandbox.read) == (413, "urn:problem-type:belgif:payloadTooLarge", 0)
    reply = await sandbox.call("POST", f"{ROOT}/declarations", [b" " * 400_000] * 9)
    assert (reply.status, sandbox.read) == (413, 3)


async def test_a_body_in_pieces_is_put_together(sandbox: Caller) -> None:
    body = json.dumps(entry()).encode()
    assert (await sandbox.call("POST", f"{ROOT}/declarations", [body[:9], b"", body[9:]])).status == 201
    assert (await sandbox.call("POST", f"{ROOT}/declarations", [])).status == 400


async def test_the_same_key_gives_the_first_answer(sandbox: Caller) -> None:
    first = await sandbox.file(entry(), sandbox_time=AT, idempotency_key="one")
    again = await sandbox.file(json.dumps(entry(endDate=None), indent=3).encode(), idempotency_key="one")
    assert (again.status, again.headers["location"]) == (201, first.headers["location"])
    other = await sandbox.file(entry(startDate="2024-06-04"), idempotency_key="one")
    assert (other.status, other.json()["type"]) == (409, "urn:problem-type:belgif:conflict")
    twice = await sandbox.result(entry(), sandbox_time=AT)
    assert [item["errorId"] for item in twice["declarationStatus"]["anomalies"]] == ["90373-333"]


async def test_a_key_of_a_bad_request_is_not_kept(sandbox: Caller) -> None:
    assert (await sandbox.file({}, idempotency_key="two")).status == 400
    assert (await sandbox.file(entry(), idempotency_key="two")).status == 201


async def test_a_key_is_visible_text(sandbox: Caller) -> None:
    for key in ("a b", "\u00e9", "x" * 256, " "):
        reply = await sandbox.file(entry(), idempotency_key=key)
        assert (reply.status, reply.issue["in"], reply.issue["name"]) == (400, "header", "Idempotency-Key")
