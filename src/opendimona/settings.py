"""Settings of a server, all from the environment or the command line, read once at start."""

import os
from typing import Literal

from msgspec import Struct

PRODUCTION_AUDIENCES = (
    "https://services.socialsecurity.be/REST/oauth/v5/token",
    "https://services.socialsecurity.be/REST/oauth/v3/token",
    "https://oauth.socialsecurity.be",
)


MATCHER_CERTAINTY = 0.999


class MailSettings(Struct, frozen=True, kw_only=True):
    """How mail leaves. No `host`: no mail is sent, and what is to be mailed waits.

    `pause`: seconds between two mails to an address that asked for no other; 0: as soon as can be.
    """

    host: str | None = None
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    sender: str = "dimona@localhost"
    pause: int = 0
    timeout: float = 30.0


class NoticeSettings(Struct, frozen=True, kw_only=True):
    """Notices and their delivery. Durations are seconds, `retention` days.

    `reminder`, `escalation`: how long a declaration may wait for an identification before it is spoken of again.
    `attempts`: deliveries of one notice before it is a dead letter, a pause of `first_pause`, twice that, and so on up
    to `last_pause` between them; `patience`: how long an endpoint may fail before it is suspended.
    `may_reach_private`: whether a webhook may lead to an address that is not public, and go without TLS.
    `alarm`: the age of an undelivered notice from which the health page says DEGRADED.
    """

    reminder: float = 86_400.0
    escalation: float = 259_200.0
    retention: int = 90
    attempts: int = 12
    first_pause: float = 1.0
    last_pause: float = 300.0
    patience: float = 259_200.0
    timeout: float = 10.0
    may_reach_private: bool = False
    alarm: float = 3600.0


class KeepSettings(Struct, frozen=True, kw_only=True):
    """For how many days the portal keeps what proves nothing; 0: for good.

    `comparisons` with payroll (the last one stays), `letters` of the cell once read and announcements once over,
    `drafts` since they were saved last.
    """

    comparisons: int = 0
    letters: int = 0
    drafts: int = 0


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set. Durations are seconds, sizes bytes.

    `public_url`: base of absolute links (no trailing slash); absent, that of the request (behind `trusted_proxies`).
    `help_address`: whom the portal's help page writes to.
    `identity_providers`: path of the file that names those of OpenID Connect.
    `only`: serve one of the two houses alone; absent, both.
    `audiences`: accepted in a client assertion besides the server's own token URLs.
    `matcher_certainty`: between 0 and 1, from which the automatic matcher identifies a worker; None: it never does.
    `assertion_life`: longest life of a client assertion. `token_life`: life of an access token.
    """

    database_url: str | None = None
    is_sandbox: bool = False
    is_strict: bool = True
    only: Literal["portal", "rest"] | None = None
    public_url: str | None = None
    help_address: str | None = None
    identity_providers: str | None = None
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
    metrics_token: str | None = None
    mail: MailSettings = MailSettings()
    notices: NoticeSettings = NoticeSettings()
    keep: KeepSettings = KeepSettings()


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
        help_address=os.environ.get("OPENDIMONA_HELP_ADDRESS") or None,
        identity_providers=os.environ.get("OPENDIMONA_IDENTITY_PROVIDERS") or None,
        trusted_proxies=_texts("OPENDIMONA_TRUSTED_PROXIES", ()),
        audiences=_texts("OPENDIMONA_AUDIENCES", PRODUCTION_AUDIENCES),
        assertion_life=int(os.environ.get("OPENDIMONA_ASSERTION_LIFE", "86400")),
        token_life=int(os.environ.get("OPENDIMONA_TOKEN_LIFE", "600")),
        token_rate=int(os.environ.get("OPENDIMONA_TOKEN_RATE", "20")),
        token_burst=int(os.environ.get("OPENDIMONA_TOKEN_BURST", "50")),
        queue_limit=int(os.environ.get("OPENDIMONA_QUEUE_LIMIT", "4096")),
        batch_limit=int(os.environ.get("OPENDIMONA_BATCH_LIMIT", "512")),
        matcher_certainty=_certainty(is_sandbox=is_sandbox),
        metrics_token=os.environ.get("OPENDIMONA_METRICS_TOKEN") or None,
        mail=_mail(),
        notices=_notices(is_sandbox=is_sandbox),
        keep=KeepSettings(
            comparisons=int(os.environ.get("OPENDIMONA_KEEP_COMPARISONS", "0")),
            letters=int(os.environ.get("OPENDIMONA_KEEP_LETTERS", "0")),
            drafts=int(os.environ.get("OPENDIMONA_KEEP_DRAFTS", "0")),
        ),
    )


def _mail() -> MailSettings:
    security = os.environ.get("OPENDIMONA_MAIL_SECURITY", "starttls")
    if security not in ("starttls", "tls", "none"):
        raise ValueError("OPENDIMONA_MAIL_SECURITY is starttls, tls or none")
    return MailSettings(
        host=os.environ.get("OPENDIMONA_MAIL_HOST") or None,
        port=int(os.environ.get("OPENDIMONA_MAIL_PORT", "465" if security == "tls" else "587")),
        security=security,  # type: ignore[arg-type]
        user=os.environ.get("OPENDIMONA_MAIL_USER") or None,
        password=os.environ.get("OPENDIMONA_MAIL_PASSWORD") or None,
        sender=os.environ.get("OPENDIMONA_MAIL_SENDER", "dimona@localhost"),
        pause=int(os.environ.get("OPENDIMONA_MAIL_PAUSE", "0")),
    )


def _notices(*, is_sandbox: bool) -> NoticeSettings:
    return NoticeSettings(
        reminder=float(os.environ.get("OPENDIMONA_PENDING_REMINDER", "86400")),
        escalation=float(os.environ.get("OPENDIMONA_PENDING_ESCALATION", "259200")),
        retention=int(os.environ.get("OPENDIMONA_NOTICE_RETENTION", "90")),
        attempts=int(os.environ.get("OPENDIMONA_DELIVERY_ATTEMPTS", "12")),
        first_pause=float(os.environ.get("OPENDIMONA_DELIVERY_FIRST_PAUSE", "1")),
        last_pause=float(os.environ.get("OPENDIMONA_DELIVERY_LAST_PAUSE", "300")),
        patience=float(os.environ.get("OPENDIMONA_DELIVERY_PATIENCE", "259200")),
        may_reach_private=is_sandbox or os.environ.get("OPENDIMONA_WEBHOOK_PRIVATE", "no") == "yes",
    )
