"""`cases`: one line a case, a table of what differs, and exit codes."""

from pathlib import Path

import pytest

from tests.cli.conftest import AT, IN, Program, lines

GOOD = """
- case: in-then-out
  title: In and out
  steps:
  - at: 2024-06-03T07:30
    in: {startDate: 2024-06-03, workerType: OTH, jointCommissionNumber: XXX}
    expect: {result: A}
  - at: 2024-06-28T17:00
    out: {endDate: 2024-06-28}
    expect: {result: A}
"""
DIFFERENT = GOOD.replace("in-then-out", "other").replace("In and out", "Otherwise").replace("result: A", "result: W", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a good file and a different one."""
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "different.yaml").write_text(DIFFERENT)
    return tmp_path


def test_cases_as_expected(program: Program, folder: Path) -> None:
    done = program("cases", folder / "good.yaml")
    assert (done.code, done.err) == (0, "")
    assert done.out == "ok      in-then-out  In and out\n1 cases, 1 as expected, 0 different\n"


def test_a_case_that_differs(program: Program, folder: Path) -> None:
    done = program("cases", folder)
    assert (done.code, done.err) == (1, "")
    said = done.out.splitlines()
    assert said[:2] == ["ok      in-then-out  In and out", "DIFFERS other  Otherwise"]
    assert said[-1] == "2 cases, 1 as expected, 1 different"
    row = next(line for line in said if "different.yaml" in line)
    assert row.split() == [str(folder / "inside" / "different.yaml"), "other", "1", "result", "W", "A"]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_played(program: Program, folder: Path) -> None:
    (folder / "broken.yaml").write_text(GOOD.replace("expect", "expects"))
    done = program("cases", folder / "broken.yaml", folder / "nowhere.yaml", folder / "good.yaml")
    assert done.code == 2
    assert "broken.yaml: case in-then-out, step 1: unknown member 'expects'" in done.err
    assert "nowhere.yaml: no such file" in done.err
    assert done.out.splitlines()[-1] == "1 cases, 1 as expected, 0 different"


def test_a_sandbox_that_does_not_answer(program: Program, folder: Path) -> None:
    done = program("cases", folder, "--url", "http://127.0.0.1:1")
    assert done.code == 3
    assert "http://127.0.0.1:1 does not answer" in done.err
    assert program("cases", folder, "--url", "ftp://127.0.0.1").code == 2


def test_the_register_of_the_environment_is_left_alone(filled: Program, folder: Path) -> None:
    """Cases forget everything: they never run on a register that somebody named for another purpose."""
    assert filled("cases", folder / "good.yaml").code == 0
    assert filled("declare", "--at", AT, "-", stdin=lines(IN)).code == 0
