"""What only root can prove is left to a run as root, and named."""

import os

collect_ignore = [] if os.geteuid() == 0 else ["test_places.py"]


def pytest_report_header() -> list[str]:
    return [f"not run, for it needs root: tests/register/{name}" for name in collect_ignore]
