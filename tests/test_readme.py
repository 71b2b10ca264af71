"""The README tells the truth: its commands are run, in order, against a fresh server, and must print what it shows.

A ```text block after a ```sh block is what the commands print. In it, `...` stands for anything (a line of its own: for
any lines). Numbers of declarations are those of the page: where the server gives others, the commands that follow use
the server's.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.folders import workspace
from tests.waiting import until

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
NUMBER = re.compile(r"\b[1-9]\d{11}\b")


class Example(NamedTuple):
    """Commands, and what the README says that they print (None: it does not say)."""

    commands: str
    printed: str | None


class Sandbox(NamedTuple):
    """A running sandbox as `make run` starts it: what it said, and how its commands reach it."""

    said: str
    url: str
    folder: Path
    environment: dict[str, str]

    def run(self, commands: str) -> str:
        """What the commands print, started in the folder of a checkout. A command that fails fails the test."""
        done = subprocess.run(
            ["bash", "-uo", "pipefail", "-c", ADDRESS.sub(self.url, commands)],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout


def examples(page: str) -> list[Example]:
    """The ```sh blocks of a page with the ```text block that follows each."""
    blocks = BLOCK.findall(page)
    following = [*blocks[1:], ("", "")]
    return [
        Example(text, after[1] if after[0] == "text" else None)
        for (language, text), after in zip(blocks, following, strict=True)
        if language == "sh"
    ]


def as_pattern(printed: str) -> re.Pattern[str]:
    """What a shown output matches: itself, with anything for `...`, any address, and any numbers (as groups)."""
    lines = []
    for line in printed.splitlines():
        pattern = re.escape(line.rstrip()).replace(r"\.\.\.", ".*")
        pattern = NUMBER.sub(r"(\\d{12})", pattern).replace(re.escape("http://127.0.0.1:8080"), ADDRESS.pattern)
        lines.append(r"(?:.*\n)*?" if line.strip() == "..." else pattern + r" *\n")
    return re.compile("".join(lines))


README = examples((ROOT / "README.md").read_text())


def run_command() -> list[str]:
    """The command behind `make run`, as the Makefile has it."""
    make = ["make", "--no-print-directory", "--dry-run", "--assume-old=.venv/installed", "run"]
    shown = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    command = shlex.split(shown.strip().splitlines()[-1])
    assert command[:2] == ["exec", ".venv/bin/opendimona"], command
    return command[2:]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A server started by the command of `make run`, on a port of its own and in a folder of its own."""
    with workspace() as folder:
        program = folder / ".venv" / "bin" / "opendimona"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -Pc 'from opendimona.cli import main; main()' \"$@\"\n")
        program.chmod(0o755)
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80"}
        with (folder / "said").open("w") as said:
            command = [program, *run_command(), "--port", "0"]
            server = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said, text=True)
            try:
                text = until(lambda: _said(folder / "said", server))
                yield Sandbox(text, ADDRESS.findall(text)[0], folder, environment)
            finally:
                server.send_signal(signal.SIGINT)
                assert server.wait(60) == 0


def _said(path: Path, server: "subprocess.Popen[str]") -> str | None:
    """What the server has said, once it has said all that a newcomer needs."""
    text = path.read_text()
    assert server.poll() is None, text
    return text if re.search(r"^\s*curl ", text, re.MULTILINE) and text.endswith("\n") else None


def test_the_first_command_is_make_run() -> None:
    assert README[0].commands == "make run\n"


def test_make_run_says_what_the_page_shows(sandbox: Sandbox) -> None:
    shown = README[0].printed
    assert shown is not None
    assert as_pattern(shown).search(sandbox.said), sandbox.said


def test_every_other_command_does_what_the_page_shows(sandbox: Sandbox) -> None:
    """One after the other, since each builds on those before."""
    assert len(README) > 5
    numbers: dict[str, str] = {}
    for commands, shown in README[1:]:
        printed = sandbox.run(NUMBER.sub(lambda found: numbers.get(found[0], found[0]), commands))
        if shown is not None:
            match = as_pattern(shown).fullmatch(printed)
            assert match, f"{commands}\n{printed}"
            for of_the_page, of_the_server in zip(NUMBER.findall(shown), match.groups(), strict=True):
                assert numbers.setdefault(of_the_page, of_the_server) == of_the_server


def test_the_line_that_make_run_prints_files_a_declaration(sandbox: Sandbox) -> None:
    line = re.search(r"^\s*(curl (?:.*\\\n)*.*)$", sandbox.said, re.MULTILINE)
    assert line is not None
    command = re.sub(r"^curl ", "curl --silent --include ", line[1])
    assert re.search(r"^HTTP/1.1 201 ", sandbox.run(command), re.MULTILINE)
