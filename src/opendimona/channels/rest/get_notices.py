"""GET /notices: what happened since a cursor, in order."""

from typing import Any

from opendimona.channels.deliveries.events import notice_members
from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.queries import fields_of, position_in, size_in
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NoticeScope

PAGE_SIZE, PAGE_SIZE_MAX = 50, 200
SCOPES: dict[str, NoticeScope] = {"filed": "filed", "mandate": "mandate"}


async def get_notices(context: Context, request: Request) -> Response:
    """A page of the caller's notices. Raises Problem."""
    caller = await context.access.caller(request, CONSULT)
    fields = fields_of(request)
    since = position_in(fields, "since")
    size = size_in(fields, "limit", PAGE_SIZE, PAGE_SIZE_MAX)
    scope = SCOPES.get(fields.get("scope", "filed"))
    if scope is None:
        raise problems.bad_query("scope", "Give filed or mandate.")
    page = await context.register.notices(caller, since, size, scope)
    base = context.links.base(request)
    here = f"{base}{request.scope['path']}?limit={size}&scope={scope}"
    document: dict[str, Any] = {
        "items": [notice_members(notice, base) | {"acknowledged": notice.is_acknowledged} for notice in page.notices],
        "cursor": page.cursor,
        "self": here if since is None else f"{here}&since={since}",
    }
    if page.has_more:
        document["next"] = f"{here}&since={page.cursor}"
    return json_response(document)
