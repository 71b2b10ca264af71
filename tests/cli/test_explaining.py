"""`explain`: each code for people and for programs."""

import pytest

from opendimona.law.catalogue import load_catalogue
from tests.cli.conftest import Program


@pytest.mark.parametrize(
    ("lang", "label", "severity"),
    [
        ("fr", "Période Dimona déjà clôturée", "bloquante"),
        ("nl", "reeds afgesloten", "blokkerend"),
        ("de", "abgeschlossen", "blockierend"),
        ("en", "already closed", "blocking"),
    ],
)
def test_a_code_for_people(program: Program, lang: str, label: str, severity: str) -> None:
    done = program("explain", "00913-356", "--lang", lang)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("00913-356  ")
    assert label.lower() in done.out.lower()
    assert severity in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 120


def test_a_warning_and_what_may_be_pending(program: Program) -> None:
    assert "warning: the declaration is accepted" in program("explain", "90373-460", "--lang", "en").out
    assert "\nS: " in program("explain", "90017-151", "--lang", "en").out


def test_a_code_for_programs(program: Program) -> None:
    entry = load_catalogue()["90017-151"]
    document = program("explain", "90017-151", "--format", "json").json
    assert document["code"] == "90017-151"
    assert document["severity"] == "B"
    assert document["label"] == {lang: entry.label[lang] for lang in ("fr", "nl", "de", "en")}  # type: ignore[index]
    assert document["remedy"]["en"] == entry.remedy.en
    assert document["pendingRemedy"]["en"] == entry.remedy_for("S").en
    assert document["source"] == entry.source


def test_all_codes(program: Program) -> None:
    documents = program("explain", "--all", "--format", "json").json
    assert [document["code"] for document in documents] == list(load_catalogue())
    table = program("explain", "--all", "--lang", "en").out
    assert all(code in table for code in load_catalogue())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("99999-999",), 1, "99999-999"),
        (("closed",), 1, "closed"),
        ((), 2, "one CODE, or --all"),
        (("00913-356", "--all"), 2, "one CODE, or --all"),
        (("00913-356", "--lang", "es"), 2, "es"),
    ],
)
def test_what_cannot_be_explained(program: Program, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = program("explain", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
