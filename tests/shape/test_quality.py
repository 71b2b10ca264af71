"""Style, types and the direction of imports, as `make lint` checks them."""

import os
import subprocess
import sys

import pytest

from tests.shape.tree import ROOT

# In processes of their own: these tools change what they share with a program, such as its loggers.
CONTRACTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


@pytest.mark.parametrize(
    "tool",
    [
        ["-m", "ruff", "check", "--no-cache"],
        ["-m", "ruff", "format", "--check", "--no-cache"],
        ["-m", "mypy"],
        ["-c", CONTRACTS],
    ],
    ids=["ruff", "format", "mypy", "import-linter"],
)
def test_the_code_is_clean(tool: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, *tool]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
