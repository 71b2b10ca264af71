"""The stories of the head, of the organising power and of another school."""

from playwright.sync_api import expect

from tools.stories.cast import Cast
from tools.stories.parts import (
    ACCEPTED,
    CLERK,
    ENTRY,
    HEAD,
    MANAGER,
    VERIFY,
    VILLAGE,
    added,
    changed,
    number_of,
    opened,
    short,
)


def access(cast: Cast) -> None:
    """The head gives a new secretary access until the end of June; she chooses her words and is in."""
    marc = cast.hand(HEAD)
    marc.press(marc.page.locator("summary", has_text=HEAD))
    marc.press(marc.page.get_by_role("link", name="Accès de l'école"))
    marc.fill("Nom", "Noé Nouveau")
    marc.fill("Adresse de courriel", "nouveau@example.org")
    marc.choose("Rôle", "clerk")
    marc.fill("Jusqu'au", f"30/06/{cast.first.year + 1}")
    marc.button("Donner accès")
    new = cast.page()
    new.goto(marc.page.locator("code").inner_text())
    new.get_by_label("Choisissez un mot de passe").fill("quatre mots bien choisis")
    new.get_by_role("button", name="Entrer").click()
    expect(new.locator(".counts")).to_be_visible()
    new.context.close()


def late(cast: Cast) -> None:
    """The head sees what came late, and says why."""
    marc = cast.hand(HEAD)
    marc.menu("Échéances")
    marc.link("Déclarations tardives")
    row = marc.page.locator("table").nth(1).locator("tbody tr").first
    row.get_by_role("combobox").select_option("forgotten")
    marc.tally.fields += 1
    marc.press(row.get_by_role("button"))
    row = marc.page.locator("table").nth(1).locator("tbody tr").first
    expect(row.get_by_role("combobox")).to_have_value("forgotten")


def own_staff(cast: Cast) -> None:
    """The organising power turns to its primary school, and declares a cook under its own number."""
    claire = cast.hand(MANAGER)
    claire.press(claire.page.locator(".menu.left summary"))
    claire.press(claire.page.get_by_role("button", name="École fondamentale"))
    added(claire, number_of(790_906_301), "Cuisine", "Rosa", "06/09/1979")
    claire.button("Déclarer une entrée")
    claire.choose("Engagé(e) comme", "support")
    claire.fill("Premier jour de travail", short(cast.day))
    claire.button(VERIFY)
    claire.reads("ASBL Écoles Saint-Exemple")
    claire.reads("École fondamentale Saint-Exemple")
    claire.button(ENTRY)
    claire.is_at(ACCEPTED)


def shared_period(cast: Cast) -> None:
    """A teacher of two schools stays longer in one: its secretary extends the period, and the other school is told."""
    sofie = cast.hand(VILLAGE)
    opened(sofie, cast.noted["shared"])
    changed(sofie, "Prolonger")
    sofie.fill("Nouveau dernier jour", f"31/12/{cast.first.year}")
    sofie.button(VERIFY)
    sofie.button("Déclarer la prolongation à l'ONSS")
    sofie.is_at(ACCEPTED)
    anne = cast.hand(CLERK)
    anne.menu("Réponses")
    anne.reads("Changée par une autre école")
