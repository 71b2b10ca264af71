"""PostgreSQL reads packed columns as the values that they were."""

from datetime import UTC, date
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendimona.register import packed
from opendimona.register.packed import Packed

BIG = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-(2**15), 2**15 - 1)
DAYS = st.dates()
MOMENTS = st.datetimes(timezones=st.just(UTC))


def lists(values: st.SearchStrategy[Any], *, has_null: bool = True) -> st.SearchStrategy[list[Any]]:
    return st.lists(values | st.none() if has_null else values, max_size=5)


CASES = [
    ("bigint[]", packed.integers, lists(BIG)),
    ("smallint[]", packed.small_integers, lists(SMALL)),
    ("boolean[]", packed.booleans, lists(st.booleans(), has_null=False)),
    ("date[]", packed.days, lists(DAYS)),
    ("timestamptz[]", packed.moments, lists(MOMENTS)),
]


@pytest.mark.parametrize(("kind", "pack", "values"), CASES, ids=[f"{case[0]} {case[1].__name__}" for case in CASES])
def test_postgresql_reads_what_was_packed(kind: str, pack: Any, values: Any, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")

        @given(values)
        @settings(deadline=None, max_examples=40)
        def check(column: list[Any]) -> None:
            found = connection.execute(f"SELECT %s::{kind}", (pack(column),), binary=True).fetchone()
            assert found is not None
            assert found[0] == column

        check()


def test_what_does_not_fit_is_refused_here(database_url: str) -> None:
    assert isinstance(packed.integers([1]), Packed)
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.DatatypeMismatch):
        connection.execute("SELECT %s::bigint[]", (packed.days([date(2024, 6, 3)]),))
