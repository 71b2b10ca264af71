"""What agents do over REST: the queue, candidates, decisions, undoing, persons; and who may not."""

from typing import Any

import pytest

from opendimona.channels.rest.app import create_app
from opendimona.register.clients import Clients
from opendimona.register.local import LocalRegister
from opendimona.settings import Settings
from tests.channels.rest.asgi import ROOT, Caller
from tests.register.test_local import IDENTITY

ANNE: dict[str, Any] = {**IDENTITY, "familyName": "Duboit", "givenName": "Anne-Marie", "birthDate": "1978-07-07"}
PERSON = {"ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07", "gender": "2"}
OTHER = {"ssin": "80111405125", "familyName": "LAMBERT", "givenName": "ANNE", "birthDate": "1980-11-14"}
EMPLOYER = {"employerId": 175110801}
BLOCK = {"startDate": "2024-06-03", "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"}}


async def filed(sandbox: Caller, worker: dict[str, Any], block: dict[str, Any] = BLOCK) -> dict[str, Any]:
    """A declaration, and the number of what it made."""
    await sandbox.post("/sandbox/workers", [PERSON, OTHER])
    found: dict[str, Any] = await sandbox.result({"employer": EMPLOYER, "worker": worker, "dimonaIn": block})
    return found["declarationStatus"] | {"worker": found.get("worker")}


async def test_from_the_queue_to_a_decision_and_back(sandbox: Caller) -> None:
    number = (await filed(sandbox, ANNE))["declarationId"]
    (waiting,) = (await sandbox.get(f"{ROOT}/identifications")).json()["items"]
    assert (waiting["declarationId"], waiting["worker"]["familyName"]) == (number, "Duboit")
    shown = (await sandbox.get(waiting["href"])).json()
    best = shown["candidates"][0]
    assert best["person"]["ssin"] == PERSON["ssin"]
    assert {reason["code"] for reason in best["reasons"]} >= {"familyName/typo", "givenName/first", "birthDate/same"}
    assert best["reasons"][0]["text"]["nl"]

    decision = {"decision": "accept", "ssin": best["person"]["ssin"], "agent": "A. Lemmens"}
    address = f"{ROOT}/identifications/{number}"
    decided = await sandbox.post(f"{address}/decision", decision)
    assert decided.json()["declarationStatus"]["result"] == "W"
    assert (await sandbox.post(f"{address}/decision", decision)).status == 409
    assert (await sandbox.get(address)).status == 409
    undone = await sandbox.post(f"{address}/undo", {"reason": "a namesake"})
    assert undone.json()["declarationStatus"]["result"] == "S"
    assert "worker" not in undone.json()
    assert (await sandbox.post(f"{address}/undo", {"reason": "a namesake"})).status == 409
    refused = await sandbox.post(f"{address}/decision", {"decision": "refuse", "reason": "nobody"})
    assert refused.json()["declarationStatus"]["anomalies"][0]["remedy"]["fr"] == "nobody"


async def test_pages_of_the_queue_follow_each_other(sandbox: Caller) -> None:
    numbers = [(await filed(sandbox, {**ANNE, "familyName": f"Zz{place}"}))["declarationId"] for place in range(3)]
    first = (await sandbox.get(f"{ROOT}/identifications?pageSize=2")).json()
    second = (await sandbox.get(first["next"])).json()
    assert [item["declarationId"] for item in first["items"] + second["items"]] == numbers
    assert "next" not in second
    for query in ("pageSize=0", "after=x", "after=1", "after=99999999999999999-1", "pageSize=-1"):
        assert (await sandbox.get(f"{ROOT}/identifications?{query}")).status == 400


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("identifications/656309292174/decision", {"decision": "refuse", "reason": "nobody"}, 404),
     ("identifications/656309292174/decision", {"decision": "refuse", "reason": " "}, 400),
     ("identifications/656309292174/decision", {"decision": "accept", "ssin": "1"}, 400),
     ("identifications/656309292174/undo", {"reason": "x"}, 404),
     ("identifications/656309292174/undo", {"reason": "x", "agent": "\n"}, 400),
     ("persons/search", {}, 400), ("persons/search", {"ssin": "123"}, 400),
     ("persons/search", {"familyName": "x", "birthDate": "1978-13-01"}, 400),
     ("persons/replace", {"former": "1", "ssin": "80111405125"}, 400),
     ("persons/replace", {"former": "83120837350", "ssin": "80111405125"}, 400),
     ("persons/correct", {"person": {"ssin": "83120837350"}}, 400),
     ("employers/renumber", {"employer": EMPLOYER, "nssoRegistrationNumber": 175702307}, 404),
     ("employers/renumber", {"employer": EMPLOYER, "nssoRegistrationNumber": 1}, 400),
     ("employers/merge", {"former": {"employerId": 175702307}, "employer": EMPLOYER}, 404)],
)  # fmt: skip
async def test_what_cannot_be_done(sandbox: Caller, path: str, body: Any, status: int) -> None:
    reply = await sandbox.post(f"{ROOT}/{path}", body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert b"80111405125" not in reply.body


async def test_persons_are_searched_by_name_and_by_a_number_with_a_slip(sandbox: Caller) -> None:
    await sandbox.post("/sandbox/workers", [PERSON, OTHER])
    by_name = await sandbox.post(f"{ROOT}/persons/search", {"familyName": "Anne", "givenName": "Dubois"})
    assert by_name.json()["items"][0]["person"]["ssin"] == PERSON["ssin"]
    for number in ("78070739119", "78.07.07-391.18", "78070793119"):
        found = await sandbox.post(f"{ROOT}/persons/search", {"ssin": number})
        assert PERSON["ssin"] in [item["person"]["ssin"] for item in found.json()["items"]]


async def test_a_replaced_number_leads_to_the_file(sandbox: Caller) -> None:
    period = (await filed(sandbox, {"ssin": OTHER["ssin"]}))["period"]["id"]
    replaced = await sandbox.post(f"{ROOT}/persons/replace", {"former": OTHER["ssin"], "ssin": PERSON["ssin"]})
    assert replaced.json() == {"periods": 1}
    shown = (await sandbox.get(f"{ROOT}/periods/{period}")).json()["worker"]
    assert (shown["ssin"], shown["formerSsins"]) == (PERSON["ssin"], [OTHER["ssin"]])
    for ssin in (OTHER["ssin"], PERSON["ssin"]):
        sought = await sandbox.post(f"{ROOT}/periods/search", {"worker": {"ssin": ssin}})
        assert [item["periodId"] for item in sought.json()["items"]] == [period]
        relations = await sandbox.post(f"{ROOT}/relations/search", {"worker": {"ssin": ssin}})
        assert len(relations.json()["items"]) == 1
        again = await filed(sandbox, {"ssin": ssin})
        assert again["anomalies"][0]["errorId"].startswith("90373-33")
        assert again["worker"]["formerSsins"] == [OTHER["ssin"]]
    out = {"dimonaOut": {"periodId": period, "endDate": "2024-06-28"}, "worker": {"ssin": OTHER["ssin"]}}
    closed = await sandbox.result(out, sandbox_time="2024-06-28T10:00:00+02:00")
    assert closed["declarationStatus"]["result"] == "A"
    item = (await sandbox.post(f"{ROOT}/persons/search", {"ssin": OTHER["ssin"]})).json()["items"][0]
    assert (item["person"]["ssin"], item["foundAs"]) == (PERSON["ssin"], OTHER["ssin"])


async def test_a_renumbered_employer_is_reached_by_both_numbers(sandbox: Caller) -> None:
    period = (await filed(sandbox, {"ssin": OTHER["ssin"]}))["period"]["id"]
    body = {"employer": EMPLOYER, "nssoRegistrationNumber": 175702307}
    renumbered = await sandbox.post(f"{ROOT}/employers/renumber", body)
    assert renumbered.json() == {"employerId": 175702307, "formerEmployerIds": [175110801]}
    for number in (175110801, 175702307):
        sought = await sandbox.post(f"{ROOT}/periods/search", {"employer": {"employerId": number}})
        assert [item["periodId"] for item in sought.json()["items"]] == [period]
        again = {"employer": {"employerId": number}, "worker": {"ssin": OTHER["ssin"]}, "dimonaIn": BLOCK}
        found = await sandbox.result(again)
        assert found["employer"] == {"employerId": 175702307, "formerEmployerIds": [175110801]}
        assert found["declarationStatus"]["result"] == "B"
        update = {"employer": {"employerId": number}, "dimonaUpdate": {"periodId": period, "startDate": "2024-06-03"}}
        codes = [item["errorId"] for item in (await sandbox.result(update))["declarationStatus"]["anomalies"]]
        assert codes == ["90378-444"]


async def test_a_corrected_person_is_shown_at_once(sandbox: Caller) -> None:
    await filed(sandbox, {"ssin": OTHER["ssin"]})
    corrected = await sandbox.post(f"{ROOT}/persons/correct", {"person": {**OTHER, "familyName": "LAMBERTS"}})
    assert corrected.status == 204
    sought = await sandbox.post(f"{ROOT}/periods/search", {"worker": {"ssin": OTHER["ssin"]}})
    assert sought.json()["items"][0]["worker"]["familyName"] == "LAMBERTS"


async def test_the_matcher_decides_within_the_first_answer(database_url: str, clients: Clients) -> None:
    register = await LocalRegister.open(database_url, certainty=0.999)
    try:
        sandbox = Caller(create_app(register, clients, Settings(is_sandbox=True, is_strict=False)))
        sure, unsure = {**ANNE, "givenName": "Anne"}, {**ANNE, "birthDate": "1987-00-00"}
        assert (await filed(sandbox, sure))["period"]
        assert (await filed(sandbox, unsure))["result"] == "S"
    finally:
        await register.close()
