"""Absolute addresses, from the configured public URL, else from the request or what a trusted proxy says of it."""

import ipaddress
import re
from functools import lru_cache

from opendimona.channels.rest import problems
from opendimona.channels.rest.exchange import Request

ROOT = "/REST/dimona/v2"
TOKEN_PATHS = ("/REST/oauth/v5/token", "/REST/oauth/v3/token")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Links:
    """Where this service is, as its callers see it. Raises ValueError for a proxy that is no address or network."""

    def __init__(self, public_url: str | None, trusted_proxies: tuple[str, ...]) -> None:
        self._public = public_url.rstrip("/") if public_url else None
        self._proxies = tuple(ipaddress.ip_network(text, strict=False) for text in trusted_proxies)

    def base(self, request: Request) -> str:
        """Scheme and authority of the service, no slash at the end. Raises Problem 400 for a Host that is none."""
        if self._public is not None:
            return self._public
        scheme, host = request.scope["scheme"], request.headers.get(b"host")
        if self._proxies and self._is_proxied(request):
            host = request.headers.get(b"x-forwarded-host", host or b"").rpartition(b",")[2].strip()
            forwarded = request.headers.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
            scheme = forwarded.decode("latin-1") if forwarded in (b"http", b"https") else scheme
        if not host:
            name, port = request.scope.get("server") or ("localhost", None)
            host = (f"[{name}]" if ":" in name else name).encode() + (b":%d" % port if port else b"")
        return _base(scheme, host)

    def _is_proxied(self, request: Request) -> bool:
        client = request.scope.get("client")
        return client is not None and _is_within(client[0], self._proxies)


@lru_cache(maxsize=1024)
def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


@lru_cache(maxsize=1024)
def _base(scheme: str, host: bytes) -> str:
    text = host.decode("latin-1")
    if not _HOST.fullmatch(text):
        raise problems.bad_header("Host", "Send the name or address of this server.")
    return f"{scheme}://{text}"


def declaration_href(base: str, number: int) -> str:
    """Address of a declaration."""
    return f"{base}{ROOT}/declarations/{number}"


def task_href(base: str, number: int) -> str:
    """Address of a batch that is being filed."""
    return f"{base}{ROOT}/declarations/tasks/{number}"


def period_href(base: str, number: int) -> str:
    """Address of a period."""
    return f"{base}{ROOT}/periods/{number}"


def registration_href(base: str, number: int) -> str:
    """Address of a daily registration."""
    return f"{base}{ROOT}/dailyRegistrations/{number}"
