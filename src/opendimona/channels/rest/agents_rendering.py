"""What agents are shown, as JSON members: declarations that wait, and the persons who may be meant."""

from typing import Any

import msgspec

from opendimona.channels.rest import rendering
from opendimona.channels.rest.links import ROOT
from opendimona.channels.rest.moments import BRUSSELS
from opendimona.core.identity.ranking import Candidate, Record
from opendimona.law.identification import load_weights
from opendimona.register.agents import Pending

Members = dict[str, Any]
POINTS_DIGITS, CERTAINTY_DIGITS = 1, 6


def pending(waiting: Pending, base: str) -> Members:
    """A declaration that waits, with the identity as it was declared; candidates where there are any."""
    filed = waiting.declaration
    found: Members = {
        "href": f"{base}{ROOT}/identifications/{waiting.number}",
        "declarationId": waiting.number,
        "receivedAt": waiting.received_at.astimezone(BRUSSELS).isoformat(),
        "employer": rendering.employer(waiting.employer),
        "worker": msgspec.to_builtins(filed.worker),
        "dimonaIn": msgspec.to_builtins(filed.dimona_in),
    }
    if waiting.candidates:
        found["candidates"] = [candidate(one) for one in waiting.candidates]
    return found


def candidate(one: Candidate) -> Members:
    """A person who may be meant, and why."""
    found: Members = {"person": record(one.record)}
    if one.found_as is not None:
        found["foundAs"] = f"{one.found_as:011d}"
    if one.reasons:
        found["certainty"] = round(one.certainty, CERTAINTY_DIGITS)
        found["points"] = round(one.points, POINTS_DIGITS)
        texts = load_weights()
        found["reasons"] = [
            {"code": reason.code, "points": reason.points, "text": msgspec.to_builtins(texts[reason.code].text)}
            for reason in one.reasons
        ]
    return found


def record(known: Record) -> Members:
    """A person of the register of persons."""
    members = {
        "ssin": f"{known.ssin:011d}", "familyName": known.family_name, "givenName": known.given_name,
        "birthDate": known.birth and known.birth.isoformat(), "gender": known.gender,
        "placeOfBirth": known.birth_place, "countryOfBirth": known.birth_country, "nationality": known.nationality,
        "postCode": known.post_code, "replacedBy": known.replaced_by and f"{known.replaced_by:011d}",
    }  # fmt: skip
    return {name: value for name, value in members.items() if value is not None}
