"""Declarations drawn at random: workers among eleven million, with one or two periods each, and their employers.

Every number is fictitious and has right check digits. A worker's first period starts within four weeks and ends soon
after; the second, for a third of the declarations, comes months later or at another employer: all are accepted.
"""

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from opendimona.channels.rest.moments import BRUSSELS
from opendimona.core.declaration import Declaration, DeclaredEmployer, DeclaredWorker, DimonaIn

WORKERS = 11_000_000
FIRST_BIRTH = date(1950, 1, 1)
BIRTHS = 18_000
"""Days of birth; the workers of one day are told apart by their serial number."""
FIRST_EMPLOYER = 1_000_000
"""The base of the first employer's NSSO number, without its check digits."""
WAITING_LEAST, WAITING = 1_000, 50_000
"""How many workers wait for their second period: it comes long after the first, as in life."""
_BIRTH_DAYS = [int((FIRST_BIRTH + timedelta(day)).strftime("%y%m%d")) * 1000 for day in range(BIRTHS)]


Drawn = tuple[int, str, int]
"""A declaration to be: the numbers of its employer and its worker, and which of the blocks it has."""


def ssin(worker: int) -> str:
    """The SSIN of a worker, who is a number below `WORKERS`."""
    serial, day = divmod(worker, BIRTHS)
    base = _BIRTH_DAYS[day] + serial + 1
    return f"{base * 100 + 97 - base % 97:011d}"


def nsso(employer: int) -> int:
    """The NSSO number of an employer, who is a number from 0."""
    base = FIRST_EMPLOYER + employer
    return base * 100 + (96 - base * 100 % 97 or 97)


def blocks(today: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The `dimonaIn` blocks that are drawn from: those of a first and those of a second period of a worker."""
    first: list[dict[str, Any]] = []
    second: list[dict[str, Any]] = []
    for day in range(1, 29):
        start = today + timedelta(day)
        ordinary = {"jointCommissionNumber": "XXX", "workerType": "OTH"}
        end = start + timedelta(30)
        first.append({"startDate": start.isoformat(), "endDate": end.isoformat(), "features": ordinary})
        later = start + timedelta(100)
        second.append({"startDate": later.isoformat(), "features": ordinary})
        second.append({"startDate": later.isoformat(), "endDate": later.isoformat(), "plannedHoursNumber": 8,
                       "features": {"jointCommissionNumber": "XXX", "workerType": "STU"}})  # fmt: skip
    return first, second


def draws(seed: int, employers: int, firsts: int, seconds: int) -> Iterator[Drawn]:
    """Declarations without end; a block is a number, those of first periods before those of second ones."""
    chance = random.Random(seed)
    number = chance.random
    numbers = [nsso(employer) for employer in range(employers)]
    waiting: list[tuple[int, str]] = []
    while True:
        if len(waiting) >= WAITING_LEAST and number() < 1 / 3:
            place = int(number() * len(waiting))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            employer, worker = waiting.pop()
            if number() < 0.5:
                employer = numbers[int(number() * employers)]
            yield employer, worker, firsts + int(number() * seconds)
        else:
            employer, worker = numbers[int(number() * employers)], ssin(int(number() * WORKERS))
            if len(waiting) < WAITING:
                waiting.append((employer, worker))
            yield employer, worker, int(number() * firsts)


def declarations(seed: int, employers: int) -> Iterator[Declaration]:
    """Declarations without end, decoded, as a channel hands them to the desk."""
    first, second = blocks(datetime.now(BRUSSELS).date())
    decoded = [msgspec.convert(block, DimonaIn) for block in first + second]
    for employer, worker, block in draws(seed, employers, len(first), len(second)):
        yield Declaration(
            employer=DeclaredEmployer(employer_id=employer),
            worker=DeclaredWorker(ssin=worker),
            dimona_in=decoded[block],
        )


def requests(seed: int, employers: int, head: str) -> Iterator[bytes]:
    """Whole HTTP requests without end: `head` (request line and headers, no empty line) and a declaration."""
    first, second = blocks(datetime.now(BRUSSELS).date())
    templates = []
    for block in first + second:
        body = '{"employer":{"employerId":%d},"worker":{"ssin":"%s"},"dimonaIn":' + json.dumps(block) + "}"
        length = len(body % (nsso(0), ssin(0)))
        templates.append(f"{head}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
    for employer, worker, place in draws(seed, employers, len(first), len(second)):
        yield (templates[place] % (employer, worker)).encode()
