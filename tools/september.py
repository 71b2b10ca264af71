"""A September in the demonstration, played in a browser: each function is one story, from the first page to its end.

They follow each other: whoever is declared in one is changed, or leaves, in another. The numbers in the names are those
of the users' stories: S of the secretary, H of the head and the organising power.
"""

import json
import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tools.cast import Cast, Story
from tools.hand import Hand

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


def at_home(cast: Cast) -> None:
    """The five counters say what there is to do, and equal the lists."""
    anne = cast.hand(CLERK)
    for section in ("correct", "undeclared", "ends", "pending", "confirmed"):
        count = int(anne.page.locator(f".counts a[href='#{section}'] b").inner_text())
        expect(anne.page.locator(f"#{section} .lines > li")).to_have_count(count)


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
    """Her deadlines, and the address for her own agenda; the guide is one press away, on every page in one place."""
    anne = cast.hand(CLERK)
    anne.menu("Échéances")
    calendar = anne.page.request.get(anne.page.locator("code").inner_text()).text()
    if "BEGIN:VEVENT" not in calendar:
        raise AssertionError("an empty calendar")
    anne.press(anne.page.get_by_role("contentinfo").get_by_role("link", name="Aide"))
    anne.reads("relation")


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


DAYS: tuple[tuple[int, tuple[Story, ...]], ...] = (
    (-4, (
        Story("S12", "re-engage six temporaries of last year", renewed),
    )),
    (0, (
        Story("S1", "see what there is to do", at_home),
        Story("S2", "declare a new teacher at the desk", new_teacher, is_entry=True),
        Story("S3 S4", "mend an old refusal: the period in the way", forgotten_exit),
        Story("2.5", "a teacher of another school: covered already", elsewhere),
        Story("S5 S6", "somebody without a number: pending, then decided", without_number),
        Story("S7", "print the receipt, and have it checked", receipt),
        Story("S13", "load eight appointments from a file, declare them", loaded_file),
        Story("S16", "find somebody without accents, by number", searched),
    )),
    (2, (
        Story("S14", "interrupted: go on at another computer", interrupted, is_entry=True),
        Story("S19", "declare a class of twelve trainees", class_of_trainees),
        Story("S18", "declare a student over two quarters", student),
        Story("S10", "correct a wrong first day", corrected),
        Story("H1", "give a new secretary access", access),
        Story("H4 H5", "turn to another school, declare its cook", own_staff, is_entry=True),
    )),
    (9, (
        Story("S8", "declare an exit", left),
        Story("S9", "extend an interim", prolonged),
        Story("S11 H3", "cancel who never came, the head agrees", never_came),
        Story("2.5", "extend a period shared with another school", shared_period),
    )),
    (29, (
        Story("S15", "look for a missing colleague", missing),
        Story("S17", "print the register of the first day", printed_register),
        Story("S21 S22", "deadlines in the agenda, and help", agenda),
        Story("H2", "say why a declaration came late", late),
        Story("S1", "see what is left", at_home),
    )),
)  # fmt: skip
"""Days after the school year's first one, and what happens on them."""
