"""The files of the project, as the tests on its shape see them: everything that git tracks or would track."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "opendimona"


@cache
def project_files() -> tuple[Path, ...]:
    """All files but those that git ignores."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def relative(path: Path) -> str:
    """How a file is named in a message."""
    return path.relative_to(ROOT).as_posix()


@cache
def texts() -> dict[str, str]:
    """The text of every file that is text, by its relative name."""
    found = {}
    for path in project_files():
        try:
            found[relative(path)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


@cache
def modules(folder: str = "src/opendimona") -> dict[str, ast.Module]:
    """The syntax of every Python file in a folder, by its relative name."""
    return {
        name: ast.parse(text)
        for name, text in texts().items()
        if name.startswith(f"{folder}/") and name.endswith(".py")
    }


def imported_names(tree: ast.Module) -> set[str]:
    """The modules that a file imports, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names
