"""Where a webhook may lead: https on a public address, unless the operator allows more.

The name is looked up for each delivery, and the connection goes to the address that was looked at: a name that changes
its address in between leads nowhere else.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from msgspec import Struct

URL_MAX = 2000
_SCHEMES = {"https": 443, "http": 80}


class Forbidden(Exception):
    """An address to which nothing is sent; the text says why and names no address."""


class Destination(Struct, frozen=True, kw_only=True):
    """The parts of a webhook's URL."""

    is_secure: bool
    host: str
    port: int
    path: str
    authority: str


def parse_url(url: str, *, may_reach_private: bool) -> Destination:
    """The parts of a URL that a webhook may have. Raises Forbidden."""
    if len(url) > URL_MAX or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url):
        raise Forbidden(f"give at most {URL_MAX} visible ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("this is no URL") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise Forbidden("give a URL that begins with https://")
    if parts.scheme == "http" and not may_reach_private:
        raise Forbidden("give a URL that begins with https://: what is sent must not be read on its way")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("leave user and password out of the URL; the signature proves who sends")
    if parts.fragment:
        raise Forbidden("leave the part after # out of the URL")
    literal = _literal(parts.hostname)
    if literal is not None and not may_reach_private and not is_public(literal):
        raise Forbidden("this address is not a public one")
    return Destination(
        is_secure=parts.scheme == "https", host=parts.hostname, port=port or _SCHEMES[parts.scheme],
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""), authority=parts.netloc,
    )  # fmt: skip


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and not one inside another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None and not is_public(str(inner)):
            return False
        if found in _NAT64 and not is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))):
            return False
        if found.ipv4_mapped is not None:
            return True
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def resolve(destination: Destination, *, may_reach_private: bool) -> str:
    """The address to connect to. Raises Forbidden when one of those that a name has is not public, OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(
        destination.host, destination.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    addresses = [str(item[4][0]) for item in found]
    if not addresses:
        raise OSError("no address")
    if not may_reach_private and not all(is_public(address) for address in addresses):
        raise Forbidden("the name leads to an address that is not public")
    return addresses[0]
