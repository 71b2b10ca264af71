"""The program as a whole: its help, its exit codes, and that nobody ever sees a traceback of a known mistake."""

import re
from pathlib import Path

import pytest

from opendimona.cli.app import MODULES
from tests.cli.conftest import AT, IN, Program, lines

GROUPS = {
    "show": ("declaration", "period", "employer", "worker"),
    "search": ("periods", "declarations", "relations"),
    "load": ("employers", "workers", "periods"),
    "clients": ("add", "list", "revoke"),
    "webhooks": ("add", "list", "remove", "dead", "replay", "test"),
    "mail": ("add", "list", "remove", "dead", "replay", "test"),
    "portal": ("schools", "invite", "renew"),
}
COMMANDS = [(name, *inner) for name in MODULES for inner in ([(one,) for one in GROUPS.get(name, ())] or [()])]


def test_the_help_lists_every_command_and_the_exit_codes(program: Program) -> None:
    done = program("--help")
    assert (done.code, done.err) == (0, "")
    assert all(re.search(rf"^  {name}  +[A-Z]", done.out, re.MULTILINE) for name in MODULES)
    assert all(re.search(rf"^    {code}  [a-z]", done.out, re.MULTILINE) for code in range(4))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_teaches(program: Program, command: tuple[str, ...]) -> None:
    done = program(*command, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Usage: opendimona {' '.join(command)}" in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 110


@pytest.mark.parametrize("name", MODULES)
def test_every_command_or_its_group_gives_an_example(program: Program, name: str) -> None:
    helps = [program(name, *inner, "--help").out for inner in [(), *((one,) for one in GROUPS.get(name, ()))]]
    taught = "".join(helps).replace(f"Usage: opendimona {name}", "")
    assert f"opendimona {name}" in taught


def test_the_version(program: Program) -> None:
    done = program("--version")
    assert done.code == 0
    assert re.fullmatch(r"opendimona \d+\.\d+\.\d+\n", done.out)


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("show",), ("serve", "--port", "many"), ("declare",)])
def test_a_wrong_command_line(program: Program, arguments: tuple[str, ...]) -> None:
    done = program(*arguments)
    assert done.code == 2
    assert "Usage: opendimona" in done.out + done.err


def test_a_database_that_does_not_answer(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENDIMONA_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    done = program("verify")
    assert (done.code, done.out) == (3, "")
    assert "cannot be reached" in done.err
    assert "secret" not in done.err
    assert "Traceback" not in done.err


def test_a_database_without_a_register(
    program: Program, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENDIMONA_DATABASE_URL", empty_database_url)
    done = program("verify")
    assert done.code == 3
    assert "there is no register in this database" in done.err


def test_a_folder_without_a_register(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENDIMONA_DATABASE_URL")
    monkeypatch.chdir(tmp_path)
    for options in ((), ("--data", "elsewhere")):
        done = program("declare", *options, "-", stdin=lines(IN))
        assert done.code == 3
        assert "there is no register in " in done.err
    assert list(tmp_path.iterdir()) == []


def test_the_database_of_the_environment_wins_and_says_so(filled: Program, tmp_path: Path) -> None:
    done = filled("declare", "--at", AT, "--data", tmp_path / "data", "-", stdin=lines(IN))
    assert done.code == 0
    assert "OPENDIMONA_DATABASE_URL is set and wins" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_makes_no_sense(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENDIMONA_QUEUE_LIMIT", "many")
    done = program("verify")
    assert done.code == 2
    assert "OPENDIMONA_" in done.err
