"""GET /declarations/tasks/{id} and its results: how far a batch is, and what became of each declaration in it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from opendimona.channels.rest import moments, problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.links import declaration_href, task_href
from opendimona.channels.rest.queries import fields_of, position_in, size_in
from opendimona.core.calendar import BRUSSELS
from opendimona.register.client_entries import CONSULT
from opendimona.register.filing_tasks import Outcome, Task
from opendimona.register.interface import Answer, Caller, NotFound

PAGE_SIZE, PAGE_SIZE_MAX = 50, 200
POLL_AFTER = timedelta(seconds=1)


async def get_task(context: Context, request: Request) -> Response:
    """How far the task is whose number stands in the path. Raises Problem."""
    task, _ = await _task(context, request)
    return json_response(members(task, context.links.base(request)))


async def get_task_results(context: Context, request: Request) -> Response:
    """What became of its declarations, in their order; `next` as long as more may follow. Raises Problem."""
    task, caller = await _task(context, request)
    fields = fields_of(request)
    first = position_in(fields, "after")
    first = 0 if first is None else first + 1
    size = size_in(fields, "pageSize", PAGE_SIZE, PAGE_SIZE_MAX)
    found = await context.register.tasks.results(task.id, min(first, task.total), size)
    answers = await context.register.answers([one.number for one in found if one.number is not None], caller)
    base = context.links.base(request)
    here = f"{task_href(base, task.id)}/results?pageSize={size}"
    last = found[-1].position if found else first - 1
    document: dict[str, Any] = {
        "items": [_result(one, answers, base) for one in found],
        "self": here if first == 0 else f"{here}&after={first - 1}",
    }
    if last + 1 < task.total:
        document["next"] = here if last < 0 else f"{here}&after={last}"
    return json_response(document)


async def _task(context: Context, request: Request) -> tuple[Task, Caller]:
    caller = await context.access.caller(request, CONSULT)
    try:
        return await context.register.tasks.one(request.number, caller.client), caller
    except NotFound:
        raise problems.not_found("task") from None


def members(task: Task, base: str) -> dict[str, Any]:
    """A task as JSON; while it is under way it says from when asking again is worth it."""
    href = task_href(base, task.id)
    shown: dict[str, Any] = {
        "taskId": task.id,
        "state": "processing" if task.finished_at is None else "done",
        "created": _moment(task.created_at),
        "total": task.total,
        "answered": task.answered,
        "href": href,
        "results": f"{href}/results",
    }
    if task.finished_at is None:
        return shown | {"pollAfter": _moment(moments.now() + POLL_AFTER)}
    return shown | {"completed": _moment(task.finished_at)}


def _result(one: Outcome, answers: dict[int, Answer], base: str) -> dict[str, Any]:
    """One declaration: the status that it would have had by itself, and its answer or the problem."""
    if one.problem is not None:
        problem = msgspec.json.decode(one.problem)
        return {"position": one.position, "status": problem["status"], "problem": problem}
    assert one.number is not None  # noqa: S101 - the database holds one of the two
    answer = answers.get(one.number)
    shown: dict[str, Any] = {
        "position": one.position, "status": 201, "declarationId": one.number,
        "href": declaration_href(base, one.number),
    }  # fmt: skip
    return shown if answer is None else shown | {"declaration": rendering.declaration(answer, base)}


def _moment(value: datetime) -> str:
    return value.astimezone(BRUSSELS).isoformat(timespec="milliseconds")
