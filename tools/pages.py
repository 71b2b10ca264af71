"""Every page of the portal, and how to come to it: for pictures, and for the search for obstacles."""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

CLERK, HEAD, OTHER, CELL, AUDITOR = "Anne Lambert", "Marc Lebrun", "Sofie Claes", "Julie Renard", "Nora Simon"
AGENT, SUPERVISOR, MEMBER, LOCAL = "Els Peeters", "Paul Gilles", "Fatima Louis", "Ivo Martens"
ADDRESSES = {
    "home": "/", "staff": "/staff/?who=all", "staff-none": "/staff/?q=personnedecenom", "inbox": "/inbox/",
    "mails": "/inbox/mails/", "find": "/declare/", "add": "/declare/person/", "many": "/declare/many/",
    "table": "/declare/table/", "late": "/declare/late/", "due": "/deadlines/", "renew": "/staff/renew/",
    "load": "/staff/load/", "adopt": "/staff/adopt/", "ends": "/staff/ends/", "missing": "/staff/missing/",
    "register": "/staff/register/", "access": "/access/", "guide": "/guide/", "answers": "/guide/answers/",
    "deadlines": "/guide/deadlines/", "conflicts": "/guide/conflicts/", "help": "/guide/help/?at=/declare/",
    "account": "/account/", "forgotten": "/sign-in/forgotten/",
    "received": "/announcements/received/", "quick": "/quick/", "not-found": "/nowhere/",
}  # fmt: skip
"""Pages with an address of their own."""
CELL_PAGES = {
    "cell-search": "/cell/search/?why", "replies": "/cell/replies/", "texts": "/cell/texts/", "bulk": "/cell/bulk/",
    "text-calendar": "/cell/texts/calendar/compulsory/2026/",
}  # fmt: skip
OpenAs = Callable[[str | None], Page]


def every_page(open_as: OpenAs) -> Iterator[tuple[str, Page]]:
    """The name of each page, and the browser's window with it.

    `open_as` opens the first page for a demonstration account, or the door for None.
    """
    door = open_as(None)
    yield "door", door
    yield from _quick(door)
    page = open_as(HEAD)
    for name, address in ADDRESSES.items():
        page.goto(address)
        yield name, page
    for way in (_person, _appointments, _found, _drafts, _answers, _table, _load, _missing):
        yield from way(page)
    yield from _approval(open_as, page)
    yield from _cell(open_as(CELL))
    supervisor = open_as(SUPERVISOR)
    supervisor.goto("/access/community/")
    supervisor.get_by_role("button", name="Donner accès").click()
    yield "access-community", supervisor
    agent = open_as(AGENT)
    yield "agents", agent
    agent.get_by_role("button", name="Décider").click()
    yield "agents-errors", agent
    own = open_as(MEMBER)
    own.get_by_role("button", name="Envoyer").click()
    yield "mine-errors", own
    manager = open_as(LOCAL)
    manager.get_by_role("button", name="Enregistrer").click()
    yield "programs-errors", manager
    book = open_as(AUDITOR)
    book.get_by_role("link", name="Journal d'audit").click()
    yield "audit", book


def _quick(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/quick/")
    page.locator("main .btn").click()
    yield "quick-errors", page
    page.get_by_label("FASE").fill("93061")
    page.get_by_label("NISS").fill("85010100115")
    page.get_by_label("Engagé(e) comme").select_option("teacher")
    page.get_by_label("Premier jour").fill("1/9/2030")
    page.locator("main .btn").click()
    yield "quick-done", page


def _person(page: Page) -> Iterator[tuple[str, Page]]:
    for name, section in (("person", "confirmed"), ("person-refused", "correct"), ("person-pending", "pending")):
        page.goto("/")
        page.locator(f"#{section} .name").first.click()
        yield name, page
    page.get_by_role("link", name="Lui ouvrir").click()
    page.get_by_role("button", name="Donner accès").click()
    yield "mine-invite", page


def _appointments(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/")
    page.locator("#confirmed .name").first.click()
    page.get_by_role("link", name="Ajouter une affectation").click()
    page.locator("main .btn").click()
    yield "appointment", page
    page.go_back()
    page.goto("/")
    page.locator("#confirmed .name").first.click()
    page.locator("main").get_by_role("link", name="Modifier").first.click()
    yield "appointment-change", page


def _found(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/declare/")
    page.get_by_label("Nom ou NISS").last.fill("dub")
    page.locator("#found li").first.wait_for()
    yield "found", page
    page.get_by_role("button", name="C'est quelqu'un d'autre").click()
    page.get_by_role("button", name="Continuer").click()
    yield "add-errors", page


def _drafts(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/")
    page.locator("#undeclared .btn").first.click()
    yield "draft", page
    page.locator("button[value=review]").click()
    yield "review", page
    page.goto("/")
    page.locator("#correct li", has_text="planifiées").get_by_role("button").click()
    page.locator("button[value=review]").click()
    yield "draft-errors", page
    page.goto("/")
    page.locator("#correct li", has_text="période").first.get_by_role("button").click()
    yield "conflict", page


def _answers(page: Page) -> Iterator[tuple[str, Page]]:
    for name, section in (("answer", "confirmed"), ("answer-pending", "pending")):
        page.goto("/")
        page.locator(f"#{section} a.btn").first.click()
        yield name, page
    page.goto("/inbox/?state=refused")
    page.locator("tbody a").first.click()
    yield "answer-refused", page
    page.goto("/inbox/?state=accepted")
    page.locator("tbody a").first.click()
    receipt = page.request.get(str(page.get_by_role("link", name="Reçu (PDF)").get_attribute("href")))
    seal = re.search(rb"/URI \((\S+)\)", receipt.body())
    if seal is not None:
        page.goto(seal[1].decode())
        yield "verify", page


def _table(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/declare/table/")
    page.get_by_label("Les lignes").fill("20050100173;Premier;Paul;1/9/2030\nPersonnedecenom;;32/13")
    page.get_by_label("Engagés comme").select_option("teacher")
    page.get_by_role("button", name="Vérifier les lignes").click()
    yield "table-rows", page


def _load(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/staff/load/")
    rows = b"NISS;Nom;Pr\xc3\xa9nom;Fonction;Premier jour\n;Personnedecenom;X;roi;32/13"
    file = {"name": "affectations.csv", "mimeType": "text/csv", "buffer": rows}
    page.get_by_label("Fichier").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Charger", exact=True).click()
    yield "load-rows", page


def _missing(page: Page) -> Iterator[tuple[str, Page]]:
    page.goto("/staff/missing/")
    page.get_by_label("Nom ou NISS", exact=True).last.fill("80.11.14-051.25")
    page.get_by_role("button", name="Chercher pourquoi").click()
    yield "missing-found", page


def _approval(open_as: OpenAs, head: Page) -> Iterator[tuple[str, Page]]:
    clerk = open_as(CLERK)
    head.goto("/")
    if not head.locator("#approve").count():
        clerk.goto("/staff/?who=now")
        clerk.locator("tbody tr", has=clerk.locator(".state.ok")).first.get_by_role("link").first.click()
        clerk.locator("summary", has_text="Changer").first.click()
        clerk.get_by_role("button", name="Annuler").click()
        clerk.get_by_label("Pourquoi").fill("n'est jamais venue")
        clerk.locator("button[value=review]").click()
        yield "review-sensitive", clerk
        clerk.get_by_role("button", name="Demander l'accord").click()
        yield "review-asked", clerk
        head.goto("/")
    yield "home-approve", head
    head.locator("#approve").get_by_role("link", name="Décider").first.click()
    yield "approve", head


def _cell(page: Page) -> Iterator[tuple[str, Page]]:
    page.get_by_role("button", name="Prendre").first.click()
    page.locator("summary", has_text="Plus tard").click()
    yield "cell", page
    page.get_by_role("button", name="Remettre").click()
    yield "cell-errors", page
    page.locator("summary", has_text="Écrire à l'école").first.click()
    page.get_by_role("button", name="Envoyer").first.click()
    yield "cell-note-errors", page
    for name, address in CELL_PAGES.items():
        page.goto(address)
        yield name, page
    page.goto("/cell/search/")
    page.get_by_label("École, FASE, nom ou NISS").fill("dub")
    page.get_by_label("Pourquoi").fill("appel de l'école")
    page.get_by_role("button", name="Chercher").click()
    yield "cell-found", page
    page.get_by_role("link", name="Couverture").first.click()
    yield "insured", page
    page.goto("/cell/bulk/")
    page.get_by_label("clore").check()
    page.get_by_label("Numéros de période").fill("123456789012")
    page.get_by_label("Jour", exact=True).fill("1/9/2026")
    page.get_by_label("Pourquoi").fill("fin d'année")
    page.get_by_role("button", name="Essayer").click()
    page.get_by_text("impossible").first.wait_for()
    yield "bulk-job", page
    page.goto("/cell/texts/anomaly/90373-334/")
    page.get_by_label("Français").fill("Appelez l'école voisine.")
    page.get_by_role("button", name="Relire").click()
    yield "text-anomaly", page
    page.goto("/insurability/")
    page.locator("summary", has_text="Comment").click()
    yield "insurability", page
    page.get_by_role("button", name="Comparer").click()
    yield "insurability-errors", page
    page.goto("/insurability/1/")
    yield "run", page
    page.get_by_role("button", name="Agir pour l'école").first.click()
    yield "acting", page
    page.goto("/statistics/?network=free")
    yield "statistics", page
    page.goto("/announcements/")
    page.get_by_role("button", name="Relire").click()
    yield "announcements-errors", page
    page.get_by_label("circulaire").check()
    page.get_by_label("Titre").fill("Rentrée")
    page.get_by_label("toutes les écoles").check()
    page.get_by_role("button", name="Relire").click()
    yield "announcements", page
    page.get_by_role("button", name="Publier").click()
    yield "announcement", page
