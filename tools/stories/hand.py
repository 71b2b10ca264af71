"""Hands in a browser that count what they do: pages seen, fields filled, keys struck, things pressed."""

import re
from datetime import date

from msgspec import Struct
from playwright.sync_api import Frame, Locator, Page, expect


class Tally(Struct):
    """What a story took. `seconds`: of the machine, whose hands do not rest; a person's come on top."""

    pages: int = 0
    fields: int = 0
    keys: int = 0
    presses: int = 0
    seconds: float = 0.0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))


class Hand:
    """Somebody at a page: everything done through it is counted in `tally`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tally = Tally()
        page.on("framenavigated", self._turned)

    def _turned(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.tally.pages += 1

    def menu(self, name: str) -> None:
        """Go to one of the places that every page leads to."""
        self.press(self.page.get_by_role("navigation", name="Principal").get_by_role("link", name=name))

    def press(self, what: Locator) -> None:
        """Press a button, a link or a box."""
        what.click()
        self.tally.presses += 1

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press the button of that name in the page's main part, the last one where there are several."""
        self.press(self.page.locator("main").get_by_role("button", name=name).last)

    def link(self, name: str) -> None:
        """Press the link of that name in the page's main part."""
        self.press(self.page.locator("main").get_by_role("link", name=name).last)

    def fill(self, label: str, typed: str) -> None:
        """Type into the field with that label."""
        self.page.locator("main").get_by_label(label, exact=True).fill(typed)
        self.tally.fields += 1
        self.tally.keys += len(typed)

    def choose(self, label: str, value: str) -> None:
        """Choose from the list with that label: a few letters of the word."""
        self.page.locator("main").get_by_label(label, exact=True).select_option(value)
        self.tally.fields += 1
        self.tally.keys += 3

    def key(self, name: str) -> None:
        """Strike one key."""
        self.page.keyboard.press(name)
        self.tally.keys += 1

    def reads(self, text: str | re.Pattern[str]) -> None:
        """The page says so."""
        expect(self.page.locator("main")).to_contain_text(text)

    def is_at(self, title: str | re.Pattern[str]) -> None:
        """The page's heading says so."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)

    def play(self, day: date) -> None:
        """Set the sandbox's day; nobody has to do that in earnest, so it is not counted."""
        kept = self.tally
        self.tally = Tally()
        self.page.goto("/")
        self.page.get_by_label("Nous sommes le").fill(f"{day:%d/%m/%Y}")
        self.page.get_by_role("button", name="Jouer ce jour").click()
        expect(self.page.get_by_label("Nous sommes le")).to_have_value(f"{day:%d/%m/%Y}")
        self.tally = kept
