"""Reads the law's tables (TOML) into one value, once."""

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from opendimona.law.rules import (
    ActivitiesWithRisk,
    Bounds,
    Counter,
    DailyRegistrations,
    Deadline,
    EmployerTypes,
    ForbiddenType,
    JointCommittee,
    LatenessConsequence,
    Law,
    Overlap,
    Quota,
    Relief,
    Row,
    Suspension,
    WorkerType,
)

TABLES = (
    "worker_types", "joint_committees", "employer_types", "forbidden_types", "overlaps", "deadlines",
    "lateness_consequences", "suspensions", "bounds", "daily_registrations", "activities_with_risk",
    "counters", "quotas", "reliefs",
)  # fmt: skip
R = TypeVar("R", bound=Row)


def read_table(name: str) -> tuple[list[dict[str, Any]], bytes]:
    """The rows of one table and its raw text. Raises FileNotFoundError, tomllib.TOMLDecodeError."""
    raw = files("opendimona.law").joinpath("tables", f"{name}.toml").read_bytes()
    return tomllib.loads(raw.decode()).get("row", []), raw


def _rows(kind: type[R], rows: list[dict[str, Any]]) -> tuple[R, ...]:
    return tuple(msgspec.convert(row, kind) for row in rows)


def _by_code(rows: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    codes: dict[str, list[Any]] = {}
    for row in rows:
        codes.setdefault(row.code, []).append(row)
    return {code: tuple(dated) for code, dated in codes.items()}


@cache
def load_law() -> Law:
    """The law of this program, all dates included. Raises msgspec.ValidationError for a row that is malformed."""
    tables = {name: read_table(name) for name in TABLES}
    digest = hashlib.sha256(b"".join(raw for _, raw in tables.values())).hexdigest()[:12]
    rows = {name: parsed for name, (parsed, _) in tables.items()}
    counters = _rows(Counter, rows["counters"])
    quotas = _rows(Quota, rows["quotas"])
    counted_types = {code for row in counters for code in row.types}
    return Law(
        version=digest,
        worker_types=_by_code(_rows(WorkerType, rows["worker_types"])),
        joint_committees=_by_code(_rows(JointCommittee, rows["joint_committees"])),
        employer_types=_rows(EmployerTypes, rows["employer_types"]),
        forbidden_types=_rows(ForbiddenType, rows["forbidden_types"]),
        overlaps=_rows(Overlap, rows["overlaps"]),
        deadlines=_rows(Deadline, rows["deadlines"]),
        lateness_consequences=_rows(LatenessConsequence, rows["lateness_consequences"]),
        suspensions=_rows(Suspension, rows["suspensions"]),
        daily_registrations=_rows(DailyRegistrations, rows["daily_registrations"]),
        activities_with_risk=_rows(ActivitiesWithRisk, rows["activities_with_risk"]),
        bounds=_rows(Bounds, rows["bounds"])[0],
        counters=counters,
        quotas=quotas,
        reliefs=_rows(Relief, rows["reliefs"]),
        counters_by_type={code: tuple(row for row in counters if code in row.types) for code in counted_types},
        quotas_by_counter={
            counter.id: tuple(row for row in quotas if row.counter == counter.id) for counter in counters
        },
    )
