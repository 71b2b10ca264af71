"""Settings of a server, all from the environment or the command line, read once at start."""

import os
from typing import Literal

from msgspec import Struct

PRODUCTION_AUDIENCES = (
    "https://services.socialsecurity.be/REST/oauth/v5/token",
    "https://services.socialsecurity.be/REST/oauth/v3/token",
    "https://oauth.socialsecurity.be",
)


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set. Durations are seconds, sizes bytes.

    `public_url`: base of absolute links (no trailing slash); absent, that of the request (behind `trusted_proxies`).
    `only`: serve one of the two houses alone; absent, both.
    `audiences`: accepted in a client assertion besides the server's own token URLs.
    `assertion_life`: longest life of a client assertion. `token_life`: life of an access token.
    """

    database_url: str | None = None
    is_sandbox: bool = False
    is_strict: bool = True
    only: Literal["portal", "rest"] | None = None
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    audiences: tuple[str, ...] = PRODUCTION_AUDIENCES
    assertion_life: int = 86_400
    token_life: int = 600
    token_rate: int = 20
    token_burst: int = 50
    body_limit: int = 1_000_000
    queue_limit: int = 4096
    batch_limit: int = 512
    desk_lanes: int = 2
    connections: int = 4


def _texts(name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = os.environ.get(name)
    return default if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def from_environment(*, is_sandbox: bool = False, is_strict: bool | None = None) -> Settings:
    """The settings that the `OPENDIMONA_…` variables ask for; outside the sandbox strict is always on.

    Raises ValueError for a number that is none.
    """
    return Settings(
        database_url=os.environ.get("OPENDIMONA_DATABASE_URL") or None,
        is_sandbox=is_sandbox,
        is_strict=bool(is_strict) or not is_sandbox,
        public_url=(os.environ.get("OPENDIMONA_PUBLIC_URL") or "").rstrip("/") or None,
        trusted_proxies=_texts("OPENDIMONA_TRUSTED_PROXIES", ()),
        audiences=_texts("OPENDIMONA_AUDIENCES", PRODUCTION_AUDIENCES),
        assertion_life=int(os.environ.get("OPENDIMONA_ASSERTION_LIFE", "86400")),
        token_life=int(os.environ.get("OPENDIMONA_TOKEN_LIFE", "600")),
        token_rate=int(os.environ.get("OPENDIMONA_TOKEN_RATE", "20")),
        token_burst=int(os.environ.get("OPENDIMONA_TOKEN_BURST", "50")),
        queue_limit=int(os.environ.get("OPENDIMONA_QUEUE_LIMIT", "4096")),
        batch_limit=int(os.environ.get("OPENDIMONA_BATCH_LIMIT", "512")),
    )
