"""The blocks that only some workers have: construction cards, small statutes of trainees, a student's place of work."""

from opendimona.core.checks import Finding, anomaly, check
from opendimona.core.checks.addresses import address_anomalies, forbidden_address, is_text
from opendimona.core.checks.features import NAME_LENGTH
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import ConstructionControlCards, SmallStatutesInformation
from opendimona.core.facts import COMMITTEE, USER_COMMITTEE, Facts
from opendimona.law.rules import Presence

CARD_LENGTH = 12
OPTIONAL_CARDS = frozenset(("DWD", "IVT", "TRI", "STU"))
NATURES = ("WORKER", "EMPLOYEE")
STATUSES = ("F1", "F2")


def cards_presence(facts: Facts) -> Presence | None:
    """Whether the C3.2A cards must, may or may not be given (block 90375); None when that hangs on an unknown type."""
    committee = facts.work_committee
    if committee is not None and committee.needs_cards:
        return "required"
    is_client_unknown = facts.committee is not None and facts.committee.is_agency and facts.user_committee is None
    if is_client_unknown and facts.type is None:
        return None
    if is_client_unknown and facts.type == "BCW":
        return "required"
    return "optional" if is_client_unknown and facts.type in OPTIONAL_CARDS else "forbidden"


def card_number(value: int | float | str) -> str | None:
    """The number of a C3.2A card: one to twelve digits, not zero; or None."""
    text = value if isinstance(value, str) else str(int(value)) if value == value // 1 else ""
    is_number = 0 < len(text) <= CARD_LENGTH and text.isascii() and text.isdigit()
    return text.lstrip("0") or None if is_number else None


@check(
    "in",
    codes="00663-001 00663-003 00663-005 00664-001 00664-003 00664-005 00664-353",
    source="DIMONA glossary 2023/3, block 90375, zones 00663 and 00664; suspended from April to August 2020",
    is_of_block=True,
)
def construction_cards(facts: Facts) -> Finding:
    """Construction workers have two C3.2A cards, of the month of the start and of the next, with different numbers."""
    block = facts.declaration.dimona_in
    cards = block.construction_control_cards if block is not None else None
    if not facts.knows(COMMITTEE, USER_COMMITTEE):
        return ()
    presence = cards_presence(facts)
    if presence is None or (presence == "forbidden" and cards is None):
        return ()
    cards = cards or ConstructionControlCards()
    found: list[Anomaly] = []
    numbers = []
    for zone, value in (("00663", cards.first_month), ("00664", cards.next_month)):
        if value is None:
            is_missing = presence == "required" or cards.first_month is not None or cards.next_month is not None
            if is_missing and presence != "forbidden" and not facts.law.is_suspended("construction-cards", facts.today):
                found.append(anomaly(f"{zone}-001"))
            continue
        number = card_number(value)
        if presence == "forbidden":
            found.append(anomaly(f"{zone}-005"))
        elif number is None:
            found.append(anomaly(f"{zone}-003"))
        else:
            numbers.append(number)
    if len(numbers) == 2 and numbers[0] == numbers[1]:
        found.append(anomaly("00664-353"))
    return found


@check(
    "in",
    codes="01231-001 01231-003 01231-005 00053-001 00053-003 00053-005 00041-521",
    source="DIMONA glossary 2023/3, block 90594, zones 00041, 00053, 01231; table activities_with_risk",
    is_of_block=True,
)
def small_statutes(facts: Facts) -> Finding:
    """Trainees come with the nature of their work and their status; nobody else does. A risk suits the nature."""
    row, block = facts.type_row, facts.declaration.dimona_in
    given = block.small_statutes_information if block is not None else None
    if row is None or (given is None and row.small_statutes != "required"):
        return ()
    given = given or SmallStatutesInformation()
    found = []
    for zone, value, domain in (
        ("01231", given.employment_nature, NATURES),
        ("00053", given.worker_status, STATUSES),
    ):
        if row.small_statutes == "forbidden":
            if value is not None:
                found.append(anomaly(f"{zone}-005"))
        elif value is None:
            found.append(anomaly(f"{zone}-001"))
        elif value not in domain:
            found.append(anomaly(f"{zone}-003"))
    if given.activity_with_risk is not None and not suits_work(given.activity_with_risk, given, facts):
        found.append(anomaly("00041-521"))
    return found


def suits_work(activity: int | float, given: SmallStatutesInformation, facts: Facts) -> bool:
    """Whether an activity with risk is one (1 to 999, 0 for none) that goes with a trainee's nature of work."""
    if facts.type_row is None or facts.type_row.small_statutes == "forbidden":
        return False
    if activity != activity // 1 or not 0 <= activity <= 999:
        return False
    nature = facts.law.nature_of_activity(int(activity), facts.start or facts.today)
    return nature is None or given.employment_nature not in NATURES or nature == given.employment_nature


@check(
    "in",
    codes="00776-003 00776-005 00517-001 00518-001 00520-001 00522-001 00523-001 00517-003 00518-003 00519-003 "
    "00520-003 00522-003 00523-003 00517-005 00518-005 00519-005 00520-005 00522-005 00523-005",
    source="DIMONA glossary 2023/3, blocks 90376 and 90022, zone 00776",
    is_of_block=True,
)
def place_of_work(facts: Facts) -> Finding:
    """A student who works outside the head office has a named place of work with its address; others have none."""
    block = facts.declaration.dimona_in
    place = block.student_place_of_work if block is not None else None
    if place is None or facts.type_row is None:
        return ()
    if facts.type_row.place_of_work == "forbidden":
        found = [anomaly("00776-005")] if place.name is not None else []
        return found + forbidden_address(place.address)
    found = [] if is_text(place.name, NAME_LENGTH) else [anomaly("00776-003")]
    return found + address_anomalies(place.address)
