"""The sandbox: its token, headers and endpoints; and that nothing of it is there when the mode is off."""

from typing import TYPE_CHECKING, Any

from opendimona.channels.rest import create_app
from opendimona.register.clients import Clients
from opendimona.settings import Settings
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.programs import ID, rsa_key
from tests.channels.rest.test_consultation import codes
from tests.channels.rest.test_post_declaration import AT, EMPLOYER, WORKER, entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

ENDPOINTS = [
    ("POST", "/sandbox/employers"),
    ("POST", "/sandbox/workers"),
    ("POST", "/sandbox/clients"),
    ("POST", "/sandbox/identifications/656309292174"),
    ("POST", "/sandbox/periods/656309292174/lock"),
    ("DELETE", "/sandbox"),
]


async def test_every_answer_says_that_it_is_a_sandbox(sandbox: Caller) -> None:
    for method, path, status in (
        ("GET", "/health", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/health", 405),
        ("POST", f"{ROOT}/declarations", 400),
        ("POST", programs.TOKEN, 400),
        ("POST", "/sandbox/employers", 400),
        ("DELETE", "/sandbox", 204),
        ("GET", f"{ROOT}/doc", 200),
    ):
        reply = await sandbox.call(method, path)
        assert (reply.status, reply.headers["sandbox"]) == (status, "true"), path
    assert (await sandbox.get(f"{ROOT}/declarations/1", authorization="")).headers["sandbox"] == "true"


async def test_nothing_of_it_exists_elsewhere(server: Caller) -> None:
    for method, path in ENDPOINTS:
        assert (await server.call(method, path, b"[]", SANDBOX)).status == 404
    assert (await server.get(f"{ROOT}/declarations/1", **SANDBOX)).json()["type"].endswith("invalidAccessToken")
    for name, value in (("Sandbox-Time", AT), ("Sandbox-Strict", "true"), ("Sandbox-Channel", "unsecured")):
        reply = await server.call("POST", f"{ROOT}/declarations", b"{}", {name: value})
        assert (reply.status, reply.issue["in"], reply.issue["name"]) == (400, "header", name)
    assert "sandbox" not in (await server.get("/health")).headers


async def test_the_moment(sandbox: Caller) -> None:
    for at, late in (("2024-06-03T23:59:59+02:00", False), ("2024-06-03T22:00:01Z", True), (AT, False)):
        await sandbox.call("DELETE", "/sandbox")
        assert ("late" in (await sandbox.result(entry(), sandbox_time=at))["declarationStatus"]) is late
    for wrong in ("2024-06-03T08:00:00", "2024-06-03", "soon", "é", "0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00"):
        reply = await sandbox.file(entry(), sandbox_time=wrong)
        assert (reply.status, reply.issue["name"]) == (400, "Sandbox-Time"), wrong


async def test_strictness(sandbox: Caller, register: "LocalRegister", clients: Clients) -> None:
    assert codes(await sandbox.result(entry(), sandbox_time=AT)) == []
    await sandbox.call("DELETE", "/sandbox")
    strict = await sandbox.result(entry(), sandbox_time=AT, sandbox_strict="true")
    assert "00014-235" in codes(strict)
    severe = Caller(create_app(register, clients, Settings(is_sandbox=True, is_strict=True)))
    for headers in ({}, {"sandbox_strict": "false"}):
        assert "00014-235" in codes(await severe.result(entry(), sandbox_time=AT, **headers))
    assert (await sandbox.file(entry(), sandbox_strict="maybe")).issue["name"] == "Sandbox-Strict"


async def test_the_public_channel(sandbox: Caller) -> None:
    employer = {**EMPLOYER, "flags": ["securedChannelOnly"]}
    assert (await sandbox.post("/sandbox/employers", [employer])).status == 204
    assert codes(await sandbox.result(entry(), sandbox_time=AT, sandbox_channel="unsecured")) == ["90256-342"]
    assert codes(await sandbox.result(entry(), sandbox_time=AT)) == []
    assert (await sandbox.file(entry(), sandbox_channel="post")).issue["name"] == "Sandbox-Channel"


async def test_employers_are_put(sandbox: Caller) -> None:
    employer: dict[str, Any] = {
        "nssoRegistrationNumber": "175110801",
        "enterpriseNumber": "0471149091",
        "name": "École du Parc",
        "activeFrom": "2020-01-01",
        "activeTo": "2024-05-31",
        "kind": "public",
        "subEntities": ["1"],
        "flags": [],
    }
    assert (await sandbox.post("/sandbox/employers", [employer])).status == 204
    assert "90373-343" in codes(await sandbox.result(entry(), sandbox_time=AT))
    again = {"nssoRegistrationNumber": "175110801", "kind": "private"}
    assert (await sandbox.post("/sandbox/employers", [again], authorization="")).status == 204
    read = await sandbox.result(entry(), sandbox_time=AT)
    assert (codes(read), read["employer"]) == ([], {"employerId": 175110801, "enterpriseNumber": "0471149091"})


async def test_workers_are_put(sandbox: Caller) -> None:
    worker = {
        "ssin": "78070739119",
        "familyName": "DUBOIS",
        "givenName": "ANNE",
        "birthDate": "1978-07-07",
        "gender": "2",
        "flexiEligible": False,
        "pensioner": True,
    }
    assert (await sandbox.post("/sandbox/workers", [worker])).status == 204
    read = await sandbox.result(entry(), sandbox_time=AT)
    assert read["worker"] == {
        "ssin": "78070739119",
        "familyName": "DUBOIS",
        "givenName": "ANNE",
        "birthDate": "1978-07-07",
        "gender": "2",
    }


async def test_entries_that_are_wrong_are_named_and_none_is_stored(sandbox: Caller) -> None:
    good = {"ssin": "78070739119", "familyName": "DUBOIS"}
    for name, value in {
        "[1].ssin": {"ssin": "78070739110"},
        "[1].birthDate": {**good, "birthDate": "1978-13-01"},
        "[1].age": {**good, "age": 1},
        "[1].pensioner": {**good, "pensioner": 1},
    }.items():
        reply = await sandbox.post("/sandbox/workers", [good, value])
        assert (reply.status, reply.issue["name"], b"7807073" in reply.body) == (400, name, False)
    assert (await sandbox.post("/sandbox/workers", [good, {}])).issue["name"] == "[1].ssin"
    read = await sandbox.result(entry(), sandbox_strict="true")
    assert "familyName" not in read.get("worker", {})
    for name, value in {
        "[0].nssoRegistrationNumber": {},
        "[0].enterpriseNumber": {"enterpriseNumber": "0471149092"},
        "[0].provisionalNssoNumber": {"provisionalNssoNumber": "5000000121"},
        "[0].kind": {**EMPLOYER, "kind": "family"},
        "[0].flags[0]": {**EMPLOYER, "flags": ["x"]},
    }.items():
        reply = await sandbox.post("/sandbox/employers", [value])
        assert (reply.status, reply.issue["name"]) == (400, name)
    for path in ("/sandbox/workers", "/sandbox/employers"):
        assert (await sandbox.post(path, {})).status == 400
        assert (await sandbox.post(path, [])).status == 204


async def test_programs_are_registered(sandbox: Caller) -> None:
    key = rsa_key()
    await sandbox.post("/sandbox/employers", [{"enterpriseNumber": "0400000086"}])
    for proof in ({"certificate": programs.certificate(key)}, {"publicKey": programs.public_pem(key)}):
        reply = await sandbox.post("/sandbox/clients", {"clientId": ID, "employers": ["175110801", 471149091], **proof})
        assert reply.status == 204
        program = Caller(sandbox.app, {"authorization": f"Bearer {await programs.token(sandbox)}"})
        assert (await program.file(entry(startDate="2024-06-03"))).status == 201
        assert (await program.file({**entry(), "employer": {"enterpriseNumber": "0400000086"}})).status == 403
    short = programs.rsa_key(1024, "short")
    for name, value in {
        "clientId": {"clientId": "a b", "publicKey": programs.public_pem(key)},
        "certificate": {"clientId": ID},
        "publicKey": {"clientId": ID, "publicKey": "-----BEGIN"},
        "employers": {"clientId": ID, "publicKey": programs.public_pem(key), "employers": ["175110802"]},
        "scopes": {"clientId": ID, "publicKey": programs.public_pem(key), "scopes": ["everything"]},
    }.items():
        assert (await sandbox.post("/sandbox/clients", value)).issue["name"] == name
    reply = await sandbox.post("/sandbox/clients", {"clientId": ID, "publicKey": programs.public_pem(short)})
    assert "2048" in reply.issue["detail"]
    reply = await sandbox.post("/sandbox/clients", {"clientId": ID, "certificate": programs.certificate(key, days=-1)})
    assert "expired" in reply.issue["detail"]


UNCLEAR: list[tuple[dict[str, str], str]] = [
    ({}, "decision"),
    ({"decision": "perhaps"}, "decision"),
    ({"decision": "accept"}, "ssin"),
    ({"decision": "accept", "ssin": "78070739110"}, "ssin"),
    ({"decision": "refuse"}, "reason"),
    ({"decision": "refuse", "reason": ""}, "reason"),
    ({"decision": "refuse", "reason": "x" * 1001}, "reason"),
]


async def test_decisions_that_cannot_be_understood(sandbox: Caller) -> None:
    for body, name in UNCLEAR:
        reply = await sandbox.post("/sandbox/identifications/656309292174", body)
        assert (reply.status, reply.issue["name"]) == (400, name)


async def test_what_is_not_there_cannot_be_settled_or_locked(sandbox: Caller) -> None:
    refused = await sandbox.post("/sandbox/identifications/656309292174", {"decision": "refuse", "reason": "x"})
    assert refused.status == (await sandbox.post("/sandbox/periods/656309292174/lock", b"")).status == 404


async def test_everything_is_forgotten(sandbox: Caller) -> None:
    await sandbox.post("/sandbox/clients", {"clientId": ID, "publicKey": programs.public_pem(rsa_key())})
    token = await programs.token(sandbox)
    filed = await sandbox.file(entry(), idempotency_key="one", sandbox_time=AT)
    program = Caller(sandbox.app, {"authorization": f"Bearer {token}"})
    assert (await program.get(filed.headers["location"])).status == 200
    assert (await sandbox.call("DELETE", "/sandbox", headers={})).status == 204
    assert (await program.get(filed.headers["location"])).status == 401
    assert (await sandbox.get(filed.headers["location"])).status == 404
    assert (await programs.ask(sandbox, programs.form(programs.signed(programs.claims())))).status == 400
    assert (await sandbox.post(f"{ROOT}/periods/search", {"worker": WORKER})).json()["items"] == []
    again = await sandbox.file(entry(), idempotency_key="one", sandbox_time=AT)
    assert again.headers["location"] != filed.headers["location"]
    await sandbox.post("/sandbox/clients", {"clientId": ID, "publicKey": programs.public_pem(rsa_key())})
    assert (await program.get(filed.headers["location"])).status == 401
