"""`show` and `search`: what they find, in which shapes, and what they never take as an argument."""

import csv
import io
from typing import Any

import pytest

from tests.cli.conftest import AT, EMPLOYER, IN, WORKER, Program, lines

SSIN = b"78070739119\n"


@pytest.fixture
def number(filled: Program) -> int:
    """The number of the only period."""
    done = filled("declare", "--json", "--at", AT, "-", stdin=lines(IN))
    return int(done.json["declarationStatus"]["declarationId"])


def test_a_declaration(filled: Program, number: int) -> None:
    done = filled("show", "declaration", number, "--lang", "nl")
    assert done.code == 0
    assert done.out.startswith(f"Aanvaard · aangifte {number} · periode {number} · op tijd tot 2024-06-03 23:59:59\n")
    assert "dimonaIn.startDate: 2024-06-03" in done.out
    assert "received: 2024-06-03T" in done.out


def test_a_period_now_and_before(filled: Program, number: int) -> None:
    done = filled("show", "period", number)
    assert done.code == 0
    assert "startDate: 2024-06-03\nendDate: 2024-06-28\n" in done.out
    assert "cancelled: no\n" in done.out
    assert filled("show", "period", number, "--json").json["features"] == IN["dimonaIn"]["features"]
    assert filled("show", "period", number, "--as-of", "2020-01-01T00:00").code == 1


def test_a_daily_registration(filled: Program, number: int) -> None:
    chosen = {"nssoRegistrationNumber": "175110801", "flags": ["dailyRegistration"]}
    assert filled("load", "employers", "-", stdin=lines(chosen)).code == 0
    shift = {"startDate": "2024-06-03", "startHour": "1100", "endDate": "2024-06-03"}
    body = {"dimonaDailyRegistration": {"attestationStatus": 0, "periodId": number, **shift}}
    done = filled("declare", "--at", AT, "--lang", "en", "-", stdin=lines(body, body))
    registered = int(done.out.split("daily registration ")[1].split("\n")[0])
    assert f"daily registration {registered}, from 2024-06-03 1100 to 2024-06-03\n" in done.out
    shown = filled("show", "registration", registered)
    assert (shown.code, shown.out.splitlines()[0]) == (0, f"dailyRegistrationId: {registered}")
    assert "startHour: 1100\n" in shown.out
    assert filled("show", "registration", registered, "--json").json["period"]["id"] == number
    assert filled("show", "registration", registered, "--as-of", "2020-01-01T00:00").code == 1
    listed = filled("search", "declarations", "--employer", 175110801, "--format", "csv").out
    assert "DAILYREGISTRATION" in listed


@pytest.mark.parametrize("what", ["declaration", "period", "registration"])
def test_a_number_that_nothing_bears(filled: Program, what: str) -> None:
    done = filled("show", what, 123456789002)
    assert (done.code, done.out) == (1, "")
    assert "Not found" in done.err


@pytest.mark.parametrize("text", ["123456789003", "12", "abc", "１２３４５６７８９００２"])
def test_a_number_that_is_none(filled: Program, text: str) -> None:
    done = filled("show", "period", text)
    assert (done.code, done.out) == (2, "")
    assert "12 digits" in done.err


@pytest.mark.parametrize("written", ["175110801", "1751108-01", "0471149091", "0471.149.091"])
def test_the_file_of_an_employer(filled: Program, number: int, written: str) -> None:
    done = filled("show", "employer", written)
    assert done.code == 0
    assert "relations: 1" in done.out
    assert "periods: 1" in done.out
    assert str(number) in done.out
    assert "DUBOIS" in done.out


def test_the_file_of_a_worker(filled: Program, number: int) -> None:
    done = filled("show", "worker", stdin=SSIN)
    assert done.code == 0
    for kind in ("relations: 1", "periods: 1", "declarations: 1"):
        assert kind in done.out
    found = filled("show", "worker", "--json", stdin=b"78.07.07-391.19\n").json
    assert [period["periodId"] for period in found["periods"]] == [number]
    assert [one["declarationStatus"]["declarationId"] for one in found["declarations"]] == [number]
    assert filled("show", "worker", "--json", "--as-of", "2020-01-01T00:00", stdin=SSIN).json["periods"] == []


@pytest.mark.parametrize("stdin", [b"", b"78070739118\n", b"DUBOIS\n"])
def test_standard_input_that_is_no_ssin(filled: Program, stdin: bytes) -> None:
    done = filled("show", "worker", stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert "standard input must hold the worker's SSIN" in done.err
    assert "7807" not in done.err


def test_an_ssin_is_never_an_argument(filled: Program) -> None:
    assert filled("show", "worker", "78070739119").code == 2
    assert filled("search", "periods", "--worker", "78070739119").code == 2


def test_nothing_is_known_of_another_worker(filled: Program, number: int) -> None:
    done = filled("show", "worker", stdin=b"80111405125\n")
    assert (done.code, done.out) == (0, "")
    assert "Nothing is known here." in done.err


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 1),
        (("--scope", "active", "--from", "2024-06-28", "--to", "2024-07-31"), 1),
        (("--scope", "active", "--from", "2024-06-29", "--to", "2024-07-31"), 0),
        (("--scope", "mutations", "--from", "2024-06-04", "--to", "2024-06-27"), 0),
        (("--scope", "mutations", "--from", "2024-06-28", "--to", "2024-06-28"), 1),
        (("--as-of", "2020-01-01T00:00"), 0),
    ],
)
def test_a_search_for_periods(filled: Program, number: int, options: tuple[str, ...], count: int) -> None:
    done = filled("search", "periods", "--employer", "175110801", "--format", "json", *options)
    assert done.code == 0
    assert [period["periodId"] for period in done.json] == [number] * count


def test_cancelled_periods_may_be_left_out(filled: Program, number: int) -> None:
    filled("declare", "--at", AT, "-", stdin=lines({"dimonaCancel": {"periodId": number}}))
    search = ("search", "periods", "--worker", "--format", "json")
    assert [period["cancelled"] for period in filled(*search, stdin=SSIN).json] == [True]
    assert filled(*search, "--without-cancelled", stdin=SSIN).json == []


def test_a_search_as_a_table_leaves_out_empty_columns(filled: Program, number: int) -> None:
    done = filled("search", "periods", "--employer", "175110801")
    head = done.out.split("\n", 2)[1]
    assert head.split() == ["periodId", "startDate", "endDate", "workerType", "jointCommissionNumber", "employerId",
                            "enterpriseNumber", "ssin", "familyName", "givenName"]  # fmt: skip


def rows(text: str) -> list[dict[str, Any]]:
    """CSV as rows."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_search_as_csv(filled: Program, number: int) -> None:
    (period,) = rows(filled("search", "periods", "--employer", "0471149091", "--format", "csv").out)
    assert period["periodId"] == str(number)
    assert period["worker.ssin"] == "78070739119"
    assert period["cancelled"] == "false"


def test_a_search_for_declarations(filled: Program, number: int) -> None:
    filled("declare", "--at", AT, "-", stdin=lines(IN))
    found = rows(filled("search", "declarations", "--worker", "--format", "csv", stdin=SSIN).out)
    assert [(row["kind"], row["declarationStatus.result"], row["anomalies"]) for row in found] == [
        ("IN", "A", ""), ("IN", "B", "90373-333"),
    ]  # fmt: skip


def test_a_search_for_relations(filled: Program, number: int) -> None:
    (relation,) = filled("search", "relations", "--employer", "175110801", "--format", "json").json
    assert relation["worker"]["ssin"] == WORKER["ssin"]
    assert relation["employer"]["enterpriseNumber"] == EMPLOYER["enterpriseNumber"]
    assert (relation["startDate"], relation["endDate"]) == ("2024-06-03", "2024-06-28")


def test_a_search_says_that_there_is_more(filled: Program, number: int) -> None:
    later = IN | {"dimonaIn": IN["dimonaIn"] | {"startDate": "2024-07-01", "endDate": "2024-07-31"}}
    filled("declare", "--at", AT, "-", stdin=lines(later))
    search = ("search", "periods", "--employer", "175110801", "--format", "json")
    done = filled(*search, "--limit", "1")
    assert [period["startDate"] for period in done.json] == ["2024-06-03"]
    assert "more than 1" in done.err
    assert filled(*search, "--limit", "2").err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "periods"), "needs --employer NUMBER, or --worker"),
        (("search", "periods", "--employer", "1"), "no NSSO number"),
        (("search", "periods", "--employer", "175110801", "--from", "June"), "--from is a day"),
        (("search", "periods", "--employer", "175110801", "--from", "2024-06-02", "--to", "2024-06-01"), "is after"),
        (("search", "periods", "--employer", "175110801", "--as-of", "once"), "--as-of is a moment"),
        (("search", "periods", "--employer", "175110801", "--scope", "some"), "some"),
        (("show", "employer", "175110802"), "no NSSO number"),
    ],
)
def test_what_cannot_be_searched_for(filled: Program, arguments: tuple[str, ...], said: str) -> None:
    done = filled(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
