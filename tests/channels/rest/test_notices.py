"""Notices, webhooks and mail addresses over REST: whose they are, what is refused, what is never shown."""

from typing import TYPE_CHECKING, Any

import pytest

from opendimona.channels.rest import create_app
from opendimona.register.clients import Clients
from opendimona.settings import NoticeSettings, Settings
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.programs import CONSULT, ID, program_entry
from tests.channels.rest.test_post_declaration import AT, entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

MANAGE = "scope:dimona:notice:manage"
HOOK = {"url": "https://payroll.example/dimona"}


async def filed(sandbox: Caller, register: "LocalRegister", count: int = 1) -> list[int]:
    """File so many declarations, and have them told; their numbers."""
    found = []
    for day in range(1, count + 1):
        reply = await sandbox.file(entry(startDate=f"2024-06-{day:02d}"), sandbox_time=AT)
        found.append(int(reply.headers["location"].rpartition("/")[2]))
    await register.catch_up()
    return found


async def test_notices_page_by_page(sandbox: Caller, register: "LocalRegister") -> None:
    numbers = await filed(sandbox, register, 3)
    first = (await sandbox.get(f"{ROOT}/notices?limit=2")).json()
    assert [item["declarationId"] for item in first["items"]] == numbers[:2]
    assert first["items"][0]["href"] == f"http://dimona.test{ROOT}/declarations/{numbers[0]}"
    assert (first["cursor"], first["items"][0]["acknowledged"]) == (2, False)
    second = (await sandbox.get(first["next"])).json()
    assert ([item["declarationId"] for item in second["items"]], "next" in second) == (numbers[2:], False)
    again = (await sandbox.get(f"{ROOT}/notices?since={second['cursor']}")).json()
    assert (again["items"], again["cursor"]) == ([], 3)
    assert (await sandbox.get(f"{ROOT}/notices?scope=mandate&limit=9999")).json()["items"] == []
    one = (await sandbox.get(f"{ROOT}/notices/2")).json()
    assert one == first["items"][1]
    assert (await sandbox.get(f"{ROOT}/notices/4")).status == 404


async def test_notices_are_acknowledged(sandbox: Caller, register: "LocalRegister") -> None:
    await filed(sandbox, register, 3)
    acknowledgements = f"{ROOT}/notices/acknowledgements"
    assert (await sandbox.post(acknowledgements, {"noticeIds": [2]})).status == 204
    items = (await sandbox.get(f"{ROOT}/notices")).json()["items"]
    assert [item["acknowledged"] for item in items] == [False, True, False]
    assert (await sandbox.post(acknowledgements, {"upTo": 3})).status == 204
    assert (await sandbox.get(f"{ROOT}/notices")).json()["items"] == []
    assert len((await sandbox.get(f"{ROOT}/notices?since=0")).json()["items"]) == 3
    for body in ({"upTo": -1}, {"upTo": "3"}, {"noticeIds": [0]}, {"noticeIds": [1] * 1001}, {"all": True}, []):
        assert (await sandbox.post(acknowledgements, body)).status == 400, body


@pytest.mark.parametrize("query", ["since=x", "since=-1", "since=1e3", f"since={'9' * 19}", "limit=0", "scope=all"])
async def test_parameters_that_make_no_sense(sandbox: Caller, query: str) -> None:
    reply = await sandbox.get(f"{ROOT}/notices?{query}")
    assert (reply.status, reply.issue["in"], reply.issue["name"]) == (400, "query", query.partition("=")[0])


async def test_a_webhook_from_first_to_last(sandbox: Caller, register: "LocalRegister") -> None:
    wanted = {**HOOK, "kinds": ["declaration.settled"], "language": "de"}
    posted = await sandbox.post(f"{ROOT}/webhooks", wanted)
    created = posted.json()
    assert (posted.status, posted.headers["location"]) == (201, created["href"])
    assert created.pop("secret").startswith("whsec_")
    assert created.items() >= {**wanted, "delivered": 0, "suspended": False, "deadLetters": 0}.items()
    assert (await sandbox.get(created["href"])).json() == created
    assert (await sandbox.get(f"{ROOT}/webhooks")).json() == {"items": [created]}
    assert (await sandbox.get(f"{created['href']}/deadLetters")).json() == {"items": []}
    assert (await sandbox.post(f"{created['href']}/deadLetters/replay", {})).json() == {"count": 0}
    assert (await sandbox.post(f"{created['href']}/test", b"")).status == 202
    assert (await sandbox.get(created["href"].replace("webhooks", "mailAddresses"))).status == 404
    assert (await sandbox.call("DELETE", created["href"])).status == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deadLetters")):
        assert (await sandbox.call(method, created["href"] + path)).status == 404


async def test_a_mail_address(sandbox: Caller, register: "LocalRegister") -> None:
    await filed(sandbox, register)
    wanted: dict[str, Any] = {
        "address": "hr@school.example", "pauseSeconds": 60, "employer": {"enterpriseNumber": "0471149091"},
    }  # fmt: skip
    created = (await sandbox.post(f"{ROOT}/mailAddresses", wanted)).json()
    assert created["employer"]["enterpriseNumber"] == "0471149091"
    assert (created["pauseSeconds"], "secret" in created) == (60, False)
    assert "declaration.answered" not in created["kinds"]
    assert (await sandbox.get(f"{ROOT}/mailAddresses")).json() == {"items": [created]}


UNCLEAR: list[tuple[str, dict[str, Any], str]] = [
    ("webhooks", {}, "url"),
    ("webhooks", {"url": "payroll"}, "url"),
    ("webhooks", {"url": "https://a.example/#b"}, "url"),
    ("webhooks", {**HOOK, "kinds": []}, "kinds"),
    ("webhooks", {**HOOK, "kinds": ["everything"]}, "kinds[0]"),
    ("webhooks", {**HOOK, "language": "it"}, "language"),
    ("webhooks", {**HOOK, "secret": "mine"}, "secret"),
    ("webhooks", {**HOOK, "employer": {"employerId": 1}}, "employer.employerId"),
    ("mailAddresses", {"address": "hr"}, "address"),
    ("mailAddresses", {"address": "a@b.example", "pauseSeconds": -1}, "pauseSeconds"),
]


@pytest.mark.parametrize(("folder", "body", "name"), UNCLEAR)
async def test_what_cannot_be_registered(sandbox: Caller, folder: str, body: dict[str, Any], name: str) -> None:
    reply = await sandbox.post(f"{ROOT}/{folder}", body)
    assert (reply.status, reply.issue["name"]) == (400, name)
    assert (await sandbox.get(f"{ROOT}/{folder}")).json() == {"items": []}


async def test_there_is_a_limit(sandbox: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opendimona.register.notices.endpoints.ENDPOINTS_MAX", 1)
    assert (await sandbox.post(f"{ROOT}/webhooks", HOOK)).status == 201
    assert (await sandbox.post(f"{ROOT}/webhooks", HOOK)).status == 409


async def test_only_https_and_public_addresses_outside_a_sandbox(register: "LocalRegister", clients: Clients) -> None:
    severe = Caller(create_app(register, clients, Settings(is_sandbox=True, notices=NoticeSettings())))
    for url in ("http://payroll.example/", "https://127.0.0.1/", "https://169.254.169.254/latest"):
        reply = await severe.post(f"{ROOT}/webhooks", {"url": url})
        assert (reply.status, reply.issue["name"]) == (400, "url")
        assert url not in reply.body.decode()


async def test_a_program_needs_the_scope_and_the_mandate_and_sees_its_own(
    sandbox: Caller, server: Caller, register: "LocalRegister", clients: Clients
) -> None:
    await filed(sandbox, register)
    await sandbox.post(f"{ROOT}/webhooks", HOOK)
    await clients.register(program_entry(scopes=[CONSULT], employers=["0400000086"]))
    reader = Caller(server.app, {"authorization": f"Bearer {await programs.token(server)}"})
    refused = await reader.post(f"{ROOT}/webhooks", HOOK)
    assert (refused.status, refused.json()["requiredScopes"]) == (403, [MANAGE])
    assert (await reader.get(f"{ROOT}/notices?scope=mandate")).json()["items"] == []
    await clients.register(program_entry(scopes=[CONSULT, MANAGE], employers=["0400000086"]))
    manager = Caller(server.app, {"authorization": f"Bearer {await programs.token(server)}"})
    elsewhere = await manager.post(f"{ROOT}/webhooks", {**HOOK, "employer": {"enterpriseNumber": "0471149091"}})
    assert elsewhere.status == 404
    own = (await manager.post(f"{ROOT}/webhooks", HOOK)).json()
    assert [item["webhookId"] for item in (await manager.get(f"{ROOT}/webhooks")).json()["items"]] == [own["webhookId"]]
    assert (await manager.get(f"{ROOT}/webhooks/1")).status == 404
    assert (await manager.call("DELETE", f"{ROOT}/webhooks/1")).status == 404
    assert (await manager.get(f"{ROOT}/notices/1")).status == 404
    assert (await sandbox.get(f"{ROOT}/webhooks/1")).status == 200


async def test_a_program_gets_the_scope_only_when_it_is_asked_for(server: Caller, clients: Clients) -> None:
    await clients.register(program_entry())
    client = await clients.get(ID)
    assert client is not None
    assert MANAGE not in client.scopes


async def test_health_tells_what_waits(sandbox: Caller, register: "LocalRegister", clients: Clients) -> None:
    person = {
        "familyName": "PEETERS", "givenName": "MARIE", "birthDate": "1978-07-07", "placeOfBirth": "Gent", "gender": 2,
        "countryOfBirth": 150, "nationality": 150,
        "address": {"street": "Rue", "houseNumber": "1", "postCode": "1000", "country": 150,
                    "municipality": {"code": 21004}},
    }  # fmt: skip
    await sandbox.file({**entry(), "worker": person}, sandbox_time=AT)
    reply = await sandbox.get("/health")
    assert (reply.status, reply.json()["status"], reply.json()["pending"]) == (200, "UP", 1)
    hasty = Settings(is_sandbox=True, notices=NoticeSettings(escalation=-1.0))
    reply = await Caller(create_app(register, clients, hasty)).get("/health")
    assert (reply.status, reply.json()["status"]) == (200, "DEGRADED")


async def test_metrics(sandbox: Caller, register: "LocalRegister", clients: Clients) -> None:
    await filed(sandbox, register, 2)
    reply = await sandbox.get("/metrics", authorization="")
    assert reply.headers["content-type"].startswith("text/plain")
    text = reply.body.decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert sum(float(value) for name, value in values.items() if name.startswith("opendimona_answers_total{")) >= 2
    assert float(values["opendimona_batch_declarations_count"]) >= 2
    assert values["opendimona_notices"] == "2.0"
    assert values["opendimona_pending"] == "0.0"
    closed = Caller(create_app(register, clients, Settings(metrics_token="of-the-operator")))
    assert (await closed.get("/metrics", **SANDBOX)).status == 401
    assert (await closed.get("/metrics", authorization="")).status == 401
    assert (await closed.get("/metrics", authorization="Bearer of-the-operator")).status == 200
