"""Client assertions (RFC 7523): the signed statement by which a registered program asks for a token."""

import math
import time
from functools import lru_cache
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from opendimona.register.client_entries import Client
from opendimona.register.clients import Clients

LEEWAY = 60
ASSERTION_MAX = 16_000
_JTI_MAX = 255


class InvalidAssertion(Exception):
    """Why an assertion does not count, in a sentence for the program's developer."""


class _Registry(jws.JWSRegistry):
    """Header members beyond the standard's are no reason to refuse; some programs send a whole certificate."""

    max_header_length = 12_000


_RS256_ONLY = _Registry(algorithms=["RS256"], strict_check_header=False)
_CLAIMS = msgspec.json.Decoder(dict[str, Any])


async def verify(assertion: str, clients: Clients, audiences: frozenset[str], life: int) -> tuple[Client, str, float]:
    """Whose assertion this is, its `jti` and its end (seconds since 1970).

    `life`: the longest that one may live, in seconds. Raises InvalidAssertion.
    """
    if len(assertion) > ASSERTION_MAX:
        raise InvalidAssertion("The client assertion is too long.")
    client_id = _issuer(assertion)
    client = await clients.get(client_id) if client_id else None
    if client is None:
        raise InvalidAssertion("The issuer (iss) of the assertion is not a registered client.")
    if client.valid_until is not None and client.valid_until.timestamp() <= time.time():
        raise InvalidAssertion("The certificate of this client has expired; have its successor registered.")
    try:
        signed = jws.deserialize_compact(assertion, _key(client.public_key), registry=_RS256_ONLY)
        claims = _CLAIMS.decode(signed.payload)
    except (JoseError, msgspec.DecodeError, ValueError, RecursionError):
        raise InvalidAssertion("The assertion is not signed by the registered key, with RS256.") from None
    jti, expires = _check(claims, client.id, audiences, life)
    return client, jti, expires


def _issuer(assertion: str) -> str | None:
    """The issuer that an assertion claims, before anything is proven."""
    try:
        claims = _CLAIMS.decode(jws.extract_compact(assertion.encode("ascii"), None, _RS256_ONLY).payload)
    except (JoseError, msgspec.DecodeError, ValueError, RecursionError, KeyError, TypeError):
        raise InvalidAssertion("The client assertion is not a signed JWT in compact form.") from None
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) else None


@lru_cache(maxsize=1024)
def _key(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)


def _check(claims: dict[str, Any], client_id: str, audiences: frozenset[str], life: int) -> tuple[str, float]:
    if claims.get("sub") != client_id:
        raise InvalidAssertion("Issuer (iss) and subject (sub) of the assertion must both be the client id.")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(name, str) and name in audiences for name in named):
        raise InvalidAssertion("The audience (aud) of the assertion must be the address of this token endpoint.")
    now = time.time()
    expires, issued, starts = _moment(claims, "exp"), _moment(claims, "iat"), _moment(claims, "nbf")
    if expires is None:
        raise InvalidAssertion("The assertion must say when it expires (exp).")
    if expires <= now:
        raise InvalidAssertion("The assertion has expired (exp); check the clock of your machine.")
    if expires - now > life + LEEWAY or (issued is not None and expires - issued > life + LEEWAY):
        raise InvalidAssertion(f"The assertion lives too long: exp may lie at most {life} seconds after iat.")
    if max(issued or 0, starts or 0) > now + LEEWAY:
        raise InvalidAssertion("The assertion is not valid yet (iat, nbf); check the clock of your machine.")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _JTI_MAX:
        raise InvalidAssertion(f"The assertion needs an identifier of its own (jti), 1 to {_JTI_MAX} characters.")
    return jti, expires


def _moment(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e11:
        raise InvalidAssertion(f"The claim {name} must be a number of seconds since 1970.")
    return value
