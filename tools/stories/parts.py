"""What many stories begin or go on with: numbers, days, and the ways to a person, an entry, a change."""

from datetime import date

from playwright.sync_api import expect

from tools.stories.hand import Hand

CLERK, HEAD, MANAGER, VILLAGE = "Anne Lambert", "Marc Lebrun", "Claire Fontaine", "Sofie Claes"
VILLAGE_INDEX = 3
VERIFY, ENTRY = "Vérifier et continuer", "Déclarer l'entrée à l'ONSS"
ACCEPTED = "Acceptée"


def number_of(base: int) -> str:
    """An SSIN with these first nine digits (born before 2000)."""
    return f"{base:09d}{97 - base % 97:02d}"


def young(base: int) -> str:
    """An SSIN with these first nine digits (born since 2000)."""
    return f"{base:09d}{97 - (2_000_000_000 + base) % 97:02d}"


def short(day: date) -> str:
    """A day as a secretary types it."""
    return f"{day:%d/%m/%Y}"


def added(anne: Hand, ssin: str, family: str, given: str, birth: str) -> None:
    """Somebody whom nobody knows yet, added by their number."""
    anne.menu("Déclarer")
    anne.fill("Nom ou NISS", ssin)
    anne.button("C'est quelqu'un d'autre")
    expect(anne.page.get_by_label("NISS", exact=True).last).to_have_value(ssin)  # as typed just before
    anne.fill("Nom", family)
    anne.fill("Prénom", given)
    expect(anne.page.get_by_label("Date de naissance")).to_have_value(birth)  # the number tells it
    anne.button("Continuer")


def entered(anne: Hand, category: str, start: date, end: date | None = None) -> None:
    """An entry from the page of a person to the answer."""
    anne.button("Déclarer une entrée")
    anne.choose("Engagé(e) comme", category)
    anne.fill("Premier jour de travail", short(start))
    if end is not None:
        anne.fill("Dernier jour, s'il est connu", short(end))
    anne.button(VERIFY)
    anne.button(ENTRY)
    anne.is_at(ACCEPTED)


def opened(anne: Hand, name: str) -> None:
    """The page of a person, found by name from wherever one is."""
    where = anne.page.get_by_role("banner").get_by_label("Nom ou NISS")
    where.fill(name)
    anne.tally.fields += 1
    anne.tally.keys += len(name) + 1
    with anne.page.expect_navigation():
        where.press("Enter")
    if anne.page.get_by_role("heading", level=1).inner_text() == "Personnel":  # several of that name
        anne.press(anne.page.locator("tbody a").first)


def changed(anne: Hand, what: str) -> None:
    """What the menu beside the period offers."""
    anne.press(anne.page.locator("summary", has_text="Changer").first)
    anne.button(what)
