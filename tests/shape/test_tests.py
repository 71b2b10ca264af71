"""The tests themselves: where they stand, and habits that they do not have."""

import ast
import re

from tests.shape.tree import ROOT, SOURCE, modules, texts
from tests.sharing import BUSY, LONG

# A poll waits a moment between two looks and ends by a deadline: that is not sleeping in the hope that all is well.
MAY_WAIT = {"tests/postgres.py", "tests/waiting.py"}
OUTSIDE_SOURCE = {"provider", "bench", "cases", "faults", "model", "shape"}


def test_no_test_sleeps() -> None:
    sleeping = [
        f"{name}:{call.lineno}"
        for name, tree in modules("tests").items()
        if name not in MAY_WAIT
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _sleeps(call)
    ]
    assert not sleeping


def _sleeps(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "sleep" and not _is_zero(call)


def _is_zero(call: ast.Call) -> bool:
    """`sleep(0)` gives way to other tasks and waits for nothing."""
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    pattern = re.compile(r"pytest\.(?:skip|xfail|importorskip)|mark\.(?:skip|xfail)")
    found = [name for name, text in texts().items() if name.startswith("tests/") and pattern.search(text)]
    assert [name for name in found if name != "tests/shape/test_tests.py"] == []


def test_folders_mirror_the_source() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    rooms |= {path.stem for path in SOURCE.glob("*.py")}
    tested = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    strangers = {name for name in tested - OUTSIDE_SOURCE if name.removesuffix("_test") not in rooms}
    assert not strangers


def test_every_test_file_is_found() -> None:
    """A file with tests in it that pytest would not collect proves nothing."""
    hidden = []
    for name, tree in modules("tests").items():
        has_tests = any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            for node in tree.body
        )
        if has_tests and not name.rpartition("/")[2].startswith("test_"):
            hidden.append(name)
    assert not hidden


def test_what_is_shared_out_first_exists() -> None:
    assert [name for name in (*LONG, *BUSY) if not (ROOT / name).exists()] == []
