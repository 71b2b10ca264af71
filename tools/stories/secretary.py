"""The secretary's stories, each from the first page to its end."""

import json
import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tools.stories.cast import Cast
from tools.stories.parts import (
    ACCEPTED,
    CLERK,
    ENTRY,
    HEAD,
    VERIFY,
    added,
    changed,
    entered,
    number_of,
    opened,
    short,
    young,
)


def at_home(cast: Cast) -> None:
    """The five counters say what there is to do, and equal the lists."""
    anne = cast.hand(CLERK)
    for section in ("correct", "undeclared", "ends", "pending", "confirmed"):
        count = int(anne.page.locator(f".counts a[href='#{section}'] b").inner_text())
        shown = min(count, 10) if section == "confirmed" else count
        expect(anne.page.locator(f"#{section} .lines > li")).to_have_count(shown)


def renewed(cast: Cast) -> None:
    """Six temporaries of last year come back: ticked, then declared together."""
    anne = cast.hand(CLERK)
    anne.menu("Personnel")
    anne.link("Reprendre l'an passé")
    boxes = anne.page.locator("tbody input[type=checkbox]")
    for place in range(6):
        anne.press(boxes.nth(place))
    anne.button("Reprendre les personnes cochées")
    anne.button("Déclarer les entrées cochées")
    anne.is_at("déclarations faites")
    expect(anne.page.locator("tbody .state.no")).to_have_count(0)


def new_teacher(cast: Cast) -> None:
    """A new teacher is at the desk: by her number, declared in a minute."""
    anne = cast.hand(CLERK)
    added(anne, number_of(850906301), "Septembre", "Élodie", "06/09/1985")
    entered(anne, "teacher", cast.day)


def class_of_trainees(cast: Cast) -> None:
    """Twelve trainees from the school's own list: pasted, checked, declared, each with its answer."""
    anne = cast.hand(CLERK)
    anne.menu("Déclarer")
    anne.link("coller un tableau")
    numbers = [young(80_905_301 + 2 * place) for place in range(12)]
    pasted = "\n".join(f"{ssin}\tStagiaire\tNoé {place}" for place, ssin in enumerate(numbers, 1))
    anne.page.get_by_label("Les lignes").fill(pasted)
    anne.choose("Engagés comme", "trainee-f2")
    anne.fill("Premier jour", short(cast.working(9)))
    anne.fill("Dernier jour", short(cast.first + timedelta(300)))
    anne.tally.fields += 1
    anne.button("Vérifier les lignes")
    anne.button("Déclarer les lignes cochées")
    anne.is_at("12 déclarations faites")
    expect(anne.page.locator("tbody .state.ok")).to_have_count(12)


def loaded_file(cast: Cast) -> None:
    """Next week's appointments come as a file of the planning program; nothing is declared before she says so."""
    anne = cast.hand(CLERK)
    anne.menu("Personnel")
    anne.link("Charger un fichier")
    rows = ["NISS;Nom;Prénom;Date de naissance;Fonction;Premier jour;Dernier jour"]
    start, end = cast.working(7), cast.working(60)
    rows += [
        f"{number_of(870_906_301 + 2 * place)};Horaire;Paul {'abcdefgh'[place]};6/9/1987;enseignant;"
        f"{short(start)};{short(end)}"
        for place in range(8)
    ]
    content = {"name": "affectations.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    anne.page.get_by_label("Fichier").set_input_files(content)  # type: ignore[arg-type]
    anne.tally.fields += 1
    anne.button("Charger")
    anne.reads("8 affectations ajoutées")
    anne.link("Voir ce qui est à déclarer")
    anne.button("Déclarer les entrées cochées")
    anne.is_at("déclarations faites")
    expect(anne.page.locator("tbody .state.ok", has_text=ACCEPTED)).not_to_have_count(0)


def student(cast: Cast) -> None:
    """A student for homework supervision from September to October: one declaration a quarter, hours counted."""
    anne = cast.hand(CLERK)
    added(anne, young(70_906_301), "Jobiste", "Lou", "06/09/2007")
    anne.button("Déclarer une entrée")
    anne.choose("Engagé(e) comme", "student")
    anne.fill("Premier jour de travail", short(date(cast.first.year, 9, 15)))
    anne.fill("Dernier jour, s'il est connu", short(date(cast.first.year, 10, 15)))
    anne.fill("Heures prévues (étudiants seulement)", "30")
    anne.key("Tab")
    anne.reads(re.compile("Il reste .* heures d'étudiant"))
    anne.button("Faire une déclaration par trimestre")
    for place in range(2):
        anne.button(VERIFY)
        anne.button(ENTRY)
        anne.is_at(ACCEPTED)
        if place == 0:
            anne.link("Continuer : Entrée")


def forgotten_exit(cast: Cast) -> None:
    """Last June's exit was forgotten: the refusal shows the period in the way, and two repairs on the spot."""
    anne = cast.hand(CLERK)
    row = anne.page.locator("#correct li", has_text="période").first
    who = row.locator(".name").inner_text()
    anne.press(row.get_by_role("button"))
    conflict = anne.page.locator("#trial .note.no").first
    expect(conflict).to_contain_text("sans date de fin")
    anne.press(conflict.get_by_role("button", name="Elle était partie"))
    anne.button(VERIFY)
    anne.button("Déclarer la sortie à l'ONSS")
    anne.link("Continuer : Entrée")
    anne.button(VERIFY)
    anne.button(ENTRY)
    anne.is_at(ACCEPTED)
    anne.menu("Aujourd'hui")
    expect(anne.page.locator("#correct")).not_to_contain_text(who)


def elsewhere(cast: Cast) -> None:
    """A tenured teacher of another school comes for some hours: covered already, nothing to declare."""
    anne = cast.hand(CLERK)
    anne.menu("Déclarer")
    anne.fill("Nom ou NISS", cast.noted["colleague"])
    anne.button("Nouvelle entrée")
    anne.choose("Engagé(e) comme", "teacher")
    anne.fill("Premier jour de travail", short(cast.day))
    anne.key("Tab")
    anne.reads("Une autre école a déjà déclaré cette personne")
    anne.button("Elle continue : rien à déclarer")
    anne.reads("Rien à déclarer")


def without_number(cast: Cast) -> None:
    """Somebody from abroad, without an SSIN: pending, then decided, and she is told."""
    anne = cast.hand(CLERK)
    anne.menu("Déclarer")
    anne.fill("Nom ou NISS", "Lointaine Ada")
    anne.button("C'est quelqu'un d'autre")
    expect(anne.page.get_by_label("Prénom", exact=True)).to_have_value("Ada")
    anne.fill("Date de naissance", "5/5/1990")
    anne.press(anne.page.locator("summary", has_text="pas encore de NISS"))
    for label, typed in (
        ("Lieu de naissance", "Lille"), ("Pays de naissance", "111"), ("Nationalité", "111"), ("Rue", "Rue Neuve"),
        ("Numéro", "5"), ("Code postal", "5000"), ("Commune", "Namur"),
    ):  # fmt: skip
        anne.fill(label, typed)
    anne.choose("Sexe au registre", "2")
    anne.button("Continuer")
    anne.button("Déclarer une entrée")
    anne.choose("Engagé(e) comme", "teacher")
    anne.fill("Premier jour de travail", short(cast.day))
    anne.button(VERIFY)
    anne.button(ENTRY)
    anne.is_at("En attente à l'ONSS")
    number = anne.page.locator(".panel b").inner_text().replace(" ", "")
    anne.menu("Aujourd'hui")
    expect(anne.page.locator("#pending")).to_contain_text("Lointaine")
    decision = json.dumps({"decision": "accept", "ssin": number_of(900_505_302)})
    told = anne.page.request.post(
        f"/sandbox/identifications/{number}", data=decision, headers={"Content-Type": "application/json"}
    )
    if not told.ok:
        raise AssertionError(told.status)
    anne.menu("Réponses")
    row = anne.page.locator("tbody tr", has_text="Lointaine").first
    anne.press(row.get_by_role("link").first)
    anne.is_at(ACCEPTED)


def receipt(cast: Cast) -> None:
    """The receipt is printed, and whoever gets it can check it."""
    anne = cast.hand(CLERK)
    anne.menu("Réponses")
    anne.press(anne.page.locator("tbody a").first)
    link = anne.page.get_by_role("link", name="Reçu (PDF)")
    body = anne.page.request.get(str(link.get_attribute("href"))).body()
    anne.tally.presses += 1
    found = re.search(rb"/URI \((\S+)\)", body)
    if found is None or not body.startswith(b"%PDF"):
        raise AssertionError("no receipt")
    stranger = cast.page()
    stranger.goto(found[1].decode())
    expect(stranger.locator(".panel")).to_contain_text("authentique")
    stranger.context.close()


def left(cast: Cast) -> None:
    """The new teacher leaves: her exit, the next morning."""
    anne = cast.hand(CLERK)
    opened(anne, "septembre")
    changed(anne, "Déclarer la sortie")
    anne.fill("Dernier jour de travail", short(cast.day - timedelta(1)))
    anne.button(VERIFY)
    anne.button("Déclarer la sortie à l'ONSS")
    anne.is_at(ACCEPTED)


def prolonged(cast: Cast) -> None:
    """An interim goes on: the same period, a new last day."""
    anne = cast.hand(CLERK)
    opened(anne, "horaire paul a")
    changed(anne, "Prolonger")
    anne.fill("Nouveau dernier jour", short(cast.working(90)))
    anne.button(VERIFY)
    anne.button("Déclarer la prolongation à l'ONSS")
    anne.is_at(ACCEPTED)


def corrected(cast: Cast) -> None:
    """A first day one day too early: it can only be cancelled and entered anew, which one press prepares."""
    anne = cast.hand(CLERK)
    opened(anne, "horaire paul b")
    changed(anne, "Corriger les dates")
    anne.fill("Premier jour de travail", short(cast.working(8)))
    anne.button(VERIFY)
    anne.button("Annuler cette période, puis déclarer l'entrée")
    anne.button(VERIFY)
    anne.button("Annuler la période auprès de l'ONSS")
    anne.link("Continuer : Entrée")
    anne.button(VERIFY)
    anne.button(ENTRY)
    anne.is_at(ACCEPTED)
    anne.link("Dossier de la personne")
    anne.reads("Annulée")
    anne.reads("Rien à déclarer")


def never_came(cast: Cast) -> None:
    """Somebody never came: she asks, the head agrees, the period is cancelled."""
    anne = cast.hand(CLERK)
    opened(anne, "horaire paul c")
    changed(anne, "Annuler")
    anne.fill("Pourquoi cette période est-elle annulée ?", "a pris un autre poste")
    anne.button(VERIFY)
    anne.button("Demander l'accord de la direction")
    marc = cast.hand(HEAD)
    marc.press(marc.page.locator("#approve").get_by_role("link", name="Décider").first)
    marc.reads("a pris un autre poste")
    marc.button("Donner mon accord")
    marc.is_at(ACCEPTED)


def interrupted(cast: Cast) -> None:
    """The telephone rings in the middle: what she typed is there on another computer."""
    anne = cast.hand(CLERK)
    added(anne, number_of(910_906_301), "Interrompue", "Inès", "06/09/1991")
    anne.button("Déclarer une entrée")
    anne.choose("Engagé(e) comme", "teacher")
    with anne.page.expect_response(lambda answer: f"start={cast.day:%d}" in str(answer.request.post_data or "")):
        anne.fill("Premier jour de travail", short(cast.day))
        anne.key("Tab")
    typed = cast.hands.pop(CLERK)
    typed.page.context.close()
    anne = cast.hand(CLERK)
    anne.tally = anne.tally.plus(typed.tally)
    row = anne.page.locator("#drafts li", has_text="Interrompue")
    anne.press(row.get_by_role("link", name="Continuer"))
    expect(anne.page.get_by_label("Premier jour de travail")).to_have_value(short(cast.day))
    anne.button(VERIFY)
    anne.button(ENTRY)
    anne.is_at(ACCEPTED)


def missing(cast: Cast) -> None:
    """A colleague is nowhere to be found: one diagnosis, and what to do."""
    anne = cast.hand(CLERK)
    anne.menu("Personnel")
    anne.link("Je ne trouve pas un collègue")
    anne.fill("Nom ou NISS", number_of(801_114_303))
    anne.button("Chercher pourquoi")
    anne.reads("Cette personne n'est pas déclarée")


def searched(cast: Cast) -> None:
    """Found without accents, and by a number with any signs; no number enters an address."""
    anne = cast.hand(CLERK)
    opened(anne, "elodie")
    anne.is_at("Septembre")
    number = anne.page.locator("dl.facts dd").first.inner_text()
    opened(anne, number.replace(".", " "))
    anne.is_at("Septembre")
    if re.search(r"\d{6}", anne.page.url):
        raise AssertionError("a number in an address")


def printed_register(cast: Cast) -> None:
    """The inspection asks who was there on the first day: the register of that day, to print."""
    anne = cast.hand(CLERK)
    anne.menu("Personnel")
    anne.link("Registre à une date")
    anne.fill("À la date du", short(cast.first))
    anne.button("Appliquer")
    anne.reads("Septembre, Élodie")
    if not anne.page.pdf().startswith(b"%PDF"):
        raise AssertionError("nothing to print")


def agenda(cast: Cast) -> None:
    """Her deadlines, and the address for her own agenda; help is one press away on every page, the guide two."""
    anne = cast.hand(CLERK)
    anne.menu("Échéances")
    calendar = anne.page.request.get(anne.page.locator("code").inner_text()).text()
    if "BEGIN:VEVENT" not in calendar:
        raise AssertionError("an empty calendar")
    anne.press(anne.page.get_by_role("contentinfo").get_by_role("link", name="Aide"))
    anne.reads("FASE 93052")
    anne.press(anne.page.locator("main").get_by_role("link", name="Ce que New DIMONA a changé"))
    anne.reads("relation")
