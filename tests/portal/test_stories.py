"""The whole September, played by the secretary, the head, the organising power and another school."""

from playwright.sync_api import Browser

from tests.portal.conftest import served
from tools.stories.play import FIELDS_MAX, play


def test_a_whole_september_goes_from_the_first_page_to_the_last(browser: Browser) -> None:
    with served() as url:
        rows = play(browser, url)
    assert len(rows) >= 20
    entries = [row for row in rows if row["is_entry"]]
    assert entries
    assert [row for row in entries if int(str(row["fields"])) > FIELDS_MAX] == []
    assert all(int(str(row["pages"])) > 0 for row in rows)
