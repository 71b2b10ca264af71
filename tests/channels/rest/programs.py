"""Registered programs for the tests: keys, certificates and the assertions that they sign."""

import hmac
import json
import time
import uuid
from base64 import urlsafe_b64encode as b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import RSAKey

from opendimona.register.client_entries import ClientEntry
from tests.channels.rest.asgi import Caller, Reply

TOKEN = "/REST/oauth/v5/token"
AUDIENCE = f"http://dimona.test{TOKEN}"
DECLARANT = "scope:dimona:declaration:declarant"
CONSULT = "scope:dimona:declaration:consult"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ID = "self_service_expeditor_123456"


@cache
def rsa_key(bits: int = 2048, name: str = "first") -> rsa.RSAPrivateKey:
    """A key, the same each time for a name."""
    assert name
    return rsa.generate_private_key(65537, bits)


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """The public half."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def program_entry(client_id: str = ID, **members: Any) -> ClientEntry:
    """A program as registered, with the usual key where none is given."""
    if members.keys().isdisjoint({"certificate", "public_key"}):
        members["public_key"] = public_pem(rsa_key())
    return ClientEntry(client_id=client_id, **members)


def certificate(key: rsa.RSAPrivateKey, *, days: float = 30, now: datetime | None = None) -> str:
    """A self-signed certificate that ends `days` from now."""
    moment = now or datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Payroll of Example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(moment - timedelta(days=400))
        .not_valid_after(moment + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def claims(**changes: Any) -> dict[str, Any]:
    """Claims as programs send them; a change to None leaves one out."""
    now = int(time.time())
    usual = {"iss": ID, "sub": ID, "aud": AUDIENCE, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 300}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(values: dict[str, Any], key: rsa.RSAPrivateKey | None = None, **header: Any) -> str:
    """An assertion, signed with RS256."""
    pem = (key or rsa_key()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jws.serialize_compact(
        {"alg": "RS256", "typ": "JWT", **header}, _json(values), RSAKey.import_key(pem), registry=registry
    )


def signed_with_secret(values: dict[str, Any], secret: bytes) -> str:
    """An assertion signed with HS256 and the public key as the secret: a trick that libraries refuse."""
    parts = [b64encode(_json(part)).rstrip(b"=") for part in ({"alg": "HS256"}, values)]
    return b".".join([*parts, b64encode(hmac.digest(secret, b".".join(parts), "sha256")).rstrip(b"=")]).decode()


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode()


def form(assertion: str, **changes: str | None) -> dict[str, str]:
    """The fields of a token request."""
    usual = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return {name: value for name, value in (usual | changes).items() if value is not None}


async def ask(program: Caller, fields: dict[str, str], path: str = TOKEN) -> Reply:
    """A token request."""
    return await program.call(
        "POST", path, urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"}
    )


async def token(program: Caller, **changes: str | None) -> str:
    """An access token for the registered program."""
    reply = await ask(program, form(signed(claims()), **changes))
    assert reply.status == 200, reply.body
    return str(reply.json()["access_token"])
