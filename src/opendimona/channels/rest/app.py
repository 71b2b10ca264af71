"""The REST channel as an ASGI application: it finds the endpoint, and answers for whatever the endpoint raises."""

from collections.abc import Awaitable, Callable

from opendimona.channels.rest import sandbox_headers
from opendimona.channels.rest.access import Access
from opendimona.channels.rest.context import Context, SandboxRegister
from opendimona.channels.rest.direct import Direct
from opendimona.channels.rest.exchange import Headers, Receive, Request, Response, Scope, Send, send_response
from opendimona.channels.rest.failures import failure_response
from opendimona.channels.rest.links import Links
from opendimona.channels.rest.routes import find_endpoint
from opendimona.channels.rest.throttle import Throttle
from opendimona.register.clients import Clients
from opendimona.settings import Settings

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def create_app(register: SandboxRegister, clients: Clients, settings: Settings) -> "Channel":
    """The channel over a register and its clients. Raises ValueError for a trusted proxy that is no address or network.

    The caller opens and closes the register and the clients.
    """
    return Channel(
        Context(
            register,
            clients,
            settings,
            Access(clients, settings),
            Links(settings.public_url, settings.trusted_proxies),
            Throttle(settings.token_rate, settings.token_burst),
        )
    )


class Channel:
    """The outermost edge: one request in, one response out, whatever happens between."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_sandbox = context.settings.is_sandbox
        self._extra: Headers = ((b"sandbox", b"true"),) if self._is_sandbox else ()
        self.direct = Direct(context, self._extra)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "http":
            request = Request(scope, receive, dict(scope["headers"]))
            await send_response(await self._answer(request), self._extra, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, request: Request) -> Response:
        try:
            if not self._is_sandbox:
                sandbox_headers.refuse(request)
            endpoint = find_endpoint(request, self._is_sandbox)
            return await endpoint(self._context, request)
        except Exception as error:  # noqa: BLE001  the outermost edge, which answers for everything
            return failure_response(error)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
