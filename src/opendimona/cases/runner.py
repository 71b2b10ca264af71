"""Play cases against a sandbox and say what differs from what they expect."""

import json
from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET, Struct

from opendimona.cases.format import Case, Declare, Document, Expectation, Identify, Json, Know, Lock, Periods, Step
from opendimona.cases.sandbox import Observed, Refused, Sandbox
from opendimona.core.declaration import BLOCKS

ACCEPTED = ("A", "W")


class Difference(Struct, frozen=True):
    """One thing that is not as the case says. `step` counts from 1."""

    step: int
    what: str
    expected: str
    found: str


class Outcome(Struct, frozen=True):
    """A case played to its end, and all that differed."""

    case: Case
    differences: tuple[Difference, ...]


class _Progress:
    """What a case has made: its periods, registrations and declarations, in order, and the last that is pending."""

    def __init__(self) -> None:
        self.periods: list[int] = []
        self.registrations: list[int] = []
        self.declarations: list[int | None] = []
        self.last_entry: int | None = None
        self.pending: int | None = None

    def note(self, action: Declare, observed: Observed) -> None:
        """Remember a declaration's numbers."""
        self.declarations.append(observed.number)
        if observed.number is not None and _is_entry(action):
            self.last_entry = observed.number
            if observed.result in ACCEPTED:
                self.periods.append(observed.period or observed.number)
        if observed.registration is not None and observed.registration not in self.registrations:
            self.registrations.append(observed.registration)
        if observed.result == "S":
            self.pending = observed.number

    def target(self, action: Declare | Lock) -> int | None:
        """The number of the period acted on: the one named, else the last made, else that of the last IN.

        Of a daily registration that changes: its own number, the one named or the last made.
        """
        declaration = action.declaration if isinstance(action, Declare) else None
        if declaration is not None:
            return _nth(self.declarations, declaration, "declaration")
        if isinstance(action, Declare) and _is_registration_changing(action):
            if action.registration is not None:
                return _nth(self.registrations, action.registration, "registration")
            return self.registrations[-1] if self.registrations else None
        if action.period is not None:
            return _nth(self.periods, action.period, "period")
        return self.periods[-1] if self.periods else self.last_entry


def _is_entry(action: Declare) -> bool:
    return "dimonaIn" in (action.body if isinstance(action.body, dict) else action.blocks)


def _is_registration_changing(action: Declare) -> bool:
    """Whether a block modifies or cancels a daily registration, which it names instead of a period."""
    block = action.blocks.get(BLOCKS["daily"])
    return isinstance(block, dict) and str(block.get("attestationStatus")) in ("1", "3")


class _Missing(Exception):
    """The case names something that it has not made."""


def _nth(numbers: list[int] | list[int | None], place: int, what: str) -> int:
    number = numbers[place - 1] if place <= len(numbers) else None
    if number is None:
        raise _Missing(f"{what} {place}")
    return number


async def run_case(case: Case, sandbox: Sandbox) -> Outcome:
    """Play one case from a fresh start. Raises `cases.sandbox.Unreachable`."""
    try:
        await sandbox.begin(case)
    except Refused as refused:
        return Outcome(case, (Difference(0, "before the first step", "employers and workers known", str(refused)),))
    progress = _Progress()
    differences: list[Difference] = []
    for step in case.steps:
        try:
            differences += await _play(case, step, sandbox, progress)
        except _Missing as missing:
            differences.append(Difference(step.place, "step", f"{missing} of the case", "not made"))
    return Outcome(case, tuple(differences))


async def _play(case: Case, step: Step, sandbox: Sandbox, progress: _Progress) -> list[Difference]:
    action = step.action
    if isinstance(action, Periods):
        return await _look(case, step, action, sandbox, progress)
    if isinstance(action, Know):
        try:
            await sandbox.know(action.employers)
        except Refused as refused:
            return [Difference(step.place, "employers", "known", str(refused))]
        return []
    if isinstance(action, Declare):
        body = body_of(case, action, progress.target(action))
        observed = await sandbox.file(body, step.at, is_strict=case.is_strict, is_unsecured=action.is_unsecured)
        progress.note(action, observed)
    elif isinstance(action, Identify):
        if progress.pending is None:
            raise _Missing("a pending declaration")
        observed = await sandbox.identify(progress.pending, action)
        if observed.result in ACCEPTED:
            progress.periods.append(observed.period or progress.pending)
    else:
        number = progress.target(action)
        if number is None:
            raise _Missing("a period")
        observed = await sandbox.lock(number)
    return [
        Difference(step.place, what, expected, found)
        for what, expected, found in _compare(step.expect, observed, progress)
    ]


async def _look(case: Case, step: Step, action: Periods, sandbox: Sandbox, progress: _Progress) -> list[Difference]:
    employer = declared_employer(case.employer) if action.employer is None else action.employer
    found = await sandbox.periods(employer, action.ssin or str(case.worker.get("ssin")))
    order = {str(number): place for place, number in enumerate(progress.periods)}
    found.sort(key=lambda period: order.get(str(period.get("periodId")), len(order)))
    if len(found) != len(action.periods):
        shown = [{name: period.get(name) for name in ("startDate", "endDate", "cancelled")} for period in found]
        return [Difference(step.place, "periods", f"{len(action.periods)} periods", f"{len(found)}: {_shown(shown)}")]
    return [
        Difference(step.place, f"period {place}: {name}", _shown(value), _shown(_member(period, name)))
        for place, (wanted, period) in enumerate(zip(action.periods, found, strict=True), 1)
        for name, value in wanted.items()
        if not is_same(value, _member(period, name))
    ]


def _member(period: Document, name: str) -> Json:
    """A member of a period; its features may also be named beside its dates, as in an IN."""
    features = period.get("features")
    if name not in period and isinstance(features, dict):
        return features.get(name)
    return period.get(name)


def _compare(expect: Expectation, observed: Observed, progress: _Progress) -> Iterator[tuple[str, str, str]]:
    if observed.http >= 300 or expect.http is not None:
        if observed.http != expect.http:
            expected = "a declaration" if expect.http is None else str(expect.http)
            yield "http", expected, f"{observed.http} {observed.detail or observed.result or ''}".rstrip()
        return
    if expect.result is not None and observed.result != expect.result:
        yield "result", expect.result, f"{observed.result} {_codes(observed.anomalies)}".rstrip()
    if expect.anomalies is not None and observed.anomalies != expect.anomalies:
        yield "anomalies", _codes(expect.anomalies) or "none", _codes(observed.anomalies) or "none"
    if expect.is_late is not None and observed.is_late != expect.is_late:
        yield "late", _shown(expect.is_late), _shown(observed.is_late)
    if expect.deadline is not None and not _is_moment(expect.deadline, observed.deadline):
        yield "deadline", expect.deadline.isoformat(), observed.deadline or "none"
    if expect.exceeding is not None and not _is_exceeding(expect.exceeding, observed.exceeding):
        yield "exceeding", _shown(list(expect.exceeding)), _shown(list(observed.exceeding))
    if expect.conflicts is not None:
        of = progress.periods if observed.conflicts <= set(progress.periods) else progress.registrations
        named = frozenset(_place(number, of) for number in observed.conflicts)
        if named != expect.conflicts:
            yield "conflicts", _shown(sorted(expect.conflicts)), _shown(sorted(named, key=str))


def _is_moment(expected: datetime, observed: str | None) -> bool:
    return observed is not None and datetime.fromisoformat(observed) == expected


def _is_exceeding(expected: tuple[float, ...], observed: tuple[float, ...]) -> bool:
    """One amount must be among those named; several must be all of them."""
    return expected[0] in observed if len(expected) == 1 else expected == observed


def _place(number: int, periods: list[int]) -> int | str:
    return periods.index(number) + 1 if number in periods else f"{number} (not of this case)"


def body_of(case: Case, action: Declare, target: int | None) -> bytes:
    """The request body of a step; `target` is the number of the period that an OUT, UPDATE or CANCEL acts on."""
    if action.body is not UNSET:
        return action.body.encode() if isinstance(action.body, str) else json.dumps(action.body).encode()
    body: Document = {}
    is_entry = "dimonaIn" in action.blocks
    if action.employer is not UNSET:
        body["employer"] = action.employer
    elif is_entry:
        body["employer"] = declared_employer(case.employer)
    if action.worker is not UNSET:
        body["worker"] = action.worker
    elif is_entry:
        body["worker"] = {"ssin": case.worker.get("ssin")}
    member = "dailyRegistrationId" if _is_registration_changing(action) else "periodId"
    for name, block in action.blocks.items():
        is_aimed = name != "dimonaIn" and target is not None and isinstance(block, dict) and member not in block
        body[name] = {member: target, **block} if is_aimed and isinstance(block, dict) else block
    return json.dumps(body, ensure_ascii=False).encode()


def declared_employer(employer: Document) -> Document:
    """How a declarant names an employer of the sandbox: by its NSSO number, else by its enterprise number."""
    number = str(employer.get("nssoRegistrationNumber") or employer.get("provisionalNssoNumber") or "")
    if number:
        return {"employerId": int(number) if number.isdecimal() else number}
    return {"enterpriseNumber": employer.get("enterpriseNumber")}


def is_same(expected: Json, found: Json) -> bool:
    """Whether a value is as expected; of a mapping only the members named are compared, numbers may be text."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(is_same(value, found.get(name)) for name, value in expected.items())
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(is_same(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found or (expected is False and found is None)
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return expected == found
    return str(expected) == str(found)


def _codes(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes))


def _shown(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False) if value is not None else "absent"
