"""The personnel list and its files, the register as of two dates, the missing colleague."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.http import QueryDict
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from opendimona.core.calendar import BRUSSELS
from tests.portal.conftest import CLERK, NUMBER, SOON, VILLAGE, SignIn
from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.staff.selection import SHOWN, Selection, selection_of  # noqa: E402


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", Selection()),
        ("who=left&category=teacher&sort=-end", Selection(who="left", category="teacher", sort="-end")),
        ("who=everyone&category=king&sort=age", Selection()),
        ("q=78.07.07-391.19", Selection()),
        ("q= dub ", Selection(q="dub")),
        ("column=ssin&column=start&column=wage", Selection(columns=("start", "ssin"))),
        ("column=", Selection(columns=())),
    ],
)
def test_an_address_says_what_is_wanted(asked: str, found: Selection) -> None:
    assert selection_of(QueryDict(asked)) == found
    assert selection_of(QueryDict(found.address()[1:])) == found


def test_an_address_changes_one_thing_and_keeps_the_rest() -> None:
    selection = Selection(who="left", q="dub", category="teacher", sort="end", columns=("ssin",))
    assert selection.address(who="now") == "?q=dub&category=teacher&sort=end&column=ssin"
    assert selection.address(page=3).endswith("&page=3")
    assert selection.address(columns=SHOWN) == "?who=left&q=dub&category=teacher&sort=end"


def test_what_is_filtered_stays_so_on_every_tab_and_in_the_files(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/staff/?who=all")
    page.get_by_label("Fonction", exact=True).first.select_option("assistant")
    page.get_by_text("Colonnes", exact=True).first.click()
    page.get_by_label("NISS", exact=True).check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page.locator("thead")).to_contain_text("NISS")
    shown = page.locator("tbody tr").count()
    total = int(page.locator("caption").inner_text().split()[0])
    page.get_by_role("link", name="En fonction").click()
    expect(page.get_by_label("Fonction", exact=True).first).to_have_value("assistant")
    expect(page.locator("thead")).to_contain_text("NISS")
    page.get_by_role("link", name="Tous").click()
    address = page.get_by_role("link", name="Exporter (CSV)").get_attribute("href")
    assert address
    rows = list(csv.reader(StringIO(page.request.get(address).text().removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == total + 1 >= shown + 1 > 1
    assert rows[0] == ["Nom", "Prénom", "Fonction", "Depuis", "Jusqu'au", "Employeur", "NISS", "Aujourd'hui"]
    assert {row[2] for row in rows[1:]} == {"auxiliaire d'éducation"}
    assert all(NUMBER.fullmatch(row[6]) for row in rows[1:] if row[6])
    book = page.request.get(page.get_by_role("link", name="Exporter (Excel)").get_attribute("href") or "").body()
    sheet = load_workbook(BytesIO(book)).active
    assert sheet is not None
    cells = list(sheet.iter_rows(values_only=True))
    assert [list(map(str, row[:2])) for row in cells[1:]] == [row[:2] for row in rows[1:]]
    assert isinstance(cells[1][3], datetime)


def test_a_text_that_looks_like_a_formula_is_none_in_either_file(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    page.goto("/staff/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Ajouter une affectation").click()
    page.get_by_label("Engagé(e) comme").select_option("support")
    page.get_by_label("Premier jour").fill(f"{SOON:%d/%m}")
    page.get_by_label("Pour quoi").fill('=HYPERLINK("x")')
    page.get_by_role("button", name="Ajouter l'affectation").click()
    address = "/staff/export.{}?who=all&category=support&column=note"
    assert "'=HYPERLINK" in page.request.get(address.format("csv")).text()
    sheet = load_workbook(BytesIO(page.request.get(address.format("xlsx")).body())).active
    assert sheet is not None
    cell = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=HYPERLINK"))
    assert cell.data_type == "s"
    assert page.request.get("/staff/export.csv?q=78.07.07-391.19", max_redirects=0).status == 302


def names(page: Page) -> list[str]:
    """The people of a register, in order."""
    return page.locator("tbody th").all_inner_texts()


def test_the_register_of_a_day_as_it_was_known(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    page.goto("/staff/register/")
    before = names(page)
    assert before
    page.goto("/staff/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Ajouter une affectation").click()
    page.get_by_label("Engagé(e) comme").select_option("student")
    today = datetime.now(BRUSSELS).date()
    day = today - timedelta(3)
    page.get_by_label("Premier jour").fill(f"{day:%d/%m/%Y}")
    page.get_by_role("button", name="Ajouter l'affectation").click()
    page.goto(f"/staff/register/?on={day:%d/%m/%Y}")
    with_it = len(names(page))
    yesterday = today - timedelta(1)
    page.get_by_label("Tel que connu le").fill(f"{yesterday:%d/%m/%Y}")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("tel que connu à la fin du")).to_be_visible()
    assert len(names(page)) < with_it
    page.get_by_label("Tel que connu le").fill("hier")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("Ce n'est pas une date")).to_be_visible()
    assert len(names(page)) == with_it


def ask(page: Page, typed: str) -> None:
    """Ask for a missing colleague."""
    page.goto("/staff/missing/")
    page.get_by_label("Nom ou NISS", exact=True).last.fill(typed)
    page.get_by_role("button", name="Chercher pourquoi").click()


def test_a_missing_colleague_is_explained(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    ask(page, "12345678901")
    expect(page.locator("#errors")).to_contain_text("n'est pas un NISS")
    ask(page, "Personnedecenom")
    expect(page.locator(".note")).to_contain_text("Tapez le NISS entier")
    page.goto("/staff/")
    known = page.locator("tbody tr", has=page.locator(".state.ok")).first.locator("th").inner_text()
    ask(page, known.replace(",", ""))
    expect(page.locator("main h2").first).to_have_text("Cette personne est déclarée par votre école")
    page.get_by_role("link", name="Ouvrir son dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(known)
    ask(page, "80.11.14-051.25")
    expect(page.locator("main h2").first).to_have_text("Cette personne n'est pas déclarée")
