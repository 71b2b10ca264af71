"""Signing in with an identity from elsewhere, by OpenID Connect: CSAM, itsme and CERBERE are configurations of it.

Code flow with PKCE, state and nonce; Authlib does the protocol. Metadata and keys are fetched at each sign-in, so that
a provider may rotate its keys whenever it likes.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import requests
import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from msgspec import Struct

log = structlog.get_logger()
TIMEOUT = 5.0
"""Seconds that a provider has to answer."""
KNOWN_BY_MAX = 255


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """A provider of identities, as the file of `OPENDIMONA_IDENTITY_PROVIDERS` describes it.

    `id` stands in addresses; `label` on the button. `issuer`: its metadata are at /.well-known/openid-configuration
    below it. `private_key`: path of a PEM file, for providers that ask for `private_key_jwt` instead of a secret.
    `parameters`: what else the request for an identity says, `acr_values` for example.
    """

    id: str
    label: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    private_key: str | None = None
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
    return found


def known() -> Mapping[str, Provider]:
    """The providers of this server."""
    found: Mapping[str, Provider] = getattr(settings, "IDENTITY_PROVIDERS", {})
    return found


def send_there(request: HttpRequest, provider: Provider, back: str) -> HttpResponse:
    """Send the browser to a provider; it comes back to `back`. Raises NotVouched."""
    try:
        answer: HttpResponse = _client(provider).authorize_redirect(request, back, **provider.parameters)
    except (requests.RequestException, OAuthError, ValueError, KeyError, RuntimeError) as error:
        raise NotVouched(type(error).__name__) from None
    return answer


def who_came_back(request: HttpRequest, provider: Provider) -> str:
    """The subject for which a provider vouches in the request that came back. Raises NotVouched."""
    try:
        token = _client(provider).authorize_access_token(request, leeway=60)
        claims = token["userinfo"]
        subject, issuer = claims["sub"], claims["iss"]
    except (requests.RequestException, OAuthError, JoseError, ValueError, KeyError, RuntimeError) as error:
        raise NotVouched(type(error).__name__) from None
    if not isinstance(subject, str) or not 0 < len(subject) <= KNOWN_BY_MAX or issuer.rstrip("/") != provider.issuer:
        raise NotVouched("subject")
    return subject


def _client(provider: Provider) -> DjangoOAuth2App:
    """What speaks the protocol for one sign-in."""
    options: dict[str, Any] = {
        "scope": provider.scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT,
    }  # fmt: skip
    secret, methods = provider.client_secret, None
    if provider.private_key is not None:
        secret = Path(provider.private_key).read_text(encoding="ascii")
        options["token_endpoint_auth_method"] = PrivateKeyJWT.name
        methods = [PrivateKeyJWT()]
    return OAuth().register(
        provider.id, client_id=provider.client_id, client_secret=secret, client_auth_methods=methods,
        server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration", client_kwargs=options,
    )  # fmt: skip
