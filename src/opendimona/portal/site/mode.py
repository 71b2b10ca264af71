"""In which mode the server runs, as the pages need to know it."""

from django.conf import settings


def is_sandbox() -> bool:
    """Whether this is a test world, open to all who reach it."""
    return bool(getattr(settings, "IS_SANDBOX", False))


def is_strict() -> bool:
    """Whether employers and persons have to be known to the register."""
    return bool(getattr(settings, "IS_STRICT", True))


def public_url() -> str:
    """Where people reach this server, without a slash at the end; "" where it was not told."""
    return str(getattr(settings, "PUBLIC_URL", ""))
