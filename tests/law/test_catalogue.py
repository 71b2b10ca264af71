"""The catalogue holds every code of the DIMONA glossary 2023/3, with texts that people of four languages can use."""

import re
from collections.abc import Iterable
from datetime import date

import msgspec
import pytest

from opendimona.core.checks import CHECKS
from opendimona.core.decide import decide
from opendimona.law.catalogue import (
    FAMILIES,
    LANGUAGES,
    AnomalyEntry,
    Catalogue,
    Language,
    Text,
    UnknownCode,
    Unreachable,
    load_catalogue,
    load_unreachable,
)

GLOSSARY = """
00011 NOSSRegistrationNbr: 003 005 235 347
00014 CompanyID: 001 003 022n 235 347
00024 INSS: 001 003 347 348n
00025 WorkerName: 003 348n
00026 WorkerFirstName: 003 348n
00027 WorkerInitial: 003
00028 WorkerBirthdate: 003 348n
00029 WorkerSex: 003 348n
00030 WorkerStreet: 003
00031 WorkerHouseNbr: 003
00032 WorkerPostBox: 003
00033 WorkerZIPCode: 003
00034 WorkerCity: 003
00035 WorkerCountry: 003
00041 ActivityWithRisk: 521
00046 JointCommissionNbr: 001 003 005
00053 WorkerStatus: 001 003 005
00110 AttestationStatus: 001 003
00119 Nationality: 003
00131 UsingEmployerCompanyID: 001 003 005 235
00153 UsingEmployerName: 003 005
00168 WorkerBirthplace: 003
00169 WorkerBirthplaceCountry: 003
00218 FormCreationDate: 001 003
00221 ReferenceType: 001 003
00222 ReferenceNbr: 001 003
00296 Identification: 001 003
00297 TypeForm: 001 003
00298 ReferenceOrigin: 001 003
00299 FormCreationHour: 001 003
00517 Street: 001 003 005
00518 HouseNbr: 001 003 005
00519 PostBox: 003 005
00520 ZIPCode: 001 003 005
00522 City: 001 003 005
00523 Country: 001 003 005
00652 SubEntityNbr: 001 003 005
00655 WorkerType: 001 003 005 350
00663 FirstMonthC32ANbr: 001 003 005
00664 NextMonthC32ANbr: 001 003 005 353
00776 Denomination: 003 005
00777 StartingHour: 001 003 005
00778 EndingHour: 001 003 005 345
00910 StartingDate: 001 003 005 008 344 459 462
00911 EndingDate: 001 003 005 008 014 344 462
00913 DimonaPeriodId: 001 003 005 181 354 355 356 357 359 362 368 461 462
00948 ProvisionalNSSONbr: 003 235 347
01017 PlannedDaysNbr: 001 003 005
01085 DailyRegistrationId: 001 003 005 092 181 354 355
01135 PlannedHoursNbr: 001 003 005
01231 EmploymentNature: 001 003 005
90017 NaturalPerson: 058n 151 363 369n 510n 514n 515n
90059 Form: 134
90082 Reference: 006
90107 UsingEmployer: 351 352
90256 EmployerId: 151 155 342 346 364 369n
90372 Dimona: 001 089
90373 DimonaIn: 333 334 336 337 338 339 340 341 343 370 420 421 450 460n 483n
90374 DimonaFeatures: 349
90378 DimonaUpdate: 333 334 336 337 341 343 360 361 368 370 420 421 444 450 460n 483n
90480 DailyRegistrationDeclaration: 003 260 334 444
"""
"""Zone or block, XML label, error types; `n` marks a warning (NP), all others refuse (B). Source: glossary 2023/3."""

OFFICIAL = {
    "00910-001": ("Non présent", "Niet aanwezig"),
    "00910-344": ("Interdit de postposer", "Verboden uit te stellen"),
    "00911-003": ("Invalide", "Ongeldig"),
    "00911-005": ("Interdit", "Verboden"),
    "00913-356": ("Période Dimona déjà clôturée", "Reeds afgesloten Dimonaperiode"),
    "90017-151": ("Pas identifiable", "Niet identificeerbaar"),
    "90017-369": ("Dépassement du contingent", "Overschrijding van het contingent"),
    "90373-333": ("Période Dimona en double", "Dubbele Dimonaperiode"),
    "90373-334": ("En chevauchement", "Overlappend"),
    "90373-460": ("Déclaration tardive", "Laattijdige aangifte"),
    "90374-349": (
        "Incompatibilité entre commission paritaire et type de travailleur",
        "Onverenigbaarheid tussen het paritair comité en het werknemerstype",
    ),
}
"""Labels of annex 30, release 2022/1, in French and Dutch."""


def glossary_codes() -> Iterable[tuple[str, str, str]]:
    """Code, severity and XML label of every anomaly of the glossary."""
    for line in GLOSSARY.split("\n"):
        if line.strip():
            place, kinds = line.split(":")
            zone, element = place.split()
            for kind in kinds.split():
                yield f"{zone}-{kind[:3]}", "NP" if kind.endswith("n") else "B", element


CODES = list(glossary_codes())
catalogue = load_catalogue()
entries = pytest.mark.parametrize("entry", list(catalogue.values()), ids=lambda entry: entry.code)
languages = pytest.mark.parametrize("language", LANGUAGES)


def test_every_code_of_the_glossary_is_there_once_and_nothing_else():
    assert len(CODES) == len(set(CODES)) == 201
    assert len({code[:5] for code, *_ in CODES}) == 61
    assert {entry.code: (entry.severity, entry.element) for entry in catalogue.values()} == {
        code: (severity, element) for code, severity, element in CODES
    }


def test_codes_come_in_order():
    assert list(catalogue) == sorted(catalogue)
    assert [entry.code for entry in catalogue.values()] == list(catalogue)


def test_every_code_that_a_check_can_raise_has_an_entry():
    assert callable(decide)  # importing it registers the checks
    assert CHECKS
    assert {code for check in CHECKS for code in check.codes} <= set(catalogue)


@pytest.mark.parametrize("code", OFFICIAL)
def test_labels_in_french_and_dutch_are_the_official_ones(code: str):
    assert (catalogue[code].label.fr, catalogue[code].label.nl) == OFFICIAL[code]
    assert catalogue[code].ours == ("de", "en")


@entries
def test_texts_are_there_in_four_languages_and_short(entry: AnomalyEntry):
    for language in LANGUAGES:
        assert 3 <= len(entry.label[language]) <= 120
        assert 2 <= len(entry.zone_name[language]) <= 120
        assert 40 <= len(entry.remedy[language]) <= 400


@entries
def test_remedies_read_as_one_or_two_clean_sentences(entry: AnomalyEntry):
    texts = [entry.remedy, entry.pending_remedy] if entry.pending_remedy else [entry.remedy]
    for text in (text[language] for text in texts for language in LANGUAGES):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text
        assert "  " not in text
        assert text == text.strip()
        assert len(re.findall(r"[.?!] [A-ZÀ-Ý]", text)) <= 2, "three sentences at most"
        assert not re.search(r"\s[,.]", text)


@entries
def test_no_two_languages_say_the_same(entry: AnomalyEntry):
    assert len({entry.remedy[language] for language in LANGUAGES}) == 4


@languages
def test_no_two_codes_have_the_same_remedy(language: Language):
    remedies: dict[str, list[str]] = {}
    for entry in catalogue.values():
        remedies.setdefault(entry.remedy[language], []).append(entry.code)
    assert [codes for codes in remedies.values() if len(codes) > 1] == []


@entries
def test_french_puts_a_space_before_double_signs_and_the_others_do_not(entry: AnomalyEntry):
    assert not re.search(r"\w[:;?!](\s|$)", entry.remedy.fr)
    for language in ("nl", "de", "en"):
        assert not re.search(r"\s[:;?!]", entry.remedy[language])


@entries
def test_every_entry_says_where_it_comes_from(entry: AnomalyEntry):
    assert entry.zone in entry.source
    assert entry.code[6:] in entry.source
    assert len(entry.references) >= 2
    for reference in entry.references:
        assert re.fullmatch(r"https?://\S+", reference.url)
        assert reference.what


@entries
def test_an_inference_says_what_was_not_found(entry: AnomalyEntry):
    assert entry.is_confirmed or entry.note


@pytest.mark.parametrize(
    ("code", "language", "hint"),
    [
        ("00910-003", "fr", "AAAA-MM-JJ"),
        ("00910-003", "nl", "JJJJ-MM-DD"),
        ("00910-003", "de", "JJJJ-MM-TT"),
        ("00910-003", "en", "YYYY-MM-DD"),
        ("00777-003", "fr", "HHMM"),
        ("00777-003", "nl", "UUMM"),
        ("00011-003", "fr", "neuf chiffres"),
        ("00014-003", "en", "ten digits"),
        ("00024-003", "de", "elf Ziffern"),
        ("00663-003", "fr", "1212"),
        ("00664-003", "fr", "1313"),
        ("00913-003", "nl", "twaalf cijfers"),
        ("00913-356", "fr", "UPDATE"),
        ("00913-359", "en", "OUT"),
        ("00910-344", "fr", "CANCEL"),
        ("90374-349", "nl", "XXX"),
        ("01135-003", "en", "1 to 999"),
        ("90373-460", "fr", "refuser"),
    ],
)
def test_a_remedy_gives_the_hint_that_helps(code: str, language: Language, hint: str):
    assert hint in catalogue[code].remedy[language]


@entries
def test_a_warning_says_that_the_declaration_is_accepted(entry: AnomalyEntry):
    accepted = {"fr": "accepté", "nl": "aanvaard", "de": "angenommen", "en": "accepted"}
    if entry.code.endswith("-460"):  # lateness also stands beside what refuses a declaration
        accepted = {"fr": "ne la fait pas refuser", "nl": "niet geweigerd", "de": "abgelehnt", "en": "does not refuse"}
        text = {language: " ".join(entry.remedy[language].split()) for language in LANGUAGES}
        assert all(accepted[language] in text[language] for language in LANGUAGES)
    elif entry.severity == "NP":
        assert all(accepted[language] in entry.remedy[language] for language in LANGUAGES)


def test_a_quota_refuses_article_17_and_warns_the_others():
    quota = catalogue["90017-369"]
    assert quota.severity == "NP"
    assert [kind for kind in ("O17", "S17", "T17", "STU", "EXT", "FLX") if quota.is_blocking_for(kind)] == [
        "O17",
        "S17",
        "T17",
    ]
    assert catalogue["90373-334"].is_blocking_for("STU")
    assert [code for code, entry in catalogue.items() if entry.blocking_types] == ["90017-369"]


def test_only_an_unidentified_person_may_be_pending_and_then_has_nothing_to_do():
    assert [code for code, entry in catalogue.items() if entry.may_be_pending] == ["90017-151"]
    person = catalogue["90017-151"]
    assert person.remedy_for("S") == person.pending_remedy != person.remedy
    assert person.remedy_for("B") == person.remedy
    assert "rien à faire" in person.remedy_for("S").fr
    assert catalogue["90373-460"].remedy_for("NP") == catalogue["90373-460"].remedy


def test_law_is_dated():
    days = catalogue["01017-001"]
    assert days.is_valid_on(date(2016, 12, 31))
    assert not days.is_valid_on(date(2017, 1, 1))
    assert not catalogue["01231-001"].is_valid_on(date(2019, 12, 31))
    assert catalogue["01231-001"].is_valid_on(date(2020, 1, 1))
    assert catalogue["90373-334"].is_valid_on(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("code", "advice"),
    [("90373-335", "90373-334"), ("12345-460", "90373-460"), ("nonsense", "such as 90373-334"), ("", "five digits")],
)
def test_an_unknown_code_is_refused_with_advice(code: str, advice: str):
    assert code not in catalogue
    assert catalogue.get(code) is None
    with pytest.raises(KeyError) as caught:
        catalogue[code]
    assert isinstance(caught.value, UnknownCode)
    assert advice in str(caught.value)


def test_a_code_with_two_entries_is_refused():
    entry = catalogue["90373-334"]
    with pytest.raises(ValueError, match="two entries"):
        Catalogue([entry, entry])


def test_the_catalogue_is_read_once_and_cannot_be_changed():
    assert load_catalogue() is catalogue
    with pytest.raises(AttributeError):
        catalogue["90373-334"].severity = "NP"  # type: ignore[misc]
    assert len(FAMILIES) == len(set(FAMILIES))


def test_a_text_is_four_members_in_json_and_refuses_a_fifth_language():
    text = Text("un", "een", "eins", "one")
    assert msgspec.json.encode(text) == b'{"fr":"un","nl":"een","de":"eins","en":"one"}'
    assert [text[language] for language in LANGUAGES] == ["un", "een", "eins", "one"]
    with pytest.raises(KeyError, match="choose one of fr, nl, de, en"):
        text["it"]  # type: ignore[index]
    assert type(catalogue["90373-334"].remedy) is Text


def test_a_title_names_the_zone_and_the_label():
    assert catalogue["00911-005"].title("fr") == "Date de fin — Interdit"


@languages
def test_a_remedy_is_a_cause_and_an_advice(language: Language):
    for entry in catalogue.values():
        cause, advice = entry.cause(language), entry.advice(language)
        assert f"{cause} {advice}" == entry.remedy[language]
        assert min(len(cause), len(advice)) > 10, entry.code


def test_a_cause_ends_before_what_to_do():
    entry = catalogue["00913-356"]
    assert entry.cause("en") == "This period already has an end date, so an exit (OUT) is not needed."
    assert entry.advice("fr") == "Si cette date est fausse, corrigez-la par une modification (UPDATE)."


def test_a_code_that_is_never_raised_has_one_reason(monkeypatch: pytest.MonkeyPatch):
    reasons = load_unreachable()
    assert "file" in reasons["00218-001"].reason
    twice = {"row": (Unreachable(("00218-001",), "why", "where"), Unreachable(("00218-001",), "why", "where"))}
    monkeypatch.setattr("opendimona.law.catalogue._read", lambda name, shape: twice)
    load_unreachable.cache_clear()
    with pytest.raises(ValueError, match="twice"):
        load_unreachable()
    monkeypatch.undo()
    assert load_unreachable() == reasons
