"""Draws every page of the portal into build/shots: desktop and phone, light and dark, on demonstration data."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "shots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
ADDRESSES = {
    "home": "/", "staff": "/staff/", "staff-all": "/staff/?who=all", "inbox": "/inbox/", "find": "/declare/",
    "add": "/declare/person/", "guide": "/guide/", "answers": "/guide/answers/", "deadlines": "/guide/deadlines/",
    "conflicts": "/guide/conflicts/", "not-found": "/nowhere/", "many": "/declare/many/", "renew": "/staff/renew/",
    "quick": "/quick/", "register": "/staff/register/", "due": "/deadlines/", "appointment": "/staff/3/appointments/",
}  # fmt: skip
WAYS = {
    "person": ("#confirmed .name",),
    "refused": ("#correct .btn",),
    "conflict": ("#correct .btn", "button[value=review]"),
    "draft": ("#undeclared .btn",),
    "review": ("#undeclared .btn", "button[value=review]"),
    "answer": ("#confirmed a.btn",),
    "pending": ("#pending a.btn",),
}
"""Pages that are reached from the first one, by what is pressed."""


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with demonstration data."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from opendimona.cli import main; main()", "serve", "--sandbox", "--demo",
                   "--data", f"{folder}/data", "--port", "0"]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = next(line for line in process.stdout or () if "ready at" in line)
            yield re.findall(r"http://[^ ]+", line)[0]
        finally:
            process.terminate()
            process.wait()


def draw(browser: Browser, url: str, size: str, scheme: str) -> int:
    """Every page once; returns how many."""
    context = browser.new_context(base_url=url, locale="fr-BE", viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/")
    _shoot(page, "door", size, scheme)
    page.get_by_role("button", name="Anne Lambert").click()
    for name, address in ADDRESSES.items():
        page.goto(address)
        _shoot(page, name, size, scheme)
    for name, presses in WAYS.items():
        page.goto("/")
        for press in presses:
            page.locator(press).first.click()
        _shoot(page, name, size, scheme)
    context.close()
    return 1 + len(ADDRESSES) + len(WAYS)


def _shoot(page: Page, name: str, size: str, scheme: str) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png", full_page=True)


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        count = sum(draw(browser, url, size, scheme) for size in SIZES for scheme in ("light", "dark"))
        browser.close()
    print(f"{count} pictures in {FOLDER.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
