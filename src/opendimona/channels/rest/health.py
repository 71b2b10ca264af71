"""GET /health: whether declarations can be decided now."""

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response


async def get_health(context: Context, _request: Request) -> Response:
    """UP (200), else DOWN (503)."""
    is_up = await context.register.is_ready()
    return json_response({"status": "UP" if is_up else "DOWN"}, 200 if is_up else 503)
