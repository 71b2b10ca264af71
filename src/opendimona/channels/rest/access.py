"""Access tokens: given out for an hour or less, checked on every call without asking the database.

A token is a JWT signed (HS256) with a key that all server processes share; it names the registration that it was given
to, so that revoking or replacing a registration ends its tokens: at once here, within a second in other processes.
"""

import secrets
import time
from functools import lru_cache

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from opendimona.channels.rest import problems
from opendimona.channels.rest.exchange import Request
from opendimona.channels.rest.sandbox_headers import as_sandboxed
from opendimona.register.client_entries import RESERVED_ID, SCOPES, Client
from opendimona.register.clients import Clients
from opendimona.register.interface import Caller
from opendimona.settings import Settings

SANDBOX_TOKEN = b"sandbox"
_TOKEN_MAX = 2048
_KNOWN_MAX = 20_000
_HEADER = {"alg": "HS256", "typ": "at+jwt"}


class Claims(Struct, omit_defaults=True):
    """What a token says: client and serial of its registration, scopes, end in seconds since 1970."""

    sub: str
    reg: int
    scope: str
    exp: int
    jti: str


class Grant(Struct, frozen=True):
    """What a token allows, until `expires` (seconds since 1970)."""

    caller: Caller
    scopes: frozenset[str]
    expires: float


class Access:
    """Gives tokens out and tells who calls."""

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._clients = clients
        self._life = settings.token_life
        self._is_strict = settings.is_strict or not settings.is_sandbox
        self._is_sandbox = settings.is_sandbox
        self._grants: dict[bytes, Grant] = {}
        self._version = -1
        self._open = Grant(Caller(RESERVED_ID, is_strict=self._is_strict), frozenset(SCOPES), float("inf"))
        self._decoder = msgspec.json.Decoder(Claims)

    def issue(self, client: Client, scopes: tuple[str, ...]) -> tuple[str, int]:
        """A token for a client, and its life in seconds."""
        claims = Claims(
            sub=client.id,
            reg=client.serial,
            scope=" ".join(scopes),
            exp=int(time.time()) + self._life,
            jti=secrets.token_urlsafe(9),
        )
        key = _key(self._clients.token_key)
        return jws.serialize_compact(_HEADER, msgspec.json.encode(claims), key), self._life

    async def caller(self, request: Request, scope: str) -> Caller:
        """Who calls, if a token with this scope came along. Raises Problem 401 or 403."""
        if self._clients.is_stale:
            await self._clients.refresh()
        if self._version != self._clients.version:
            self._grants, self._version = {}, self._clients.version
        authorization = request.headers.get(b"authorization")
        if authorization is None:
            raise problems.no_token()
        grant = self._grants.get(authorization) or await self._learn(authorization)
        if grant.expires <= time.time():
            raise problems.expired_token()
        if scope not in grant.scopes:
            raise problems.missing_scope(scope)
        return as_sandboxed(grant.caller, request) if self._is_sandbox else grant.caller

    def known_caller(self, request: Request, scope: str) -> Caller | None:
        """Who calls with a token that was seen before and holds this scope; None where `caller` must say more."""
        if self._clients.is_stale or self._version != self._clients.version:
            return None
        grant = self._grants.get(request.headers.get(b"authorization", b""))
        return grant.caller if grant is not None and grant.expires > time.time() and scope in grant.scopes else None

    async def _learn(self, authorization: bytes) -> Grant:
        """What a token that was not seen before allows; kept for its next use."""
        grants = self._grants
        scheme, _, token = authorization.partition(b" ")
        token = token.strip()
        if scheme.lower() != b"bearer" or not token:
            raise problems.no_token()
        grant = self._open if self._is_sandbox and token == SANDBOX_TOKEN else await self._verified(token)
        if len(grants) >= _KNOWN_MAX:
            del grants[next(iter(grants))]
        grants[authorization] = grant
        return grant

    async def _verified(self, token: bytes) -> Grant:
        if len(token) > _TOKEN_MAX:
            raise problems.invalid_token()
        try:
            signed = jws.deserialize_compact(token, _key(self._clients.token_key), algorithms=["HS256"])
            claims = self._decoder.decode(signed.payload)
        except (JoseError, msgspec.DecodeError, ValueError, RecursionError):
            raise problems.invalid_token() from None
        if claims.exp <= time.time():
            raise problems.expired_token()
        client = await self._clients.get(claims.sub)
        if client is None or client.serial != claims.reg:
            raise problems.invalid_token()
        caller = client.caller(is_strict=self._is_strict)
        return Grant(caller, frozenset(claims.scope.split()), claims.exp)


@lru_cache(maxsize=8)
def _key(secret: bytes) -> OctKey:
    return OctKey.import_key(secret)
