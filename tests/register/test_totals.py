"""Running totals: they move with what the register accepts, whoever files, and equal a count from scratch."""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.register.entries import PeriodEntry
from opendimona.register.interface import Answer, Caller
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify

CALLER = Caller("tests", is_strict=False)
EMPLOYERS = (175110801, 178273680, 131130710)
CLIENT = "0471149091"
STUDENT = {"jointCommissionNumber": "XXX", "workerType": "STU"}


def declaration(**members: Any) -> Declaration:
    return msgspec.convert(members, Declaration)


def entry(ssin: str, employer: int, **block: Any) -> Declaration:
    return declaration(employer={"employerId": employer}, worker={"ssin": ssin}, dimonaIn=block)


def student(ssin: str, employer: int, hours: int, day: date = date(2019, 7, 1)) -> Declaration:
    return entry(
        ssin, employer, startDate=day.isoformat(), endDate=day.isoformat(), plannedHoursNumber=hours, features=STUDENT
    )


def extra(ssin: str, employer: int, day: date, *, client: str | None = None) -> Declaration:
    features: dict[str, Any] = {"jointCommissionNumber": 302, "workerType": "EXT"}
    if client is not None:
        features |= {
            "jointCommissionNumber": 322,
            "usingEmployer": {"jointCommissionNumber": 302, "enterpriseNumber": client},
        }
    return entry(
        ssin, employer, startDate=day.isoformat(), endDate=day.isoformat(), startHour="1100", endHour="1500",
        features=features,
    )  # fmt: skip


def worker(number: int) -> str:
    base = 800101000 + number
    return f"{base:09d}{97 - base % 97:02d}"


def early(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=BRUSSELS)


async def filed(register: LocalRegister, wanted: Declaration, day: date = date(2019, 7, 1)) -> Answer:
    return await register.file(wanted, CALLER, early(day))


def excess(answer: Answer) -> dict[str, int | None]:
    return {
        item.type: item.exceeding_hours if item.exceeding_days is None else item.exceeding_days
        for anomaly in answer.anomalies for item in anomaly.quota
    }  # fmt: skip


async def test_two_employers_cannot_both_take_the_last_hours_unseen(database_url: str) -> None:
    async with AsyncExitStack() as stack:
        registers = []
        for _ in range(4):
            registers.append(await LocalRegister.open(database_url))
            stack.push_async_callback(registers[-1].close)
        for number in range(20):
            ssin = worker(number)
            answers = await asyncio.gather(*[
                filed(register, student(ssin, EMPLOYERS[place % 3], 100, date(2019, 7, 1) + timedelta(days=place)))
                for place, register in enumerate(registers * 2)
            ])  # fmt: skip
            beyond = sorted(sum(excess(answer).values()) for answer in answers)  # type: ignore[type-var]
            assert beyond == [0, 0, 0, 0, 25, 100, 100, 100]
    assert verify(database_url) == []


async def test_the_day_beyond_an_employers_200(register: LocalRegister, database_url: str) -> None:
    first = date(2024, 1, 1)
    days = [first + timedelta(days=place) for place in range(200)]
    await filed(register, extra(worker(0), EMPLOYERS[0], first), first)
    await register.import_periods([
        msgspec.convert({
            "employer": {"employerId": EMPLOYERS[0]}, "worker": {"ssin": worker(place % 40)},
            "startDate": day, "endDate": day, "startHour": "1100", "endHour": "1500",
            "features": {"jointCommissionNumber": 302, "workerType": "EXT"},
        }, PeriodEntry)
        for place, day in enumerate(days) if place
    ])  # fmt: skip
    same_day = await filed(register, extra(worker(60), EMPLOYERS[0], days[-1]), days[-1])
    assert same_day.result == "A", "any number of extras a day is one day"
    next_day = days[-1] + timedelta(days=1)
    beyond = await filed(register, extra(worker(61), EMPLOYERS[1], next_day, client=CLIENT), next_day)
    assert beyond.result == "A", "the client of an agency has days of its own"
    beyond = await filed(register, extra(worker(62), EMPLOYERS[0], next_day), next_day)
    assert (beyond.result, [item.code for item in beyond.anomalies]) == ("W", ["90256-369"])
    assert excess(beyond) == {"HORECA_EMPLOYER": 1}
    assert verify(database_url) == []


async def test_employers_totals_stay_right_when_servers_write_at_once(database_url: str) -> None:
    day = date(2024, 3, 4)
    async with AsyncExitStack() as stack:
        registers = []
        for _ in range(3):
            registers.append(await LocalRegister.open(database_url))
            stack.push_async_callback(registers[-1].close)
        wanted = [
            extra(worker(number), EMPLOYERS[0], day + timedelta(days=number % 3), client=CLIENT if number % 2 else None)
            for number in range(60)
        ]
        answers = await asyncio.gather(*[
            filed(registers[place % 3], one, day) for place, one in enumerate(wanted)
        ])  # fmt: skip
    assert {answer.result for answer in answers} == {"A"}
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT used, count(*) FROM employer_total GROUP BY 1").fetchall()
    assert found == [(3, 2)]
    assert verify(database_url) == []


@pytest.mark.parametrize("seed", range(4))
async def test_any_history_counts_the_same_from_scratch(register: LocalRegister, database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    numbers: list[int] = []
    for _ in range(60):
        day = date(2024, 1, 1) + timedelta(days=chance.randrange(300))
        ssin, employer = worker(chance.randrange(4)), chance.choice(EMPLOYERS)
        kind = chance.random()
        if kind < 0.35 or not numbers:
            wanted = student(ssin, employer, chance.randrange(1, 200), day)
        elif kind < 0.65:
            wanted = extra(ssin, employer, day, client=chance.choice([None, CLIENT]))
        elif kind < 0.85:
            hours = {"plannedHoursNumber": chance.randrange(1, 200)}
            change = chance.choice([hours, {"startDate": (day - timedelta(days=3)).isoformat()}])
            wanted = declaration(dimonaUpdate={"periodId": chance.choice(numbers)} | change)
        else:
            wanted = declaration(dimonaCancel={"periodId": chance.choice(numbers)})
        answer = await filed(register, wanted, day + timedelta(days=chance.randrange(-5, 2)))
        if answer.period_number is not None and wanted.dimona_in is not None:
            numbers.append(answer.period_number)
    assert verify(database_url) == []
    with psycopg.connect(database_url) as connection:
        (total,) = connection.execute("SELECT sum(used) FROM worker_total").fetchone() or (0,)
        assert total > 0
        connection.execute("UPDATE worker_total SET used = used + 1")
    assert any("worker's total" in problem for problem in verify(database_url)), "a wrong total is found"
