"""`show quota`: what is left of the quotas of a worker or an employer, in text and in JSON."""

import pytest

from tests.cli.conftest import IN, Program, lines

SSIN = b"78.07.07-391.19\n"
DAY = {"startDate": "2024-06-03", "endDate": "2024-06-03"}
STUDENT = {"plannedHoursNumber": 120, "features": {"jointCommissionNumber": "XXX", "workerType": "STU"}}
EXTRA = {
    "startHour": "1100", "endHour": "1500", "features": {"jointCommissionNumber": 302, "workerType": "EXT"},
}  # fmt: skip


@pytest.fixture
def used(filled: Program) -> Program:
    """A register with a student who is an extra too."""
    filed = lines(*[IN | {"dimonaIn": DAY | block} for block in (STUDENT, EXTRA)])
    assert filled("declare", "--at", "2024-06-03T07:30", "-", stdin=filed).code == 0
    return filled


def test_of_a_worker(used: Program) -> None:
    done = used("show", "quota", 2024, stdin=SSIN)
    assert done.code == 0
    rows = [line.split() for line in done.out.splitlines() if line.strip()]
    assert rows[0][:5] == ["type", "year", "quarter", "unit", "limit"]
    assert ["STUDENT", "2024", "hour", "600", "120", "0", "480", "yes", "yes"] in rows
    assert ["HORECA_WORKER", "2024", "day", "50", "1", "0", "49", "yes"] in rows
    assert "78070739119" not in done.out + done.err


def test_as_json(used: Program) -> None:
    (student, *_) = used("show", "quota", 2024, "--format", "json", stdin=SSIN).json
    assert student == {
        "type": "STUDENT", "year": 2024, "unit": "hour", "limit": 600, "used": 120, "neutralised": 0, "left": 480,
        "signalled": True, "confirmed": True,
    }  # fmt: skip


@pytest.mark.parametrize("written", ["175110801", "0471.149.091"])
def test_of_an_employer(used: Program, written: str) -> None:
    (days,) = used("show", "quota", 2024, "--employer", written, "--format", "json").json
    assert (days["type"], days["used"], days["left"]) == ("HORECA_EMPLOYER", 1, 199)
    done = used("show", "quota", 2012, "--employer", written)
    assert (done.code, done.out) == (0, "")
    assert "No quota" in done.err


def test_this_year_without_a_year(used: Program) -> None:
    years = {one["year"] for one in used("show", "quota", "--format", "json", stdin=SSIN).json}
    assert len(years) == 1
    assert years != {2024}


def test_an_employer_that_is_not_known(used: Program) -> None:
    done = used("show", "quota", 2024, "--employer", "0400000086")
    assert (done.code, done.out) == (1, "")
    assert "no employer" in done.err


@pytest.mark.parametrize("year", ["78070739119", "2009", "2101", "２０２４", "x"])
def test_a_year_that_is_none(used: Program, year: str) -> None:
    done = used("show", "quota", year, stdin=SSIN)
    assert (done.code, done.out) == (2, "")
    assert "YEAR is a year from 2010 to 2100" in done.err
    assert "7807" not in done.err
