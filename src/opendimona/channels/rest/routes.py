"""Which endpoint serves which address and method."""

from collections.abc import Awaitable, Callable, Mapping

from opendimona.channels.rest import contract_pages, identifications, persons, problems, sandbox, searches
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.delete_endpoint import delete_mail_address, delete_webhook
from opendimona.channels.rest.exchange import Request, Response
from opendimona.channels.rest.get_daily_registration import get_daily_registration
from opendimona.channels.rest.get_dead_letters import get_mail_address_dead_letters, get_webhook_dead_letters
from opendimona.channels.rest.get_declaration import get_declaration
from opendimona.channels.rest.get_endpoints import get_mail_address, get_mail_addresses, get_webhook, get_webhooks
from opendimona.channels.rest.get_metrics import get_metrics
from opendimona.channels.rest.get_notice import get_notice
from opendimona.channels.rest.get_notices import get_notices
from opendimona.channels.rest.get_period import get_period
from opendimona.channels.rest.get_task import get_task, get_task_results
from opendimona.channels.rest.health import get_health
from opendimona.channels.rest.links import ROOT, TOKEN_PATHS
from opendimona.channels.rest.post_acknowledgements import post_acknowledgements
from opendimona.channels.rest.post_declaration import post_declaration
from opendimona.channels.rest.post_endpoint import post_mail_address, post_webhook
from opendimona.channels.rest.post_endpoint_test import post_mail_address_test, post_webhook_test
from opendimona.channels.rest.post_replay import post_mail_address_replay, post_webhook_replay
from opendimona.channels.rest.post_task import post_task
from opendimona.channels.rest.post_token import post_token
from opendimona.channels.rest.search_quotas import search_quotas

Endpoint = Callable[[Context, Request], Awaitable[Response]]
Methods = Mapping[str, Endpoint]

SANDBOX = "/sandbox"
# `{}` stands for a number of at most 18 digits, which the endpoint finds in `request.number`.
ROUTES: Mapping[str, Methods] = {
    f"{ROOT}/declarations": {"POST": post_declaration},
    f"{ROOT}/declarations/{{}}": {"GET": get_declaration},
    f"{ROOT}/declarations/search": {"POST": searches.search_declarations},
    f"{ROOT}/declarations/tasks": {"POST": post_task},
    f"{ROOT}/declarations/tasks/{{}}": {"GET": get_task},
    f"{ROOT}/declarations/tasks/{{}}/results": {"GET": get_task_results},
    f"{ROOT}/periods/{{}}": {"GET": get_period},
    f"{ROOT}/periods/search": {"POST": searches.search_periods},
    f"{ROOT}/dailyRegistrations/{{}}": {"GET": get_daily_registration},
    f"{ROOT}/relations/search": {"POST": searches.search_relations},
    f"{ROOT}/quotas/search": {"POST": search_quotas},
    f"{ROOT}/notices": {"GET": get_notices},
    f"{ROOT}/notices/{{}}": {"GET": get_notice},
    f"{ROOT}/notices/acknowledgements": {"POST": post_acknowledgements},
    f"{ROOT}/webhooks": {"POST": post_webhook, "GET": get_webhooks},
    f"{ROOT}/webhooks/{{}}": {"GET": get_webhook, "DELETE": delete_webhook},
    f"{ROOT}/webhooks/{{}}/test": {"POST": post_webhook_test},
    f"{ROOT}/webhooks/{{}}/deadLetters": {"GET": get_webhook_dead_letters},
    f"{ROOT}/webhooks/{{}}/deadLetters/replay": {"POST": post_webhook_replay},
    f"{ROOT}/mailAddresses": {"POST": post_mail_address, "GET": get_mail_addresses},
    f"{ROOT}/mailAddresses/{{}}": {"GET": get_mail_address, "DELETE": delete_mail_address},
    f"{ROOT}/mailAddresses/{{}}/test": {"POST": post_mail_address_test},
    f"{ROOT}/mailAddresses/{{}}/deadLetters": {"GET": get_mail_address_dead_letters},
    f"{ROOT}/mailAddresses/{{}}/deadLetters/replay": {"POST": post_mail_address_replay},
    f"{ROOT}/identifications": {"GET": identifications.get_queue},
    f"{ROOT}/identifications/{{}}": {"GET": identifications.get_pending},
    f"{ROOT}/identifications/{{}}/decision": {"POST": identifications.post_decision},
    f"{ROOT}/identifications/{{}}/undo": {"POST": identifications.post_undo},
    f"{ROOT}/persons/search": {"POST": persons.search_persons},
    f"{ROOT}/persons/replace": {"POST": persons.post_replacement},
    f"{ROOT}/persons/correct": {"POST": persons.post_correction},
    f"{ROOT}/employers/renumber": {"POST": persons.post_renumbering},
    f"{ROOT}/employers/merge": {"POST": persons.post_merger},
    f"{ROOT}/health": {"GET": get_health},
    "/metrics": {"GET": get_metrics},
    "/health": {"GET": get_health},
    f"{ROOT}/openapi.yaml": {"GET": contract_pages.get_yaml},
    f"{ROOT}/openapi.json": {"GET": contract_pages.get_json},
    f"{ROOT}/doc": {"GET": contract_pages.get_page},
    **{path: {"POST": post_token} for path in TOKEN_PATHS},
}
SANDBOX_ROUTES: Mapping[str, Methods] = {
    SANDBOX: {"DELETE": sandbox.delete_everything},
    f"{SANDBOX}/employers": {"POST": sandbox.post_employers},
    f"{SANDBOX}/workers": {"POST": sandbox.post_workers},
    f"{SANDBOX}/clients": {"POST": sandbox.post_client},
    f"{SANDBOX}/identifications/{{}}": {"POST": sandbox.post_identification},
    f"{SANDBOX}/periods/{{}}/lock": {"POST": sandbox.post_lock},
}
_ALL: Mapping[str, Methods] = {**ROUTES, **SANDBOX_ROUTES}
_DIGITS_MAX = 18


def find_endpoint(request: Request, is_sandbox: bool) -> Endpoint:
    """The endpoint of a request; puts the number in its path into `request.number`. Raises Problem 404 or 405."""
    routes = _ALL if is_sandbox else ROUTES
    path, method = request.scope["path"], request.scope["method"]
    methods = routes.get(path) or routes.get(_template(request, path))
    if methods is None:
        raise problems.no_such_address()
    endpoint = methods.get("GET" if method == "HEAD" else method)
    if endpoint is None:
        raise problems.wrong_method(", ".join(("GET, HEAD" if name == "GET" else name) for name in methods))
    return endpoint


def _template(request: Request, path: str) -> str:
    """The path with its number, if it has one, replaced by `{}`."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part.isascii() and part.isdigit() and len(part) <= _DIGITS_MAX:
            request.number = int(part)
            parts[index] = "{}"
            break
    return "/".join(parts)
