"""`declare`: what it reads, what it files, what it says, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from opendimona.core.declaration import Declaration
from opendimona.register.interface import Answer, Unavailable
from opendimona.register.local import LocalRegister
from tests.cli.conftest import AT, IN, Program, lines


def changed(**members: Any) -> dict[str, Any]:
    """The usual IN with other members in its block."""
    return IN | {"dimonaIn": IN["dimonaIn"] | members}


def file(program: Program, *bodies: Any, options: tuple[str, ...] = ()) -> Any:
    """File these bodies on the morning of their day."""
    return program("declare", "--at", AT, "--lang", "en", *options, "-", stdin=lines(*bodies))


def number_in(out: str) -> int:
    """The number of the period in an answer."""
    return int(out.rsplit("period ", 1)[1].split()[0])


def test_a_body_on_standard_input_is_filed(filled: Program) -> None:
    done = file(filled, IN)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Accepted · declaration ")
    assert done.out.endswith(" · on time until 2024-06-03 23:59:59\n")
    assert filled("show", "period", number_in(done.out)).code == 0


def test_a_body_may_be_laid_out_over_many_lines(filled: Program, tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text("\ufeff\n" + json.dumps(IN, indent=2), encoding="utf-8")
    done = filled("declare", "--at", AT, "--lang", "fr", path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Acceptée · déclaration ")


@pytest.mark.parametrize(
    ("lang", "result", "label"),
    [
        ("fr", "Refusée", "Période Dimona en double"),
        ("nl", "Geweigerd", "Dubbele Dimonaperiode"),
        ("de", "Abgelehnt", "Doppelte Dimona-Periode"),
        ("en", "Refused", "Duplicate Dimona period"),
    ],
)
def test_a_refusal_is_told_with_label_and_advice_in_each_language(
    filled: Program, lang: str, result: str, label: str
) -> None:
    number = number_in(file(filled, IN).out)
    done = filled("declare", "--at", AT, "--lang", lang, "-", stdin=lines(IN))
    assert done.code == 1
    assert done.out.startswith(f"{result} · ")
    assert "90373-333" in done.out
    assert label in done.out
    assert f"{number}, " in done.out
    assert len(done.out.splitlines()) > 3


@pytest.mark.parametrize(("lang", "word"), [("nl_BE.UTF-8", "Aanvaard"), ("C", "Acceptée"), ("en_GB", "Accepted")])
def test_the_language_is_that_of_the_environment(
    filled: Program, monkeypatch: pytest.MonkeyPatch, lang: str, word: str
) -> None:
    monkeypatch.setenv("LANG", lang)
    assert filled("declare", "--at", AT, "-", stdin=lines(IN)).out.startswith(word)


def test_lines_are_filed_in_their_order(filled: Program) -> None:
    done = file(filled, IN, IN, changed(startDate="2024-07-01", endDate="2024-07-31"))
    assert done.code == 1
    first = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert [line.split(" · ")[0] for line in first] == ["Accepted", "Refused", "Accepted"]


def test_more_lines_than_are_filed_at_a_time(filled: Program) -> None:
    days = [changed(startDate=f"20{year}-{month:02}-01", endDate=f"20{year}-{month:02}-02")
            for year in range(24, 33) for month in range(7, 13)]  # fmt: skip
    ssins = ("78070739119", "80111405125", "83120837350", "79051731001", "90061599797", "01020399843")
    bodies = [day | {"worker": {"ssin": ssin}} for day in days for ssin in ssins]
    done = file(filled, *bodies, options=("--sandbox", "--json"))
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, len(answers)) == (0, len(bodies))
    assert [answer["dimonaIn"]["startDate"] for answer in answers] == [body["dimonaIn"]["startDate"] for body in bodies]


def test_a_line_that_is_no_declaration_is_told_and_the_others_are_filed(filled: Program) -> None:
    later = changed(startDate="2024-07-01", endDate="2024-07-31")
    stdin = lines(IN, {"dimonaIn": {}}) + b"nonsense\n\n" + lines(later)
    done = filled("declare", "--at", AT, "--json", "-", stdin=stdin)
    assert done.code == 2
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer.get("status") for answer in answers] == [None, 400, 400, None]
    assert [answer.get("line") for answer in answers] == [None, 2, 3, None]
    assert "line 2: no declaration, nothing was filed. employer: " in done.err
    assert "line 3: no declaration" in done.err


def test_json_is_what_the_rest_channel_shows(filled: Program) -> None:
    answer = file(filled, IN, options=("--json",)).json
    number = answer["declarationStatus"]["declarationId"]
    assert answer["declarationStatus"]["result"] == "A"
    assert answer["declarationStatus"]["period"]["id"] == number
    assert answer["dimonaIn"] == IN["dimonaIn"]
    assert filled("show", "declaration", number, "--json").json == answer


def test_a_warning_is_accepted(filled: Program) -> None:
    done = filled("declare", "--at", "2024-06-04T07:30", "--lang", "en", "-", stdin=lines(IN))
    assert done.code == 0
    assert done.out.startswith("Accepted with a warning")
    assert "90373-460" in done.out
    assert " · late · on time until 2024-06-03 23:59:59\n" in done.out
    assert "solidarity contribution" in done.out


def test_a_dry_run_records_nothing(filled: Program) -> None:
    done = file(filled, IN, options=("--dry-run",))
    assert (done.code, done.out) == (0, "Accepted · nothing is recorded · on time until 2024-06-03 23:59:59\n")
    found = filled("search", "periods", "--employer", "175110801", "--format", "json")
    assert found.json == []
    assert "Nothing found." in found.err


def test_without_sandbox_only_who_is_known(program: Program) -> None:
    done = file(program, IN)
    assert done.code == 1
    assert "00011-235" in done.out
    assert "90017-151" in done.out
    assert file(program, IN, options=("--sandbox",)).code == 0


def test_a_pending_answer_is_no_refusal(filled: Program) -> None:
    address = {"street": "Rue Neuve", "houseNumber": "5", "postCode": "1000", "country": 150,
               "municipality": {"code": 21004, "name": "Bruxelles"}}  # fmt: skip
    person = {"familyName": "MARTENS", "givenName": "JOSE", "birthDate": "1991-05-04", "placeOfBirth": "PARIS",
              "countryOfBirth": 111, "nationality": 111, "gender": 1, "address": address}  # fmt: skip
    done = file(filled, IN | {"worker": person})
    assert done.code == 0
    assert done.out.startswith("Awaiting identification")


def test_a_register_that_goes_away_meanwhile(filled: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers that came are shown, and the lines without one are named."""
    filing = LocalRegister.file

    async def failing(register: LocalRegister, declaration: Declaration, *rest: Any) -> Answer:
        block = declaration.dimona_in
        if block is not None and block.start_date == "2024-07-01":
            raise Unavailable
        return await filing(register, declaration, *rest)

    monkeypatch.setattr(LocalRegister, "file", failing)
    done = file(filled, IN, changed(startDate="2024-07-01", endDate="2024-07-31"), IN)
    assert done.code == 3
    first = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert [line.split(" · ")[0] for line in first] == ["Accepted", "Refused"]
    assert "line 2: no answer came" in done.err
    assert "The register's database does not answer" in done.err


def test_a_declaration_of_an_unknown_employer_can_be_shown(program: Program) -> None:
    answer = program("declare", "--at", AT, "--json", "-", stdin=lines(IN)).json
    shown = program("show", "declaration", answer["declarationStatus"]["declarationId"], "--json")
    assert shown.json == answer
    assert shown.json["employer"] == IN["employer"]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"", "-: holds no declaration"),
        (b"\n \n", "-: holds no declaration"),
        (b"{", "line 1: no declaration, nothing was filed. Send one JSON value"),
        (b'[{"dimonaIn": {}}]', "line 1: no declaration, nothing was filed. Give an object"),
        (b"{" + b" " * 1_000_001, "line 1: longer than 1000000 bytes"),
        (b"{\n" + b'"a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",\n' * 30_000, "has at most 1000000 bytes"),
    ],
)
def test_a_file_that_holds_no_declaration(program: Program, stdin: bytes, said: str) -> None:
    done = program("declare", "-", stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert "opendimona: -" in done.err
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_not_there(program: Program, tmp_path: Path) -> None:
    done = program("declare", tmp_path / "nowhere.json")
    assert (done.code, done.out) == (2, "")
    assert "No such file" in done.err


def test_a_moment_that_is_none(filled: Program) -> None:
    done = filled("declare", "--at", "yesterday", "-", stdin=lines(IN))
    assert done.code == 2
    assert "--at is a moment such as" in done.err
