"""The server is killed at each step of a story: whatever was answered is told, and told in order."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.deliveries.parts import Receiver
from tests.channels.rest.test_schemathesis import PERSON
from tests.faults.serving import Server
from tests.folders import workspace
from tests.waiting import until

ROOT = "/REST/dimona/v2"
TIME = {"Sandbox-Time": "2024-06-01T08:00:00+02:00"}
ENTRY = {
    "startDate": "2024-06-03",
    "endDate": "2024-06-28",
    "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
}


@pytest.fixture
def parts() -> Iterator[tuple[Server, Receiver]]:
    with workspace() as folder, Receiver(Path(folder) / "notes") as receiver, Server(folder / "data") as server:
        yield server, receiver


def number_in(location: str) -> int:
    return int(location.rpartition("/")[2])


def test_the_story_survives_a_kill_at_each_step(parts: tuple[Server, Receiver]) -> None:
    """Subscribed, declared, identified, changed, locked: after each the server, or a part of it, dies at once."""
    server, receiver = parts
    created = server.call("POST", f"{ROOT}/webhooks", {"url": receiver.url}, {})
    assert created.status == 201
    secret = json.loads(created.body)["secret"]
    strike(server, "everything")
    body = {"employer": {"employerId": 175110801}, "worker": PERSON, "dimonaIn": ENTRY}
    number = number_in(server.call("POST", f"{ROOT}/declarations", body, TIME).headers["location"])
    strike(server, "everything")
    decision = {"decision": "accept", "ssin": "78070739119"}
    assert server.call("POST", f"/sandbox/identifications/{number}", decision, {}).status == 204
    strike(server, "deliverer")
    update = {"dimonaUpdate": {"periodId": number, "endDate": "2024-06-27"}}
    assert server.call("POST", f"{ROOT}/declarations", update, TIME).status == 201
    strike(server, "postgres")
    assert server.call("POST", f"/sandbox/periods/{number}/lock", None, {}).status == 204
    strike(server, "supervisor")
    wanted = ["declaration.pending", "declaration.settled", "declaration.answered", "period.locked"]
    until(lambda: told(receiver, secret) == wanted)
    items = json.loads(server.get(f"{ROOT}/notices?since=0").body)["items"]
    assert [item["kind"] for item in items] == wanted
    assert [item["noticeId"] for item in items] == [1, 2, 3, 4]
    until(lambda: json.loads(server.get(f"{ROOT}/webhooks").body)["items"][0]["delivered"] >= 4)
    assert json.loads(server.get("/health").body) == {"status": "UP"}


def strike(server: Server, what: str) -> None:
    """Kill, and wait until it answers again."""
    server.kill(what)
    server.recover(what)


def told(receiver: Receiver, secret: str) -> list[Any]:
    """The kinds of the events accepted, each event where it came first."""
    return list({event["id"]: event["data"]["kind"] for event in receiver.accepted(secret)}.values())


def test_metrics_add_up_over_processes(parts: tuple[Server, Receiver]) -> None:
    server, _ = parts
    for day in range(1, 6):
        start = f"2024-07-{day:02d}"
        body = {
            "employer": {"employerId": 175110801}, "worker": {"ssin": "78070739119"},
            "dimonaIn": {**ENTRY, "startDate": start, "endDate": start},
        }  # fmt: skip
        assert server.call("POST", f"{ROOT}/declarations", body, TIME).status == 201
        if day == 3:
            strike(server, "worker")
    text = server.get("/metrics").body.decode()
    assert 'opendimona_answers_total{result="A"} 5.0' in text
