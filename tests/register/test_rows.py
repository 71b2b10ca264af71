"""PostgreSQL reads the rows that the desk hands over as the values that they were."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import TupleRow

from opendimona.core.file import Features, Period
from opendimona.register.lane import LaneConnection
from opendimona.register.rows import Entry, RowTypes, journal_rows, period_rows, row_types

BIG = st.integers(-(2**63), 2**63 - 1)
SMALL = st.none() | st.integers(-(2**15), 2**15 - 1)
MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXT = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
ENTRIES = st.builds(
    Entry, ssin=BIG, sequence=BIG, number=BIG, entry=st.sampled_from("ioucdlprzxme"), period=st.none() | BIG,
    employer=st.none() | BIG, result=st.sampled_from("AWBS"), is_late=st.booleans(), deadline=st.none() | MOMENTS,
    received_at=MOMENTS, recorded_at=MOMENTS, filed_by=TEXT, body=TEXT, anomalies=st.none() | TEXT, law=TEXT,
    chain=st.binary(max_size=40),
)  # fmt: skip
FEATURES = st.builds(
    Features, worker_type=TEXT, joint_committee=st.none() | TEXT, sub_entity=st.none() | TEXT,
    user_joint_committee=st.none() | TEXT, user_enterprise=st.none() | BIG, user_name=st.none() | TEXT,
)  # fmt: skip
PERIODS = st.builds(
    Period, number=BIG, employer=BIG, features=FEATURES, start=st.dates(), end=st.none() | st.dates(), start_hour=SMALL,
    end_hour=SMALL, planned_hours=SMALL, planned_days=SMALL, is_late=st.booleans(), is_locked=st.booleans(),
    is_cancelled=st.booleans(), version=st.integers(0, 2**15 - 1), details=st.none() | TEXT,
)  # fmt: skip
VERSIONS = st.tuples(BIG, MOMENTS, st.none() | MOMENTS, PERIODS)


@pytest.fixture
def connection(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as opened:
        opened.execute("SET timezone = 'UTC'")
        yield opened


@pytest.fixture
def types(connection: psycopg.Connection[TupleRow]) -> RowTypes:
    rows = connection.execute("SELECT 'journal_row'::regtype::oid::bigint, 'period_row'::regtype::oid::bigint")
    [found] = rows.fetchall()
    return RowTypes(*found)


def columns_of(row: tuple[int, datetime, datetime | None, Period]) -> tuple[Any, ...]:
    ssin, recorded_from, recorded_to, p = row
    f = p.features
    return (
        ssin, recorded_from, recorded_to, p.number, p.version, p.employer, p.start, p.end, p.start_hour, p.end_hour,
        p.planned_hours, p.planned_days, f.worker_type, f.joint_committee, f.sub_entity, f.user_joint_committee,
        f.user_enterprise, f.user_name, p.is_late, p.is_locked, p.is_cancelled, p.details,
    )  # fmt: skip


def test_entries_arrive_as_they_were(connection: psycopg.Connection[TupleRow], types: RowTypes) -> None:
    read = "SELECT * FROM unnest(%s::journal_row[]) ORDER BY ssin, sequence"
    names = Entry.__struct_fields__

    @given(st.lists(ENTRIES, max_size=4, unique_by=lambda entry: (entry.ssin, entry.sequence)))
    @settings(deadline=None, max_examples=100)
    def check(entries: list[Entry]) -> None:
        found = connection.execute(read, (journal_rows(types.journal, entries),), binary=True).fetchall()
        ordered = sorted(entries, key=lambda one: (one.ssin, one.sequence))
        assert found == [tuple(getattr(one, name) for name in names) for one in ordered]

    check()


def test_versions_of_periods_arrive_as_they_were(connection: psycopg.Connection[TupleRow], types: RowTypes) -> None:
    columns = [column.name for column in connection.execute("SELECT (NULL::period_row).*").description or ()]
    shown = ", ".join(f"nullif({name}, 'infinity')" if name == "recorded_to" else name for name in columns)
    read = f"SELECT {shown} FROM unnest(%s::period_row[]) ORDER BY ssin"

    @given(st.lists(VERSIONS, max_size=4, unique_by=lambda row: row[0]))
    @settings(deadline=None, max_examples=100)
    def check(rows: list[tuple[int, datetime, datetime | None, Period]]) -> None:
        found = connection.execute(read.encode(), (period_rows(types.period, rows),), binary=True).fetchall()
        assert found == [columns_of(row) for row in sorted(rows, key=lambda row: row[0])]

    check()


def test_a_version_in_force_ends_at_infinity(connection: psycopg.Connection[TupleRow], types: RowTypes) -> None:
    period = Period(1, 2, Features("OTH"), datetime(2024, 6, 3, tzinfo=UTC).date())
    rows = period_rows(types.period, [(3, datetime(2024, 6, 3, tzinfo=UTC), None, period)])
    found = connection.execute("SELECT recorded_to::text FROM unnest(%s::period_row[])", (rows,)).fetchone()
    assert found == ("infinity",)


async def test_a_connection_asks_once_which_types_there_are(database_url: str, types: RowTypes) -> None:
    async with await LaneConnection.connect(database_url, autocommit=True) as lane:
        assert await row_types(lane) == types
        await lane.execute("DROP TYPE journal_row")
        assert await row_types(lane) == types
