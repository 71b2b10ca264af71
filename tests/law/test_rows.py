"""The rows of law as they are shown: every table, whole, with what each row carries."""

from datetime import date

import pytest

from opendimona.law.reader import TABLES
from opendimona.law.rows import ShownRow, find_rows, find_table, load_tables

ROWS = [pytest.param(row, id=f"{name}-{place}") for name, table in load_tables().items()
        for place, row in enumerate(table.rows)]  # fmt: skip


def test_every_table_that_decisions_are_made_with_is_shown() -> None:
    assert set(TABLES) <= set(load_tables())
    assert not {name for name in load_tables() if name.startswith("anomal")}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_where_it_comes_from_and_what_was_not_found(row) -> None:
    assert row.source
    assert row.source == row.source.strip()
    assert {"source", "confirmed", "note", "valid_from", "valid_to"} & set(row.says) == set()


def test_every_table_says_what_it_is_about() -> None:
    assert [name for name, table in load_tables().items() if len(" ".join(table.preface)) < 30] == []


def test_rows_that_are_about_a_word_come_before_those_that_name_it() -> None:
    distances = [row.distance("stu") for row in find_rows("STU")]
    assert sorted(distances, key=lambda distance: distance or 0) == distances
    assert {0, 2} <= set(distances)


@pytest.mark.parametrize(
    ("says", "distance"),
    [({"code": "STU"}, 0), ({"one": "STU", "types": ["STU"]}, 1), ({"code": "302", "types": ["EXT", "STU"]}, 2),
     ({"code": "STX", "types": [1], "limit": 2, "from": date(2024, 6, 3)}, None)],
)  # fmt: skip
def test_how_far_a_row_is_from_a_word(says: dict[str, object], distance: int | None) -> None:
    assert ShownRow(table="table", says=says, source="somewhere").distance("stu") == distance


def test_a_word_is_a_whole_word() -> None:
    assert find_rows("ST") == ()
    assert find_rows("401") == ()
    assert find_rows("étudiant") != ()


def test_rows_of_one_table() -> None:
    table = find_table("deadline")
    assert table is not None
    assert {row.table for row in find_rows("EXT", table)} == {"deadlines"}


@pytest.mark.parametrize(
    ("name", "found"),
    [("worker_types", "worker_types"), ("Worker Type", "worker_types"), ("joint-committees", "joint_committees"),
     ("dead", "deadlines"), ("dea", None), ("", None), ("nothing", None)],
)  # fmt: skip
def test_a_table_is_found_by_its_name_or_the_beginning_of_it(name: str, found: str | None) -> None:
    table = find_table(name)
    assert (table and table.name) == found


def test_a_beginning_that_two_tables_share_finds_none() -> None:
    names = list(load_tables())
    shared = [one[:4] for one in names for other in names if one < other and one[:4] == other[:4]]
    assert [find_table(start) for start in shared if start not in names] == [None] * len(shared)
