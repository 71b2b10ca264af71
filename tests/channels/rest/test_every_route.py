"""Every address of the channel with every scope and without a token: nobody comes further than the table."""

import pytest

from opendimona.channels.rest.routes import ROUTES, SANDBOX_ROUTES
from opendimona.register.client_entries import CONSULT, DECLARANT, IDENTIFICATION, MANAGE, PERSONS, SCOPES
from opendimona.register.clients import Clients
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller

OPEN = "open"
WANTED: dict[tuple[str, str], str] = {
    ("POST", "/declarations"): DECLARANT,
    ("POST", "/declarations/tasks"): DECLARANT,
    **dict.fromkeys(
        [
            ("GET", "/declarations/{}"), ("POST", "/declarations/search"), ("GET", "/declarations/tasks/{}"),
            ("GET", "/declarations/tasks/{}/results"), ("GET", "/periods/{}"),
            ("POST", "/periods/search"), ("GET", "/dailyRegistrations/{}"), ("POST", "/relations/search"),
            ("POST", "/quotas/search"), ("GET", "/notices"), ("GET", "/notices/{}"),
            ("POST", "/notices/acknowledgements"),
        ],
        CONSULT,
    ),
    **{
        (method, f"/{kind}{rest}"): MANAGE
        for kind in ("webhooks", "mailAddresses")
        for method, rest in (
            ("POST", ""), ("GET", ""), ("GET", "/{}"), ("DELETE", "/{}"), ("POST", "/{}/test"),
            ("GET", "/{}/deadLetters"), ("POST", "/{}/deadLetters/replay"),
        )
    },
    **dict.fromkeys(
        [
            ("GET", "/identifications"), ("GET", "/identifications/{}"), ("POST", "/identifications/{}/decision"),
            ("POST", "/identifications/{}/undo"), ("POST", "/persons/search"),
        ],
        IDENTIFICATION,
    ),
    **dict.fromkeys(
        [
            ("POST", "/persons/replace"), ("POST", "/persons/correct"), ("POST", "/employers/renumber"),
            ("POST", "/employers/merge"),
        ],
        PERSONS,
    ),
    **dict.fromkeys(
        [("GET", "/health"), ("GET", "/openapi.yaml"), ("GET", "/openapi.json"), ("GET", "/doc")], OPEN
    ),
}  # fmt: skip
"""The scope that each address and method asks for, below the root of the channel."""
SERVER = {"/metrics", "/health", "/REST/oauth/v5/token", "/REST/oauth/v3/token"}
"""What stands beside it: for whoever watches the server, and the token endpoint itself."""


def test_the_table_names_every_address() -> None:
    known = {(method, path.removeprefix(ROOT)) for path, methods in ROUTES.items() for method in methods
             if path.startswith(ROOT)}  # fmt: skip
    assert known == set(WANTED)
    assert {path for path in ROUTES if not path.startswith(ROOT)} == SERVER


@pytest.mark.parametrize("scope", [None, *SCOPES])
async def test_each_program_comes_as_far_as_its_scope(server: Caller, clients: Clients, scope: str | None) -> None:
    headers = {}
    if scope is not None:
        await clients.register(programs.program_entry(scopes=[scope], employers=None))
        headers = {"authorization": f"Bearer {await programs.token(server, scope=scope)}"}
    for (method, path), wanted in WANTED.items():
        address = f"{ROOT}{path}".replace("{}", "123456789002")
        body = b"{}" if method == "POST" else b""
        reply = await server.call(method, address, body, headers)
        name = f"{method} {path} with {scope}"
        if wanted == OPEN:
            assert reply.status == 200, name
        elif scope is None:
            assert reply.status == 401, name
        else:
            assert (reply.status == 403) == (scope != wanted), f"{name}: {reply.status}"
            assert reply.status not in (401, 500), name


async def test_a_server_that_is_no_sandbox_has_none_of_its_addresses(server: Caller) -> None:
    for path, methods in SANDBOX_ROUTES.items():
        for method in methods:
            reply = await server.call(method, path.replace("{}", "1"), b"{}", {})
            assert reply.status == 404, f"{method} {path}"
