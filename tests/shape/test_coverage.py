"""Every code of the catalogue is accounted for: raised by a check and shown by a case, or never raised, and why."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from opendimona.cases.format import Case
from opendimona.cases.index import codes_of, load_index
from opendimona.core import decide
from opendimona.law.catalogue import Unreachable, load_catalogue, load_unreachable
from tests.shape.tree import texts
from tools.anomalies import INDEX, PAGE, ROOT, read_cases, write_index, write_page

CASES = read_cases()
CATALOGUE = set(load_catalogue())
RAISED = {code for check in decide.CHECKS for code in check.codes}
UNREACHABLE = set(load_unreachable())
SHOWN = {code for case in CASES for code in codes_of(case)}


def test_every_code_is_raised_or_said_to_be_unreachable() -> None:
    assert sorted(CATALOGUE - RAISED - UNREACHABLE) == []


def test_no_code_is_both_raised_and_said_to_be_unreachable() -> None:
    assert sorted(RAISED & UNREACHABLE) == []


def test_only_codes_of_the_catalogue_are_raised_or_unreachable() -> None:
    assert sorted((RAISED | UNREACHABLE) - CATALOGUE) == []


def test_every_code_that_is_raised_is_shown_by_a_case() -> None:
    assert sorted(RAISED - SHOWN) == []


def test_no_case_expects_a_code_that_is_said_to_be_unreachable() -> None:
    assert sorted(SHOWN & UNREACHABLE) == []


def test_a_code_without_confirmation_is_so_in_the_catalogue_too() -> None:
    unknown = [code for code, row in load_unreachable().items() if "not found" in row.reason]
    assert unknown
    assert [code for code in unknown if load_catalogue()[code].is_confirmed] == []


@pytest.mark.parametrize("row", sorted(set(load_unreachable().values()), key=lambda row: row.codes))
def test_a_reason_is_a_sentence_with_a_source(row: Unreachable) -> None:
    reason, source = " ".join(row.reason.split()), row.source
    assert len(reason) > 60
    assert reason.endswith(".")
    assert len(source) > 10
    pages = [word.strip(",;") for word in source.split() if "/" in word and "." in word]
    assert [page for page in pages if page not in texts()] == []


@pytest.mark.parametrize(("path", "made"), [(INDEX, write_index), (PAGE, write_page)], ids=["index", "page"])
def test_what_make_anomalies_writes_is_current(path: Path, made: Callable[[Iterable[Case]], str]) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert texts()[name] == made(CASES), "run make anomalies"


def test_the_index_tells_which_cases_show_a_code() -> None:
    assert set(load_index()) == SHOWN
    assert all("90373-333" in codes_of(case) for case in CASES if case.name in load_index()["90373-333"])


def test_the_page_shows_every_code_and_its_lines_are_short() -> None:
    page = write_page(CASES)
    words = " ".join(page.split())
    for entry in load_catalogue().values():
        assert f"### {entry.code}\n" in page
        for text in (entry.label.fr, entry.label.nl, f"{entry.label.de} (ours)", f"{entry.label.en} (ours)"):
            assert text in words
        assert entry.cause("en") in words
        assert entry.advice("en") in words
    assert max(len(line) for line in page.splitlines()) <= 120
    assert "Check `duplicates_and_overlaps`" in page
    assert "[out-on-closed-period](../tests/cases/" in page
    assert "Never raised by this program" in page
