"""The processes of a measurement: started with an order on their standard input, observed from outside."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parents[1]
Costs = dict[str, Any]
_TICK = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """A measurement that cannot be made; the text is for whoever asked for it."""


class Child:
    """A Python process of the bench, out of reach of Ctrl-C. Its standard input ends with this process: so does it."""

    def __init__(self, module: str, order: Struct) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        )  # fmt: skip
        self.name = module
        self.pid = self._process.pid
        self.tell(msgspec.json.encode(order))

    def tell(self, line: bytes = b"") -> None:
        """Write a line to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def hear(self) -> bytes:
        """The next line that the process writes. Raises BenchError when it ended instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"{self.name} ended without an answer (code {self._process.wait()})")
        return line

    def hear_end(self) -> None:
        """Wait until the process ends by itself."""
        self._process.wait()

    def close(self) -> None:
        """End the process, if it has not ended, and wait for it."""
        assert self._process.stdin is not None
        self._process.terminate()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def end_with_input() -> None:
    """In a child that has read its orders: end when its parent does."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def tree(pid: int) -> list[int]:
    """A process and all that it started, as far as the system tells."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = new = [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found = found + new
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """The processor time that processes have used, and those that they started and that ended, in seconds."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # user, system, and both of ended children
    return ticks / _TICK


def busy_seconds() -> float:
    """The processor time that the whole machine has used since it started, in seconds; 0 where it does not tell."""
    with suppress(OSError):
        user, nice, system, _idle, _wait, irq, softirq = map(int, Path("/proc/stat").read_text().split()[1:8])
        return (user + nice + system + irq + softirq) / _TICK
    return 0.0


class Meter:
    """What a measurement costs: processor time of some processes by name, and what the rest of the machine used."""

    def __init__(self, **pids: Callable[[], list[int]]) -> None:
        self._pids = pids
        self._begin = time.monotonic()
        self._before = {name: processor_seconds(find()) for name, find in pids.items()}
        self._busy = busy_seconds()

    def read(self, count: int, **known: float) -> Costs:
        """Microseconds for each of `count`, with the seconds that are `known` of other processes of ours."""
        seconds = {name: processor_seconds(find()) - self._before[name] for name, find in self._pids.items()} | known
        elsewhere = max(0.0, busy_seconds() - self._busy - sum(seconds.values()))
        capacity = (time.monotonic() - self._begin) * (os.cpu_count() or 1)
        return {
            "microseconds": {name: round(used / max(1, count) * 1_000_000, 1) for name, used in seconds.items()},
            "elsewhere": round(elsewhere / capacity, 3),
        }


def megabytes(pids: Iterable[int]) -> dict[str, float]:
    """The memory of processes: their own sizes added up (`rss`), and with shared pages counted once (`pss`)."""
    kilobytes = {"rss": 0, "pss": 0}
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name.lower() in kilobytes:
                    kilobytes[name.lower()] += int(rest.split()[0])
    return {name: round(value / 1024, 1) for name, value in kilobytes.items()}
