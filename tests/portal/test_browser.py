"""The main stories in a real browser, from the door to the result."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from opendimona.portal.demo.people import draw_people
from opendimona.portal.demo.stories import STORIES, in_two_schools
from tests.portal.conftest import CLERK, HEAD, MANAGER, NEXT, NUMBER, SOON, TODAY, VILLAGE, SignIn

ENTRY, VERIFY = "Déclarer l'entrée à l'ONSS", "Vérifier et continuer"


def counter(page: Page, section: str) -> int:
    """A counter of the first page."""
    return int(page.locator(f".counts a[href='#{section}'] b").inner_text())


def person_of(page: Page, section: str) -> str:
    """The first name in a list of the first page."""
    return page.locator(f"#{section} .name").first.inner_text()


def test_the_counters_equal_the_lists(sign_in: SignIn) -> None:
    page = sign_in(HEAD)
    for section in ("correct", "undeclared", "ends", "pending", "confirmed"):
        count = counter(page, section)
        shown = min(count, 10) if section == "confirmed" else count
        assert shown == page.locator(f"#{section} .lines > li").count() > 0


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_an_entry_from_the_list_to_the_receipt(sign_in: SignIn, script: bool) -> None:
    page = sign_in(CLERK, script=script)
    before, who = counter(page, "undeclared"), person_of(page, "undeclared")
    page.locator("#undeclared li", has_text=who).get_by_role("button").click()
    page.get_by_role("button", name=VERIFY).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez avant de déclarer")
    page.get_by_role("button", name=re.compile("à l'ONSS")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    receipt = page.request.get(str(page.get_by_role("link", name="Reçu (PDF)").get_attribute("href")))
    assert receipt.body().startswith(b"%PDF")
    page.goto("/")
    assert counter(page, "undeclared") == before - 1
    expect(page.locator("#confirmed")).to_contain_text(who)


def test_the_conflict_is_drawn_and_repaired(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    row = page.locator("#correct li", has_text="période")
    who = row.locator(".name").inner_text()
    row.get_by_role("button").click()
    conflict = page.locator("#trial .note.no").first
    expect(conflict).to_contain_text("sans date de fin")
    expect(conflict.locator("svg rect.ask")).to_have_count(1)
    conflict.get_by_role("button", name="Elle était partie").click()
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name="Déclarer la sortie à l'ONSS").click()
    page.get_by_role("link", name="Continuer : Entrée").click()
    expect(page.locator("#trial .note.ok")).to_be_visible()
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name=ENTRY).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    page.goto("/")
    expect(page.locator("#correct")).not_to_contain_text(who)


def test_a_declaration_goes_by_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    page.goto("/declare/person/")
    page.get_by_label("NISS", exact=True).last.focus()
    for typed in ("", "Exemple", "Camille", "7/7/1978"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_label("NISS", exact=True).last.focus()
    page.keyboard.type("78.07.07-391.19")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Déclarer une entrée").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Engagé(e) comme").focus()
    page.keyboard.type("ens")
    page.keyboard.press("Tab")
    page.keyboard.type(f"{NEXT:%d/%m}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=ENTRY).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")


def token_of(page: Page) -> str:
    """The token that a form of the page carries."""
    return page.locator("#main input[name=csrfmiddlewaretoken]").first.input_value()


def test_an_end_and_a_cancellation_that_the_head_agrees_to(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.locator("#ends").get_by_role("button").first.click()
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name="Déclarer la sortie à l'ONSS").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    page.get_by_role("link", name="Dossier de la personne").click()
    page.locator("summary", has_text="Changer").first.click()
    page.get_by_role("button", name="Annuler").click()
    page.get_by_role("button", name=VERIFY).click()
    expect(page.locator(".summary")).to_contain_text("pourquoi")
    page.get_by_label("Pourquoi").fill("n'est jamais venue")
    page.get_by_role("button", name=VERIFY).click()
    ask = page.get_by_role("button", name="Demander l'accord de la direction")
    ask.click()
    expect(page.locator("main")).to_contain_text("La direction doit donner son accord")
    review = page.url
    assert page.goto(review.replace("review/", "")) is not None
    assert page.url == review  # what is asked about does not change meanwhile
    assert page.request.post(review, form={"csrfmiddlewaretoken": token_of(page)}).ok
    expect(page.locator("main")).to_contain_text("Demandé par Anne Lambert")

    head = sign_in(HEAD)
    head.locator("#approve").get_by_role("link", name="Décider").click()
    address = head.url
    expect(head.locator("main")).to_contain_text("n'est jamais venue")
    head.get_by_role("button", name="Refuser").click()
    expect(head.locator(".summary")).to_contain_text("Dites pourquoi")
    head.get_by_label("Pourquoi pas").fill("elle est venue lundi")
    head.get_by_role("button", name="Refuser").click()
    expect(head.locator("#approve")).to_have_count(0)
    assert page.request.get(address).status == 403  # a clerk decides nothing

    page.goto("/")
    expect(page.locator("#drafts")).to_contain_text("elle est venue lundi")
    page.goto(review)
    expect(page.locator(".note.no")).to_contain_text("elle est venue lundi")
    ask.click()
    head.goto("/")
    head.locator("#approve").get_by_role("link", name="Décider").click()
    head.get_by_role("button", name="Donner mon accord").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    head.get_by_role("link", name="Dossier de la personne").click()
    expect(head.locator("main")).to_contain_text("n'est jamais venue")


def test_the_list_is_searched_without_accents_and_a_number_never_enters_the_address(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/staff/?who=all&q=elise")
    assert "Élise" in page.locator("tbody").inner_text()
    page.locator("tbody a").first.click()
    shown = page.get_by_role("heading", level=1).inner_text()
    number = page.locator("dd").first.inner_text()
    page.locator("#find").fill(number.replace(".", " "))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(shown)
    assert page.goto(f"/staff/?q={number[:8]}") is not None
    assert page.url.endswith("/staff/")


def test_another_school_stays_closed(sign_in: SignIn) -> None:
    clerk, somebody = sign_in(CLERK), draw_people(300)[0]
    clerk.goto(f"/staff/?who=all&q={somebody.family_name} {somebody.given_name}")
    person = str(clerk.locator("tbody a").first.get_attribute("href"))
    clerk.goto(person)
    files = [str(clerk.get_by_role("link", name="Reçu").first.get_attribute("href")), person]
    village = sign_in(VILLAGE)
    for address in (*files, f"{files[0]}receipt/"):
        assert village.request.get(address).status == 404
    assert village.goto("/declare/") is not None
    token = village.locator("#main input[name=csrfmiddlewaretoken]").first.input_value()
    stranger = {"csrfmiddlewaretoken": token, "act": "entry", "person": files[1].split("/")[2]}
    assert village.request.post("/declare/start/", form=stranger).status == 404


def test_a_manager_turns_to_another_school_and_plays_another_day(sign_in: SignIn) -> None:
    page = sign_in(MANAGER)
    page.locator(".menu.left summary").click()
    page.get_by_role("button", name="Haute École").click()
    expect(page.locator("main .head")).to_contain_text("Haute École")
    page.get_by_label("Nous sommes le").fill("1/9/2026")
    page.get_by_role("button", name="Jouer ce jour").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mardi 1 septembre 2026")
    page.get_by_role("button", name="Revenir").click()


def test_whoever_has_no_account_sees_the_door(sign_in: SignIn) -> None:
    page = sign_in(None)
    for address in ("/", "/staff/", "/inbox/", "/declare/"):
        page.goto(address)
        assert "/sign-in/" in page.url
    page.get_by_label("Adresse").fill("secretariat@example.org")
    page.get_by_label("Mot de passe").fill("wrong")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator(".summary")).to_contain_text("mot de passe")
    page.get_by_label("Mot de passe").fill("demonstration")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui voulez-vous déclarer ?")  # where they were going


def test_many_entries_are_declared_at_once(sign_in: SignIn) -> None:
    page = sign_in(MANAGER)
    page.locator(".menu.left summary").click()
    page.get_by_role("button", name="École fondamentale").click()
    august = date(TODAY.year + (TODAY.month >= 5), 8, 26)
    page.get_by_label("Nous sommes le").fill(f"{august:%d/%m/%Y}")
    page.get_by_role("button", name="Jouer ce jour").click()
    page.goto("/staff/renew/")
    boxes = page.locator("tbody input[type=checkbox]")
    for place in range(2):
        boxes.nth(place).check()
    page.get_by_role("button", name="Reprendre les personnes").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Déclarer les entrées cochées").click()
    expect(page.locator("tbody .state.ok")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 déclarations faites")


def test_an_appointment_is_added_and_its_declaration_proposed(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    page.goto("/staff/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Ajouter une affectation").click()
    page.get_by_label("Engagé(e) comme").select_option("student")
    page.get_by_label("Premier jour").fill(f"{SOON:%d/%m}")
    page.get_by_role("button", name="Ajouter l'affectation").click()
    expect(page.locator(".card")).to_contain_text("Pas déclarée")
    exported = page.request.get("/staff/export.csv?who=all&category=student&column=category&column=ssin").text()
    assert "étudiant jobiste" in exported
    assert NUMBER.search(exported)


def test_what_is_decided_about_a_pending_declaration_arrives(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/declare/person/")
    for label, typed in (("Nom", "Sansnumero"), ("Prénom", "Ada"), ("Date de naissance", "5/5/1990")):
        page.get_by_label(label, exact=True).fill(typed)
    page.locator("summary", has_text="pas encore de NISS").click()
    for label, typed in (
        ("Lieu de naissance", "Lille"), ("Pays de naissance", "111"), ("Nationalité", "111"), ("Rue", "Rue Neuve"),
        ("Numéro", "5"), ("Code postal", "5000"), ("Commune", "Namur"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("Sexe").select_option("2")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Déclarer une entrée").click()
    page.get_by_label("Engagé(e) comme").select_option("teacher")
    page.get_by_label("Premier jour").fill(f"{SOON:%d/%m}")
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name=ENTRY).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("En attente")
    number = page.locator(".panel b").inner_text().replace(" ", "")
    decision = {"decision": "refuse", "reason": "personne inconnue"}
    assert page.request.post(f"/sandbox/identifications/{number}", data=decision).status == 204
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refusée")
    expect(page.locator("main")).to_contain_text("personne inconnue")


def test_nobody_shortens_a_period_that_another_school_needs(sign_in: SignIn) -> None:
    page, shared = sign_in(CLERK), draw_people(300)[STORIES.index(in_two_schools)]
    page.goto(f"/staff/?who=all&q={shared.family_name} {shared.given_name}")
    page.locator("tbody a").first.click()
    expect(page.locator(".facts")).to_contain_text("École communale des Tilleuls")
    page.locator("summary", has_text="Changer").first.click()
    page.get_by_role("button", name="Corriger les dates").click()
    page.get_by_label("Dernier jour").fill(f"{SOON:%d/%m/%Y}")
    page.get_by_role("button", name=VERIFY).click()
    expect(page.locator("#trial")).to_contain_text("Une autre école a encore besoin de cette période")
    page.goto(f"{page.url}review/")
    assert "/review/" not in page.url


def test_the_register_of_a_day_lists_who_was_there_then(sign_in: SignIn) -> None:
    page, gone = sign_in(CLERK), draw_people(300)[STORIES.index(in_two_schools)]
    name = f"{gone.family_name}, {gone.given_name}"
    page.goto("/staff/register/")
    expect(page.locator("tbody")).to_contain_text(name)
    page.get_by_label("À la date du").fill("1/6/2020")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.locator("h1 + p")).to_contain_text("lundi 1 juin 2020")
    expect(page.locator("tbody")).not_to_contain_text(name)
    expect(page.locator("tbody .state.no")).to_have_count(0)


def test_the_calendar_counts_and_names_nobody(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/deadlines/")
    names = page.locator(".lines .name").all_inner_texts()
    feed = page.locator("code").inner_text()
    stranger = sign_in(None)
    calendar = stranger.request.get(feed).text()
    assert names
    assert "SUMMARY:1 sortie à déclarer" in calendar.splitlines()
    assert not [name for name in names if name.partition(",")[0] in calendar]
    assert stranger.request.get(feed.replace(".ics", "x.ics")).status == 404


def test_a_head_gives_access_and_takes_it_back(sign_in: SignIn) -> None:
    head = sign_in(HEAD)
    head.goto("/access/")
    head.get_by_label("Nom", exact=True).fill("Noé Nouveau")
    head.get_by_label("Adresse").fill("nouveau@example.org")
    head.get_by_label("Rôle").select_option("clerk")
    head.get_by_role("button", name="Donner accès").click()
    link = head.locator("code").inner_text()
    new = sign_in(None)
    new.goto(link)
    new.get_by_label("Choisissez un mot de passe").fill("quatre mots bien choisis")
    new.get_by_role("button", name="Entrer").click()
    expect(new.locator(".counts")).to_be_visible()
    assert new.request.get("/access/").status == 403
    assert new.request.get(link).status == 410
    head.goto("/access/")
    head.get_by_role("button", name="Retirer : Marc Lebrun").click()
    head.get_by_role("button", name="Retirer : Noé Nouveau").click()
    expect(head.locator("tbody")).not_to_contain_text("Noé Nouveau")
    expect(head.locator("tbody")).to_contain_text("Marc Lebrun")
    new.goto("/")
    assert "/sign-in/" in new.url


def test_the_public_page_tells_nothing_about_anybody(sign_in: SignIn) -> None:
    """Of two persons, one is declared already and one unknown: nobody sees a difference; the school does."""
    shown = []
    for number in ("71051999162", "85010100115", "71051999162"):
        page = sign_in(None)
        page.goto("/quick/")
        page.get_by_label("FASE").fill("93061")
        page.get_by_label("NISS").fill(number)
        page.get_by_label("Engagé(e) comme").select_option("teacher")
        page.get_by_label("Premier jour").fill(f"{SOON:%d/%m/%Y}")
        page.get_by_role("button", name="Déclarer l'entrée").click()
        reference = page.locator(".panel b").inner_text()
        shown.append(page.locator("main").inner_text().replace(reference, ""))
    assert len(set(shown)) == 1
    page.goto("/quick/")
    page.get_by_role("button", name="Déclarer l'entrée").click()
    expect(page.locator(".summary li")).to_have_count(4)
    clerk = sign_in(VILLAGE)
    expect(clerk.locator("#correct")).to_contain_text("Refusée")


def test_help_tells_what_is_on_the_screen_and_names_nobody(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    name = person_of(page, "pending")
    page.locator("#pending .lines").get_by_role("link", name="Voir").first.click()
    answer = page.url
    page.get_by_role("link", name="Aide pour cette page").click()
    facts = page.locator("dl.facts").inner_text()
    assert "FASE 93052" in facts
    assert "En attente" in facts
    assert name.partition(",")[0] not in page.locator("main").inner_text()
    page.get_by_role("link", name="Revenir à la page").click()
    assert page.url == answer
    stranger = sign_in(None)
    stranger.get_by_role("link", name="Aide pour cette page").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Aide")
    for address in ("https://elsewhere.example/", "//elsewhere.example/", "/invitation/1/token/"):
        stranger.goto(f"/guide/help/?at={address}")
        expect(stranger.get_by_role("link", name="Revenir à la page")).to_have_count(0)
        expect(stranger.locator("main")).not_to_contain_text("token")
