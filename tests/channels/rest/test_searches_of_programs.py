"""Declarations searched by a program with a mandate: of a worker, of its employers, and its own for nobody known."""

from typing import Any

import pytest

from opendimona.register.clients import Clients
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.test_post_declaration import AT, EMPLOYER, WORKER, entry

IDENTITY = {
    "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07", "placeOfBirth": "Lille",
    "countryOfBirth": 111, "nationality": 111, "gender": 2,
    "address": {"street": "Rue", "houseNumber": "1", "postCode": "4000", "municipality": {"name": "Tilleux"},
                "country": 150},
}  # fmt: skip
LONG_AGO = "2020-01-01T00:00:00+00:00"


@pytest.fixture
async def program(sandbox: Caller, clients: Clients) -> Caller:
    """A program with a mandate for one employer, in a sandbox that knows that employer and one worker."""
    await sandbox.post("/sandbox/employers", [{"nssoRegistrationNumber": "175110801", **EMPLOYER}])
    await sandbox.post("/sandbox/workers", [WORKER])
    await clients.register(programs.program_entry(employers=["0471149091"]))
    return Caller(sandbox.app, headers={"authorization": f"Bearer {await programs.token(sandbox)}"})


async def numbers(caller: Caller, **criteria: Any) -> list[int]:
    """The declarations that a search finds."""
    reply = await caller.post(f"{ROOT}/declarations/search", criteria)
    assert reply.status == 200, reply.body
    return [one["declarationStatus"]["declarationId"] for one in reply.json()["items"]]


async def filed(caller: Caller, value: Any, **headers: str) -> int:
    """File a declaration; its number."""
    reply = await caller.file(value, sandbox_time=AT, **headers)
    assert reply.status == 201, reply.body
    return int(reply.headers["location"].rpartition("/")[2])


async def test_what_it_filed_for_an_employer_whom_nobody_knows(program: Caller) -> None:
    unknown = entry() | {"employer": {"enterpriseNumber": "0406798006"}}
    mine = await filed(program, entry())
    lost = await filed(program, unknown, sandbox_strict="true")
    assert await numbers(program) == [mine, lost]
    assert await numbers(program, employer=EMPLOYER) == [mine]


async def test_what_was_found_to_be_of_a_worker(program: Caller, sandbox: Caller) -> None:
    pending = await filed(program, entry() | {"worker": IDENTITY})
    for criteria in ({"worker": WORKER}, {"worker": WORKER, "employer": EMPLOYER}):
        assert await numbers(program, **criteria) == []
    decision = {"decision": "accept", "ssin": WORKER["ssin"]}
    assert (await sandbox.post(f"/sandbox/identifications/{pending}", decision)).status == 204
    for criteria in ({"worker": WORKER}, {"worker": WORKER, "employer": EMPLOYER}):
        assert await numbers(program, **criteria) == [pending]


async def test_nothing_of_what_came_later(program: Caller) -> None:
    mine = await filed(program, entry())
    for criteria in ({}, {"employer": EMPLOYER}, {"worker": WORKER}):
        assert await numbers(program, **criteria) == [mine]
        assert await numbers(program, **criteria, asOf=LONG_AGO) == []
