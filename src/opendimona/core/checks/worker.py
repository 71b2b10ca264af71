"""The worker: identified by SSIN, or by complete identity data; consistent with what the register of persons knows."""

import unicodedata
from datetime import date

from opendimona.core.calendar import parse_day
from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.addresses import is_country, is_municipality, is_post_code, is_text
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import Address, DeclaredWorker
from opendimona.core.facts import SSIN, Facts
from opendimona.core.file import Person
from opendimona.core.identifiers import is_ssin

PERSON = "DIMONA glossary 2023/3, block 90017"
OLDEST = 120
GENDERS = ("0", "1", "2")
NO_ADDRESS = Address()


def is_birth_date(text: str | None, year: int) -> bool:
    """Whether a birth date is YYYY-MM-DD or YYYY-00-00 (day unknown), at most 120 calendar years before `year`."""
    if text is None:
        return False
    day = parse_day(f"{text[:4]}-01-01" if text[4:] == "-00-00" else text)
    return day is not None and year - OLDEST <= day.year <= year


def is_gender(value: int | float | str | None) -> bool:
    """Whether a gender is 0, 1 or 2, as a number or as text."""
    text = str(int(value)) if isinstance(value, int | float) and value == value // 1 else value
    return text in GENDERS


def has_identity(worker: DeclaredWorker) -> bool:
    """Whether any identity datum beside the SSIN is given."""
    return (
        worker.family_name is not None or worker.given_name is not None or worker.birth_date is not None
        or worker.gender is not None or worker.place_of_birth is not None or worker.country_of_birth is not None
        or worker.nationality is not None or (worker.address is not None and worker.address != NO_ADDRESS)
    )  # fmt: skip


def identity_zones(worker: DeclaredWorker, year: int) -> tuple[tuple[str, bool, bool], ...]:
    """For each compulsory identity datum: its zone, whether it is given, whether it is well-formed."""
    address = worker.address or NO_ADDRESS
    place = address.municipality
    return (
        ("00025", worker.family_name is not None, is_text(worker.family_name, 48)),
        ("00026", worker.given_name is not None, is_text(worker.given_name, 24)),
        ("00028", worker.birth_date is not None, is_birth_date(worker.birth_date, year)),
        ("00168", worker.place_of_birth is not None, is_text(worker.place_of_birth, 40)),
        ("00169", worker.country_of_birth is not None, is_country(worker.country_of_birth)),
        ("00119", worker.nationality is not None, is_country(worker.nationality)),
        ("00029", worker.gender is not None, is_gender(worker.gender)),
        ("00030", address.street is not None, is_text(address.street, 35)),
        ("00031", address.house_number is not None, is_text(address.house_number, 10)),
        ("00033", address.post_code is not None, is_post_code(address.post_code, address.country)),
        ("00034", place is not None and (place.name is not None or place.code is not None), is_municipality(address)),
        ("00035", address.country is not None, is_country(address.country)),
    )


@check("in", codes="00024-003 00024-001 90017-363", source=f"{PERSON}, zone 00024 and 363")
def worker_identified(facts: Facts) -> Finding:
    """The worker bears an SSIN with right check digits, compulsory for occasional workers, or else identity data."""
    worker = facts.declaration.worker
    if worker is not None and worker.ssin is not None:
        if is_ssin(worker.ssin):
            facts.ssin = int(worker.ssin)
            return ()
        facts.reported.add(SSIN)
        return (anomaly("00024-003"),)
    if facts.type_row is not None and facts.type_row.is_ssin_required:
        facts.reported.add(SSIN)
        return (anomaly("00024-001"),)
    if worker is None or not has_identity(worker):
        facts.reported.add(SSIN)
        return (anomaly("90017-363"),)
    return ()


@check(
    "in",
    codes="00025-003 00026-003 00028-003 00168-003 00169-003 00119-003 00029-003 00030-003 00031-003 00032-003 "
    "00033-003 00034-003 00035-003",
    source=f"{PERSON}, zones 00025-00035, 00119, 00168, 00169; wholly compulsory without SSIN",
    only_with="identity",
)
def identity_data(facts: Facts) -> Finding:
    """Identity data are well-formed; without SSIN every one of them is there, except the box number."""
    worker = facts.declaration.worker
    if worker is None or not has_identity(worker):
        return ()
    is_complete_needed = worker.ssin is None and SSIN not in facts.reported
    found = []
    for zone, is_given, is_valid in identity_zones(worker, facts.today.year):
        if not is_valid and (is_given or is_complete_needed):
            facts.reported.add(zone)
            found.append(anomaly(f"{zone}-003"))
    box = worker.address.box_number if worker.address is not None else None
    if box is not None and not is_text(box, 4):
        found.append(anomaly("00032-003"))
    return found


@check("in", codes="90017-151", source=f"{PERSON}, 151", only_with="identity")
def worker_known(facts: Facts) -> Finding:
    """The SSIN belongs to a person of the register of persons."""
    return (anomaly("90017-151"),) if facts.ssin is not None and facts.file.person is None else ()


def plain(name: str) -> str:
    """A name without case, accents, or anything but letters and single blanks."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())


def is_same_given_name(declared: str, recorded: str) -> bool:
    """Whether two given names agree: wholly, or in their first part (further given names are optional)."""
    one, other = plain(declared), plain(recorded)
    return one == other or one.split(" ")[0] == other.split(" ")[0]


def is_same_birth_date(declared: str, recorded: date) -> bool:
    """Whether a declared birth date, or birth year, is the recorded one."""
    return declared[:4] == f"{recorded.year:04d}" if declared[4:] == "-00-00" else parse_day(declared) == recorded


@check(
    "in",
    codes="00025-348 00026-348 00028-348",
    source=f"{PERSON}, zones 00025, 00026, 00028, 348 (NP); gender is not compared",
    only_with="identity",
)
def worker_consistent(facts: Facts) -> Finding:
    """Name, first name and birth date agree with those recorded for the SSIN; otherwise a warning on each."""
    worker, person = facts.declaration.worker, facts.file.person
    if person is None or facts.ssin is None or worker is None:
        return ()
    if worker.family_name is None and worker.given_name is None and worker.birth_date is None:
        return ()
    return contradictions(worker, person, facts)


def contradictions(worker: DeclaredWorker, person: Person, facts: Facts) -> list[Anomaly]:
    """The identity data that contradict the recorded ones."""
    found = []
    if worker.family_name is not None and person.family_name is not None and "00025" not in facts.reported:
        if plain(worker.family_name) != plain(person.family_name):
            found.append(anomaly("00025-348", "NP"))
    if worker.given_name is not None and person.given_name is not None and "00026" not in facts.reported:
        if not is_same_given_name(worker.given_name, person.given_name):
            found.append(anomaly("00026-348", "NP"))
    if worker.birth_date is not None and person.birth_date is not None and "00028" not in facts.reported:
        if not is_same_birth_date(worker.birth_date, person.birth_date):
            found.append(anomaly("00028-348", "NP"))
    return found


@check(
    "in", types="FLX", codes="90017-510", source="DIMONA glossary 2023/3, block 90017, 510 (NP); pensioners are exempt"
)
def flexi_access(facts: Facts) -> Finding:
    """A flexi-jobber works enough elsewhere, or is a pensioner; otherwise a warning."""
    person = facts.file.person
    if person is None or person.is_flexi_eligible or person.is_pensioner:
        return ()
    return (anomaly("90017-510", "NP"),)
