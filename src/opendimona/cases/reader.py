"""Read case files. What a file may hold is in `format`; anything else is an error that says where it stands."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import UNSET

from opendimona.cases.format import (
    BRUSSELS,
    DEFAULT_EMPLOYER,
    DEFAULT_WORKER,
    Case,
    Declare,
    Document,
    Expectation,
    Identify,
    Json,
    Know,
    Lock,
    Periods,
    Step,
)
from opendimona.cases.yaml_text import load
from opendimona.core.declaration import BLOCKS

FEATURES = ("jointCommissionNumber", "workerType", "subEntity", "usingEmployer")
CASE_MEMBERS = ("case", "title", "source", "employers", "workers", "strict", "steps")
TARGETS = ("period", "registration", "declaration")
DECLARE_MEMBERS = ("at", *BLOCKS, "body", *TARGETS, "employer", "worker", "channel", "expect")
EXPECT_MEMBERS = ("result", "anomalies", "late", "deadline", "exceeding", "conflicts", "http")
CODE = re.compile(r"[0-9]{5}-[0-9]{3}")
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class UnreadableCase(Exception):
    """A case file cannot be understood; the text says which file, case and step, and what is wrong there."""


class _Wrong(Exception):
    """What is wrong at the place being read."""


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those with a name in .yaml or .yml under the folders named. Raises UnreadableCase."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file())
            if not inside:
                raise UnreadableCase(f"{path}: no case file (.yaml) in this folder")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise UnreadableCase(f"{path}: no such file or folder")
    return found


def read_file(path: Path) -> list[Case]:
    """The cases of one file. Raises UnreadableCase."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableCase(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from None
    return read_cases(text, str(path))


def read_cases(text: str, file: str) -> list[Case]:
    """The cases in a text; `file` is how errors name it. Raises UnreadableCase."""
    try:
        document = load(text)
    except ValueError as error:
        raise UnreadableCase(f"{file}: {error}") from None
    if document is None:
        return []
    if not isinstance(document, list):
        raise UnreadableCase(f"{file}: a case file is a list of cases (`- case: name`)")
    return list(_cases(document, file))


def _cases(documents: list[Json], file: str) -> Iterator[Case]:
    for place, document in enumerate(documents, 1):
        name = document.get("case") if isinstance(document, dict) else None
        where = f"{file}: case {place if name is None else name}"
        try:
            yield _case(_mapping(document, "a case"), file, where)
        except _Wrong as wrong:
            raise UnreadableCase(f"{where}: {wrong}") from None


def _case(document: Document, file: str, where: str) -> Case:
    _only(document, CASE_MEMBERS)
    if document.get("case") in (None, ""):
        raise _Wrong("a case needs a name (`case: name`)")
    steps = []
    for place, step in enumerate(_list(document.get("steps"), "steps"), 1):
        try:
            steps.append(_step(_mapping(step, "a step"), place))
        except _Wrong as wrong:
            raise UnreadableCase(f"{where}, step {place}: {wrong}") from None
    if not steps:
        raise _Wrong("a case needs steps")
    return Case(
        name=str(document["case"]),
        file=file,
        title=str(document.get("title") or ""),
        source=str(document.get("source") or ""),
        is_strict=_truth(document.get("strict", False), "strict"),
        employers=_objects(document, "employers", DEFAULT_EMPLOYER),
        workers=_objects(document, "workers", DEFAULT_WORKER),
        steps=tuple(steps),
    )


def _objects(document: Document, name: str, default: Document) -> tuple[Document, ...]:
    """The employers or workers of a case. Numbers written without quotes are identifiers all the same: text."""
    if document.get(name) is None:
        return (default,)
    objects = []
    for item in _list(document[name], name):
        members: Document = {}
        for key, value in _mapping(item, f"one of {name}").items():
            if key in ("flexiEligible", "pensioner"):
                members[key] = _truth(value, key)
            elif isinstance(value, list):
                members[key] = [str(part) for part in value]
            elif value is not None:
                members[key] = str(value)
        objects.append(members)
    return tuple(objects)


def _step(document: Document, place: int) -> Step:
    at = None if document.get("at") is None else _moment(document["at"], "at")
    expect = _expectation(document.get("expect"))
    if "periods" in document:
        _only(document, ("at", "periods", "employer", "worker"))
        return Step(place=place, at=at, action=_periods(document))
    if "employers" in document:
        _only(document, ("at", "employers"))
        return Step(place=place, at=at, action=Know(_objects(document, "employers", DEFAULT_EMPLOYER)))
    if "lock" in document:
        _only(document, ("at", "lock", "expect"))
        members = _mapping(document["lock"] or {}, "lock")
        _only(members, ("period",))
        return Step(place=place, at=at, action=Lock(_count(members, "period")), expect=expect)
    if "identify" in document:
        _only(document, ("at", "identify", "expect"))
        return Step(place=place, at=at, action=_identify(_mapping(document["identify"], "identify")), expect=expect)
    _only(document, DECLARE_MEMBERS)
    return Step(place=place, at=at, action=_declare(document), expect=expect)


def _declare(document: Document) -> Declare:
    blocks: Document = {}
    targets = {name: _count(document, name) for name in TARGETS}
    for name, block in BLOCKS.items():
        if name not in document:
            continue
        members = document[name]
        if isinstance(members, dict):
            for target in targets:
                if name != "in" and target in members:
                    targets[target] = _count(members, target)
            members = _with_features(members) if name == "in" else _without(members, tuple(targets))
        blocks[block] = {} if members is None else members
    if not blocks and "body" not in document:
        raise _Wrong(f"a step is one of {', '.join([*BLOCKS, 'body', 'lock', 'identify', 'employers', 'periods'])}")
    channel = document.get("channel", "secured")
    if channel not in ("secured", "unsecured"):
        raise _Wrong("channel is `secured` or `unsecured`")
    return Declare(
        blocks=blocks,
        period=targets["period"],
        declaration=targets["declaration"],
        registration=targets["registration"],
        employer=document.get("employer", UNSET),
        worker=document.get("worker", UNSET),
        body=document.get("body", UNSET),
        is_unsecured=channel == "unsecured",
    )


def _with_features(members: Document) -> Document:
    """The block of an IN as sent: the features that stand beside the dates go into their own object."""
    features = {name: members[name] for name in FEATURES if name in members}
    block = _without(members, FEATURES)
    if features:
        inside = block.get("features")
        block["features"] = {**inside, **features} if isinstance(inside, dict) else features
    return block


def _periods(document: Document) -> Periods:
    worker = _mapping(document.get("worker") or {}, "worker")
    employer = document.get("employer")
    ssin = worker.get("ssin")
    return Periods(
        tuple(_mapping(period, "a period") for period in _list(document["periods"], "periods")),
        None if employer is None else _mapping(employer, "employer"),
        None if ssin is None else str(ssin),
    )


def _identify(members: Document) -> Identify:
    _only(members, ("decision", "ssin", "reason"))
    ssin, reason = (None if members.get(name) is None else str(members[name]) for name in ("ssin", "reason"))
    match members.get("decision"):
        case "accept" if ssin is not None:
            return Identify("accept", ssin)
        case "refuse":
            return Identify("refuse", reason=reason)
    raise _Wrong('identify is {decision: accept, ssin: ".."} or {decision: refuse, reason: ".."}')


def _expectation(document: Json) -> Expectation:
    if document is None:
        return Expectation()
    members = _mapping(document, "expect")
    _only(members, EXPECT_MEMBERS)
    result = members.get("result")
    if result is not None and result not in ("A", "W", "B", "S"):
        raise _Wrong(f"result is A, W, B or S, not {result!r}")
    return Expectation(
        result=result,
        anomalies=_codes(members.get("anomalies")),
        is_late=None if members.get("late") is None else _truth(members["late"], "late"),
        deadline=None if members.get("deadline") is None else _moment(members["deadline"], "deadline"),
        exceeding=_amounts(members.get("exceeding")),
        conflicts=None if members.get("conflicts") is None else frozenset(_counts(members["conflicts"])),
        http=_count(members, "http"),
    )


def _codes(value: Json) -> frozenset[str] | None:
    if value is None:
        return None
    codes = _list(value, "anomalies")
    for code in codes:
        if not isinstance(code, str) or CODE.fullmatch(code) is None:
            raise _Wrong(f"{code!r} is no anomaly code (five digits, a hyphen, three digits)")
    return frozenset(map(str, codes))


def _amounts(value: Json) -> tuple[float, ...] | None:
    if value is None:
        return None
    amounts = value if isinstance(value, list) else [value]
    found = [float(amount) for amount in amounts if isinstance(amount, int | float) and not isinstance(amount, bool)]
    if len(found) != len(amounts):
        raise _Wrong("exceeding is a number of hours or days, or a list of them")
    return tuple(sorted(found))


def _counts(value: Json) -> Iterator[int]:
    for item in value if isinstance(value, list) else [value]:
        count = _count({"conflicts": item}, "conflicts")
        if count is not None:
            yield count


def _count(members: Document, name: str) -> int | None:
    value = members.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise _Wrong(f"{name} is a number from 1, not {value!r}")
    return value


def _moment(value: Json, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _Wrong(f"{name} is a moment such as 2024-06-03T07:30, not {value!r}") from None
    return moment.replace(tzinfo=BRUSSELS) if moment.tzinfo is None else moment


def _truth(value: Json, name: str) -> bool:
    if isinstance(value, bool):
        return value
    found = TRUTHS.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise _Wrong(f"{name} is true or false, not {value!r}")
    return found


def _list(value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise _Wrong(f"{name} must be a list")
    return value


def _mapping(value: Json, name: str) -> Document:
    if not isinstance(value, dict):
        raise _Wrong(f"{name} must be a mapping (`member: value`)")
    return value


def _without(members: Document, names: tuple[str, ...]) -> Document:
    return {name: value for name, value in members.items() if name not in names}


def _only(members: Document, names: tuple[str, ...]) -> None:
    for name in members:
        if name not in names:
            raise _Wrong(f"unknown member {name!r}; known here: {', '.join(names)}")
