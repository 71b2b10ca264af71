"""Draws every page of the portal into build/shots: desktop and phone, light and dark, on demonstration data."""

from playwright.sync_api import Browser, Page

from tools.browser import ROOT, chromium, served
from tools.pages import every_page

FOLDER = ROOT / "build" / "shots"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def draw(browser: Browser, url: str, size: str, scheme: str) -> int:
    """Every page once; returns how many."""
    contexts = []

    def open_as(name: str | None) -> Page:
        context = browser.new_context(
            base_url=url,
            locale="fr-BE",
            viewport=SIZES[size],
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        if name is not None:
            page.get_by_role("button", name=name).click()
        return page

    count = 0
    for name, page in every_page(open_as):
        _shoot(page, name, size, scheme)
        count += 1
    for context in contexts:
        context.close()
    return count


def _shoot(page: Page, name: str, size: str, scheme: str) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png", full_page=True)


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as url, chromium() as browser:
        count = sum(draw(browser, url, size, scheme) for size in SIZES for scheme in ("light", "dark"))
    print(f"{count} pictures in {FOLDER.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
