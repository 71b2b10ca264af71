"""What may be registered of a program, and how its employers' numbers are read."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from opendimona.core.identifiers import PROVISIONAL_MIN, is_provisional_number
from opendimona.register.client_entries import (
    IDENTIFICATION,
    USUAL_SCOPES,
    InvalidClient,
    employer_key,
    parse_client,
)
from opendimona.register.interface import EmployerKey
from tests.channels.rest.programs import CONSULT, certificate, program_entry, public_pem, rsa_key

NOW = datetime.now(UTC)
PROVISIONAL = next(number for number in range(PROVISIONAL_MIN, PROVISIONAL_MIN + 100) if is_provisional_number(number))


def test_a_certificate_and_a_bare_key() -> None:
    with_certificate = parse_client(program_entry(certificate=certificate(rsa_key(), now=NOW)), NOW)
    assert with_certificate.valid_until is not None
    assert abs(with_certificate.valid_until - (NOW + timedelta(days=30))) < timedelta(seconds=2)
    bare = parse_client(program_entry(), NOW)
    assert (bare.public_key, bare.valid_until, bare.mandate, bare.scopes) == (
        with_certificate.public_key,
        None,
        None,
        USUAL_SCOPES,
    )


@pytest.mark.parametrize(
    ("members", "member", "word"),
    [
        ({"client_id": ""}, "clientId", "1 to 100"),
        ({"client_id": "a b"}, "clientId", "spaces"),
        ({"client_id": "x" * 101}, "clientId", "1 to 100"),
        ({"client_id": "sandbox"}, "clientId", "sandbox"),
        ({"certificate": "x", "public_key": "x"}, "certificate", "one of the two"),
        ({"certificate": "x"}, "certificate", "X.509"),
        ({"public_key": "x"}, "publicKey", "PEM"),
        ({"public_key": "x" * 30_000}, "publicKey", "PEM"),
        ({"certificate": certificate(rsa_key(), days=-1)}, "certificate", "expired"),
        ({"certificate": certificate(rsa_key(1024, "short"))}, "certificate", "2048"),
        ({"public_key": public_pem(rsa_key(1024, "short"))}, "publicKey", "2048"),
        ({"public_key": public_pem(ec.generate_private_key(ec.SECP256R1()))}, "publicKey", "RSA"),
        ({"employers": ["175110801", "175110802"]}, "employers", "Entry 1"),
        ({"scopes": []}, "scopes", "scope:"),
        ({"scopes": ["consult"]}, "scopes", "scope:"),
        ({"employers": [471149091] * 10_001}, "employers", "10000"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_registered(members: dict[str, object], member: str, word: str) -> None:
    with pytest.raises(InvalidClient, match=word) as told:
        parse_client(program_entry(**members), NOW)
    assert told.value.member == member


def test_a_mandate_and_scopes() -> None:
    client = parse_client(program_entry(employers=["175110801", 471149091], scopes=[CONSULT, CONSULT]), NOW)
    assert (client.mandate, client.scopes) == ({("nsso", 175110801), ("enterprise", 471149091)}, (CONSULT,))
    assert parse_client(program_entry(employers=[]), NOW).mandate == frozenset()


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("175110801", ("nsso", 175110801)),
        (175110801, ("nsso", 175110801)),
        ("0471149091", ("enterprise", 471149091)),
        ("471149091", ("enterprise", 471149091)),
        (471149091, ("enterprise", 471149091)),
        (str(PROVISIONAL), ("provisional", PROVISIONAL)),
        (PROVISIONAL, ("provisional", PROVISIONAL)),
        ("0175110801", None),
        ("", None),
        ("x", None),
        ("١٧٥", None),
        (0, None),
        (-1, None),
        (10**30, None),
        ("1" * 30, None),
    ],
)
def test_the_kind_of_a_number_follows_from_its_check_digits(number: str | int, key: EmployerKey | None) -> None:
    assert employer_key(number) == key


def test_an_agent_acts_for_every_employer() -> None:
    entry = program_entry(scopes=[IDENTIFICATION], employers=["175110801"])
    with pytest.raises(InvalidClient) as error:
        parse_client(entry, NOW)
    assert error.value.member == "scopes"
