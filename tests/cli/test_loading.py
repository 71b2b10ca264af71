"""`load`: employers, workers and periods from JSON Lines and CSV, batch by batch, and what it says about a bad line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import AT, EMPLOYER, IN, WORKER, Program, lines

PERIOD = {
    "employer": {"employerId": 175110801},
    "worker": {"ssin": "78070739119"},
    "startDate": "2024-01-02",
    "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"},
}


def test_json_lines_are_loaded(program: Program, tmp_path: Path) -> None:
    for name, entry in (("employers", EMPLOYER), ("workers", WORKER), ("periods", PERIOD)):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(lines(entry))
        done = program("load", name, path)
        assert (done.code, done.out, done.err) == (0, f"1 {name} loaded.\n", "")
    (period,) = program("search", "periods", "--worker", "--format", "json", stdin=b"78070739119").json
    assert (period["startDate"], period["worker"]["familyName"]) == ("2024-01-02", "DUBOIS")


def test_who_is_loaded_is_known(filled: Program) -> None:
    assert filled("declare", "--at", AT, "-", stdin=lines(IN)).code == 0


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_loaded(program: Program, tmp_path: Path, separator: str) -> None:
    path = tmp_path / "employers.csv"
    table = [
        ["nssoRegistrationNumber", "name", "activeFrom", "kind", "subEntities", "flags"],
        ["175110801", '"Exemple, Fils; SA"', "2010-01-01", "public", "1000000012|1000000013", "securedChannelOnly"],
    ]
    path.write_text("\ufeff" + "\r\n".join(separator.join(row) for row in table), encoding="utf-8")
    assert program("load", "employers", path).out == "1 employers loaded.\n"
    path = tmp_path / "workers.csv"
    head = ["ssin", "familyName", "flexiEligible", "pensioner"]
    table = [head, ["78070739119", "DUBOIS", "non", "1"], ["", "", "", ""]]
    path.write_text("\n".join(separator.join(row) for row in table) + "\n", encoding="utf-8")
    assert program("load", "workers", path).out == "1 workers loaded.\n"
    done = program("declare", "--at", AT, "--json", "-", stdin=lines(IN))
    assert [anomaly["errorId"] for anomaly in done.json["declarationStatus"]["anomalies"]] == ["00652-001"]


def test_periods_found_as_csv_can_be_loaded_elsewhere(filled: Program) -> None:
    filled("declare", "--at", AT, "-", stdin=lines(IN))
    search = ("search", "periods", "--employer", "175110801", "--format")
    found = filled(*search, "csv").out.encode()
    number = filled(*search, "json").json[0]["periodId"]
    again = filled("load", "periods", "--format", "csv", "-", stdin=found)
    assert again.code == 2
    assert "periodId is in use already" in again.err
    filled("declare", "--at", AT, "-", stdin=lines({"dimonaCancel": {"periodId": number}}))
    fresh = "\n".join(line.replace(str(number), "", 1) for line in found.decode().splitlines())
    assert filled("load", "periods", "--format", "csv", "-", stdin=fresh.encode()).code == 0
    periods = filled(*search, "json").json
    assert [(period["startDate"], period["endDate"], period["cancelled"]) for period in periods] == [
        ("2024-06-03", "2024-06-28", True), ("2024-06-03", "2024-06-28", False),
    ]  # fmt: skip


def test_a_batch_is_taken_wholly_or_not_at_all(program: Program) -> None:
    ssins = ["78070739119", "80111405125", "83120837350", "79051731001", "79051731002", "90061599797"]
    done = program("load", "workers", "--batch", "2", "-", stdin=lines(*({"ssin": ssin} for ssin in ssins)))
    assert (done.code, done.out) == (2, "")
    assert "-, line 5: ssin is no SSIN with right check digits" in done.err
    assert "4 workers are loaded, up to line 4; nothing after it." in done.err
    assert "79051731002" not in done.err
    done = program("load", "workers", "--batch", "6", "-", stdin=lines({"ssin": "1"}))
    assert done.err.endswith("Nothing is loaded.\n")


def test_a_bad_line_after_good_batches_is_told_with_what_is_loaded(program: Program) -> None:
    stdin = lines({"ssin": "78070739119"}, {"ssin": "80111405125"}) + b"\n{nonsense}\n"
    done = program("load", "workers", "--batch", "1", "-", stdin=stdin)
    assert done.code == 2
    assert "-, line 4: " in done.err
    assert "2 workers are loaded, up to line 2" in done.err


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("employers", {"nssoRegistrationNumber": "175110802"}, "nssoRegistrationNumber is no NSSO number"),
        ("employers", {"name": "Exemple"}, "give at least one number"),
        ("employers", {"enterpriseNumber": "0471149091", "city": "Namur"}, "unknown field `city`"),
        ("employers", {"enterpriseNumber": "0471149091", "kind": "federal"}, "kind"),
        ("workers", {"familyName": "DUBOIS"}, "missing required field `ssin`"),
        ("workers", {"ssin": "78070739119", "birthDate": "1978-13-07"}, "birthDate"),
        ("workers", [], "Expected `object`"),
        ("periods", PERIOD | {"employer": {"employerId": 131130710}}, "load the employers first"),
        ("periods", PERIOD | {"endDate": "2024-01-01"}, "endDate is before the start"),
        ("periods", PERIOD | {"worker": {}}, "worker.ssin"),
        ("periods", PERIOD | {"periodId": 123456789003}, "periodId is no period number"),
    ],
)
def test_a_line_that_cannot_be_taken(filled: Program, kind: str, line: object, said: str) -> None:
    done = filled("load", kind, "-", stdin=lines(line))
    assert (done.code, done.out) == (2, "")
    assert "-, line 1: " in done.err
    assert said in done.err
    assert "Nothing is loaded." in done.err
    assert "78070739119" not in done.err


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("workers", "\n", "the first line must name the columns"),
        ("workers", "ssin\n", "holds nothing to load"),
        ("workers", "ssin,name\n78070739119,DUBOIS\n", "line 1: there is no member 'name'"),
        ("workers", "ssin\n78070739119,DUBOIS\n", "line 2: 2 cells, and only 1 columns"),
        ("workers", "ssin,pensioner\n78070739119,perhaps\n", "line 2: pensioner is true or false"),
        ("workers", 'ssin\n"78070739119\n', "unexpected end of data"),
        ("periods", "worker.ssin,worker\n78070739119,x\n", "line 2: "),
        ("periods", "periodId\nfirst\n", "line 2: periodId is a number"),
        ("periods", "startDate\n2024-01-02\n", "line 2: Object missing required field `employer`"),
        ("workers", "ssin\n" + "7" * 1_000_001 + "\n", "line 2: longer than"),
    ],
)
def test_csv_that_cannot_be_read(program: Program, kind: str, text: str, said: str) -> None:
    done = program("load", kind, "--format", "csv", "-", stdin=text.encode())
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "78070739119" not in done.err


def test_bytes_that_are_no_text(program: Program) -> None:
    done = program("load", "workers", "--format", "csv", "-", stdin=b"ssin\n\xff\xfe\n")
    assert done.code == 2
    assert "not in UTF-8" in done.err
    done = program("load", "workers", "-", stdin=b'{"ssin": "\xff"}\n')
    assert done.code == 2
    assert "line 1: " in done.err


def test_an_extension_that_says_nothing(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "workers.txt"
    path.write_text(json.dumps({"ssin": "78070739119"}))
    assert "--format jsonl or --format csv" in program("load", "workers", path).err
    assert program("load", "workers", "--format", "jsonl", path).code == 0
    assert program("load", "workers", tmp_path / "nowhere.csv").code == 2
