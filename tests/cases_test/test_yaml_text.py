"""Case files keep what was written: dates, hours and codes are text, and only JSON's scalars are something else."""

from typing import Any

import pytest

from opendimona.cases.yaml_text import load


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-06-03", "2024-06-03"),
        ("2024-02-31", "2024-02-31"),
        ("9999-12-31", "9999-12-31"),
        ("1978-00-00", "1978-00-00"),
        ("2024-06-03T07:30", "2024-06-03T07:30"),
        ("2024-06-03T07:30:00", "2024-06-03T07:30:00"),
        ("2024-06-03 07:30:00", "2024-06-03 07:30:00"),
        ("!!timestamp 2024-06-03", "2024-06-03"),
        ("0800", "0800"),
        ("0730", "0730"),
        ("00024-347", "00024-347"),
        ("07:30", "07:30"),
        ('"1100"', "1100"),
        ("0471149091", "0471149091"),
        ("78070739119", 78070739119),
        ("124", 124),
        ("0", 0),
        ("-8", -8),
        ("8.0", 8.0),
        ("7.6", 7.6),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("NO", "NO"),
        ("XXX", "XXX"),
        ("null", None),
        ("~", None),
        ("", None),
        ('""', ""),
        ("=", "="),
    ],
)
def test_a_scalar_is_read_as_json_would_write_it(written: str, read: Any) -> None:
    found = load(f"member: {written}\n")
    assert isinstance(found, dict)
    assert (found["member"], type(found["member"])) == (read, type(read))


def test_keys_are_text() -> None:
    assert load("{on: 1, 12: 2, true: 3, null: 4, 2024-06-03: 5}") == {
        "on": 1, "12": 2, "true": 3, "null": 4, "2024-06-03": 5,
    }  # fmt: skip


def test_anchors_and_merges_work() -> None:
    assert load("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n") == {
        "a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: 'a' is given twice"),
        ("a: [1\n", "line 2: "),
        ("a: {b\n", "line 2: "),
        ("a: *nobody\n", "line 1: found undefined alias 'nobody'"),
        ("a: !!binary aGVsbG8=\n", "a bytes has no place in a case"),
        ("a: !!python/object/apply:os.getcwd []\n", "line 1: could not determine a constructor"),
        ("&a [*a]\n", "an alias that holds itself"),
        ("a: \x00\n", "special characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        load(text)
    assert said in str(raised.value)
