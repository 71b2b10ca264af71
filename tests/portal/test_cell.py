"""The cell's day in a browser: the queue, a gap that is mended for a school, and the comparison that sees it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.portal.conftest import CLERK, NUMBER, SignIn

CELL, SUPERVISOR, AUDITOR, FEDERATION = "Julie Renard", "Paul Gilles", "Nora Simon", "Luc Charlier"


def taken(page: Page) -> list[str]:
    """Who has taken what is shown."""
    return page.locator("small", has_text="Pris par").all_inner_texts()


def test_of_two_who_take_the_same_one_has_it(sign_in: SignIn) -> None:
    first, second = sign_in(CELL), sign_in(SUPERVISOR)
    buttons = first.get_by_role("button", name="Prendre"), second.get_by_role("button", name="Prendre")
    for page, button in zip((first, second), buttons, strict=True):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        button.first.click()
    assert taken(second) == ["Pris par Julie Renard"]
    second.goto("/cell/?kind=mine")
    expect(second.locator("main")).to_contain_text("Rien à faire ici")
    first.goto("/cell/?kind=mine")
    rows = first.locator(".lines > li")
    expect(rows).to_have_count(1)
    first.locator("summary", has_text="Plus tard").click()
    first.get_by_role("button", name="Remettre").click()
    expect(first.locator(".summary")).to_contain_text("une raison")
    first.get_by_label("Jusqu'au").first.fill("1/1/2001")
    first.get_by_label("Raison").first.fill("l'école rappelle lundi")
    first.get_by_role("button", name="Remettre").click()
    expect(first.locator(".summary")).to_contain_text("soixante jours")
    expect(first.get_by_label("Raison").first).to_have_value("l'école rappelle lundi")
    first.get_by_role("button", name=re.compile("^Rendre")).click()
    second.reload()
    assert taken(second) == []


def test_something_rests_until_a_day(sign_in: SignIn) -> None:
    page = sign_in(SUPERVISOR)
    count = page.locator(".lines > li").count()
    page.get_by_role("button", name="Prendre").last.click()
    page.locator("summary", has_text="Plus tard").click()
    page.get_by_label("Jusqu'au").fill(page.evaluate("new Date(Date.now() + 9 * 864e5).toLocaleDateString('fr-BE')"))
    page.get_by_label("Raison").fill("certificat attendu")
    page.get_by_role("button", name="Remettre").click()
    expect(page.locator(".lines > li")).to_have_count(count - 1)
    expect(page.locator("main")).to_contain_text("1 affaire est remise à plus tard")


def test_a_file_is_compared_while_the_page_waits(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in(CELL)
    page.get_by_role("link", name="Assurabilité").click()
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator(".summary")).to_contain_text("Choisissez")
    head = "niss;matricule;fase;employeur;categorie;debut;fin;jours;nature;mois\n"
    line = "85010100115;;93052;199980049;enseignant;2026-01-01;2026-01-31;31;travail;2026-01\n"
    large = tmp_path / "large.csv"
    large.write_text(head + "x;;;;;;;;;\n" * 200_000 + line)
    assert large.stat().st_size > 2_000_000
    page.goto("/insurability/")
    page.get_by_label("Extrait de paie").set_input_files(large)
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator(".counts")).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("n'ont pas pu être lues")
    page.goto("/insurability/")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("nothing")
    page.get_by_label("Extrait de paie").set_input_files(wrong)
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("alert")).to_contain_text("La première ligne doit nommer")

    page.goto("/insurability/1/")
    first = page.locator(".counts b").all_inner_texts()
    assert sum(int(one) for one in first[:-1]) > 9
    page.get_by_role("button", name="Refaire la même comparaison").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Comparaison 1")
    expect(page.locator(".counts")).to_be_visible(timeout=60_000)
    assert page.locator(".counts b").all_inner_texts() == first


def test_a_gap_leads_to_the_school_and_the_school_sees_who_acted(sign_in: SignIn) -> None:
    page = sign_in(CELL)
    page.goto("/insurability/1/?kind=G1")
    rows = page.locator("#gaps tbody tr")
    expect(rows.first).to_contain_text("Déclarez l'entrée aujourd'hui")
    assert page.request.get("/insurability/1/gaps.csv?kind=G1").text().count("G1;") == rows.count()
    page.get_by_role("button", name="Agir pour l'école").first.click()
    expect(page.get_by_role("status")).to_contain_text("Vous agissez pour Institut Saint-Exemple")
    page.locator("#undeclared").get_by_role("button", name="Déclarer l'entrée").first.click()
    page.get_by_role("button", name="Vérifier et continuer").click()
    page.get_by_role("button", name="Déclarer l'entrée à l'ONSS").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acceptée")
    answer = page.url
    page.get_by_role("button", name="Revenir à la cellule").click()
    expect(page.get_by_role("status")).to_have_count(0)
    clerk = sign_in(CLERK)
    clerk.goto(answer)
    expect(clerk.locator("dl.facts")).to_contain_text("Julie Renard")


@pytest.mark.parametrize("name", [AUDITOR, FEDERATION])
def test_whoever_only_looks_changes_nothing(sign_in: SignIn, name: str) -> None:
    page = sign_in(name)
    expect(page.get_by_role("button", name=re.compile("Prendre|Agir|Comparer"))).to_have_count(0)
    page.goto("/insurability/")
    expect(page.locator("main")).to_contain_text("Couverture par réseau")
    expect(page.get_by_role("button", name="Comparer")).to_have_count(0)
    answer = page.request.get("/insurability/1/")
    assert answer.status == (200 if name == AUDITOR else 403)
    page.goto("/insurability/")
    if name == FEDERATION:
        assert not NUMBER.search(page.content())
        expect(page.locator("tbody tr")).to_have_count(1)


def test_nobody_else_has_a_long_body_read(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    long = page.request.post("/insurability/load/", data=b"x" * 2_000_000)
    assert long.status == 413
    assert page.request.post("/insurability/load/", data=b"x" * 2_000).status == 403
