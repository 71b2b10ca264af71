"""What one worker is answered does not depend on another: same history, alone and between another's declarations."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.register.interface import Answer, Caller, Criteria
from opendimona.register.local import LocalRegister
from tests.model.bridge import declaration

CALLER = Caller("tests", is_strict=False)
FIRST = date(2024, 6, 24)
ALONE, BESIDE, OTHER = "78070739119", "80111405125", "80010100305"
Step = tuple[str, int, dict[str, Any], datetime]


def history(chance: Random) -> list[Step]:
    """Declarations of students and ordinary workers: kind, which earlier period or employer, block, moment."""
    steps: list[Step] = []
    for _ in range(40):
        start = FIRST + timedelta(chance.randint(2, 10))
        at = datetime.combine(start + timedelta(chance.choice([-3, -3, -3, 2])), datetime.min.time(), BRUSSELS)
        kind = chance.choice(["dimonaIn"] * 4 + ["dimonaUpdate", "dimonaOut", "dimonaCancel"])
        end = str(start + timedelta(chance.randint(0, 4)))
        block: dict[str, Any] = {"endDate": end}
        if kind == "dimonaIn":
            block |= {"startDate": str(start), "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"}}
            if chance.random() < 0.6:
                block["features"]["workerType"] = "STU"
                block |= {"endDate": str(start), "plannedHoursNumber": chance.choice([200, 300, 400])}
        if kind == "dimonaUpdate" and chance.random() < 0.5:
            block = {"plannedHoursNumber": chance.choice([8, 250])}
        steps.append((kind, chance.randrange(100), {} if kind == "dimonaCancel" else block, at))
    return steps


async def filed(register: LocalRegister, ssin: str, step: Step, numbers: list[int]) -> Answer | None:
    """The answer to a step of a worker's history, whose periods have these numbers; None without any to change."""
    kind, place, block, at = step
    body: dict[str, Any] = {kind: block}
    if kind == "dimonaIn":
        body |= {"employer": {"employerId": (175110801, 178273680)[place % 2]}, "worker": {"ssin": ssin}}
    elif not numbers:
        return None
    else:
        body[kind] = {"periodId": numbers[place % len(numbers)], **block}
    answer = await register.file(declaration(body), CALLER, at)
    if kind == "dimonaIn" and answer.period_number is not None and answer.result != "B":
        numbers.append(answer.period_number)
    return answer


def said(answer: Answer | None, numbers: list[int]) -> object:
    """What an answer says, with periods by their place in the worker's history."""
    return answer and (
        answer.result, answer.is_late, answer.deadline,
        [(item.code, item.severity, item.quota, [numbers.index(period.number) for period in item.periods])
         for item in answer.anomalies],
    )  # fmt: skip


async def standing(register: LocalRegister, ssin: str) -> list[object]:
    """A worker's periods without their numbers."""
    views = await register.search_periods(Criteria(ssin=int(ssin)), CALLER, 100)
    periods = sorted((view.period for view in views), key=lambda period: period.number)
    return sorted(str((p.employer, p.features, p.start, p.end, p.planned_hours, p.is_cancelled)) for p in periods)


@pytest.mark.parametrize("seed", range(4))
async def test_another_worker_changes_nothing(register: LocalRegister, seed: int) -> None:
    chance = Random(seed)
    steps, others = history(chance), history(chance)
    alone: list[int] = []
    expected = [said(await filed(register, ALONE, step, alone), alone) for step in steps]
    beside: list[int] = []
    other: list[int] = []
    found = []
    for mine, theirs in zip(steps, others, strict=True):
        await filed(register, OTHER, theirs, other)
        await filed(register, OTHER, mine, other)
        found.append(said(await filed(register, BESIDE, mine, beside), beside))
    assert found == expected
    assert await standing(register, BESIDE) == await standing(register, ALONE)
    assert any("90017-369" in str(answer) for answer in expected), "no quota was exceeded: too little was tried"
