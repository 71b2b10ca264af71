"""GET /health: whether declarations can be decided now, and what has been waiting how long."""

from typing import Any

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.interface import Unavailable
from opendimona.register.notices.ages import Ages
from opendimona.settings import NoticeSettings

UNTOLD_ALARM = 60.0
"""Seconds after which something that was committed should have become a notice: no deliverer is at work."""

TASK_ALARM = 600.0
"""Seconds after which a batch of at most a thousand declarations should have been filed."""


async def get_health(context: Context, _request: Request) -> Response:
    """UP or DEGRADED (200), else DOWN (503); what is zero or does not wait is left out."""
    if not await context.register.is_ready():
        return json_response({"status": "DOWN"}, 503)
    try:
        ages = await context.register.ages()
    except Unavailable:
        return json_response({"status": "DOWN"}, 503)
    status = "DEGRADED" if is_degraded(ages, context.settings.notices) else "UP"
    return json_response({"status": status} | members(ages))


def is_degraded(ages: Ages, settings: NoticeSettings) -> bool:
    """Whether something waits longer than it should."""
    return (
        (ages.oldest_pending or 0) > settings.escalation
        or (ages.oldest_untold or 0) > UNTOLD_ALARM
        or (ages.oldest_undelivered or 0) > settings.alarm
        or (ages.oldest_task or 0) > TASK_ALARM
    )


def members(ages: Ages) -> dict[str, Any]:
    """The ages as JSON, in whole seconds."""
    shown: dict[str, float | None] = {
        "pending": ages.pending,
        "oldestPendingAge": ages.oldest_pending,
        "oldestUntoldAge": ages.oldest_untold,
        "oldestUndeliveredAge": ages.oldest_undelivered,
        "deadLetters": ages.dead_letters,
        "suspendedEndpoints": ages.suspended,
        "tasks": ages.tasks,
        "oldestTaskAge": ages.oldest_task,
    }
    return {name: int(value) for name, value in shown.items() if value and value >= 1}
