"""Signing in with an identity from elsewhere, by OpenID Connect: CSAM, itsme and CERBERE are configurations of it.

Code flow with PKCE, state and nonce; Authlib does the protocol. Metadata and keys are fetched at each sign-in, so that
a provider may rotate its keys whenever it likes.
"""

from pathlib import Path
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from opendimona.portal.accounts.configured import NotVouched, Provider

TIMEOUT = 5.0
"""Seconds that a provider has to answer."""
KNOWN_BY_MAX = 255


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
