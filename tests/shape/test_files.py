"""Size, names and text of the project's files."""

import ast
import re

import pytest

from tests.shape.tree import ROOT, modules, texts

LINES, COLUMNS, SCREEN = 400, 120, 60
# Written in pieces, so that this file does not contain what it looks for.
INDEX_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com")
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "place" + "holder", "lorem" + " ipsum")
PRIVATE_FOLDERS = re.compile(r"(?<![\w./:-])/(?:work|home|Users|farm|opt|root|mnt)/[\w.-]+")
OTHER_PAGE = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[\w-]+\.md)\b")
PRAGMA = re.compile(r"  # (?:type: ignore|noqa|fmt: skip).*$")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _code(name: str) -> bool:
    return name.endswith((".py", ".sql", ".sh")) and name.startswith(("src/", "tests/", "bench/", "tools/"))


def test_no_file_is_long() -> None:
    long = {name: text.count("\n") for name, text in texts().items() if _code(name) and text.count("\n") > LINES}
    assert not long


def test_no_line_is_long() -> None:
    long = [
        f"{name}:{place}"
        for name, text in texts().items()
        if _code(name)
        for place, line in enumerate(text.splitlines(), 1)
        if len(PRAGMA.sub("", line)) > COLUMNS
    ]
    assert not long


def test_every_function_fits_a_screen() -> None:
    long = [
        f"{name}: {node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= SCREEN
    ]
    assert not long


@pytest.mark.parametrize("words", [INDEX_HOSTS, UNFINISHED], ids=["package indexes", "unfinished work"])
def test_nothing_names(words: tuple[str, ...]) -> None:
    found = [f"{name}: {word}" for name, text in texts().items() for word in words if word.lower() in text.lower()]
    assert not found


def test_nothing_names_a_folder_of_one_machine() -> None:
    here = str(ROOT) if len(ROOT.parts) > 2 else None
    found = [f"{name}: {match[0]}" for name, text in texts().items() for match in PRIVATE_FOLDERS.finditer(text)]
    found += [name for name, text in texts().items() if here is not None and here in text]
    assert not found


def test_every_page_that_is_mentioned_exists() -> None:
    """A reader can open whatever a comment, a case or a page refers to."""
    pages = {part for name in texts() if name.endswith(".md") for part in (name, name.rpartition("/")[2])}
    found = sorted(
        {
            f"{name}: {page}"
            for name, text in texts().items()
            if name != "tests/shape/test_files.py"
            for page in OTHER_PAGE.findall(text)
            if page not in pages and page.rpartition("/")[2] not in pages
        }
    )
    assert not found


def test_every_link_of_a_page_leads_to_a_file() -> None:
    links = [(name, target) for name, text in texts().items() if name.endswith(".md") for target in LINK.findall(text)]
    broken = [link for link in links if "://" not in link[1] and not (ROOT / link[0]).parent.joinpath(link[1]).exists()]
    assert not broken


def test_every_python_file_says_what_it_is() -> None:
    silent = [
        name for name, tree in (modules() | modules("tests")).items() if tree.body and ast.get_docstring(tree) is None
    ]
    assert not silent


def test_public_things_have_docstrings() -> None:
    silent = [
        f"{name}: {node.name}"
        for name, tree in modules().items()
        for node in _public(tree)
        if ast.get_docstring(node) is None
    ]
    assert not silent


def _public(tree: ast.Module | ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Classes, functions and methods whose names promise something; not those inside functions."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += _public(node)
    return found


def test_decisions_are_numbered_and_listed() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [name[:5] for name in pages] == [f"{number:04}-" for number in range(1, len(pages) + 1)]
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [name for name in pages if f"]({name})" not in index] == []
    titles = [(ROOT / "docs" / "decisions" / name).read_text().splitlines()[0] for name in pages]
    assert [title for title, name in zip(titles, pages, strict=True) if not title.startswith(f"# {name[:4]} ")] == []


def test_the_index_of_the_documents_lists_each() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in pages if f"]({name})" not in index] == []
