"""A register that fits in one's head: a list of periods and obvious loops, made from the rules and not from the code.

The stateful test files every declaration here too and compares. It knows the types OTH, STU, EXT, FLX, BCW, STG,
DWD, IVT, PMP and ALT, temporary agency work, and private employers that are always active. Declarations come as plain
JSON bodies.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.model.changes import judge_cancel, judge_out, judge_update
from tests.model.entries import judge_in
from tests.model.values import ModelPeriod, Verdict

__all__ = ["Model", "ModelPeriod", "Verdict"]

BRUSSELS = ZoneInfo("Europe/Brussels")
JUDGES = {"dimonaIn": judge_in, "dimonaOut": judge_out, "dimonaUpdate": judge_update, "dimonaCancel": judge_cancel}


class Model:
    """Employers by NSSO number, workers by SSIN with their names, all periods in order, the numbers of refused INs."""

    def __init__(self, employers: dict[int, str], workers: dict[str, tuple[str, str, str]], users: set[str]) -> None:
        self.employers, self.workers, self.users = employers, workers, users
        self.periods: list[ModelPeriod] = []
        self.refused: set[int] = set()

    def judge(self, body: dict[str, Any], at: datetime) -> Verdict:
        """The verdict on a declaration received at a moment; nothing is recorded."""
        name = next(name for name in JUDGES if name in body)
        verdict = JUDGES[name](self, body, body[name], at.astimezone(BRUSSELS).replace(tzinfo=None))
        if verdict.result == "B":
            verdict.outcome = None
        return verdict

    def record(self, body: dict[str, Any], verdict: Verdict, number: int) -> None:
        """Keep what follows from a verdict, under the number that the register gave to the declaration."""
        if "dimonaIn" not in body:
            changed = verdict.outcome
            self.periods = [
                changed if changed and period.number == changed.number else period for period in self.periods
            ]
        elif verdict.outcome:
            self.periods.append(replace(verdict.outcome, number=number))
        else:
            self.refused.add(number)

    def lock(self, number: int) -> None:
        """Lock a period, as an agent would."""
        self.periods = [replace(period, locked=True) if period.number == number else period for period in self.periods]
