"""Counters of what this process decides, for Prometheus; several processes add up where they share a folder.

With `PROMETHEUS_MULTIPROC_DIR` set before this is imported, as the supervisor does for its processes, every process
keeps its values in a file of that folder, and whichever is asked adds them up.
"""

import time
from collections import Counter as Count
from collections.abc import Iterable
from typing import get_args

from prometheus_client import Counter, Gauge, Histogram

from opendimona.core.decision import Result

ANSWERS = Counter("opendimona_answers", "Declarations answered, by result", ["result"])
_by_result = {result: ANSWERS.labels(result) for result in get_args(Result)}  # looking them up costs more than counting
BATCH_SIZE = Histogram(
    "opendimona_batch_declarations", "Declarations in one transaction",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)  # fmt: skip
BATCH_SECONDS = Histogram(
    "opendimona_batch_seconds", "From taking declarations off the queue to their durable answer",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)  # fmt: skip
QUEUE = Gauge("opendimona_queue_declarations", "Declarations that wait at the desk", multiprocess_mode="livesum")


def count_batch(results: Iterable[Result], size: int, began: float, waiting: int) -> None:
    """Count a batch that was answered; `began` by `time.perf_counter`, `waiting`: left in the queue."""
    for result, number in Count(results).items():
        _by_result[result].inc(number)
    BATCH_SIZE.observe(size)
    BATCH_SECONDS.observe(time.perf_counter() - began)
    QUEUE.set(waiting)
