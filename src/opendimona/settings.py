"""Settings of a server, all from the environment or the command line, read once at start."""

import os

from msgspec import Struct

PRODUCTION_AUDIENCES = (
    "https://services.socialsecurity.be/REST/oauth/v5/token",
    "https://services.socialsecurity.be/REST/oauth/v3/token",
    "https://oauth.socialsecurity.be",
)


MATCHER_CERTAINTY = 0.999


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set. Durations are seconds, sizes bytes.

    `public_url`: base of absolute links (no trailing slash); absent, that of the request (behind `trusted_proxies`).
    `audiences`: accepted in a client assertion besides the server's own token URLs.
    `matcher_certainty`: between 0 and 1, from which the automatic matcher identifies a worker; None: it never does.
    `assertion_life`: longest life of a client assertion. `token_life`: life of an access token.
    """

    database_url: str | None = None
    is_sandbox: bool = False
    is_strict: bool = True
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
    matcher_certainty: float | None = None


def _texts(name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = os.environ.get(name)
    return default if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def _certainty(*, is_sandbox: bool) -> float | None:
    """From which certainty the matcher decides; in a sandbox never, unless asked: what waits there, waits.

    Raises ValueError for a certainty that is none.
    """
    text = os.environ.get("OPENDIMONA_MATCHER_CERTAINTY")
    if text is None:
        return None if is_sandbox else MATCHER_CERTAINTY
    if text.strip().lower() == "never":
        return None
    certainty = float(text)
    if not 0.5 < certainty <= 1:
        raise ValueError("OPENDIMONA_MATCHER_CERTAINTY is `never`, or above 0.5 and at most 1")
    return certainty


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
        matcher_certainty=_certainty(is_sandbox=is_sandbox),
    )
