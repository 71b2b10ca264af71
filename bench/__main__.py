"""`python -m bench`: every measurement of docs/performance.md; with `--quick` a part of them in two minutes."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from bench import machine, report
from bench.database import postgres
from bench.measure import Bench
from bench.plan import FULL, QUICK, Plan
from bench.processes import ROOT, BenchError
from opendimona.register.data_folder import DataFolderError

BUILD = ROOT / "build"


def main() -> int:
    """Measure, print, and write build/bench.json."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="baseline, HTTP and desk only")
    parser.add_argument("--identification", action="store_true", help="identification only")
    parser.add_argument("--portal", action="store_true", help="the portal's pages only")
    parser.add_argument("--payroll", action="store_true", help="the comparison with payroll only")
    parser.add_argument("--searches", action="store_true", help="the searches of programs only")
    parser.add_argument("--output", type=Path, default=BUILD / "bench.json", help="where the figures are written")
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        plan = QUICK if arguments.quick else FULL
        parts = {
            "identification": Bench.identify,
            "portal": Bench.visit,
            "payroll": Bench.compare,
            "searches": Bench.search,
        }
        run = next((part for name, part in parts.items() if getattr(arguments, name)), Bench.run)
        figures = measure(plan, BUILD / "bench", console, run)
    except (BenchError, DataFolderError) as error:
        console.print(f"The bench stopped: {error}", style="bold")
        return 1
    write(figures, arguments.output)
    report.show(figures, console)
    console.print(f"All figures: {os.path.relpath(arguments.output)}")
    return 0


def measure(plan: Plan, folder: Path, console: Console, run: Callable[[Bench], None] = Bench.run) -> dict[str, Any]:
    """The figures of a plan: the summary first, then everything it comes from. Raises BenchError."""
    found = {"machine": machine.facts()}
    folder.mkdir(parents=True, exist_ok=True)

    def say(line: str) -> None:
        console.print(line, style="dim", highlight=False)

    with postgres(folder / "register", say) as running:
        bench = Bench(plan, folder, running, say)
        run(bench)
    return {**report.summary(bench.figures), **found, "plan": msgspec.to_builtins(plan), **bench.figures}


def write(figures: dict[str, Any], path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
