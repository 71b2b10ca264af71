"""POST /declarations/tasks: a batch is kept, filed in its order, and its results say what each would have been told."""

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from opendimona.channels.rest.task_runner import TaskRunner, filed_in, steps
from opendimona.register.clients import Clients
from opendimona.register.filing_tasks import OPEN_MAX, Waiting
from opendimona.register.interface import Answer, Overloaded, Unavailable
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.test_post_declaration import AT, entry

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

TASKS = f"{ROOT}/declarations/tasks"
FIRST, SECOND = entry(endDate="2024-06-10"), entry(startDate="2024-06-11")
NO_START = entry(startDate=None)


@pytest.fixture
def runner(register: "LocalRegister", clients: Clients) -> TaskRunner:
    """What files batches."""
    return TaskRunner(register, register.tasks, clients)


async def hand_in(caller: Caller, *declarations: Any, **headers: str) -> Any:
    """Hand a batch in; its task."""
    reply = await caller.post(TASKS, {"declarations": declarations}, sandbox_time=AT, **headers)
    assert reply.status == 202, reply.body
    assert reply.headers["location"] == reply.json()["href"]
    return reply.json()


async def results(caller: Caller, task: Any) -> list[Any]:
    """What became of each, over all pages of two."""
    found: list[Any] = []
    address = f"{task['results']}?pageSize=2"
    while address:
        page = (await caller.get(address)).json()
        found += page["items"]
        address = page.get("next", "")
    return found


async def test_a_batch_is_filed_in_its_order(sandbox: Caller, runner: TaskRunner) -> None:
    task = await hand_in(sandbox, FIRST, SECOND, FIRST)
    assert (task["state"], task["total"], task["answered"]) == ("processing", 3, 0)
    assert "pollAfter" in task
    assert await runner.work_once()
    done = (await sandbox.get(task["href"])).json()
    assert (done["state"], done["answered"]) == ("done", 3)
    assert "completed" in done
    assert "pollAfter" not in done
    found = await results(sandbox, task)
    assert [one["status"] for one in found] == [201, 201, 201]
    statuses = [one["declaration"]["declarationStatus"] for one in found]
    assert [one["result"] for one in statuses] == ["A", "A", "B"]
    assert statuses[2]["anomalies"][0]["errorId"] == "90373-333"
    for one in found:
        assert (await sandbox.get(one["href"])).json() == one["declaration"]
    assert not await runner.work_once()


def out(number: object, **block: Any) -> dict[str, Any]:
    """An OUT of a period."""
    return {"dimonaOut": {"periodId": number, "endDate": "2024-06-28", **block}}


def other(ssin: str) -> dict[str, Any]:
    """An IN of another worker."""
    return entry() | {"worker": {"ssin": ssin}}


@pytest.mark.parametrize(
    ("lot", "sizes"),
    [
        ([other("1"), other("2"), other("3")], [3]),
        ([other("1"), other("2"), other("1"), other("3")], [2, 2]),
        ([out(1), out(2), {"dimonaCancel": {"periodId": 3}}, out(2.0)], [3, 1]),
        ([out(1), other("1"), out(2)], [1, 1, 1]),
        ([{"dimonaUpdate": {"periodId": 1}}, {"dimonaUpdate": {"periodId": 2}}, out(3)], [1, 1, 1]),
        ([entry() | {"worker": {"familyName": "X"}}, other("1"), NO_START, other("2")], [1, 3]),
    ],
)
def test_only_what_cannot_matter_to_another_is_filed_at_the_same_time(lot: list[Any], sizes: list[int]) -> None:
    bodies = [json.dumps(one).encode() for one in lot]
    made = list(steps([(Waiting(place, body), filed_in(body)) for place, body in enumerate(bodies)]))
    assert [len(step) for step in made] == sizes
    assert [one.position for step in made for one, _ in step] == list(range(len(lot)))


async def test_the_moment_of_the_request_is_the_one_that_is_judged(sandbox: Caller, runner: TaskRunner) -> None:
    task = await hand_in(sandbox, FIRST)
    await runner.work_once()
    (one,) = await results(sandbox, task)
    assert "late" not in one["declaration"]["declarationStatus"]


async def test_a_bad_request_spoils_no_other(sandbox: Caller, runner: TaskRunner) -> None:
    task = await hand_in(sandbox, NO_START, 4, FIRST)
    await runner.work_once()
    first, second, third = await results(sandbox, task)
    alone = await sandbox.file(NO_START)
    assert first["problem"]["issues"] == alone.json()["issues"]
    assert [one["status"] for one in (first, second, third)] == [400, 400, 201]
    assert second["problem"]["issues"][0]["type"].endswith("schemaViolation")


async def test_results_come_as_they_are_filed(sandbox: Caller, register: "LocalRegister") -> None:
    task = await hand_in(sandbox, FIRST)
    page = (await sandbox.get(task["results"])).json()
    assert page["items"] == []
    assert page["next"] == f"{task['results']}?pageSize=50"
    assert (await register.ages()).tasks == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "declarations"), ({"declarations": []}, "declarations"), ({"declarations": {}}, "declarations"),
        ({"declarations": [{}] * 1001}, "declarations"), ({"declarations": [{}], "more": 1}, "more"), (b"[", ""),
        (b'{"declarations": [{"employer": "\xff"}]}', "declarations"),
    ],
)  # fmt: skip
async def test_what_is_no_batch_is_a_bad_request(sandbox: Caller, body: Any, name: str) -> None:
    reply = await sandbox.post(TASKS, body)
    assert reply.status == 400
    assert reply.issue["name"] == name


async def test_a_key_gives_the_same_task_again(sandbox: Caller, runner: TaskRunner) -> None:
    task = await hand_in(sandbox, FIRST, idempotency_key="june")
    assert (await hand_in(sandbox, FIRST, idempotency_key="june"))["taskId"] == task["taskId"]
    await runner.work_once()
    assert (await hand_in(sandbox, FIRST, idempotency_key="june"))["state"] == "done"
    reply = await sandbox.post(TASKS, {"declarations": [SECOND]}, idempotency_key="june")
    assert reply.status == 409
    assert (await hand_in(sandbox, FIRST))["taskId"] != task["taskId"]


async def test_the_keys_of_a_batch_are_out_of_reach(sandbox: Caller) -> None:
    task = await hand_in(sandbox, FIRST)
    reply = await sandbox.file(SECOND, idempotency_key=f"task {task['taskId']} 0")
    assert reply.status == 400


async def test_a_program_has_so_many_tasks_under_way(sandbox: Caller, runner: TaskRunner) -> None:
    for _ in range(OPEN_MAX):
        await hand_in(sandbox, FIRST)
    reply = await sandbox.post(TASKS, {"declarations": [FIRST]})
    assert reply.status == 429
    assert int(reply.headers["retry-after"]) > 0
    await runner.work_once()
    await hand_in(sandbox, FIRST)


async def test_a_task_is_shown_to_nobody_else(sandbox: Caller, clients: Clients) -> None:
    task = await hand_in(sandbox, FIRST)
    await clients.register(programs.program_entry(employers=None))
    other = Caller(sandbox.app, headers={"authorization": f"Bearer {await programs.token(sandbox)}"})
    assert (await other.get(task["href"])).status == 404
    assert (await other.get(task["results"])).status == 404


async def test_a_mandate_is_that_of_the_moment_of_filing(sandbox: Caller, clients: Clients, runner: TaskRunner) -> None:
    await clients.register(programs.program_entry(employers=None))
    program = Caller(sandbox.app, headers={"authorization": f"Bearer {await programs.token(sandbox)}"})
    tasks = [await hand_in(program, FIRST) for _ in range(2)]
    await clients.register(programs.program_entry(employers=["0406798006"]))
    await runner.work_once()
    await clients.revoke(programs.ID)
    await runner.work_once()
    await clients.register(programs.program_entry(employers=None))
    again = Caller(sandbox.app, headers={"authorization": f"Bearer {await programs.token(sandbox)}"})
    for task, words in zip(tasks, ("no mandate", "registration of this program ended"), strict=True):
        (one,) = await results(again, task)
        assert one["status"] == 403
        assert words in one["problem"]["detail"]


class Moody:
    """A register that is busy, then away once the declaration is recorded, before it answers."""

    def __init__(self, register: "LocalRegister") -> None:
        self._register = register
        self._moods: list[Exception] = [Overloaded(), Unavailable()]

    async def file(self, *values: Any) -> Answer:
        """See `Register.file`."""
        mood = self._moods.pop(0) if self._moods else None
        if isinstance(mood, Overloaded):
            raise mood
        answer = await self._register.file(*values)
        if mood is not None:
            raise mood
        return answer


async def test_a_declaration_is_tried_until_it_is_answered_and_filed_once(
    sandbox: Caller, register: "LocalRegister", clients: Clients
) -> None:
    task = await hand_in(sandbox, FIRST)
    moody: Any = Moody(register)
    await TaskRunner(moody, register.tasks, clients).work_once()
    (one,) = await results(sandbox, task)
    assert one["declaration"]["declarationStatus"]["result"] == "A"
    found = (await sandbox.post(f"{ROOT}/declarations/search", {"worker": FIRST["worker"]})).json()
    assert len(found["items"]) == 1


async def test_a_finished_task_goes_after_its_days(sandbox: Caller, runner: TaskRunner, database_url: str) -> None:
    task = await hand_in(sandbox, FIRST)
    await runner.work_once()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("UPDATE filing_task SET finished_at = now() - interval '31 days'")
        rows = await (await connection.execute("SELECT body FROM filing_task_item")).fetchall()
        assert rows == [(None,)]  # what was filed is kept by the journal alone
    await runner._clean()
    assert (await sandbox.get(task["href"])).status == 404


async def test_an_emptied_sandbox_has_no_tasks(sandbox: Caller) -> None:
    task = await hand_in(sandbox, FIRST)
    assert (await sandbox.call("DELETE", "/sandbox")).status == 204
    assert (await sandbox.get(task["href"])).status == 404


async def test_a_task_is_with_one_process_at_a_time(sandbox: Caller, register: "LocalRegister") -> None:
    task = await hand_in(sandbox, FIRST)
    assert await register.tasks.take() is not None
    assert await register.tasks.take() is None
    await register.tasks.record(task["taskId"], (), lease=0)
    assert await register.tasks.take() is not None


async def test_a_task_that_does_not_move_is_seen(sandbox: Caller, database_url: str) -> None:
    await hand_in(sandbox, FIRST)
    assert (await sandbox.get("/health")).json()["status"] == "UP"
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("UPDATE filing_task SET created_at = now() - interval '11 minutes'")
    health = (await sandbox.get("/health")).json()
    assert (health["status"], health["tasks"], health["oldestTaskAge"] >= 660) == ("DEGRADED", 1, True)
