"""Tables that are pasted or loaded: how cells are understood, and a whole table from the clipboard to the answers."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.portal.conftest import CLERK, LATER, SOON, VILLAGE, SignIn
from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.staff.load import Unreadable, read_file  # noqa: E402
from opendimona.portal.staff.rows import split, values_of  # noqa: E402

TODAY = date(2026, 11, 26)
SSIN = "78.07.07-391.19"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb c\td,e", [["a", "b c", "d,e"]]),
        ("a;b\n\n ; \nc;d", [["a", "b"], ["c", "d"]]),
        ('a,"b,c"', [["a", "b,c"]]),
        ("Da Silva Anne", [["Da Silva Anne"]]),
        ("", []),
    ],
)
def test_cells_are_split(text: str, cells: list[list[str]]) -> None:
    assert split(text, 9) == cells


def test_no_more_rows_are_split_than_are_taken() -> None:
    assert len(split("a\n" * 500, 100)) == 102


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (["NISS;Nom;Premier jour", f"{SSIN};Dubois;1/9"],
         {"ssin": SSIN, "family_name": "Dubois", "start": "1/9"}),
        (["INSZ;Eerste dag;Nonsens", f"{SSIN};1/9;x"], {"ssin": SSIN, "start": "1/9"}),
        ([f"{SSIN};Dubois;Anne;1/9/2026;30/6/2027;40"],
         {"ssin": SSIN, "family_name": "Dubois", "given_name": "Anne", "start": "1/9/2026", "end": "30/6/2027",
          "hours": "40"}),
        (["Dubois Anne;1/9;enseignant;latin"],
         {"family_name": "Dubois Anne", "start": "1/9", "category": "enseignant", "given_name": "latin"}),
    ],
)  # fmt: skip
def test_cells_are_understood(table: list[str], values: dict[str, str]) -> None:
    assert values_of(split("\n".join(table), 9), TODAY) == [values]


def workbook(*rows: tuple[object, ...]) -> bytes:
    """An XLSX file."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_files_are_read() -> None:
    assert read_file("\ufeffNom;Prénom\nÉlise;é".encode()) == [["Nom", "Prénom"], ["Élise", "é"]]
    assert read_file("Nom;Prénom".encode("cp1252")) == [["Nom", "Prénom"]]
    assert read_file(workbook(("Nom", "Premier jour", "Heures"), ("x", date(2026, 9, 1), 40.0))) == [
        ["Nom", "Premier jour", "Heures"], ["x", "01/09/2026", "40"]]  # fmt: skip
    for broken in (b"PK\x03\x04 and nothing more", b"\x81\x8d\x8f\x90\x9d"):
        with pytest.raises(Unreadable):
            read_file(broken)


def people(page: Page, count: int) -> list[tuple[str, str]]:
    """SSINs and names of people of the school who are there no more."""
    text = page.request.get("/staff/export.csv?who=left&category=teacher&column=ssin").text()
    rows = [line.split(";") for line in text.splitlines()[1:]]
    names = [f"{row[0]};{row[1]}" for row in rows]
    return [(row[2], name) for row, name in zip(rows, names, strict=True) if row[2] and names.count(name) == 1][:count]


def test_a_pasted_table_is_mended_declared_and_answered(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    one, two, three = (f"{digits:09d}{97 - digits % 97:02d}" for digits in (200501001, 200501003, 200501005))
    one_name, two_name = "Premier;Paul", "Seconde;Sara"
    first, last = (f"{day:%d/%m/%Y}" for day in (SOON, LATER))
    page.goto("/declare/")
    page.get_by_role("link", name="coller un tableau").click()
    page.get_by_label("Les lignes").fill(
        f"{one};{one_name};{first};{last}\n{two};{two_name};{first};{last}\n"
        f"{int(three) ^ 1:011d};Nouvelle;Nina;{first}\n{one};{one_name};{first}\nPersonnedecenom;;{first}"
    )
    page.get_by_label("Engagés comme").select_option("teacher")
    page.get_by_role("button", name="Vérifier les lignes").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("Acceptée")
    expect(rows.nth(2)).to_contain_text("n'est pas un NISS")
    expect(rows.nth(3)).to_contain_text("déjà à la ligne 1")
    expect(rows.nth(4)).to_contain_text("Personne de ce nom")
    page.get_by_label("NISS 3").fill(three)
    page.get_by_role("button", name="Vérifier à nouveau").click()
    expect(rows.nth(2)).to_contain_text("Acceptée")
    page.get_by_role("button", name="Déclarer les lignes cochées").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 déclarations faites")
    expect(page.locator("table").last.locator("tbody tr")).to_have_count(2)
    answers = page.locator("table.cards").first.locator("tbody tr")
    expect(answers).to_have_count(3)
    assert all("Acceptée" in text for text in answers.all_inner_texts())
    page.reload()  # the browser sends the same page once more
    expect(answers).to_have_count(3)
    page.goto(f"/staff/?who=all&q={one_name.replace(';', ' ')}")
    page.locator("tbody a").first.click()
    assert page.locator("main").inner_text().count(last) > 0
    declared = page.locator("table.cards tbody tr", has_text=f"Entrée du {first}")
    expect(declared).to_have_count(1)


def test_a_class_of_trainees_is_declared_at_once(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    numbers = [f"{digits:09d}{97 - digits % 97:02d}" for digits in range(20051501, 20051541, 2)]
    assert len(numbers) == 20
    page.goto("/declare/table/")
    page.get_by_label("Les lignes").fill("\n".join(f"{number}\tStagiaire\tN{at}" for at, number in enumerate(numbers)))
    page.get_by_label("Engagés comme").select_option("trainee-f2")
    page.get_by_label("Premier jour").fill(f"{SOON:%d/%m/%Y}")
    page.get_by_label("Dernier jour").fill(f"{SOON + timedelta(200):%d/%m/%Y}")
    page.get_by_role("button", name="Vérifier les lignes").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    page.get_by_role("button", name="Déclarer les lignes cochées").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("20 déclarations faites")
    assert page.locator("tbody .state.ok").count() == 20


def test_a_file_is_loaded_and_its_errors_come_back(sign_in: SignIn) -> None:
    page = sign_in(CLERK)
    page.goto("/staff/load/")
    template = load_workbook(BytesIO(page.request.get("/staff/load/template.xlsx").body())).active
    assert template is not None
    heads = [str(cell.value) for cell in template[1]]
    (one, one_name), _ = people(page, 2)
    family, given = one_name.split(";")
    good = {"NISS": one, "Nom": family, "Prénom": given, "Fonction": "enseignant", "Premier jour": date(2027, 2, 1)}
    bad = {"Nom": "Personnedecenom", "Fonction": "roi", "Premier jour": "32/13"}
    content = workbook(tuple(heads), *(tuple(row.get(head) for head in heads) for row in (good, bad)))

    def upload(body: bytes, name: str) -> None:
        page.goto("/staff/load/")
        page.get_by_label("Fichier").set_input_files({"name": name, "mimeType": "text/plain", "buffer": body})
        page.get_by_role("button", name="Charger", exact=True).click()

    upload(content, "affectations.xlsx")
    expect(page.locator(".panel")).to_contain_text("1 affectation ajoutée")
    expect(page.locator("tbody tr")).to_contain_text("Choisissez en quelle qualité")
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger les lignes").click()
    errors = download.value.path().read_text(encoding="utf-8-sig")
    assert errors.splitlines()[0].endswith("À corriger")
    upload(content, "affectations.xlsx")
    expect(page.locator(".panel")).to_contain_text("0 affectations ajoutées")
    expect(page.locator(".panel")).to_contain_text("1 était déjà")
    mended = errors.replace("roi", "enseignant").replace("32/13", "1/2/2027")
    upload(mended.replace("Personnedecenom;", f"{family};{given}").encode(), "corrige.csv")
    upload(b"PK\x03\x04", "x.xlsx")
    expect(page.locator("#errors")).to_contain_text("ni un CSV ni un XLSX")
