"""The contract and the routes say the same; nothing but a short list is served without a token."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import yaml

from opendimona.channels.rest.app import Application, create_app
from opendimona.channels.rest.routes import ROUTES, SANDBOX_ROUTES
from opendimona.register.clients import Clients
from opendimona.settings import Settings
from tests.shape.tree import ROOT

REST = "/REST/dimona/v2"
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "openapi" / "dimona-v2.yaml").read_text())
VERBS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
# Second addresses of a route that the contract describes, and the pages of the contract itself.
ALSO_SERVED = {
    ("POST", "/REST/oauth/v3/token"),
    ("GET", f"{REST}/health"),
    ("GET", f"{REST}/openapi.yaml"),
    ("GET", f"{REST}/openapi.json"),
    ("GET", f"{REST}/doc"),
}
PUBLIC = ALSO_SERVED | {("POST", "/REST/oauth/v5/token"), ("GET", "/health"), ("GET", "/metrics")}


def _described() -> dict[tuple[str, str], dict[str, Any]]:
    """Each operation of the contract by method and address, numbers in the address written as {}."""
    return {
        (verb.upper(), re.sub(r"\{[^}]*\}", "{}", path)): operation
        for path, item in CONTRACT["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    }


def _served(*tables: Any) -> set[tuple[str, str]]:
    return {(method, path) for table in tables for path, methods in table.items() for method in methods}


PROTECTED = sorted(_served(ROUTES) - PUBLIC)


class Untouched:
    """Stands where the register would be: whoever uses it has let a stranger in."""

    def __getattr__(self, name: str) -> Any:
        def touched(*_: object, **__: object) -> None:
            raise AssertionError(f"{name} was used")

        return touched


def test_what_is_served_is_described() -> None:
    assert _served(ROUTES, SANDBOX_ROUTES) - ALSO_SERVED == set(_described())
    assert _served(ROUTES) >= ALSO_SERVED


def test_the_contract_asks_for_a_token_where_the_program_does() -> None:
    everywhere = CONTRACT["security"]
    free = {key for key, operation in _described().items() if operation.get("security", everywhere) == []}
    assert free - _served(SANDBOX_ROUTES) == PUBLIC - ALSO_SERVED


def test_there_are_protected_routes() -> None:
    assert len(PROTECTED) >= 6


@pytest.fixture
async def clients(database_url: str) -> AsyncIterator[Clients]:
    """The store of programs, with none in it."""
    opened = await Clients.open(database_url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("authorization", [None, "Bearer sandbox", "Bearer x.y.z", "Basic eDp5", "Bearer"])
async def test_every_route_refuses_whoever_has_no_token(clients: Clients, authorization: str | None) -> None:
    app = create_app(Untouched(), clients, Settings())  # type: ignore[arg-type]
    for method, path in PROTECTED:
        status, headers = await _ask(app, method, path, authorization)
        assert (path, status) == (path, 401)
        assert headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("authorization", [None, "Bearer x.y.z"])
async def test_a_sandbox_asks_for_a_token_too(clients: Clients, authorization: str | None) -> None:
    app = create_app(Untouched(), clients, Settings(is_sandbox=True))  # type: ignore[arg-type]
    for method, path in PROTECTED:
        assert (path, (await _ask(app, method, path, authorization))[0]) == (path, 401)


async def test_outside_a_sandbox_its_routes_do_not_exist(clients: Clients) -> None:
    app = create_app(Untouched(), clients, Settings())  # type: ignore[arg-type]
    for method, path in _served(SANDBOX_ROUTES):
        assert (path, (await _ask(app, method, path, "Bearer sandbox"))[0]) == (path, 404)


def test_no_address_holds_a_person() -> None:
    """An SSIN never stands in an address: no part of a path, and no parameter of a query or a header, is one."""
    named = re.compile(r"ssin|niss|insz|worker|person", re.IGNORECASE)
    in_paths = [path for path in CONTRACT["paths"] for part in re.findall(r"\{([^}]*)\}", path) if named.search(part)]
    in_parameters = [parameter["name"] for parameter in _parameters(CONTRACT) if named.search(parameter["name"])]
    assert in_paths + in_parameters == []


def _parameters(node: Any) -> Iterator[dict[str, Any]]:
    """Everything in the contract that is sent outside a body."""
    if isinstance(node, dict):
        if node.get("in") in ("path", "query", "header", "cookie"):
            yield node
        for value in node.values():
            yield from _parameters(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parameters(value)


async def _ask(app: Application, method: str, path: str, authorization: str | None) -> tuple[int, dict[str, str]]:
    """Status and headers of one request to the channel alone."""
    scope = {
        "type": "http",
        "method": method,
        "path": path.format(656309292174),
        "raw_path": path.format(656309292174).encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")] + ([(b"authorization", authorization.encode())] if authorization else []),
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8080),
        "scheme": "http",
        "http_version": "1.1",
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}
