"""The providers of identities that this server knows, as its operator configured them."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from django.conf import settings
from msgspec import Struct


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """A provider of identities, as the file of `OPENDIMONA_IDENTITY_PROVIDERS` describes it.

    `id` stands in addresses; `label` on the button. `issuer`: its metadata are at /.well-known/openid-configuration
    below it. `private_key`: path of a PEM file, for providers that ask for `private_key_jwt` instead of a secret.
    `decryption_key`: path of another, for providers that encrypt what they say. The public halves are published.
    `parameters`: what else the request for an identity says, `acr_values` for example.
    """

    id: str
    label: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    private_key: str | None = None
    decryption_key: str | None = None
    scope: str = "openid"
    parameters: dict[str, str] = {}


class NotVouched(Exception):
    """The provider did not say who this is, or what it said does not hold; the text is a word for the log."""


def read_providers(path: str | None) -> Mapping[str, Provider]:
    """The providers that a TOML file names, by id. Raises ValueError for a file that makes no sense."""
    if path is None:
        return {}
    try:
        rows = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("provider", [])
        read = msgspec.convert(rows, list[Provider])
        found = {one.id: msgspec.structs.replace(one, issuer=one.issuer.rstrip("/")) for one in read}
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"OPENDIMONA_IDENTITY_PROVIDERS: {error}") from None
    for one in found.values():
        if not one.id.isalnum() or not one.issuer.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError(f"OPENDIMONA_IDENTITY_PROVIDERS: {one.id}: an id of letters, and an issuer by https")
        if (one.client_secret is None) == (one.private_key is None):
            raise ValueError(f"OPENDIMONA_IDENTITY_PROVIDERS: {one.id}: either client_secret or private_key")
        for key in (one.private_key, one.decryption_key):
            if key is not None and not os.access(key, os.R_OK):
                raise ValueError(f"OPENDIMONA_IDENTITY_PROVIDERS: {one.id}: {key} is no file that the server may read")
    return found


def known() -> Mapping[str, Provider]:
    """The providers of this server."""
    found: Mapping[str, Provider] = getattr(settings, "IDENTITY_PROVIDERS", {})
    return found
