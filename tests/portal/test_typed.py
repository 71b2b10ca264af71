"""Dates, numbers and names as people type them."""

from datetime import date

import pytest

from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.site.typed import parse_day  # noqa: E402
from opendimona.portal.staff.spelling import digits_of, plain, search_key  # noqa: E402

TODAY = date(2026, 8, 20)


@pytest.mark.parametrize(
    "text",
    ["1/9", "01/09", "1/9/26", "1/9/2026", "1.9.2026", "1-9-26", "010926", "01092026", "0109", "2026-09-01", " 1/9 "],
)
def test_a_day_is_written_in_many_ways(text: str) -> None:
    assert parse_day(text, TODAY) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["", "31/2", "32/1", "1/13", "demain", "1/9/202", "2026-13-01", "2026/09/01", "1"])
def test_what_is_no_day(text: str) -> None:
    assert parse_day(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "today", "meant"),
    [
        ("5/1", date(2026, 12, 20), date(2027, 1, 5)),
        ("20/12", date(2027, 1, 5), date(2026, 12, 20)),
        ("29/2", date(2027, 6, 1), date(2028, 2, 29)),
    ],
)
def test_without_a_year_the_nearest_day_is_meant(text: str, today: date, meant: date) -> None:
    assert parse_day(text, today) == meant


def test_numbers_have_any_separators_and_names_no_accents() -> None:
    assert {digits_of(text) for text in ("78.07.07-391.19", "78070739119", "78 07 07 391 19")} == {"78070739119"}
    assert [digits_of(text) for text in ("Dubois", "1/9 x", "")] == ["", "", ""]
    assert (plain("Élise  d'Öztürk-Łoś"), search_key("El Amrani", "Zoé")) == ("ELISE D OZTURK ŁOS", "EL AMRANI ZOE")
