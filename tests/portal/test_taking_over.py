"""A school that begins takes open periods over; until when periods last; a student's quarters; the register away."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from opendimona.core.calendar import BRUSSELS
from tests.portal.conftest import CLERK, HEAD, MANAGER, SOON, VILLAGE, SignIn, served
from tests.portal.django_for_tests import set_up
from tests.waiting import until

set_up()

from opendimona.portal.declare.payload import Wish  # noqa: E402
from opendimona.portal.declare.quarters import quarters_of, shares  # noqa: E402
from opendimona.portal.demo.schools import COMMUNITY, EMPLOYERS  # noqa: E402

AUTHORIZED = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
VERIFY, ENTRY = "Vérifier et continuer", "Déclarer l'entrée à l'ONSS"
QUARTERS = "Faire une déclaration par trimestre"


def declared(page: Page, employer: int, base: int, name: str, committee: str) -> str:
    """Somebody whom another program declares under an employer, with an open period; their SSIN."""
    ssin = f"{base:09d}{97 - base % 97:02d}"
    person = [{"ssin": ssin, "familyName": name, "givenName": "Robin", "birthDate": "1985-03-04"}]
    assert page.request.post("/sandbox/workers", data=json.dumps(person), headers=AUTHORIZED).ok
    features = {"workerType": "OTH"} | ({"jointCommissionNumber": committee} if committee else {})
    body = {"employer": {"employerId": employer}, "worker": {"ssin": ssin},
            "dimonaIn": {"startDate": f"{SOON:%Y-%m-%d}", "features": features}}  # fmt: skip
    answer = page.request.post("/REST/dimona/v2/declarations", data=json.dumps(body), headers=AUTHORIZED)
    assert answer.status == 201, answer.text()
    number = answer.headers["location"].rpartition("/")[2]
    found = page.request.get(f"/REST/dimona/v2/declarations/{number}", headers=AUTHORIZED).json()
    assert found["declarationStatus"]["result"] in "AW", found
    return ssin


def test_open_periods_become_the_school_s_own(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    page.get_by_label("Nous sommes le").fill(f"{SOON:%d/%m/%Y}")
    page.get_by_role("button", name="Jouer ce jour").click()
    declared(page, EMPLOYERS[2].nsso, 850304011, "Adoptee", EMPLOYERS[2].joint_committee)
    paid = declared(page, COMMUNITY.nsso, 850304013, "Communautaire", COMMUNITY.joint_committee)
    page.goto("/staff/")
    page.get_by_role("link", name="Reprendre les périodes ouvertes").click()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="Adoptee, Robin")).to_have_count(1)
    expect(rows.filter(has_text="Communautaire")).to_have_count(0)  # nobody lists the staff of all schools
    page.get_by_role("button", name="Reprendre les périodes cochées").click()
    page.goto("/staff/?who=all&q=adoptee")
    page.locator("tbody a").first.click()
    expect(page.locator(".card").first).not_to_contain_text("Pas déclarée")
    page.goto("/staff/adopt/")
    expect(rows.filter(has_text="Adoptee")).to_have_count(0)

    page.get_by_label("NISS, un par ligne").fill(f"12.34\n{paid}")
    page.get_by_role("button", name="Chercher leurs périodes").click()
    expect(page.locator(".summary")).to_contain_text("Ligne 1")
    expect(page.get_by_label("NISS, un par ligne")).to_have_value(f"12.34\n{paid}")
    unknown = f"{850304015:09d}{97 - 850304015 % 97:02d}"
    page.get_by_label("NISS, un par ligne").fill(f"{paid[:6]} {paid[6:]}\n{unknown}")
    page.get_by_role("button", name="Chercher leurs périodes").click()
    expect(rows).to_have_count(1)
    expect(page.locator("main")).to_contain_text("Pour 1 numéro, le registre n'a aucune période ouverte")
    page.get_by_label("Fonction").select_option("office")
    page.get_by_role("button", name="Reprendre les périodes cochées").click()
    exported = page.request.get("/staff/export.csv?who=all&q=communautaire&column=category").text()
    assert "personnel administratif" in exported


def test_an_employer_says_until_when_periods_last(sign_in: SignIn) -> None:
    clerk = sign_in(CLERK)
    clerk.goto("/staff/ends/")
    expect(clerk.locator("select")).to_have_count(0)
    page = sign_in(MANAGER)
    page.goto("/access/")
    page.get_by_role("link", name="Fin des périodes").click()
    expect(page.locator("tbody tr")).to_have_count(14)
    expect(page.locator("select[name$=teacher]")).to_have_count(1)  # of the own number; the Community's is not theirs
    page.get_by_label("cuisine, entretien").select_option("year")
    page.get_by_role("button", name="Garder ces choix").click()
    expect(page.get_by_label("cuisine, entretien")).to_have_value("year")
    page.goto("/declare/person/")
    base = 850304017
    page.get_by_label("NISS", exact=True).last.fill(f"{base:09d}{97 - base % 97:02d}")
    page.get_by_label("Nom", exact=True).fill("Estivale")
    page.get_by_label("Prénom").fill("Jo")
    page.get_by_label("Date de naissance").fill("4/3/1985")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Ajouter une affectation").click()
    page.get_by_label("Engagé(e) comme").select_option("support")
    year = SOON.year if date(SOON.year, 6, 1) > SOON else SOON.year + 1
    page.get_by_label("Premier jour").fill(f"{SOON:%d/%m/%Y}")
    page.get_by_label("Dernier jour").fill(f"30/06/{year}")
    page.get_by_role("button", name="Ajouter l'affectation").click()
    page.get_by_role("button", name="Déclarer l'entrée").first.click()
    expect(page.get_by_label("Dernier jour")).to_have_value(f"31/08/{year}")
    page.get_by_role("button", name=VERIFY).click()
    page.get_by_role("button", name=ENTRY).click()
    page.get_by_role("link", name="Dossier de la personne").click()
    expect(page.locator("main")).to_contain_text(f"30/06/{year}")  # the appointment ends when it ends
    expect(page.locator(".card").first.get_by_role("button")).to_have_count(0)


def wish(start: date, end: date | None, category: str = "student") -> Wish:
    """An entry."""
    return Wish(act="entry", employer=1, category=category, start=start, end=end)


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (date(2026, 7, 1), date(2026, 9, 30), []),
        (date(2026, 6, 30), date(2026, 7, 1), ["30/06-30/06", "01/07-01/07"]),
        (date(2026, 9, 15), date(2027, 4, 2), ["15/09-30/09", "01/10-31/12", "01/01-31/03", "01/04-02/04"]),
        (date(2024, 2, 29), date(2024, 4, 1), ["29/02-31/03", "01/04-01/04"]),
        (date(2026, 1, 1), date(2028, 1, 1), []),
        (date(2026, 1, 1), None, []),
        (date(2026, 5, 1), date(2026, 4, 1), []),
    ],
)
def test_quarters(start: date, end: date | None, parts: list[str]) -> None:
    assert [f"{first:%d/%m}-{last:%d/%m}" for first, last in quarters_of(wish(start, end))] == parts
    assert quarters_of(wish(start, end, "teacher")) == []


def test_hours_are_shared_and_none_is_lost() -> None:
    parts = quarters_of(wish(date(2026, 9, 15), date(2027, 4, 2)))
    found = shares(101, parts)
    assert sum(hours or 0 for hours in found) == 101
    assert all(hours is not None and hours >= 0 for hours in found)
    assert shares(None, parts) == [None] * 4


def press_from(page: Page, field: Locator, text: str, button: Locator) -> None:
    """Press a button straight from a field, and let it go only when the answer to what was typed is there."""
    expect(button).to_be_visible()
    field.fill(text)
    button.hover()
    page.evaluate("() => { window.asked = new Promise(r => addEventListener('htmx:afterRequest', r, {once: true})) }")
    page.mouse.down()
    page.evaluate("() => window.asked.then(() => null)")
    page.mouse.up()


def test_a_student_over_two_quarters_is_declared_twice(sign_in: SignIn) -> None:
    page = sign_in(HEAD)
    page.get_by_label("Nous sommes le").fill("1/6/2026")
    page.get_by_role("button", name="Jouer ce jour").click()
    page.goto("/declare/person/")
    base = 50304019
    page.get_by_label("NISS", exact=True).last.fill(f"{base:09d}{97 - (2_000_000_000 + base) % 97:02d}")
    page.get_by_label("Nom", exact=True).fill("Trimestre")
    page.get_by_label("Prénom").fill("Lou")
    page.get_by_label("Date de naissance").fill("4/3/2005")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Déclarer une entrée").click()
    page.get_by_label("Engagé(e) comme").select_option("student")
    page.get_by_label("Premier jour de travail").fill("29/6/2026")
    page.get_by_label("Dernier jour").fill("2/7/2026")
    page.get_by_label("Dernier jour").blur()
    press_from(page, page.get_by_label("Heures prévues"), "20", page.get_by_role("button", name=QUARTERS))
    expect(page.get_by_label("Dernier jour")).to_have_value("30/06/2026")
    expect(page.get_by_label("Heures prévues")).to_have_value("10")
    for start in ("29/06/2026", "01/07/2026"):
        expect(page.get_by_label("Premier jour de travail")).to_have_value(start)
        page.get_by_role("button", name=VERIFY).click()
        page.get_by_role("button", name=ENTRY).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
        if start.startswith("29"):
            page.get_by_role("link", name="Continuer : Entrée").click()
    page.get_by_role("link", name="Dossier de la personne").click()
    expect(page.locator("main")).to_contain_text("01/07/2026")


@contextmanager
def closed(dsn: str) -> Iterator[None]:
    """Meanwhile nobody writes or reads the register's journal: it is there, and does not answer."""
    with psycopg.connect(dsn) as connection:
        connection.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def test_declarations_wait_while_the_register_is_away(browser: Browser, empty_database_url: str) -> None:
    with served(OPENDIMONA_DATABASE_URL=empty_database_url) as address:
        page = browser.new_context(base_url=address, locale="fr-BE").new_page()
        page.set_default_timeout(40_000)
        page.goto("/")
        page.get_by_role("button", name=CLERK).click()
        rows = page.locator("#undeclared li").filter(has=page.get_by_role("button", name="Déclarer l'entrée"))
        people = [rows.nth(place).locator(".name").inner_text() for place in range(2)]
        answers = []
        with closed(empty_database_url):
            for who in people:
                page.goto("/")
                page.locator("#undeclared li", has_text=who).get_by_role("button").click()
                page.get_by_role("button", name=VERIFY).click()
                expect(page.locator(".note.wait")).to_contain_text("Le registre ne répond pas")
                page.get_by_role("button", name=ENTRY).click()
                expect(page.get_by_role("heading", level=1)).to_contain_text("Gardée ici")
                answers.append(page.url)
            page.goto("/")
            assert all(who in page.locator("#pending").inner_text() for who in people)
        opened = time.time()
        numbers = []
        for url in answers:
            until(lambda url=url: "Acceptée" in heading_of(page, url), 90)
            facts = page.locator("dl.facts dd").all_inner_texts()
            numbers.append(int(facts[0].replace(" ", "")))
            declared_at = re.search(r"(\d+)/(\d+)/(\d+)\D+(\d+):(\d+)", facts[-2])
            assert declared_at
            day, month, year, hour, minute = map(int, declared_at.groups())
            judged = datetime(year, month, day, hour, minute, tzinfo=BRUSSELS).timestamp()
            assert judged < opened  # as of the moment when it was made, not when it could be sent
        assert numbers == sorted(numbers)  # in the order in which they were made


def heading_of(page: Page, url: str) -> str:
    """The heading of a page, read anew."""
    page.goto(url)
    return page.get_by_role("heading", level=1).inner_text()
