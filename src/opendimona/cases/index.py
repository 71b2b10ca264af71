"""Which cases show an anomaly: the names of all cases of the project by code, also where the case files are not.

The index `index.json` is written from the case files by `tools/anomalies.py` (`make anomalies`).
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from opendimona.cases.format import Case

NAME = "index.json"


def codes_of(case: Case) -> frozenset[str]:
    """The anomaly codes that the steps of a case expect."""
    return frozenset(code for step in case.steps for code in step.expect.anomalies or ())


def index(cases: Iterable[Case]) -> dict[str, list[str]]:
    """The names of the cases that expect each code; codes in order, cases in the order in which they are given."""
    found: dict[str, list[str]] = {}
    for case in cases:
        for code in codes_of(case):
            found.setdefault(code, []).append(case.name)
    return dict(sorted(found.items()))


@cache
def load_index() -> Mapping[str, tuple[str, ...]]:
    """The index that the program was installed with."""
    raw = files("opendimona.cases").joinpath(NAME).read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, ...]])


def cases_of(code: str) -> tuple[str, ...]:
    """The names of the cases that expect an anomaly code."""
    return load_index().get(code, ())
