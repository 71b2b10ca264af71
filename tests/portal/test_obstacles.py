"""Nothing is in anybody's way: every page before axe-core, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.portal.conftest import served
from tools.pages import every_page

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light, wide", "dark, narrow"])
def test_nothing_is_in_the_way_of_anybody(browser: Browser, scheme: str, size: dict[str, int]) -> None:
    contexts, found, axe = [], {}, Axe()

    def open_as(name: str | None) -> Page:
        context = browser.new_context(base_url=address, locale="fr-BE", color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        if name is not None:
            page.get_by_role("button", name=name).click()
        return page

    with served() as address:
        for name, page in every_page(open_as):
            results = axe.run(page)
            found[name] = results.generate_report() if results.violations_count else ""
            scrolls = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            found[f"{name}, to the side"] = "the page is wider than the window" if scrolls else ""
        for context in contexts:
            context.close()
    assert len(found) > 80
    assert {name: report for name, report in found.items() if report} == {}
