"""A server is killed while it files batches: what was taken in is filed to its end by the next, each once."""

import itertools
import json
import random
from typing import Any

from opendimona.register.verify import verify
from tests.faults.serving import Server
from tests.faults.test_kill import EMPLOYER, ROOT, START, TIME
from tests.folders import DISK, workspace
from tests.model.machine import fictitious_workers
from tests.waiting import until

SIZE, BATCHES = 1000, 6


def batch(workers: list[str]) -> dict[str, Any]:
    """An IN for each worker."""
    features = {"jointCommissionNumber": "XXX", "workerType": "OTH"}
    return {
        "declarations": [
            {"employer": EMPLOYER, "worker": {"ssin": ssin}, "dimonaIn": {
                "startDate": START.isoformat(), "features": features}}
            for ssin in workers
        ]
    }  # fmt: skip


def task(server: Server, number: int) -> dict[str, Any]:
    """How far a task is."""
    return dict(json.loads(server.get(f"{ROOT}/declarations/tasks/{number}").body))


def results(server: Server, number: int) -> list[dict[str, Any]]:
    """What became of each declaration of a task, over all pages."""
    found: list[dict[str, Any]] = []
    while len(found) < SIZE:
        after = f"&after={len(found) - 1}" if found else ""
        page = json.loads(server.get(f"{ROOT}/declarations/tasks/{number}/results?pageSize=200{after}").body)
        found += page["items"]
    return found


def test_batches_are_filed_to_their_end_each_declaration_once() -> None:
    workers = [ssin for ssin, _ in itertools.islice(fictitious_workers(), SIZE * BATCHES)]
    with workspace(DISK) as folder, Server(folder / "data") as server:
        numbers = []
        for place in range(BATCHES):
            sent = batch(workers[place * SIZE : (place + 1) * SIZE])
            reply = server.call("POST", f"{ROOT}/declarations/tasks", sent, TIME)
            assert reply.status == 202
            numbers.append(json.loads(reply.body)["taskId"])
        for what in ("everything", "worker", "postgres"):
            wanted = random.Random(what).randint(1, 40)
            before = sum(task(server, number)["answered"] for number in numbers)
            until(lambda: sum(task(server, number)["answered"] for number in numbers) >= before + wanted, 60)  # noqa: B023
            server.kill(what)
            server.recover(what)
            assert what != "everything" or any(task(server, number)["state"] == "processing" for number in numbers)
        until(lambda: all(task(server, number)["state"] == "done" for number in numbers), 120)
        for number in numbers:
            found = results(server, number)
            assert [one["declaration"]["declarationStatus"]["result"] for one in found] == ["A"] * SIZE
            assert len({one["declarationId"] for one in found}) == SIZE
        for ssin in random.Random(1).sample(workers, 50):
            criteria = {"employer": EMPLOYER, "worker": {"ssin": ssin}}
            reply = server.call("POST", f"{ROOT}/declarations/search", criteria, {})
            assert len(json.loads(reply.body)["items"]) == 1
        assert verify(server.dsn) == []
