"""The quality of the matcher on seeded errors, in a small register: no time is measured here."""

from pathlib import Path

import pytest

from bench.identification import known, load, look
from bench.slips import cases

PERSONS, CASES = 60_000, 1000


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> str:
    """A register of persons, loaded as the command does."""
    load(database_url, tmp_path, PERSONS)
    return database_url


async def test_the_matcher_is_right_and_the_person_is_among_the_first_five(filled: str) -> None:
    found = await look(filled, cases(11, known(PERSONS), CASES))
    assert found["cases"] == CASES
    assert found["precision"] >= 0.999
    assert found["among_five"] >= 0.97
    assert found["automatic"] >= 0.5
