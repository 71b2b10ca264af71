"""GET /metrics: counters of all processes of this server, and ages, in the text format of Prometheus."""

import hmac
import os
from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from opendimona.channels.rest import problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import PRIVATE, Request, Response
from opendimona.register.notices.ages import Ages

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_HELP = {
    "pending": "Declarations that wait for an identification",
    "oldest_pending_seconds": "Age of the oldest of them",
    "oldest_untold_seconds": "Age of the oldest event that is no notice yet",
    "oldest_undelivered_seconds": "Age of the oldest notice that a webhook or mail address waits for",
    "dead_letters": "Notices that could not be delivered",
    "suspended_endpoints": "Webhooks and mail addresses that are no longer tried",
    "tasks": "Batches handed in that are not filed to their end",
    "oldest_task_seconds": "Age of the oldest of them",
    "notices": "Notices there have been",
}


async def get_metrics(context: Context, request: Request) -> Response:
    """The metrics. Raises Problem 401 where a token is set and was not sent."""
    token = context.settings.metrics_token
    if token is not None:
        sent = request.headers.get(b"authorization", b"")
        if not hmac.compare_digest(sent, f"Bearer {token}".encode()):
            raise problems.no_token() if not sent else problems.invalid_token()
    registry = CollectorRegistry()
    if os.environ.get(SHARED_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_Ages(await context.register.ages()))
    return Response(200, generate_latest(registry), ((b"content-type", CONTENT_TYPE_LATEST.encode()), *PRIVATE))


class _Ages(Collector):
    def __init__(self, ages: Ages) -> None:
        self._values: dict[str, float | None] = {
            "pending": ages.pending,
            "oldest_pending_seconds": ages.oldest_pending,
            "oldest_untold_seconds": ages.oldest_untold,
            "oldest_undelivered_seconds": ages.oldest_undelivered,
            "dead_letters": ages.dead_letters,
            "suspended_endpoints": ages.suspended,
            "tasks": ages.tasks,
            "oldest_task_seconds": ages.oldest_task,
            "notices": ages.notices,
        }

    def collect(self) -> Iterator[Metric]:
        """Each age as a gauge; 0 where nothing waits."""
        for name, value in self._values.items():
            yield GaugeMetricFamily(f"opendimona_{name}", _HELP[name], value=value or 0.0)
