"""Every check says what it can raise and why, stands in the catalogue, and has cases that it refuses and lets pass."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from opendimona.cases.format import Case, Declare, Expectation
from opendimona.cases.reader import read_file
from opendimona.core import decide
from opendimona.core.checks import CHECKS, Check
from opendimona.core.declaration import BLOCKS
from opendimona.law.catalogue import load_catalogue
from tests.shape.tree import ROOT, imported_names, modules

CODE = re.compile(r"\d{5}-\d{3}")
PENDING = "90017-151"  # the code of a pending declaration: raised by the decision itself
KINDS = {block: kind for kind, block in BLOCKS.items()}
BY_NAME = [pytest.param(check, id=f"{check.judge.__module__.rpartition('.')[2]}.{check.name}") for check in CHECKS]


def _steps() -> Iterator[tuple[str, Expectation]]:
    """Kind of declaration and expectation of every step of every case."""
    for path in sorted((ROOT / "tests" / "cases").rglob("*.yaml")):
        for case in read_file(path):
            yield from _declared(case)


def _declared(case: Case) -> Iterator[tuple[str, Expectation]]:
    for step in case.steps:
        if isinstance(step.action, Declare):
            yield from ((kind, step.expect) for block, kind in KINDS.items() if block in step.action.blocks)


STEPS = list(_steps())
READERS = {"gather_features"}  # only reads values for the others, and never reports anything


def test_there_are_checks() -> None:
    assert len(CHECKS) > 20
    assert decide.CHECKS is CHECKS


@pytest.mark.parametrize("check", BY_NAME)
def test_a_check_declares_codes_and_source(check: Check) -> None:
    assert (not check.codes) == (check.name in READERS)
    assert {code for code in check.codes if not CODE.fullmatch(code)} == set()
    assert len(check.source) > 10
    assert check.kinds


def test_the_names_of_checks_are_their_own() -> None:
    names = [check.name for check in CHECKS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("check", BY_NAME)
def test_a_check_explains_its_rule(check: Check) -> None:
    assert inspect.getdoc(check.judge)


def test_every_module_of_checks_is_in_use() -> None:
    files = {Path(name).stem for name in modules("src/opendimona/core/checks")} - {"__init__"}
    registered = {check.judge.__module__.rpartition(".")[2] for check in CHECKS}
    trees = modules("src/opendimona/core").values()
    used = {name.rpartition(".")[2] for tree in trees for name in imported_names(tree)}
    assert files - registered - used == set()


def test_every_code_in_the_text_of_a_check_is_declared() -> None:
    declared = {code for check in CHECKS for code in check.codes} | {PENDING}
    nodes = [node for tree in modules("src/opendimona/core").values() for node in ast.walk(tree)]
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert {text for text in written if CODE.fullmatch(text)} - declared == set()


@pytest.mark.parametrize("check", BY_NAME)
def test_the_codes_of_a_check_are_in_the_catalogue(check: Check) -> None:
    assert sorted(check.codes - set(load_catalogue())) == []


@pytest.mark.parametrize("check", BY_NAME)
def test_each_code_of_a_check_has_a_failing_case(check: Check) -> None:
    raised = {code for kind, expect in STEPS if kind in check.kinds for code in expect.anomalies or ()}
    assert sorted(check.codes - raised) == []


@pytest.mark.parametrize("check", BY_NAME)
def test_each_check_has_a_passing_case(check: Check) -> None:
    assert any(kind in check.kinds and expect.result in ("A", "W") and not check.codes & (expect.anomalies or set())
               for kind, expect in STEPS)  # fmt: skip


def test_the_codes_that_cases_expect_can_be_raised() -> None:
    declared = {code for check in CHECKS for code in check.codes} | {PENDING}
    assert {code for _, expect in STEPS for code in expect.anomalies or ()} - declared == set()
