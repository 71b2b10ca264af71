"""The core stays pure. (That imports point one way is checked by import-linter: see test_quality.)"""

import ast
import sys

from tests.shape.tree import imported_names, modules

PURE = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "collections.abc",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
ACTS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print", "input"}


def test_the_core_imports_nothing_that_acts() -> None:
    found = [
        f"{name}: {module}"
        for name, tree in modules("src/opendimona/core").items()
        for module in imported_names(tree)
        if not (module in PURE or module.startswith(("msgspec", "opendimona.core", "opendimona.law", "rapidfuzz")))
    ]
    assert not found


def test_the_law_reads_nothing_but_its_tables() -> None:
    allowed = PURE | {"hashlib", "importlib.resources", "tomllib"}
    found = [
        f"{name}: {module}"
        for name, tree in modules("src/opendimona/law").items()
        for module in imported_names(tree)
        if not (module in allowed or module.startswith(("msgspec", "opendimona.law")))
    ]
    assert not found


def test_the_core_never_asks_the_time_nor_opens_a_file() -> None:
    nodes = [
        (name, node)
        for name, tree in (modules("src/opendimona/core") | modules("src/opendimona/law")).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in ACTS
    ]
    assert [f"{name}:{node.lineno}: {ast.unparse(node)}" for name, node in nodes] == []


def test_the_core_has_no_inheritance_but_of_values() -> None:
    allowed = {"Struct", "Protocol", "Enum", "IntEnum", "StrEnum", "NamedTuple", "Row", "Exception"}
    found = [
        f"{name}: {node.name}"
        for name, tree in modules("src/opendimona/core").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if (base.id if isinstance(base, ast.Name) else "?") not in allowed
    ]
    assert not found


def test_the_list_of_pure_modules_is_of_this_python() -> None:
    assert {name.partition(".")[0] for name in PURE} <= sys.stdlib_module_names
