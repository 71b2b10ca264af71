"""The edge of the channel: addresses, methods, links, the contract as served, and what breaks."""

import logging
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import yaml

from opendimona.channels.rest import create_app
from opendimona.channels.rest.routes import ROUTES, SANDBOX_ROUTES
from opendimona.register.clients import Clients
from opendimona.register.interface import Overloaded, Unavailable
from opendimona.settings import Settings
from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.test_post_declaration import AT, entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

OPEN = {
    "/health",
    "/metrics",
    f"{ROOT}/health",
    f"{ROOT}/openapi.yaml",
    f"{ROOT}/openapi.json",
    f"{ROOT}/doc",
    "/REST/oauth/v5/token",
    "/REST/oauth/v3/token",
}


async def test_every_endpoint_but_the_open_ones_needs_a_token(server: Caller) -> None:
    for path, methods in ROUTES.items():
        for method in methods:
            reply = await server.call(method, path.replace("{}", "656309292174"), b"{}")
            assert (reply.status == 401) is (path not in OPEN), path


async def test_every_endpoint_stands_in_the_contract(server: Caller) -> None:
    document = yaml.safe_load((await server.get(f"{ROOT}/openapi.yaml")).body)
    assert (await server.get(f"{ROOT}/openapi.json")).json() == document
    described = {
        (re.sub(r"\{\w+\}", "{}", path), method.upper()) for path, item in document["paths"].items() for method in item
    }
    served = {(path, method) for path, methods in {**ROUTES, **SANDBOX_ROUTES}.items() for method in methods}
    twins = {f"{ROOT}/health", "/REST/oauth/v3/token", f"{ROOT}/openapi.yaml", f"{ROOT}/openapi.json", f"{ROOT}/doc"}
    assert described == {(path, method) for path, method in served if path not in twins}


async def test_the_page_shows_the_whole_contract_and_needs_nothing_else(server: Caller) -> None:
    reply = await server.get(f"{ROOT}/doc")
    document = (await server.get(f"{ROOT}/openapi.json")).json()
    text = reply.body.decode()
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    for path in document["paths"]:
        assert path in text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in text
    assert '<td><a href="#schema-Texts">Texts</a></td><td>In French and Dutch the official short designation' in text
    assert {"<script", "src=", "<link", "@import", "url("}.isdisjoint(text.split())
    assert "<script" not in text
    assert "{&quot;" not in text


async def test_methods(server: Caller) -> None:
    for method, path, allowed in (
        ("GET", f"{ROOT}/declarations", "POST"),
        ("DELETE", f"{ROOT}/periods/1", "GET, HEAD"),
        ("GET", f"{ROOT}/declarations/search", "POST"),
        ("GET", "/REST/oauth/v5/token", "POST"),
        ("POST", "/health", "GET, HEAD"),
    ):
        reply = await server.call(method, path)
        assert (reply.status, reply.headers["allow"]) == (405, allowed)
        assert reply.json()["type"] == "urn:problem-type:belgif:methodNotAllowed"
    assert (await server.call("HEAD", "/health")).status == 200


async def test_health(server: Caller, register: "LocalRegister") -> None:
    for path in ("/health", f"{ROOT}/health"):
        reply = await server.get(path)
        assert (reply.status, reply.json()) == (200, {"status": "UP"})
        assert reply.headers["content-type"] == "application/json"
    await register.close()
    reply = await server.get("/health")
    assert (reply.status, reply.json()) == (503, {"status": "DOWN"})


async def test_what_holds_personal_data_is_not_kept(sandbox: Caller) -> None:
    posted = await sandbox.file(entry())
    for reply in (posted, await sandbox.get(posted.headers["location"]), await sandbox.get(f"{ROOT}/declarations/1")):
        assert (reply.headers["cache-control"], reply.headers["x-content-type-options"]) == ("no-store", "nosniff")


async def test_links_start_where_the_caller_is(sandbox: Caller) -> None:
    for host, base in (
        ("localhost:8080", "http://localhost:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("", "http://127.0.0.1:8080"),
    ):
        posted = await sandbox.file(entry(), host=host, x_forwarded_host="elsewhere.test")
        assert posted.headers["location"].startswith(f"{base}{ROOT}/declarations/")
        read = (await sandbox.get(posted.headers["location"], host=host)).json()
        assert read["href"] == posted.headers["location"]
    for host in ("a b", "a/b", "a@b", 'a"b', "x" * 300, ":80", "-a", "a:999999", "é.test"):
        reply = await sandbox.file(entry(), host=host)
        assert (reply.status, reply.issue["name"]) == (400, "Host"), host


async def test_links_behind_a_proxy(register: "LocalRegister", clients: Clients) -> None:
    settings = Settings(is_sandbox=True, is_strict=False, trusted_proxies=("10.0.0.0/8", "::1"))
    behind = Caller(create_app(register, clients, settings), peer="10.1.2.3")
    forwarded = {"x_forwarded_host": "spoofed.test, dimona.example:8443", "x_forwarded_proto": "https"}
    assert (await behind.file(entry(), **forwarded)).headers["location"].startswith("https://dimona.example:8443/REST")
    assert (await behind.file(entry())).headers["location"].startswith("http://dimona.test/REST")
    assert (await behind.file(entry(), x_forwarded_proto="ftp")).headers["location"].startswith("http://dimona.test/")
    for peer in ("192.0.2.1", "testclient"):
        behind.peer = peer
        assert (await behind.file(entry(), **forwarded)).headers["location"].startswith("http://dimona.test/REST")
    with pytest.raises(ValueError, match="here"):
        create_app(register, clients, Settings(trusted_proxies=("here",)))


async def test_links_under_a_public_address(register: "LocalRegister", clients: Clients) -> None:
    settings = Settings(is_sandbox=True, is_strict=False, public_url="https://dimona.example/")
    reply = await Caller(create_app(register, clients, settings)).file(entry(), host="a b", x_forwarded_proto="http")
    assert reply.headers["location"].startswith("https://dimona.example/REST/dimona/v2/declarations/")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Overloaded(), 503),
        (Unavailable(), 503),
        (psycopg.OperationalError("78070739119"), 503),
        (ConnectionResetError("78070739119"), 503),
        (RuntimeError("78070739119"), 500),
    ],
    ids=repr,
)
async def test_what_breaks_is_told_without_a_word_of_the_data(
    sandbox: Caller,
    register: "LocalRegister",
    error: Exception,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr(register, "file", broken)
    # A tool that configures logging in the same process may have switched off the loggers that it did not know.
    monkeypatch.setattr(logging.getLogger("opendimona.rest"), "disabled", False)
    with caplog.at_level(logging.INFO):
        reply = await sandbox.file(entry())
    assert (reply.status, reply.json()["status"], reply.headers["content-type"]) == (
        status,
        status,
        "application/problem+json",
    )
    assert (reply.headers.get("retry-after") == "1") is (status == 503)
    assert (reply.json()["instance"] in caplog.text) is (status == 500)
    assert "78070739119" not in caplog.text + reply.body.decode()


async def test_a_full_queue_is_told(sandbox: Caller, database_url: str, clients: Clients) -> None:
    from opendimona.register.local import LocalRegister

    narrow = await LocalRegister.open(database_url, queue_limit=0)
    try:
        app = create_app(narrow, clients, Settings(is_sandbox=True, is_strict=False))
        reply = await Caller(app).file(entry(), sandbox_time=AT)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        assert reply.json()["type"] == "urn:problem-type:belgif:serviceUnavailable"
    finally:
        await narrow.close()


async def test_a_lost_database_is_told_and_found_again(sandbox: Caller, clients: Clients, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert await clients.get("nobody") is None
    await clients.refresh()
    assert (await sandbox.get("/health", **SANDBOX)).status in (200, 503)


async def test_lifespan_and_other_protocols(server: Caller) -> None:
    sent: list[dict[str, Any]] = []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await server.app({"type": "lifespan"}, receive, send)
    await server.app({"type": "websocket"}, receive, send)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
        "websocket.close",
    ]
