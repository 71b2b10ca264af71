"""The law's tables as they are read: rows that say where they come from, and rows that can all be reached."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from opendimona.law.reader import TABLES, load_law, read_table
from opendimona.law.rules import ANY, JointCommittee, WorkerType

LAW = load_law()
DAY = timedelta(days=1)
ROWS = [pytest.param(row, id=f"{name}-{place}") for name in TABLES for place, row in enumerate(read_table(name)[0])]
CODES = {
    "OTH", "STU", "STX", "EXT", "FLX", "BCW", "RTA", "IVT", "DWD", "TEA", "TRI", "PMP", "A17", "O17", "S17", "T17",
    "STG", "QUA", "ALT",
}  # fmt: skip
"""The domain of zone 00655, with those that are no longer valid."""


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_where_it_comes_from_and_what_was_not_found(row: dict[str, Any]) -> None:
    assert len(row["source"]) > 10
    assert row.get("confirmed", True) or row["note"]
    assert row.get("valid_from", date.min) <= row.get("valid_to", date.max)


def dated() -> Iterator[tuple[str, tuple[WorkerType, ...] | tuple[JointCommittee, ...]]]:
    yield from LAW.worker_types.items()
    yield from LAW.joint_committees.items()


@pytest.mark.parametrize(("code", "rows"), [pytest.param(*found, id=found[0]) for found in dated()])
def test_the_rows_of_one_code_follow_each_other_without_a_gap(
    code: str, rows: tuple[WorkerType, ...] | tuple[JointCommittee, ...]
) -> None:
    for one, following in pairwise(rows):
        assert one.valid_to is not None, code
        assert following.valid_from == one.valid_to + DAY, code


def test_every_worker_type_of_dimona_has_rows() -> None:
    assert set(LAW.worker_types) == CODES


def test_every_joint_committee_of_dimona_has_a_row() -> None:
    assert set(LAW.joint_committees) == {"124", "140", "144", "145", "149", "302", "320", "322", "XXX"}


def test_tables_name_only_worker_types_that_exist() -> None:
    named = {code for rows in LAW.joint_committees.values() for row in rows for code in row.types}
    named |= {code for row in LAW.employer_types for code in row.only | row.never}
    named |= {code for row in LAW.forbidden_types for code in row.types}
    named |= {code for row in LAW.deadlines for code in row.types}
    named |= {code for row in LAW.lateness_consequences for code in row.types}
    named |= {code for row in LAW.overlaps for code in (row.one, row.other)} - {ANY}
    assert named <= CODES


def test_every_consequence_belongs_to_a_change_that_has_a_deadline() -> None:
    assert {row.case for row in LAW.lateness_consequences} <= {row.case for row in LAW.deadlines}


def test_the_law_of_a_day_is_that_of_its_row() -> None:
    before, after = LAW.worker_type("STU", date(2016, 12, 31)), LAW.worker_type("STU", date(2017, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.planned_hours, before.planned_days) == ("forbidden", "required")
    assert (after.planned_hours, after.planned_days) == ("required", "forbidden")
    assert LAW.worker_type("STX", date(2014, 1, 1)) is None
    assert LAW.worker_type("QUA", date(2020, 8, 20)) is None
