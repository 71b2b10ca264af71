"""Every setting can be found in the operator's page, and every setting of that page exists."""

import ast
import re

from tests.shape.tree import ROOT, modules

VARIABLE = re.compile(r"OPENDIMONA_[A-Z0-9_]*[A-Z0-9]")


def _read_by_the_program() -> set[str]:
    """The variables that stand in the code as texts of their own (a mention inside a message does not count)."""
    constants = {node.value for tree in modules().values() for node in ast.walk(tree)
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    return {text for text in constants if VARIABLE.fullmatch(text)}


def _documented() -> set[str]:
    page = (ROOT / "docs" / "operations.md").read_text()
    return {found[1] for found in re.finditer(r"^\| `(OPENDIMONA_\w+)` \|", page, re.MULTILINE)}


def test_there_are_settings() -> None:
    assert "OPENDIMONA_DATABASE_URL" in _read_by_the_program()


def test_every_setting_is_documented() -> None:
    assert _read_by_the_program() - _documented() == set()


def test_every_documented_setting_exists() -> None:
    assert _documented() - _read_by_the_program() == set()


def test_messages_name_settings_that_exist() -> None:
    constants = {node.value for tree in modules().values() for node in ast.walk(tree)
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    named = {name for text in constants for name in VARIABLE.findall(text)}
    assert named - _documented() == set()
