"""Imports point one way, and the core stays pure."""

import ast
import sys

from importlinter.cli import lint_imports

from tests.shape.tree import ROOT, modules

PURE = {
    "__future__", "abc", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum",
    "functools", "itertools", "math", "operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
READS_CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def test_contracts_are_kept() -> None:
    """The contracts of pyproject.toml: layers, and who may know the database or the web."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_core_imports_nothing_that_acts() -> None:
    found = [f"{name}: {module}" for name, tree in modules("src/opendimona/core").items() for module in _imported(tree)
             if not (module in PURE or module.startswith(("msgspec", "opendimona.core", "opendimona.law")))]  # fmt: skip
    assert not found


def test_the_law_reads_nothing_but_its_tables() -> None:
    allowed = PURE | {"hashlib", "importlib.resources", "tomllib"}
    found = [f"{name}: {module}" for name, tree in modules("src/opendimona/law").items() for module in _imported(tree)
             if not (module in allowed or module.startswith(("msgspec", "opendimona.law")))]  # fmt: skip
    assert not found


def test_the_core_never_asks_the_time_nor_opens_a_file() -> None:
    found = []
    for name, tree in (modules("src/opendimona/core") | modules("src/opendimona/law")).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) \
                    and (node.value.id, node.attr) in READS_CLOCK:
                found.append(f"{name}:{node.lineno}: {node.value.id}.{node.attr}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input"):
                found.append(f"{name}:{node.lineno}: {node.func.id}")
    assert not found


def test_the_core_has_no_inheritance_but_of_values() -> None:
    allowed = {"Struct", "Protocol", "Enum", "IntEnum", "StrEnum", "NamedTuple", "Row", "Exception"}
    found = [f"{name}: {node.name}" for name, tree in modules("src/opendimona/core").items() for node in ast.walk(tree)
             if isinstance(node, ast.ClassDef) for base in node.bases
             if (base.id if isinstance(base, ast.Name) else "?") not in allowed]  # fmt: skip
    assert not found


def _imported(tree: ast.Module) -> set[str]:
    """The modules that a file imports, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_the_list_of_pure_modules_is_of_this_python() -> None:
    assert {name.partition(".")[0] for name in PURE} <= sys.stdlib_module_names
