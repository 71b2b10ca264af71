"""Several processes, each with its own desk, file for the same workers on one database."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from itertools import combinations
from typing import Any

import msgspec
import pytest

from opendimona.register.interface import Answer, Caller, Criteria, PeriodView
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.faults.filer import AT, EMPLOYER, KEYS, WORKERS, ssin
from tests.model import Model
from tests.model.bridge import as_model, conflicts

PROCESSES = 8
OPERATOR = Caller("operator", is_strict=False, is_operator=True)
NOBODY_IS_CONTRADICTED = ("", "", "")


def run_all(dsn: str, rounds: int) -> list[dict[str, Any]]:
    """What the processes answer, all started before any of them files."""
    filers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.filer"],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        )
        for _ in range(PROCESSES)
    ]
    try:
        for seed, filer in enumerate(filers):
            assert filer.stdin
            assert filer.stdout
            filer.stdin.write(json.dumps({"dsn": dsn, "seed": seed, "rounds": rounds}) + "\n")
            filer.stdin.flush()
        for filer in filers:
            assert filer.stdout
            assert filer.stdout.readline() == "ready\n"
        for filer in filers:
            assert filer.stdin
            filer.stdin.write("go\n")
            filer.stdin.flush()
        return [json.loads(filer.communicate()[0]) for filer in filers]
    finally:
        for filer in filers:
            filer.kill()
            filer.communicate()


async def read_all(dsn: str) -> tuple[dict[str, list[Answer]], dict[str, list[PeriodView]]]:
    """Every declaration and every period of each worker."""
    register = await LocalRegister.open(dsn)
    try:
        workers = [ssin(worker) for worker in range(WORKERS)]
        return (
            {
                worker: await register.search_declarations(Criteria(ssin=int(worker)), OPERATOR, 10_000)
                for worker in workers
            },
            {worker: await register.search_periods(Criteria(ssin=int(worker)), OPERATOR, 10_000) for worker in workers},
        )
    finally:
        await register.close()


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_processes_that_file_for_the_same_workers_leave_no_overlap(database_url: str, rounds: int) -> None:
    outcomes = run_all(database_url, rounds)
    assert verify(database_url) == []
    declarations, periods = asyncio.run(read_all(database_url))
    check_answers(outcomes, [answer for answers in declarations.values() for answer in answers])
    for worker in declarations:
        current = [as_model(view.period, "one", worker) for view in periods[worker]]
        for one, other in combinations([period for period in current if not period.cancelled], 2):
            (first, last), (other_first, other_last) = one.from_to(), other.from_to()
            assert not (first < other_last and other_first < last)
        check_order(worker, declarations[worker], periods[worker])


def check_answers(outcomes: list[dict[str, Any]], recorded: list[Answer]) -> None:
    """Each answer that a process got is recorded once; the same key gave all processes the same declaration."""
    results = {answer.number: answer.result for answer in recorded}
    assert len(results) == len(recorded)
    given = [(number, result) for outcome in outcomes for number, result in outcome["answers"]]
    assert max(Counter(number for number, _ in given).values()) == 1
    about_workers = {number: result for number, result in given if number in results}
    assert about_workers.items() <= results.items()
    # OUTs, UPDATEs and CANCELs on a period that this process made concern its worker, accepted or refused.
    assert len(about_workers) == len(given)
    keyed = {tuple(outcome["keyed"]) for outcome in outcomes}
    assert len(keyed) == 1
    assert len(set(keyed.pop())) == KEYS
    assert len(results) == len(given) + KEYS


def check_order(worker: str, declarations: list[Answer], periods: list[PeriodView]) -> None:
    """There is an order, that of the journal, in which one after the other would have been answered the same."""
    model = Model({EMPLOYER: "one"}, {worker: NOBODY_IS_CONTRADICTED}, set())
    for answer in sorted(declarations, key=lambda answer: answer.recorded_at):
        body = json.loads(msgspec.json.encode(answer.declaration))
        verdict = model.judge(body, AT)
        codes = {anomaly.code for anomaly in answer.anomalies}
        assert (answer.result, codes, conflicts(answer.anomalies)) == (verdict.result, verdict.codes, verdict.conflicts)
        model.record(body, verdict, answer.number)
    current = [as_model(view.period, "one", worker) for view in periods]
    assert sorted(current, key=lambda period: period.number) == sorted(model.periods, key=lambda period: period.number)
