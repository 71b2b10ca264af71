"""What others are told of a declaration: whoever holds its receipt, the other schools; and what a student has left."""

import re

from playwright.sync_api import Browser, Page, expect

from opendimona.portal.demo.people import draw_people
from opendimona.portal.demo.stories import STORIES, in_two_schools
from tests.channels.deliveries.parts import MailServer
from tests.folders import workspace
from tests.portal.conftest import CLERK, NEXT, NUMBER, SOON, VILLAGE, SignIn, served
from tests.waiting import until

VERIFY = "Vérifier et continuer"
SHARED = draw_people(300)[STORIES.index(in_two_schools)]


def open_shared(page: Page) -> None:
    """The page of the person who works in two schools."""
    page.goto(f"/staff/?who=all&q={SHARED.family_name} {SHARED.given_name}")
    page.locator("tbody a").first.click()


def test_whoever_holds_a_receipt_can_verify_it(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/inbox/?state=accepted")
    page.locator("tbody a").first.click()
    who = page.locator(".crumb, main").first.inner_text()
    receipt = str(page.get_by_role("link", name="Reçu (PDF)").get_attribute("href"))
    first, again = (page.request.get(receipt).body() for _ in range(2))
    assert first == again
    found = re.search(rb"/URI \((\S+)\)", first)
    assert found
    stranger = sign_in(None)
    stranger.goto(found[1].decode())
    expect(stranger.locator(".panel")).to_contain_text("authentique")
    number = page.locator(".facts dd").first.inner_text()
    expect(stranger.locator("main")).to_contain_text(number)
    shown = stranger.locator("main").inner_text()
    assert not [word for word in re.findall(r"\w{4,}", who.partition("·")[2].partition("\n")[0]) if word in shown]
    stranger.goto(found[1].decode()[:-4] + "beef/")
    expect(stranger.locator(".panel")).to_contain_text("changé depuis")
    missing = re.sub(r"[0-9a-f]{8}-", "00000000-", found[1].decode(), count=1)
    assert stranger.request.get(missing).status == 404


def test_another_school_is_told_when_a_shared_period_changes(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    open_shared(page)
    page.locator("summary", has_text="Changer").first.click()
    page.get_by_role("button", name="Prolonger").click()
    page.get_by_label("Nouveau dernier jour").fill("31/12/2027")
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name=re.compile("à l'ONSS|rolong")).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    other = sign_in(VILLAGE)
    other.goto("/inbox/?state=shared")
    line = other.locator("tbody tr", has_text=SHARED.family_name).first
    expect(line).to_contain_text("Changée par une autre école")
    expect(line).to_contain_text("Institut Saint-Exemple")
    expect(line).to_contain_text("nouveau")
    line.get_by_role("link").click()
    expect(other.locator("main")).to_contain_text("31/12/2027")


def test_a_student_is_told_what_is_left(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/declare/")
    page.get_by_label("Nom ou NISS").last.fill("ma")
    page.get_by_role("button", name="Nouvelle entrée").first.click()
    page.get_by_label("Engagé(e) comme").select_option("student")
    page.get_by_label("Premier jour de travail").fill(f"{SOON:%d/%m}")
    page.get_by_label("Dernier jour").fill(f"{NEXT:%d/%m}")
    page.get_by_label("Heures prévues").fill("40")
    page.get_by_label("Heures prévues").blur()
    left = page.locator("#trial .note", has_text="heures d'étudiant en")
    expect(left).to_contain_text("il en resterait")
    page.get_by_label("Heures prévues").fill("900")
    page.get_by_label("Heures prévues").blur()
    expect(left).to_contain_text("dépassent ce reste")


def test_mails_say_how_many_answers_came_and_name_nobody(browser: Browser) -> None:
    with workspace() as folder, MailServer(folder) as mails:
        settings = {"OPENDIMONA_MAIL_HOST": "127.0.0.1", "OPENDIMONA_MAIL_PORT": str(mails.port),
                    "OPENDIMONA_MAIL_SECURITY": "none", "OPENDIMONA_MAIL_SENDER": "dimona@example.org"}  # fmt: skip
        with served(**settings) as address:
            page = browser.new_context(base_url=address, locale="fr-BE").new_page()
            page.goto("/")
            page.get_by_role("button", name=CLERK).click()
            page.goto("/inbox/mails/")
            page.get_by_label("Une déclaration est acceptée").select_option("now")
            page.get_by_role("button", name="Enregistrer").click()
            expect(page.get_by_label("Une déclaration est acceptée")).to_have_value("now")
            page.goto("/")
            who = page.locator("#undeclared .name").first.inner_text()
            page.locator("#undeclared li").first.get_by_role("button").click()
            page.get_by_role("button", name=VERIFY).click()
            page.get_by_role("button", name=re.compile("à l'ONSS")).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
            until(lambda: bool(mails.received()))
            note = mails.received()[0]
            assert note["to"] == ["secretariat@example.org"]
            assert "Institut Saint-Exemple : 1 acceptées" in note["body"]
            assert who.partition(",")[0] not in note["raw"]
            assert not NUMBER.search(note["raw"])


def test_late_declarations_are_listed_with_their_reason(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/deadlines/")
    page.get_by_role("link", name="Déclarations tardives").click()
    months = page.locator("table").first.locator("tbody tr")
    assert sum(int(row.split()[-1]) for row in months.all_inner_texts()) > 0
    months.first.get_by_role("link").click()
    row = page.locator("table").nth(1).locator("tbody tr").first
    row.locator("select").select_option("forgotten")
    row.get_by_role("button").click()
    expect(page.locator("table").nth(1).locator("tbody tr").first.locator("select")).to_have_value("forgotten")
    assert "oubli" in page.request.get("/declare/late/export.csv").text()


def test_an_emptied_sandbox_leaves_nobody_in_the_portal(browser: Browser) -> None:
    with served() as address:
        page = browser.new_context(base_url=address, locale="fr-BE").new_page()
        page.goto("/")
        page.get_by_role("button", name=CLERK).click()
        page.goto("/staff/?who=all")
        assert page.locator("tbody tr").count() > 0
        assert page.request.delete("/sandbox").status == 204
        page.goto("/staff/?who=all")
        expect(page.locator("tbody tr")).to_have_count(0)
        page.goto("/")
        expect(page.locator(".counts")).to_be_visible()
