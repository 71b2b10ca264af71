"""Where a webhook may lead, and where it may not."""

import socket

import pytest

from opendimona.channels.deliveries.addresses import Forbidden, is_public, parse_url, resolve

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "fe80::1%eth0",
]  # fmt: skip
OUTSIDE = ["193.191.210.1", "8.8.8.8", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert is_public(address)


def test_a_url_in_parts() -> None:
    found = parse_url("https://payroll.example:8443/a/b?c=d", may_reach_private=False)
    assert (found.is_secure, found.host, found.port, found.path) == (True, "payroll.example", 8443, "/a/b?c=d")
    assert found.authority == "payroll.example:8443"
    plain = parse_url("http://[::1]", may_reach_private=True)
    assert (plain.is_secure, plain.host, plain.port, plain.path) == (False, "::1", 80, "/")


@pytest.mark.parametrize(
    "url",
    [
        "", "payroll.example", "ftp://payroll.example/", "https://", "https:///x", "http://payroll.example/",
        "https://user:secret@payroll.example/", "https://payroll.example/#x", "https://payroll.example:99999/",
        "https://payroll.example/\r\nX: y", "https://payroll.example/é", "https://10.0.0.1/", "https://[::1]/",
        "https://127.0.0.1:8443/", "https://[::ffff:127.0.0.1]/", "https://payroll.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        parse_url(url, may_reach_private=False)


async def test_a_name_is_looked_at_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among those of a name is enough to refuse it; the one looked at is the one used."""
    answers = {"good.example": ["193.191.210.1", "8.8.8.8"], "mixed.example": ["8.8.8.8", "10.0.0.1"]}

    def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    good = parse_url("https://good.example/", may_reach_private=False)
    assert await resolve(good, may_reach_private=False) == "193.191.210.1"
    mixed = parse_url("https://mixed.example/", may_reach_private=False)
    with pytest.raises(Forbidden):
        await resolve(mixed, may_reach_private=False)
    assert await resolve(mixed, may_reach_private=True) == "8.8.8.8"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
async def test_other_ways_to_write_this_machine(host: str) -> None:
    with pytest.raises((Forbidden, OSError)):
        await resolve(parse_url(f"https://{host}/", may_reach_private=False), may_reach_private=False)
