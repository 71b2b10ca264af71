"""Django's settings for the portal."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg import conninfo

from opendimona.portal.accounts.configured import read_providers
from opendimona.settings import Settings

FOLDER = Path(__file__).parents[1]
SUBJECTS = (
    "accounts", "schools", "staff", "declare", "inbox", "home", "deadlines", "guide", "quick", "insurability",
    "cell", "agents", "announcements", "statistics", "texts", "mine", "programs", "audit", "site",
)  # fmt: skip
LANGUAGES = (("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"))
SESSION_DAYS = 14
INVITATION_DAYS = 7


def portal_options(settings: Settings, dsn: str, secret: str) -> dict[str, Any]:
    """Everything that Django is told."""
    is_secure = (settings.public_url or "").startswith("https:")
    host = urlsplit(settings.public_url or "").hostname
    return {
        "SECRET_KEY": secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": [host, "localhost", "127.0.0.1"] if host else ["*"],
        "ROOT_URLCONF": "opendimona.portal.site.urls",
        "INSTALLED_APPS": [
            "django.contrib.sessions", "django_htmx",
            *(f"opendimona.portal.{subject}" for subject in SUBJECTS),
        ],
        "MIDDLEWARE": [
            "opendimona.portal.site.guard.Guard",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "opendimona.portal.accounts.middleware.SignedIn",
            "django_htmx.middleware.HtmxMiddleware",
        ],
        "TEMPLATES": [_templates()],
        "DATABASES": {"default": database_of(dsn)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "accounts.Account",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "LANGUAGE_CODE": "fr",
        "LANGUAGES": list(LANGUAGES),
        "LOCALE_PATHS": [FOLDER / "locale"],
        "USE_TZ": True,
        "TIME_ZONE": "Europe/Brussels",
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_AGE": SESSION_DAYS * 86_400,
        "SESSION_COOKIE_SECURE": is_secure,
        "CSRF_COOKIE_SECURE": is_secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_TRUSTED_ORIGINS": [settings.public_url] if is_secure else [],
        "CSRF_FAILURE_VIEW": "opendimona.portal.site.failures.forbidden",
        "PASSWORD_RESET_TIMEOUT": INVITATION_DAYS * 86_400,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": settings.body_limit,
        **_mail(settings),
        "LOGGING_CONFIG": None,
        "SILENCED_SYSTEM_CHECKS": ["fields.W342"],
        "IS_SANDBOX": settings.is_sandbox,
        "IS_STRICT": settings.is_strict,
    }  # fmt: skip


def _mail(settings: Settings) -> dict[str, Any]:
    """How mail leaves, as Django's own sender is told; without a host none does."""
    mail = settings.mail
    return {
        "EMAIL_HOST": mail.host or "",
        "EMAIL_PORT": mail.port,
        "EMAIL_HOST_USER": mail.user or "",
        "EMAIL_HOST_PASSWORD": mail.password or "",
        "EMAIL_USE_TLS": mail.security == "starttls",
        "EMAIL_USE_SSL": mail.security == "tls",
        "EMAIL_TIMEOUT": mail.timeout,
        "DEFAULT_FROM_EMAIL": mail.sender,
        "PUBLIC_URL": settings.public_url or "",
        "HELP_ADDRESS": settings.help_address or "",
        "KEEP": settings.keep,
        "TRUSTED_PROXIES": settings.trusted_proxies,
        "PENDING_ESCALATION": settings.notices.escalation,
        "IDENTITY_PROVIDERS": read_providers(settings.identity_providers),
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "opendimona.portal.site.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "opendimona.portal.site.tags"],
        },
    }  # fmt: skip


def database_of(dsn: str) -> dict[str, Any]:
    """Django's way to the database of a connection string; its tables are those of the schema `portal` alone."""
    parts = dict(conninfo.conninfo_to_dict(dsn))
    name = parts.pop("dbname", None)
    given = f"{parts.pop('options', '') or ''} -c search_path=portal -c jit=off -c work_mem=16MB".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "options": given, "application_name": "opendimona portal"},
    }
