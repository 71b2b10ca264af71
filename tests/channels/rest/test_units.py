"""A program of one establishment: it files for that one, and sees and changes nothing else of the same employer."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from msgspec.structs import replace

from opendimona.channels.rest.task_runner import TaskRunner
from opendimona.register.clients import Clients
from opendimona.register.notices.progress import due_endpoints, waiting_for
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.test_post_declaration import AT, entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

EMPLOYER = "0471149091"
OTHER = entry() | {"worker": {"ssin": "60010200142"}}
Enter = Callable[[str | None], Awaitable[Caller]]


@pytest.fixture
def enter(sandbox: Caller, clients: Clients) -> Enter:
    """Registers the program with a unit, or none, and gives it a token."""

    async def work(unit: str | None) -> Caller:
        await clients.register(
            programs.program_entry(
                employers=[EMPLOYER],
                unit=unit,
                scopes=[
                    "scope:dimona:declaration:declarant",
                    "scope:dimona:declaration:consult",
                    "scope:dimona:notice:manage",
                ],
            )
        )
        return Caller(sandbox.app, headers={"authorization": f"Bearer {await programs.token(sandbox)}"})

    return work


async def number_of(caller: Caller, value: Any) -> int:
    """File a declaration; its number."""
    reply = await caller.file(value, sandbox_time=AT)
    assert reply.status == 201, reply.body
    return int(reply.headers["location"].rpartition("/")[2])


async def seen(caller: Caller, what: str) -> list[int]:
    """The numbers that a search without criteria finds."""
    items = (await caller.post(f"{ROOT}/{what}/search", {})).json()["items"]
    return [one["periodId"] if what == "periods" else one["declarationStatus"]["declarationId"] for one in items]


async def test_it_sees_what_was_filed_for_its_unit_and_no_more(enter: Enter) -> None:
    north = await enter("93052")
    mine = await number_of(north, entry())
    end = {"dimonaOut": {"periodId": mine, "endDate": "2024-06-28"}}
    out = await number_of(north, end)
    south = await enter("93053")
    theirs = await number_of(south, OTHER)
    assert await seen(south, "periods") == [theirs]
    assert await seen(south, "declarations") == [theirs]
    assert len((await south.post(f"{ROOT}/relations/search", {})).json()["items"]) == 1
    for number in (mine, out):
        assert (await south.get(f"{ROOT}/declarations/{number}")).status == 404
    assert (await south.get(f"{ROOT}/periods/{mine}")).status == 404
    assert (await south.get(f"{ROOT}/periods/{theirs}")).status == 200
    whole = await enter(None)
    assert sorted(await seen(whole, "periods")) == sorted([mine, theirs])
    north = await enter("93052")
    assert await seen(north, "periods") == [mine]
    assert sorted(await seen(north, "declarations")) == sorted([mine, out])


@pytest.mark.parametrize(
    "change",
    [
        {"dimonaOut": {"endDate": "2024-06-28"}}, {"dimonaUpdate": {"endDate": "2024-06-28"}}, {"dimonaCancel": {}},
    ],
)  # fmt: skip
async def test_it_changes_nothing_of_another(enter: Enter, change: dict[str, Any]) -> None:
    mine = await number_of(await enter("93052"), entry())
    ((name, block),) = change.items()
    body = {name: {"periodId": mine, **block}}
    south = await enter("93053")
    assert (await south.file(body)).status == 403
    north = await enter("93052")
    assert (await north.file(body, sandbox_time=AT)).status == 201


async def test_a_period_that_is_shared_is_seen_by_both(enter: Enter, register: "LocalRegister") -> None:
    mine = await number_of(await enter("93052"), entry())
    await register.assign_units([(mine, "93053"), (mine, "93053")])
    for unit in ("93052", "93053"):
        assert await seen(await enter(unit), "periods") == [mine]


async def test_a_renamed_unit_takes_all_along(enter: Enter, register: "LocalRegister", clients: Clients) -> None:
    program = await enter("93052")
    mine = await number_of(program, entry())
    await register.move_unit("93052", "93099")
    await clients.refresh()
    assert [one.unit for one in await clients.registered()] == ["93099"]
    assert await seen(program, "periods") == [mine]
    assert await register.units([mine]) == {mine: {"93099"}}


async def test_notices_are_those_of_its_unit(enter: Enter, register: "LocalRegister") -> None:
    mine = await number_of(await enter("93052"), entry())
    south = await enter("93053")
    theirs = await number_of(south, OTHER)
    await register.catch_up()
    for scope in ("filed", "mandate"):
        page = (await south.get(f"{ROOT}/notices?scope={scope}&since=0")).json()
        assert mine not in [one.get("declarationId") for one in page["items"]]
        assert scope == "mandate" or theirs in [one.get("declarationId") for one in page["items"]]
    whole = await enter(None)
    page = (await whole.get(f"{ROOT}/notices?since=0")).json()
    position = next(one["noticeId"] for one in page["items"] if one.get("declarationId") == mine)
    south = await enter("93053")
    assert (await south.get(f"{ROOT}/notices/{position}")).status == 404


async def test_what_it_was_refused_it_reads_too(enter: Enter) -> None:
    north = await enter("93052")
    await number_of(north, entry())
    twice = await north.result(entry(), sandbox_time=AT)
    assert twice["declarationStatus"]["result"] == "B"
    south = await enter("93053")
    assert (await south.get(twice["href"])).status == 404


async def test_a_batch_is_filed_for_the_unit(enter: Enter, register: "LocalRegister", clients: Clients) -> None:
    north = await enter("93052")
    task = (await north.post(f"{ROOT}/declarations/tasks", {"declarations": [entry()]}, sandbox_time=AT)).json()
    await TaskRunner(register, register.tasks, clients).work_once()
    (one,) = (await north.get(task["results"])).json()["items"]
    assert await register.units([one["declarationId"]]) == {one["declarationId"]: {"93052"}}
    assert one["declaration"]["declarationStatus"]["result"] == "A"


@pytest.mark.parametrize(
    ("members", "says"),
    [({"unit": "a b", "employers": [EMPLOYER]}, "Give 1 to 40"), ({"unit": "93052"}, "name these too")],
)
async def test_a_unit_is_a_part_of_employers(sandbox: Caller, members: dict[str, Any], says: str) -> None:
    body = {"clientId": "one", "publicKey": programs.public_pem(programs.rsa_key()), **members}
    reply = await sandbox.post("/sandbox/clients", body)
    assert (reply.status, reply.issue["name"]) == (400, "unit")
    assert says in reply.issue["detail"]


async def test_a_webhook_is_sent_what_is_of_its_unit(
    enter: Enter, register: "LocalRegister", database_url: str
) -> None:
    south = await enter("93053")
    await number_of(south, OTHER)  # the sandbox knows the employer from here on
    wanted = {"url": "https://payroll.example/dimona", "employer": {"enterpriseNumber": EMPLOYER}}
    assert (await south.post(f"{ROOT}/webhooks", wanted)).status == 201
    await number_of(await enter("93052"), entry())
    theirs = await number_of(await enter("93053"), OTHER | {"dimonaIn": entry(startDate="2024-08-01")["dimonaIn"]})
    await register.catch_up()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        (due,) = await due_endpoints(connection, ["webhook"], [], [], 10)
        assert theirs in {one.number for one in (await waiting_for(connection, due)).notices}
        assert all(due.caller.unit in found for found in (
            await register.units([one.number or 0 for one in (await waiting_for(connection, due)).notices])
        ).values())  # fmt: skip
        assert len((await waiting_for(connection, due)).notices) < len((await due_unbounded(connection, due)).notices)


async def due_unbounded(connection: Any, due: Any) -> Any:
    """What the endpoint would be sent if its owner were not bounded."""
    return await waiting_for(connection, replace(due, caller=replace(due.caller, is_bounded=False)))


async def test_a_daily_registration_is_of_the_unit_of_its_period(
    enter: Enter, sandbox: Caller, register: "LocalRegister"
) -> None:
    employer = {"enterpriseNumber": EMPLOYER, "nssoRegistrationNumber": "175110801", "flags": ["dailyRegistration"]}
    await sandbox.post("/sandbox/employers", [employer])
    period = await number_of(sandbox, entry())
    shift = {"startDate": "2024-06-03", "startHour": "1100", "endDate": "2024-06-03"}
    body = {"dimonaDailyRegistration": {"attestationStatus": 0, "periodId": period, **shift}}
    number = await number_of(sandbox, body)
    south = await enter("93053")
    assert (await south.get(f"{ROOT}/dailyRegistrations/{number}")).status == 404
    assert (await south.file(body)).status == 403
    await register.assign_units([(period, "93053")])
    assert (await south.get(f"{ROOT}/dailyRegistrations/{number}")).status == 200


async def test_results_of_a_batch_show_nothing_of_a_former_unit(
    enter: Enter, register: "LocalRegister", clients: Clients
) -> None:
    north = await enter("93052")
    task = (await north.post(f"{ROOT}/declarations/tasks", {"declarations": [entry()]}, sandbox_time=AT)).json()
    await TaskRunner(register, register.tasks, clients).work_once()
    south = await enter("93053")
    (one,) = (await south.get(task["results"])).json()["items"]
    assert "declaration" not in one
