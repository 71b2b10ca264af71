"""`verify`, `backup` and `restore` as commands."""

from pathlib import Path

import psycopg

from tests.cli.conftest import AT, IN, Program, lines


def test_a_sound_register(filled: Program) -> None:
    assert filled("declare", "--at", AT, "-", stdin=lines(IN)).code == 0
    done = filled("verify")
    assert (done.code, done.out, done.err) == (0, "The register is sound.\n", "")


def test_a_seal_is_of_an_audit(filled: Program) -> None:
    assert "is no seal" in filled("verify", "--seal", "12-x").err
    seal = f"12-{'0' * 32}"
    done = filled("verify", "--seal", seal)
    assert (done.code, f"there is no audit, of which {seal}" in done.out) == (1, True)


def test_a_register_that_somebody_changed_by_hand(filled: Program, database_url: str) -> None:
    assert filled("declare", "--at", AT, "-", stdin=lines(IN)).code == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE journal SET result = 'W'")
    done = filled("verify")
    assert done.code == 1
    assert "the hash chain is broken here" in done.out
    assert "1 problems found" in done.err
    assert "78070739119" not in done.out + done.err


def test_a_backup_is_a_file_and_never_overwrites_a_register(filled: Program, tmp_path: Path) -> None:
    path = tmp_path / "register.backup"
    done = filled("backup", path)
    assert (done.code, done.out) == (0, f"{path}: {path.stat().st_size} bytes\n")
    done = filled("restore", path)
    assert (done.code, done.out) == (2, "")
    assert "not empty" in done.err


def test_a_file_that_is_no_backup(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no backup")
    done = program("restore", path)
    assert done.code == 2
    assert "is no backup of a register" in done.err
    assert program("restore", tmp_path / "nowhere").code == 2
    assert program("backup", tmp_path / "nowhere" / "register.backup").code == 2
