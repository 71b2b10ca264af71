"""Access tokens on the calls themselves: which are taken, for how long, and what a mandate lets through."""

from typing import TYPE_CHECKING

import pytest

from opendimona.channels.rest import create_app
from opendimona.register.clients import Clients
from opendimona.settings import Settings
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.programs import ID
from tests.channels.rest.test_post_declaration import entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

NOWHERE = f"{ROOT}/declarations/656309292174"


@pytest.fixture
async def program(server: Caller, clients: Clients) -> Caller:
    """A caller with a token of its own."""
    await clients.register(programs.program_entry())
    return Caller(server.app, {"authorization": f"Bearer {await programs.token(server)}"})


async def status(caller: Caller, authorization: str) -> tuple[int, str]:
    """Status and problem of a call with this header."""
    reply = await caller.get(NOWHERE, authorization=authorization)
    return reply.status, reply.json()["type"].rpartition(":")[2]


async def test_without_a_token(server: Caller) -> None:
    for authorization in ("", "Basic abc", "Bearer", "Bearer  ", "sandbox"):
        assert await status(server, authorization) == (401, "noAccessToken"), authorization
    assert (await server.get(NOWHERE)).headers["www-authenticate"] == "Bearer"
    assert (await server.get(f"{NOWHERE}?access_token=sandbox")).status == 401


async def test_with_a_token_that_is_none(program: Caller) -> None:
    token = program.headers["authorization"].removeprefix("Bearer ")
    head, payload, signature = token.split(".")
    for wrong in (
        "sandbox",
        "x",
        "a.b.c",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[::-1]}",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        "x" * 5000,
        "é",
        programs.signed(programs.claims()),
    ):
        assert await status(program, f"Bearer {wrong}") == (401, "invalidAccessToken"), wrong
    reply = await program.get(NOWHERE, authorization="Bearer x")
    assert reply.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_with_a_good_token(program: Caller) -> None:
    assert await status(program, program.headers["authorization"]) == (404, "resourceNotFound")


async def test_a_token_ends(program: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from opendimona.channels.rest import access

    now = access.time.time()
    monkeypatch.setattr("opendimona.channels.rest.access.time.time", lambda: now + 601)
    assert await status(program, program.headers["authorization"]) == (401, "expiredAccessToken")
    monkeypatch.undo()
    await program.get(NOWHERE)
    monkeypatch.setattr("opendimona.channels.rest.access.time.time", lambda: now + 601)
    assert await status(program, program.headers["authorization"]) == (401, "expiredAccessToken")


async def test_a_revoked_program_is_out_at_once(program: Caller, clients: Clients) -> None:
    assert (await program.get(NOWHERE)).status == 404
    assert await clients.revoke(ID)
    assert await status(program, program.headers["authorization"]) == (401, "invalidAccessToken")
    assert (await programs.ask(program, programs.form(programs.signed(programs.claims())))).status == 400
    assert not await clients.revoke(ID)


async def test_a_revoked_program_is_out_in_other_processes_too(
    program: Caller, register: "LocalRegister", clients: Clients, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_clients = await Clients.open(database_url)
    try:
        other = Caller(create_app(register, other_clients, Settings()), program.headers)
        assert (await other.get(NOWHERE)).status == 404
        await clients.revoke(ID)
        monkeypatch.setattr("opendimona.register.clients.FRESHNESS", 0.0)
        assert (await other.get(NOWHERE)).status == 401
    finally:
        await other_clients.close()


async def test_a_new_registration_ends_the_tokens_of_the_former(program: Caller, clients: Clients) -> None:
    await program.get(NOWHERE)
    await clients.register(programs.program_entry())
    assert await status(program, program.headers["authorization"]) == (401, "invalidAccessToken")


async def test_a_program_acts_for_the_employers_of_its_mandate(sandbox: Caller, clients: Clients) -> None:
    await sandbox.post(
        "/sandbox/employers",
        [{"nssoRegistrationNumber": "175110801", "enterpriseNumber": "0471149091"}, {"enterpriseNumber": "0400000086"}],
    )
    mine = await sandbox.file(entry())
    theirs = await sandbox.file({**entry(), "employer": {"enterpriseNumber": "0400000086"}})
    await clients.register(programs.program_entry(ID, employers=["175110801"]))
    program = Caller(sandbox.app, {"authorization": f"Bearer {await programs.token(sandbox)}"})

    refused = await program.file({**entry(), "employer": {"enterpriseNumber": "0400000086"}})
    assert (refused.status, refused.json()["type"]) == (403, "urn:problem-type:belgif:missingPermission")
    assert (await program.file(entry())).status == 201
    assert (await program.get(mine.headers["location"])).status == 200
    hidden = await program.get(theirs.headers["location"])
    assert (hidden.status, hidden.json()["type"]) == (404, "urn:problem-type:belgif:resourceNotFound")
    for name in ("periods", "relations", "declarations"):
        everything = await program.post(f"{ROOT}/{name}/search", {})
        assert {item["employer"]["employerId"] for item in everything.json()["items"]} == {175110801}, name
        other = await program.post(f"{ROOT}/{name}/search", {"employer": {"enterpriseNumber": "0400000086"}})
        assert (other.status, other.json()["items"]) == (200, []), name


async def test_a_declaration_for_nobody_known_is_read_by_who_filed_it(sandbox: Caller, clients: Clients) -> None:
    for client in (ID, "other"):
        await clients.register(programs.program_entry(client, employers=["175110801"]))
    mine, other = [
        Caller(
            sandbox.app,
            {
                "authorization": "Bearer "
                + (
                    await programs.ask(sandbox, programs.form(programs.signed(programs.claims(iss=client, sub=client))))
                ).json()["access_token"]
            },
        )
        for client in (ID, "other")
    ]
    posted = await mine.file({"dimonaCancel": {"periodId": 656309292174}})
    read = (await mine.get(posted.headers["location"])).json()
    assert "worker" not in read
    assert [item["errorId"] for item in read["declarationStatus"]["anomalies"]] == ["00913-354"]
    assert (await other.get(posted.headers["location"])).status == 404
