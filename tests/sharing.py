"""How the tests are shared among several processes (`make test`): a file at a time, those that take longest first.

Each process has PostgreSQL servers of its own, started when first asked for. The tests of a file meet in one process
and in the order of `--seed`; which files meet in one process depends on how fast each is.
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

LONG = ["tests/bench/", "tests/faults/", "tests/serve/", "tests/cases_test/test_cases.py", "tests/cli/test_serving.py",
        "tests/register/test_backup.py", "tests/register/test_cluster.py", "tests/register/test_places.py",
        "tests/register/test_stateful.py", "tests/channels/rest/test_fuzz.py"]  # fmt: skip
"""What takes ten seconds or more begins first, so that at the end no process waits long for the other."""
BUSY = ("tests/bench/", "tests/faults/", "tests/serve/")
"""What starts several processes that all work at once: one such test at a time."""


def is_long(nodeid: str) -> bool:
    """Whether a test belongs to what takes longest."""
    return nodeid.startswith(tuple(LONG))


class ByFile(LoadScopeScheduling):
    """Gives a process the next file whenever it has done with one, in the order in which they were collected."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False  # else: by number of tests
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return "busy" if nodeid.startswith(BUSY) else nodeid.partition("::")[0]
