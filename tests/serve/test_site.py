"""Two houses behind one port: which of them answers an address, and that the short way is passed on as it is."""

from typing import Any

import pytest

from opendimona.serve.site import Site


class House:
    """Notes what it was asked."""

    direct = object()

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.asked.append(scope.get("path", scope["type"]))


CHANNEL = ["/REST/dimona/v2/declarations", "/REST/oauth/v5/token", "/health", "/sandbox/employers", "/sandbox"]
PORTAL = ["/", "/staff/", "/rest/x", "/quick/", "/static/0/portal.css"]


@pytest.mark.anyio
async def test_each_address_has_its_house() -> None:
    channel, portal = House(), House()
    site = Site(channel, portal)
    for path in (*CHANNEL, *PORTAL):
        await site({"type": "http", "path": path}, None, None)
    await site({"type": "lifespan"}, None, None)
    assert (channel.asked, portal.asked) == ([*CHANNEL, "lifespan"], PORTAL)
    assert site.direct is House.direct


@pytest.mark.anyio
async def test_the_portal_alone_leaves_only_the_question_whether_it_is_up() -> None:
    channel, portal = House(), House()
    site = Site(channel, portal, is_portal_alone=True)
    for path in CHANNEL:
        await site({"type": "http", "path": path}, None, None)
    assert channel.asked == ["/health"]
    assert site.direct is None
