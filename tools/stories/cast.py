"""Those who play stories in a browser, on which day it is for them, and what a story is."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from msgspec import Struct, field
from playwright.sync_api import Browser, Page

from opendimona.law.holidays import is_working_day
from tools.stories.hand import Hand, Tally


class Cast(Struct):
    """Everybody in the play, each in a browser of their own.

    `first`: the school year's first day; `noted`: what the stories have to know of the demonstration.
    """

    browser: Browser
    url: str
    first: date
    day: date
    hands: dict[str, Hand] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)

    def hand(self, name: str) -> Hand:
        """Somebody at their first page, signed in when they were not yet."""
        if name not in self.hands:
            page = self.page()
            page.goto("/")
            hand = self.hands[name] = Hand(page)
            hand.press(page.get_by_role("button", name=name))
            page.wait_for_url(f"{self.url}/")
            hand.play(self.day)
        hand = self.hands[name]
        hand.page.goto("/")
        return hand

    def page(self) -> Page:
        """An empty window."""
        return self.browser.new_context(base_url=self.url, locale="fr-BE").new_page()

    def play(self, day: date) -> None:
        """Go on to another day, everybody together."""
        self.day = day
        for hand in self.hands.values():
            hand.play(day)

    def working(self, days: int) -> date:
        """The working day so many days after the first, or the next one."""
        day = self.first + timedelta(days)
        while not is_working_day(day):
            day += timedelta(1)
        return day

    def show(self, folder: Path) -> None:
        """A picture of what everybody has before them: for whoever has to find out why somebody could not go on."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, hand in self.hands.items():
            hand.page.screenshot(path=folder / f"stories-{name.partition(' ')[0].lower()}.png", full_page=True)

    def total(self) -> Tally:
        """What all hands did since it was last asked."""
        found = Tally()
        for hand in self.hands.values():
            found, hand.tally = found.plus(hand.tally), Tally()
        return found


class Story(Struct, frozen=True):
    """One story. `number`: of the user's stories that it shows; `is_entry`: it declares one entry from nothing."""

    number: str
    title: str
    play: Callable[[Cast], None]
    is_entry: bool = False
