"""Persons out of a CSV file: read column by column, they are what they are when read line by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendimona.cli import persons_file
from opendimona.cli.failures import Failure
from opendimona.cli.persons_file import MEMBERS, Chunk, read_persons

SSINS = ("60061812456", " 85073003328", "90010150091", "1", "")
CELLS = {
    "ssin": st.sampled_from(SSINS),
    "birthDate": st.sampled_from(["1960-06-18", "19600618", "", " 1960-06-18 ", "1960-13-01", "18/06/1960"]),
    "flexiEligible": st.sampled_from(["", "true", "0", "Oui", "perhaps"]),
    "pensioner": st.sampled_from(["", "false", "1", "ja", "x"]),
    "countryOfBirth": st.sampled_from(["", "150", "007", "1e3", "٣"]),
    "nationality": st.sampled_from(["", "150", " 111", "1234567"]),
}
TEXT = st.sampled_from(["", "Van den Bos", "D'\\Hondt", "a\tb", "two\nlines", "nul\0", "Zoé", "1"])


def outcome(text: str) -> list[Chunk] | str:
    """What reading that text gives: chunks, or the reason why not."""
    try:
        return list(read_persons(io.BytesIO(text.encode()), "persons.csv", "csv", 3))
    except Failure as failure:
        return str(failure)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Files of a few lines, some of which are wrong."""
    names = ["ssin", *draw(st.lists(st.sampled_from([*MEMBERS, ""]), max_size=6, unique=draw(st.booleans())))]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    for _ in range(draw(st.integers(0, 7))):
        row = [draw(CELLS.get(name, TEXT)) for name in names]
        writer.writerow(draw(st.sampled_from([row, row, row, row[:-1], [*row, "more"], []])))
    return written.getvalue()


@given(files())
def test_columns_and_lines_agree(text: str) -> None:
    by_columns = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persons_file, "_by_columns", lambda *_: None)
        assert by_columns == outcome(text)


def test_columns_are_read_together() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persons_file, "copy_line", lambda *_: pytest.fail("read line by line"))
        chunks = outcome("ssin,familyName,pensioner\n60061812456,Roe,true\n85073003328,D'\\Hondt,\n")
    assert chunks == [
        Chunk(
            b"60061812456\tRoe\t\\N\t\\N\t\\N\tTrue\tTrue\t\\N\t\\N\t\\N\t\\N\n"
            b"85073003328\tD'\\\\Hondt\t\\N\t\\N\t\\N\tTrue\tFalse\t\\N\t\\N\t\\N\t\\N\n",
            2, 3,
        )
    ]  # fmt: skip
