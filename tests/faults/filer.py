"""One of several processes that file for the same workers: told what by its standard input, answers on its output."""

import asyncio
import json
import random
import sys
from datetime import date, datetime, timedelta
from typing import Any

from opendimona.register.interface import Answer, Caller, Key
from opendimona.register.local import LocalRegister
from tests.model.bridge import declaration

EMPLOYER = 175110801
FIRST = date(2024, 6, 3)
AT = datetime.fromisoformat("2024-06-01T08:00:00+02:00")
WORKERS = 50
AT_ONCE = 20
KEYS = 10


def ssin(worker: int) -> str:
    """The SSIN of one of the workers; they do not exist."""
    base = f"600102{2 * worker + 1:03d}"
    return f"{base}{97 - int(base) % 97:02d}"


def keyed_body(place: int) -> dict[str, Any]:
    """What every process files with the same key."""
    start = (FIRST + timedelta(100 + place)).isoformat()
    return {
        "employer": {"employerId": EMPLOYER},
        "worker": {"ssin": ssin(place)},
        "dimonaIn": {
            "startDate": start,
            "endDate": start,
            "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
        },
    }


def next_body(chance: random.Random, accepted: list[int]) -> dict[str, Any]:
    """An IN that collides with others, or an OUT, UPDATE or CANCEL of a period of this process."""
    start = FIRST + timedelta(chance.randrange(20))
    end = start + timedelta(chance.choice([0, 1, 3]))
    if accepted and chance.random() < 0.4:
        number = chance.choice(accepted)
        return chance.choice(
            [
                {"dimonaUpdate": {"periodId": number, "endDate": end.isoformat()}},
                {"dimonaUpdate": {"periodId": number, "startDate": start.isoformat()}},
                {"dimonaOut": {"periodId": number, "endDate": end.isoformat()}},
                {"dimonaCancel": {"periodId": number}},
            ]
        )
    block: dict[str, Any] = {
        "startDate": start.isoformat(),
        "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
    }
    if chance.random() < 0.8:
        block["endDate"] = end.isoformat()
    return {
        "employer": {"employerId": EMPLOYER},
        "worker": {"ssin": ssin(chance.randrange(WORKERS))},
        "dimonaIn": block,
    }


async def file_all(dsn: str, seed: int, rounds: int) -> dict[str, Any]:
    """File so many rounds of declarations at once; gives what was answered."""
    chance, caller = random.Random(seed), Caller(f"process {seed}", is_strict=False)
    shared = Caller("shared", is_strict=False)
    register = await LocalRegister.open(dsn, connections=1)
    answers: list[Answer] = []
    keyed: list[int] = []
    try:
        print("ready", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        accepted: list[int] = []
        for _ in range(rounds):
            bodies = [next_body(chance, accepted) for _ in range(AT_ONCE)]
            found = await asyncio.gather(*[register.file(declaration(body), caller, AT) for body in bodies])
            answers += found
            accepted += [answer.number for answer in found if answer.declaration.dimona_in and answer.result in "AW"]
        for place in range(KEYS):
            body = keyed_body(place)
            answer = await register.file(declaration(body), shared, AT, Key(f"key {place}", json.dumps(body).encode()))
            keyed.append(answer.number)
    finally:
        await register.close()
    return {"answers": [[answer.number, answer.result] for answer in answers], "keyed": keyed}


if __name__ == "__main__":
    order = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run(file_all(**order))))  # noqa: T201
