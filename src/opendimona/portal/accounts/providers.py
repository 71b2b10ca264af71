"""Signing in with an identity from elsewhere, by OpenID Connect: CSAM, itsme and CERBERE are configurations of it.

Code flow with PKCE, state and nonce; Authlib does the protocol. Metadata and keys are fetched at each sign-in, so that
a provider may rotate its keys whenever it likes.
"""

from pathlib import Path
from typing import Any, Literal

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.http import HttpRequest, HttpResponse
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from opendimona.portal.accounts.configured import NotVouched, Provider

TIMEOUT = 5.0
"""Seconds that a provider has to answer."""
KNOWN_BY_MAX = 255
BASIC = "client_secret_basic"
ENCRYPTED_DOTS = 4
"""A JWE has five parts, a JWS three."""
ENCRYPTIONS = ["RSA-OAEP", "RSA-OAEP-256", "A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]
"""With which keys, and with which contents, an identity may be encrypted."""


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


def published_keys(provider: Provider) -> dict[str, Any]:
    """The public halves of our keys as a JWK set: one verifies our requests, the other encrypts identities."""
    keys = []
    if provider.private_key is not None:
        keys.append(_key(provider.private_key, "sig"))
    if provider.decryption_key is not None:
        keys.append(_key(provider.decryption_key, "enc"))
    return {"keys": [key.as_dict(private=False) for key in keys]}


def _key(path: str, use: Literal["sig", "enc"]) -> RSAKey:
    """One of our keys, named by its thumbprint."""
    key = RSAKey.import_key(Path(path).read_text(encoding="ascii"), {"use": use})
    key.ensure_kid()
    return key


class App(DjangoOAuth2App):  # type: ignore[misc]
    """Authlib's, which takes an identity token out of its encryption first, where there is one."""

    decryption_key: RSAKey | None = None

    def parse_id_token(self, token: dict[str, Any], *values: Any, **named: Any) -> Any:
        """The claims of an identity token, verified. Raises JoseError, OAuthError, ValueError."""
        sent = token.get("id_token")
        if isinstance(sent, str) and sent.count(".") == ENCRYPTED_DOTS:
            if self.decryption_key is None:
                raise ValueError("encrypted, and no decryption_key")
            inner = jwe.decrypt_compact(sent, self.decryption_key, algorithms=ENCRYPTIONS).plaintext
            token = token | {"id_token": (inner or b"").decode("ascii")}
        return super().parse_id_token(token, *values, **named)


def _client(provider: Provider) -> App:
    """What speaks the protocol for one sign-in."""
    options: dict[str, Any] = {
        "scope": provider.scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT,
    }  # fmt: skip
    secret, methods = provider.client_secret, None
    if provider.private_key is not None:
        secret = Path(provider.private_key).read_text(encoding="ascii")
        options["token_endpoint_auth_method"] = PrivateKeyJWT.name
        methods = [PrivateKeyJWT(headers={"kid": _key(provider.private_key, "sig").kid})]
    client: App = OAuth().register(
        provider.id, client_cls=App, client_id=provider.client_id, client_secret=secret, client_auth_methods=methods,
        server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration", client_kwargs=options,
    )  # fmt: skip
    if provider.private_key is None:
        taken = client.load_server_metadata().get("token_endpoint_auth_methods_supported", [BASIC])
        if BASIC not in taken:  # the usual way unless a provider says that it takes another
            client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105 - no secret
    if provider.decryption_key is not None:
        client.decryption_key = _key(provider.decryption_key, "enc")
    return client
