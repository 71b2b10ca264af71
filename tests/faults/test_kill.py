"""The server or its PostgreSQL is killed under load: what was answered is there once, and nothing is there by half."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from opendimona.register.verify import verify
from tests.faults.serving import Line, Reply, Server
from tests.folders import DISK, workspace
from tests.model.machine import fictitious_workers

ROOT = "/REST/dimona/v2"
EMPLOYER = {"employerId": 175110801}
TIME = {"Sandbox-Time": "2024-06-01T08:00:00+02:00"}
START = date(2024, 6, 3)
PROGRAMS = 16
KILLS = ["everything", "worker", "postgres", "supervisor", "backend"]


@dataclass
class Sending:
    """A declaration on its way: its answer's number once a 201 was read."""

    body: dict[str, Any]
    key: str
    number: int | None = None


@dataclass
class File:
    """All that was sent about one worker, in order."""

    ssin: str
    sent: list[Sending] = field(default_factory=list)


@dataclass
class Load:
    """What the programs have sent, and when to strike."""

    url: str
    strike_at: int
    strike: Callable[[], None]
    workers: Iterator[tuple[str, date]]
    files: list[File] = field(default_factory=list)
    answered: int = 0
    is_struck: bool = False

    async def run(self) -> None:
        """Send until the server is struck and each program has seen its connection break, or some answers more."""
        await asyncio.gather(*[self.program(place) for place in range(PROGRAMS)])

    async def program(self, place: int) -> None:
        line, chance, more = Line(self.url), random.Random(place * 1000 + self.strike_at), 10
        try:
            while more:
                file = File(next(self.workers)[0])
                self.files.append(file)
                for _ in range(chance.randint(1, 4)):
                    await self.send(line, file)
                    more -= self.is_struck
                    if not more:
                        break
        except (OSError, EOFError):
            assert self.is_struck
        finally:
            line.close()

    async def send(self, line: Line, file: File) -> None:
        """Send one declaration; strike when it is time."""
        sending = next_sending(file)
        file.sent.append(sending)
        reply = await asyncio.wait_for(
            line.post(f"{ROOT}/declarations", sending.body, {**TIME, "Idempotency-Key": sending.key}), 60
        )
        if reply.status != 201:
            assert (reply.status, self.is_struck) == (503, True), reply
            raise EOFError
        sending.number = number_in(reply)
        self.answered += 1
        if self.answered == self.strike_at:
            self.is_struck = True
            await asyncio.to_thread(self.strike)


def next_sending(file: File) -> Sending:
    """The IN of a worker, then UPDATEs of its end."""
    place = len(file.sent)
    end = (START + timedelta(10 + place)).isoformat()
    body: dict[str, Any] = (
        {"dimonaUpdate": {"periodId": file.sent[0].number, "endDate": end}}
        if place
        else {
            "employer": EMPLOYER,
            "worker": {"ssin": file.ssin},
            "dimonaIn": {
                "startDate": START.isoformat(),
                "endDate": end,
                "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"},
            },
        }
    )
    return Sending(body, f"{file.ssin}-{place}")


def number_in(reply: Reply) -> int:
    return int(reply.headers["location"].rpartition("/")[2])


def items(server: Server, what: str, file: File) -> list[dict[str, Any]]:
    """What the register holds about a worker."""
    criteria = {"employer": EMPLOYER, "worker": {"ssin": file.ssin}}
    reply = server.call("POST", f"{ROOT}/{what}/search?pageSize=200", criteria, {})
    assert reply.status == 200
    return list(json.loads(reply.body)["items"])


def block_of(value: dict[str, Any]) -> dict[str, Any]:
    return next(block for name, block in value.items() if name.startswith("dimona"))


def check(server: Server, file: File) -> None:
    """What was answered is recorded once as it was sent, what was not once or never; the period follows from it."""
    found = {item["declarationStatus"]["declarationId"]: item for item in items(server, "declarations", file)}
    recorded = [block_of(item) for item in found.values()]
    for sending in file.sent:
        times = recorded.count(block_of(sending.body))
        assert times == 1 if sending.number else times <= 1
        if sending.number:
            item = json.loads(server.get(f"{ROOT}/declarations/{sending.number}").body)
            assert item == found[sending.number]
            assert block_of(item) == block_of(sending.body)
            assert item["declarationStatus"]["result"] == "A"
    there = [sending for sending in file.sent if block_of(sending.body) in recorded]
    assert len(found) == len(there)
    periods = items(server, "periods", file)
    assert len(periods) == (1 if there else 0)
    if there:
        assert periods[0]["endDate"] == block_of(there[-1].body)["endDate"]
        assert file.sent[0].number in (None, periods[0]["periodId"])


def send_again(server: Server, file: File) -> None:
    """What was not answered is sent again with its key, and then is there, once."""
    for sending in file.sent:
        if sending.number is None:
            reply = server.call("POST", f"{ROOT}/declarations", sending.body, {**TIME, "Idempotency-Key": sending.key})
            assert reply.status == 201
            sending.number = number_in(reply)


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.soak)])
def test_what_was_answered_survives_and_nothing_is_there_by_half(rounds: int) -> None:
    workers = fictitious_workers()
    with workspace(DISK) as folder, Server(folder / "data") as server:
        for place in range(rounds):
            what, strike_at = KILLS[place % len(KILLS)], random.Random(place).randint(20, 300)
            load = Load(server.url, strike_at, lambda what=what: server.kill(what), workers)
            asyncio.run(load.run())
            assert load.is_struck
            server.recover(what)
            for file in load.files:
                check(server, file)
            for file in load.files:
                send_again(server, file)
                check(server, file)
            assert verify(server.dsn) == []
