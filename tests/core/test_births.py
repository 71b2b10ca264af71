"""The day of birth that an SSIN tells, beside another reading of the same numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import nn

from opendimona.core.identifiers import birth_of


def number(birth: date, serial: int, month: int) -> str:
    """The SSIN of somebody born on a day; `month` as it stands in the number."""
    base = f"{birth.year % 100:02d}{month:02d}{birth.day:02d}{serial:03d}"
    whole = int(base) + (2_000_000_000 if birth.year >= 2000 else 0)
    return f"{base}{97 - whole % 97:02d}"


@given(
    birth=st.dates(date(1927, 1, 1), date(2026, 6, 30)), serial=st.integers(1, 998), more=st.sampled_from((0, 20, 40))
)
def test_both_read_the_same_day(birth: date, serial: int, more: int) -> None:
    ssin = number(birth, serial, birth.month + more)
    found = birth_of(ssin)
    # One number in 97 is right in both centuries: then the older reading is taken here.
    assert found is not None
    assert (found.month, found.day, found.year % 100) == (birth.month, birth.day, birth.year % 100)
    if more == 0 and found == birth:
        assert nn.get_birth_date(ssin) == birth


@given(birth=st.dates(date(1927, 1, 1), date(1999, 12, 31)), serial=st.integers(1, 998))
def test_the_last_century_is_never_taken_for_this_one(birth: date, serial: int) -> None:
    assert birth_of(number(birth, serial, birth.month)) == birth


@pytest.mark.parametrize("ssin", ["40000115139", "85000000124", "", "85073003329", "8507300332x"])
def test_no_day_is_told(ssin: str) -> None:
    assert birth_of(ssin) is None
