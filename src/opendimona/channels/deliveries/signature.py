"""The signature of a webhook (https://www.standardwebhooks.com): HMAC-SHA256 over identifier, moment and body."""

import hmac
from base64 import b64decode, b64encode

PREFIX = "whsec_"
VERSION = "v1"


def secret_text(secret: bytes) -> str:
    """A secret as it is shown, once, to whoever registered the webhook."""
    return PREFIX + b64encode(secret).decode()


def secret_of(text: str) -> bytes:
    """The secret behind its text. Raises ValueError."""
    return b64decode(text.removeprefix(PREFIX), validate=True)


def sign(secret: bytes, identifier: str, seconds: int, body: bytes) -> str:
    """The signature of one delivery; `seconds` since 1970 is the moment at which it is sent."""
    signed = f"{identifier}.{seconds}.".encode() + body
    return f"{VERSION},{b64encode(hmac.digest(secret, signed, 'sha256')).decode()}"


def is_signed(secret: bytes, identifier: str, seconds: int, body: bytes, signatures: str) -> bool:
    """Whether one of the signatures sent is right."""
    wanted = sign(secret, identifier, seconds, body)
    return any(hmac.compare_digest(wanted, given) for given in signatures.split(" "))
