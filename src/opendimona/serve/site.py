"""What a server answers with when it serves both houses: the REST channel at its addresses, the portal at all others.

The channel's short way (`direct`) is passed on as it is: a declaration that takes it meets nothing of this.
"""

from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]
Forget = Callable[[], Awaitable[None]]
HEALTH = ("/health",)
CHANNEL_PATHS = ("/REST/", "/sandbox", "/metrics", *HEALTH)


async def _nothing() -> None:
    """Outside a sandbox nothing is forgotten."""


class Site:
    """Both houses behind one port, or the portal alone: then the channel answers nothing but whether the server is up.

    `channel` also hears of start and end. `forget`: empties the portal of people when the sandbox is emptied.
    """

    def __init__(
        self, channel: Any, portal: Application, *, is_portal_alone: bool = False, forget: Forget | None = None
    ) -> None:
        self._forget = forget or _nothing
        self._channel = channel
        self._portal = portal
        self._paths = HEALTH if is_portal_alone else CHANNEL_PATHS
        self.direct = None if is_portal_alone else channel.direct

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "http" and scope["path"] == "/sandbox" and scope.get("method") == "DELETE":
            await self._forget()
        if scope["type"] != "http" or scope["path"].startswith(self._paths):
            await self._channel(scope, receive, send)
        else:
            await self._portal(scope, receive, send)
