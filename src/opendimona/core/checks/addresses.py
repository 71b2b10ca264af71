"""Addresses: of a foreign user undertaking and of a student's place of work (block 90022, zones 00517-00523)."""

from opendimona.core.checks import anomaly
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import Address

BELGIUM = 150
COUNTRY_MIN, COUNTRY_MAX = 100, 999
"""NIS country codes as Belgif writes them."""

ZONES = ("00517", "00518", "00520", "00522", "00523")
"""Street, house number, post code, municipality, country: compulsory in every address."""


def is_text(value: str | None, length: int) -> bool:
    """Whether a text is there, not blank, storable (no NUL) and no longer than `length` characters."""
    return value is not None and 0 < len(value.strip()) <= length and "\x00" not in value


def is_country(code: int | float | None) -> bool:
    """Whether a country code is a whole number from 100 to 999."""
    return code is not None and code == code // 1 and COUNTRY_MIN <= code <= COUNTRY_MAX


def is_post_code(value: str | None, country: int | float | None) -> bool:
    """Whether a post code is one to nine characters, four digits in Belgium."""
    if value is None or not is_text(value, 9):
        return False
    return country != BELGIUM or (len(value) == 4 and value.isascii() and value.isdigit() and value[0] != "0")


def is_municipality(address: Address) -> bool:
    """Whether the municipality has a name of at most 40 characters, a NIS code of five digits, or both."""
    place = address.municipality
    if place is None or (place.name is None and place.code is None):
        return False
    if place.name is not None and not is_text(place.name, 40):
        return False
    return place.code is None or (place.code == place.code // 1 and 10000 <= place.code <= 99999)


def members(address: Address) -> tuple[bool, ...]:
    """Which of the compulsory members of an address are given, in the order of `ZONES`."""
    place = address.municipality
    return (
        address.street is not None, address.house_number is not None, address.post_code is not None,
        place is not None and (place.name is not None or place.code is not None), address.country is not None,
    )  # fmt: skip


def address_anomalies(address: Address | None) -> list[Anomaly]:
    """What is missing from, or malformed in, a compulsory address."""
    address = address or Address()
    valid = (
        is_text(address.street, 42),
        is_text(address.house_number, 10),
        is_post_code(address.post_code, address.country),
        is_municipality(address),
        is_country(address.country),
    )
    found = [
        anomaly(f"{zone}-003" if is_given else f"{zone}-001")
        for zone, is_given, is_valid in zip(ZONES, members(address), valid, strict=True)
        if not is_valid
    ]
    if address.box_number is not None and not is_text(address.box_number, 4):
        found.append(anomaly("00519-003"))
    return found


def forbidden_address(address: Address | None) -> list[Anomaly]:
    """Each given member of an address where none may stand."""
    if address is None:
        return []
    found = [anomaly(f"{zone}-005") for zone, is_given in zip(ZONES, members(address), strict=True) if is_given]
    if address.box_number is not None:
        found.append(anomaly("00519-005"))
    return found
