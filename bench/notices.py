"""The desk without notices, to see what they cost: the trigger that notes them is off for the time of a measurement."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.database import Postgres
from bench.processes import BenchError

SILENCE = "ALTER TABLE journal DISABLE TRIGGER journal_is_told"
SPEECH = "ALTER TABLE journal ENABLE TRIGGER journal_is_told"
WAITING = "SELECT count(*) FROM outbox"
PATIENCE = 120.0
_PAUSE = 0.05


@contextmanager
def silence(postgres: Postgres, register: str) -> Iterator[None]:
    """Nothing becomes a notice meanwhile."""
    postgres.ask(SILENCE, register)
    try:
        yield
    finally:
        postgres.ask(SPEECH, register)


def catch_up(postgres: Postgres, register: str) -> float:
    """Wait until everything has become notices; the seconds that the deliverer was behind. Raises BenchError."""
    begin = time.perf_counter()
    while postgres.ask(WAITING, register)[0][0]:
        if time.perf_counter() - begin > PATIENCE:
            raise BenchError("the deliverer does not keep up: the outbox is not empty two minutes after the load")
        time.sleep(_PAUSE)
    return time.perf_counter() - begin
