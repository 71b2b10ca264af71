"""`explain`: each code, and each row of law, for people and for programs."""

from datetime import date

import pytest

from opendimona.cli.explained_anomaly import checks_of, rule_of
from opendimona.cli.explained_law import explain_rows, row_document
from opendimona.core import decide
from opendimona.law.catalogue import LANGUAGES, load_catalogue, load_unreachable
from opendimona.law.rows import ShownRow, load_tables
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


def test_a_code_with_all_that_is_known_of_it(program: Program) -> None:
    text = program("explain", "90373-334", "--lang", "en").out
    words = " ".join(text.split())
    assert "What to do Check the period named" in words
    assert "fr En chevauchement nl Overlappend de Überschneidung (ours) en Overlapping (ours)" in words
    assert f"duplicates_and_overlaps: {rule_of(checks_of('90373-334')[0])}" in words
    assert "overlap-" in words
    assert "Source DIMONA glossary 2023/3, block 90373;" in words
    assert "Confirmed no: " in words


def test_a_warning_and_what_may_be_pending(program: Program) -> None:
    assert "warning: the declaration is accepted" in program("explain", "90373-460", "--lang", "en").out
    assert "refuse pour O17, S17, T17" in program("explain", "90017-369", "--lang", "fr").out
    assert "\nPending (S)\n" in program("explain", "90017-151", "--lang", "en").out


def test_a_code_that_is_never_raised(program: Program) -> None:
    text = program("explain", "90372-089", "--lang", "en").out
    assert "Never raised by this program\n  Only a file (XML)" in text
    assert "Checks" not in text


def test_a_code_for_programs(program: Program) -> None:
    entry = load_catalogue()["90017-151"]
    document = program("explain", "90017-151", "--format", "json").json
    assert document["code"] == "90017-151"
    assert document["severity"] == "B"
    assert document["label"] == {lang: entry.label[lang] for lang in LANGUAGES}
    assert document["remedy"]["en"] == entry.remedy.en
    assert document["pendingRemedy"]["en"] == entry.remedy_for("S").en
    assert document["source"] == entry.source
    assert document["ours"] == ["de", "en"]
    assert document["confirmed"] is True
    assert document["checks"] == ["worker_known"]
    assert all(reference["url"].startswith("http") for reference in document["references"])


def test_all_codes_for_programs(program: Program) -> None:
    documents = program("explain", "--all", "--format", "json").json
    assert [document["code"] for document in documents] == list(load_catalogue())
    members = {"code", "severity", "label", "remedy", "source", "checks", "cases", "blocksFor"}
    reasons = load_unreachable()
    for document in documents:
        assert set(document) == members | ({"unreachable"} if document["code"] in reasons else set())
        assert document["severity"] in ("B", "NP")
        assert set(document["label"]) == set(document["remedy"]) == set(LANGUAGES)
        assert set(document["checks"]) == {c.name for c in decide.CHECKS if document["code"] in c.codes}
    by_code = {document["code"]: document for document in documents}
    assert by_code["90017-369"]["blocksFor"] == ["O17", "S17", "T17"]
    assert by_code["90373-333"]["blocksFor"] == []
    assert "out-on-closed-period" in by_code["00913-356"]["cases"]
    assert by_code["00218-001"]["unreachable"].startswith("Only a file (XML) wraps")


def test_all_codes_for_people(program: Program) -> None:
    lines = program("explain", "--all", "--lang", "en").out.splitlines()
    assert all(any(line.strip().startswith(code) for line in lines) for code in load_catalogue())
    assert next(line for line in lines if "00913-356" in line).rstrip().endswith("period_found")
    assert next(line for line in lines if "90372-089" in line).rstrip().endswith("–")


def test_a_worker_type_shows_its_rows_of_law(program: Program) -> None:
    text = program("explain", "stu", "--lang", "en").out
    rows = text.split("\n\n")
    assert rows[0].startswith("worker_types  STU  étudiant / student\n")
    assert "in force          until 2011-12-31" in rows[0]
    assert "confirmed         no\n  note              " in rows[0]
    assert any("from 2017-01-01" in row and "confirmed         yes" in row for row in rows)
    assert all("\n  source            " in row for row in rows)
    assert any(row.startswith("joint_committees  XXX") for row in rows)
    assert max(len(line) for line in text.splitlines()) <= 100


def test_a_joint_committee_for_programs(program: Program) -> None:
    rows = program("explain", "320", "--format", "json").json
    assert rows[0]["table"] == "joint_committees"
    assert rows[0]["says"]["code"] == "320"
    assert rows[0]["confirmed"] is False
    assert "inferred" in rows[0]["note"]
    assert rows[0]["source"].startswith("DIMONA glossary")
    flexi = program("explain", "FLX", "--format", "json").json
    assert flexi[0]["validFrom"] == "2015-12-01"


@pytest.mark.parametrize(
    ("words", "table", "count"),
    [
        (("deadlines",), "deadlines", None),
        (("deadline",), "deadlines", None),
        (("worker-types",), "worker_types", None),
        (("joint", "committees"), "joint_committees", None),
        (("worker", "types", "A17"), "worker_types", 1),
        (("joint-committee", "140"), "joint_committees", 1),
    ],
)
def test_a_table_whole_or_for_one_word(program: Program, words: tuple[str, ...], table: str, count: int | None) -> None:
    rows = program("explain", *words, "--format", "json").json
    assert {row["table"] for row in rows} == {table}
    assert len(rows) == (len(load_tables()[table].rows) if count is None else count)


def test_a_table_for_people_says_what_it_is_about(program: Program) -> None:
    text = program("explain", "suspensions", "--lang", "nl").out
    assert text.startswith("suspensions\n\nChecks that were not made for declarations filed within")
    assert "van kracht        vanaf 2020-04-06 tot en met 2020-08-31" in text
    assert "noot              Mobile" in text


def test_what_a_row_says_in_several_languages_is_said_in_one() -> None:
    text = {"fr": "un", "nl": "een\nrij", "de": "eins", "en": "one"}
    says = {"case": "in", "until": date(2016, 11, 30), "text": text, "is_firm": False}
    row = ShownRow(table="table", says=says, source="somewhere")
    lines = explain_rows([row], "nl")
    assert row_document(row)["says"]["until"] == "2016-11-30"
    assert lines == ["table", "  case              in", "  until             2016-11-30",
                     "  text              een rij", "  is_firm           neen",
                     "  van kracht        onbeperkt", "  bron              somewhere",
                     "  bevestigd         ja"]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("99999-999",), 1, "No anomaly has the code '99999-999'"),
        (("closed",), 1, "Nothing is known of 'closed'"),
        (("closed",), 1, "deadlines"),
        (("deadlines", "nobody"), 1, "deadlines nobody"),
        (("nothing", "STU"), 1, "nothing STU"),
        ((), 2, "one WORD"),
        (("00913-356", "--all"), 2, "one WORD"),
        (("00913-356", "--lang", "es"), 2, "es"),
    ],
)
def test_what_cannot_be_explained(program: Program, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = program("explain", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
