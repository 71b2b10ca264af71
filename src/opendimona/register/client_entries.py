"""What is registered of a program: its key, the employers it may act for, its scopes. Nothing is stored here."""

import re
from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec import Struct

from opendimona.core.identifiers import enterprise_number, is_enterprise_number, is_nsso_number, is_provisional_number
from opendimona.register.interface import Caller, Channel, EmployerKey

DECLARANT = "scope:dimona:declaration:declarant"
CONSULT = "scope:dimona:declaration:consult"
MANAGE = "scope:dimona:notice:manage"
IDENTIFICATION = "scope:dimona:identification"
PERSONS = "scope:dimona:persons"
USUAL_SCOPES = (DECLARANT, CONSULT)
"""What a program gets that was registered without any."""
AGENT_SCOPES = (IDENTIFICATION, PERSONS)
SCOPES = (*USUAL_SCOPES, MANAGE, *AGENT_SCOPES)
RSA_BITS_MIN = 2048
# The name under which a sandbox files what comes with its open token.
RESERVED_ID = "sandbox"
_CLIENT_ID = re.compile(r"[!-~]{1,100}")
_UNIT = re.compile(r"[A-Za-z0-9.:-]{1,40}")
_PEM_MAX = 20_000
_EMPLOYERS_MAX = 10_000


class ClientEntry(Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A program to register: `certificate` or `public_key` (PEM), not both.

    `employers`: NSSO, provisional or enterprise numbers; None means every employer. `scopes`: None means to declare
    and to consult. `unit`: the part of these employers, such as an establishment, that it is bounded to.
    """

    client_id: str
    certificate: str | None = None
    public_key: str | None = None
    employers: list[str | int] | None = None
    scopes: list[str] | None = None
    unit: str | None = None


class Client(Struct, frozen=True, kw_only=True):
    """A registration in force. `public_key` is PEM; `valid_until` is that of the certificate, None for a bare key.

    `last_used_at`: when it was last given a token, as far as it was read.
    """

    serial: int = 0
    id: str
    public_key: str
    valid_until: datetime | None
    mandate: frozenset[EmployerKey] | None
    scopes: tuple[str, ...]
    last_used_at: datetime | None = None
    unit: str | None = None

    def caller(self, channel: Channel = "secured", *, is_strict: bool) -> Caller:
        """The program as it asks the register."""
        return Caller(
            self.id, self.mandate, channel, is_strict=is_strict, unit=self.unit, is_bounded=self.unit is not None
        )


class InvalidClient(ValueError):
    """A program that cannot be registered; `member` of the entry is wrong, the text says what to do."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(message)
        self.member = member


def is_client_id(text: str) -> bool:
    """Whether `text` may name a program: 1 to 100 visible ASCII characters."""
    return _CLIENT_ID.fullmatch(text) is not None


def parse_client(entry: ClientEntry, now: datetime) -> Client:
    """The client that an entry describes. Raises InvalidClient."""
    if not is_client_id(entry.client_id) or entry.client_id == RESERVED_ID:
        raise InvalidClient("clientId", 'Give 1 to 100 visible ASCII characters without spaces, not "sandbox".')
    if (entry.certificate is None) == (entry.public_key is None):
        raise InvalidClient("certificate", "Give a certificate or a public key, one of the two.")
    if entry.certificate is not None:
        key, valid_until = _certificate(entry.certificate, now)
    else:
        key, valid_until = _public_key(entry.public_key or ""), None
    scopes = _scopes(entry.scopes)
    if entry.employers is not None and not set(AGENT_SCOPES).isdisjoint(scopes):
        raise InvalidClient("scopes", "An agent acts for every employer: leave the employers, or those scopes, out.")
    if entry.unit is not None:
        if not _UNIT.fullmatch(entry.unit):
            raise InvalidClient("unit", "Give 1 to 40 letters, digits, dots, colons or hyphens.")
        if entry.employers is None:
            raise InvalidClient("unit", "A unit is a part of employers: name these too.")
    return Client(
        id=entry.client_id,
        public_key=key,
        valid_until=valid_until,
        mandate=_mandate(entry.employers),
        scopes=scopes,
        unit=entry.unit,
    )


def _certificate(pem: str, now: datetime) -> tuple[str, datetime]:
    try:
        certificate = x509.load_pem_x509_certificate(_pem(pem))
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidClient("certificate", "This is not an X.509 certificate in PEM form.") from None
    if certificate.not_valid_after_utc <= now:
        raise InvalidClient("certificate", "This certificate has expired; register its successor.")
    return _rsa(key, "certificate"), certificate.not_valid_after_utc


def _public_key(pem: str) -> str:
    try:
        key = serialization.load_pem_public_key(_pem(pem))
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidClient("publicKey", "This is not a public key in PEM form.") from None
    return _rsa(key, "publicKey")


def _pem(text: str) -> bytes:
    if len(text) > _PEM_MAX:
        raise ValueError("too long")
    return text.encode()


def _rsa(key: object, member: str) -> str:
    if not isinstance(key, RSAPublicKey):
        raise InvalidClient(member, "Only RSA keys sign assertions (RS256); make one with 2048 bits or more.")
    if key.key_size < RSA_BITS_MIN:
        raise InvalidClient(member, "This RSA key is too short; make one with 2048 bits or more.")
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _mandate(numbers: Iterable[str | int] | None) -> frozenset[EmployerKey] | None:
    if numbers is None:
        return None
    keys = [employer_key(number) for number in numbers]
    if None in keys:
        raise InvalidClient("employers", f"Entry {keys.index(None)} is no NSSO, provisional NSSO or enterprise number.")
    if len(keys) > _EMPLOYERS_MAX:
        raise InvalidClient("employers", f"Give at most {_EMPLOYERS_MAX} employers, or leave the member out for all.")
    return frozenset(key for key in keys if key is not None)


def employer_key(number: str | int) -> EmployerKey | None:
    """The key of an employer's number, of the kind that its check digits make it; None when of none."""
    text = str(number) if isinstance(number, str) or 0 <= number < 10**10 else ""
    if not (0 < len(text) <= 10 and text.isascii() and text.isdigit()):
        return None
    value = int(text)
    if is_nsso_number(value) and not (isinstance(number, str) and len(text) == 10):
        return "nsso", value
    if is_provisional_number(value):
        return "provisional", value
    if enterprise_number(text) is not None or (isinstance(number, int) and is_enterprise_number(value)):
        return "enterprise", value
    return None


def _scopes(names: Iterable[str] | None) -> tuple[str, ...]:
    if names is None:
        return USUAL_SCOPES
    asked = set(names)
    if not asked <= set(SCOPES) or not asked:
        known = ", ".join(SCOPES)
        raise InvalidClient("scopes", f"The scopes are {known}; leave the member out to declare and to consult.")
    return tuple(scope for scope in SCOPES if scope in asked)
