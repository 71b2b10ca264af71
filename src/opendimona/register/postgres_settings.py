"""The settings that our PostgreSQL starts with, by the size of the machine; an operator's own come after and win."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

TUNING_FILE = "opendimona.conf"
INCLUDE_LINE = f"\ninclude_if_exists = '../{TUNING_FILE}'  # written anew at each start; put your own settings below\n"
_MEGABYTE = 1 << 20
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory() -> int:
    """The memory that we may use, in bytes: the machine's, or less where a container says so."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _CGROUP_LIMITS:
        with suppress(OSError, ValueError):
            total = min(total, int(Path(path).read_text()))
    return total


def tuning(cluster: Path) -> dict[str, str]:
    """Settings by name; `fsync` and `synchronous_commit` keep PostgreSQL's defaults, for an answer means: stored."""
    available = memory() // _MEGABYTE
    free = shutil.disk_usage(cluster).free // _MEGABYTE
    return {
        "max_connections": "200",
        "shared_buffers": f"{max(32, min(2048, available // 8))}MB",
        "effective_cache_size": f"{max(64, available // 2)}MB",
        # Few checkpoints: after each, the first change of a page writes the whole page again.
        "max_wal_size": f"{max(512, min(4096, free // 20))}MB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # A copy that stopped following must not fill the disk with what it did not fetch.
        "max_slot_wal_keep_size": f"{max(256, min(8192, free // 10))}MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # What a worker is known by must not reach a log: neither values of a row (DETAIL) nor the text of a statement.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }


def tuning_text(cluster: Path) -> str:
    """The settings as a file for PostgreSQL."""
    lines = [f"{name} = '{value}'" for name, value in tuning(cluster).items()]
    return "# Written by OpenDimona at each start: changes here are lost.\n" + "\n".join(lines) + "\n"
