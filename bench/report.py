"""The figures as they are written to a file and printed: ratios, and tables side by side."""

from typing import Any

from rich.console import Console
from rich.table import Table

from bench.plan import OF_INTEREST
from bench.searches import slowest

Figures = dict[str, Any]
TEN_MILLION, MILLION = 10_000_000, 1_000_000
BARS = {
    "http_vs_pgbench_64": "at least 0.5, aim 1.0",
    "desk_vs_pgbench_64": "at least 1.2, aim 2.0",
    "http_vs_prism_64": "",
    "notices_cost": "at most 0.15 of the desk",
    "notices_cost_processor": "at most 0.15",
    "growth_10m_vs_1m": "at least 0.8",
    "half_load_p99_ms": "at most 25",
    "server_memory_mb": "at most 300",
    "decide_2_us": "at most 25",
    "decide_20_us": "at most 60",
    "decide_student_us": "at most 150",
    "identification_precision": "at least 0.999",
    "identification_among_five": "at least 0.97",
    "candidates_p95_ms": "at most 50",
    "persons_copied_rate": "at least 100000",
    "persons_indexing_seconds": "at most 600",
    "queue_first_page_p95_ms": "at most 100",
    "waiting_cost": "about 0 of the desk",
    "pages_p95_ms": "at most 150",
    "lists_p50_ms": "at most 200",
    "dry_run_p95_ms": "at most 50",
    "first_page_kb": "at most 100",
    "load_seconds": "at most 60",
    "payroll_seconds": "at most 20",
    "payroll_process_mb": "at most 500",
    "payroll_postgres_mb": "beside it",
    "searches_ms": "",
    "narrow_searches_ms": "",
}


def summary(figures: Figures) -> dict[str, float]:
    """The figures that count, those that were measured: ratios, milliseconds, megabytes and microseconds."""
    found: dict[str, float] = {}
    key = str(OF_INTEREST)
    http = _at(figures, "http", 0, "connections", key, "rate")
    bare = _at(figures, "baseline", key, "rate")
    mock = _at(figures, "prism", "connections", key, "rate")
    desks = [way["rate"] for way in figures.get("desk", [])]
    sizes = {size["periods"]: size["rate"] for size in figures.get("growth", [])}
    if http and bare:
        found["http_vs_pgbench_64"] = http / bare
    if desks and bare:
        found["desk_vs_pgbench_64"] = desks[0] / bare
    found |= cost_of_notices(figures)
    if http and mock:
        found["http_vs_prism_64"] = http / mock
    if MILLION in sizes and TEN_MILLION in sizes:
        found["growth_10m_vs_1m"] = sizes[TEN_MILLION] / sizes[MILLION]
    if (worst := _at(figures, "half_load", "p99")) is not None:
        found["half_load_p99_ms"] = worst
    memories = [run["memory_mb"]["pss"] for run in http_runs(figures)]
    if memories:
        found["server_memory_mb"] = max(memories)
    found |= identified(figures) | opened(figures) | compared(figures) | slowest(figures)
    for count in ("2", "20", "student"):
        if (timing := _at(figures, "decide", count, "median")) is not None:
            found[f"decide_{count}_us"] = timing
    return {name: round(value, 3) for name, value in found.items()}


def cost_of_notices(figures: Figures) -> dict[str, float]:
    """What notices cost the desk: the part of its rate, and of the processor time of a declaration, that they take."""
    silent = figures.get("desk_without_notices")
    if not silent or not figures.get("desk"):
        return {}
    told = figures["desk"][0]
    spent, spared = (sum(way["microseconds"].get(part, 0) for part in ("desk", "postgres")) for way in (told, silent))
    return {"notices_cost": 1 - told["rate"] / silent["rate"], "notices_cost_processor": spent / spared - 1}


def identified(figures: Figures) -> dict[str, float]:
    """The worst figures of identification over the sizes of the register of persons."""
    sizes = _at(figures, "identification", "sizes", default=[])
    if not sizes:
        return {}
    found = figures["identification"]
    waiting, empty = found.get("desk"), found.get("desk_without_waiting")
    return {
        "identification_precision": min(size["precision"] for size in sizes),
        "identification_among_five": min(size["among_five"] for size in sizes),
        "candidates_p95_ms": max(size["p95_ms"] for size in sizes),
        "persons_copied_rate": min(size["rate"] for size in sizes),
        "persons_indexing_seconds": max(size["indexing_seconds"] for size in sizes),
        "queue_first_page_p95_ms": found["first_page_p95_ms"],
    } | ({"waiting_cost": 1 - waiting["rate"] / empty["rate"]} if waiting and empty else {})


def opened(figures: Figures) -> dict[str, float]:
    """What the portal's pages take, those that were measured."""
    found = figures.get("portal")
    if found is None:
        return {}
    return {
        "pages_p95_ms": found["pages"]["all"]["p95_ms"],
        "lists_p50_ms": max(one["p50_ms"] for one in found["lists"].values()),
        "dry_run_p95_ms": found["dry_run"]["p95_ms"],
        "first_page_kb": found["first_page_bytes"] / 1000,
        "load_seconds": found["load"]["seconds"],
    }


def compared(figures: Figures) -> dict[str, float]:
    """What comparing a payroll extract takes, if it was measured."""
    found = figures.get("payroll")
    if found is None:
        return {}
    return {
        "payroll_seconds": found["seconds"], "payroll_process_mb": found["process_mb"],
        "payroll_postgres_mb": found["postgres_mb"],
    }  # fmt: skip


def http_runs(figures: Figures) -> list[Figures]:
    """Every measurement of the HTTP channel with the number of processes that counts."""
    runs = list(_at(figures, "http", 0, "connections", default={}).values())
    runs += [figures["half_load"]] if "half_load" in figures else []
    return runs + [size["http"] for size in figures.get("growth", [])]


def _at(found: Any, *path: str | int, default: Any = None) -> Any:
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError):
            return default
    return found


def show(figures: Figures, console: Console) -> None:
    """Print the tables."""
    for table in (
        _rates(figures),
        _costs(figures),
        _growth(figures),
        _identification(figures),
        _pages(figures),
        _summary(figures),
    ):
        if table.row_count:
            console.print(table)


def _rates(figures: Figures) -> Table:
    table = Table(title="Durable declarations a second, beside bare inserts a second", title_justify="left")
    for heading in ("", "connections", "a second", "of pgbench", "p50 ms", "p99 ms", "runs"):
        table.add_column(heading, justify="left" if heading in ("", "runs") else "right")
    baseline = figures.get("baseline", {})
    for count, found in baseline.items():
        table.add_row("pgbench", count, _rate(found["rate"]), "", "", "", _runs(found))
    for way in figures.get("http", []):
        for count, found in way["connections"].items():
            share = f"{found['rate'] / baseline[count]['rate']:.2f}" if count in baseline else ""
            table.add_row(f"HTTP, {_processes(way)}", count, _rate(found["rate"]), share, f"{found['p50']:.1f}",
                          f"{found['p99']:.1f}", _runs(found) + _others(found))  # fmt: skip
    if half := figures.get("half_load"):
        table.add_row("HTTP, half load", str(OF_INTEREST), _rate(half["rate"]), "", f"{half['p50']:.1f}",
                      f"{half['p99']:.1f}", _others(half))  # fmt: skip
    bare = _at(baseline, str(OF_INTEREST), "rate")
    for way in figures.get("desk", []):
        name = f"desk, {_processes(way)}, batches up to {way['batch_limit']}"
        table.add_row(name, f"{way['in_flight']} waiting", _rate(way["rate"]),
                      f"{way['rate'] / bare:.2f}" if bare else "", "", "", _runs(way))  # fmt: skip
    if silent := figures.get("desk_without_notices"):
        table.add_row("the same without notices", f"{silent['in_flight']} waiting", _rate(silent["rate"]),
                      f"{silent['rate'] / bare:.2f}" if bare else "", "", "", _runs(silent))  # fmt: skip
    for count, found in _at(figures, "prism", "connections", default={}).items():
        table.add_row("Prism, decides nothing", count, _rate(found["rate"]), "", f"{found['p50']:.1f}",
                      f"{found['p99']:.1f}", _runs(found))  # fmt: skip
    return table


def _costs(figures: Figures) -> Table:
    table = Table(title="Processor time for each declaration, microseconds", title_justify="left")
    for heading in ("", "server or desk", "PostgreSQL", "load generator", "memory MB", "machine busy elsewhere"):
        table.add_column(heading, justify="left" if heading == "" else "right")
    rows = [
        (f"HTTP, {_processes(way)}, {count}", found)
        for way in figures.get("http", [])
        for count, found in way["connections"].items()
    ]
    rows += [("HTTP, half load", figures["half_load"])] if "half_load" in figures else []
    rows += [(f"desk, {_processes(way)}, {way['in_flight']} waiting", way) for way in figures.get("desk", [])]
    rows += [("the same without notices", figures["desk_without_notices"])] if "desk_without_notices" in figures else []
    for name, found in rows:
        costs = found["microseconds"]
        ours, load = costs.get("server", costs.get("desk", 0)), costs.get("load")
        table.add_row(name, f"{ours:.0f}", f"{costs['postgres']:.0f}", "" if load is None else f"{load:.0f}",
                      f"{found['memory_mb']['pss']:.0f}", f"{found['elsewhere']:.0%}")  # fmt: skip
    return table


def _growth(figures: Figures) -> Table:
    table = Table(title="The desk, by the periods stored when it begins", title_justify="left")
    for heading in ("stored", "stored after", "size MB", "desk a second", "HTTP a second", "HTTP p99 ms", "server MB"):
        table.add_column(heading, justify="right")
    for size in figures.get("growth", []):
        http = size["http"]
        table.add_row(f"{size['periods']:,}", f"{size['periods_after']:,}", f"{size['size_mb']:,}", _rate(size["rate"]),
                      _rate(http["rate"]), f"{http['p99']:.1f}", f"{http['memory_mb']['pss']:.0f}")  # fmt: skip
    return table


def _identification(figures: Figures) -> Table:
    table = Table(title="Identification, by the persons in the register", title_justify="left")
    for heading in ("persons", "copied a second", "indexes s", "cases", "automatic", "of them right", "first",
                    "among five", "p50 ms", "p95 ms"):  # fmt: skip
        table.add_column(heading, justify="right")
    for size in _at(figures, "identification", "sizes", default=[]):
        table.add_row(f"{size['persons']:,}", _rate(size["rate"]), f"{size['indexing_seconds']:.0f}",
                      f"{size['cases']:,}", f"{size['automatic']:.1%}", f"{size['precision']:.3%}",
                      f"{size['first']:.1%}", f"{size['among_five']:.1%}", f"{size['p50_ms']:.1f}",
                      f"{size['p95_ms']:.1f}")  # fmt: skip
    return table


def _summary(figures: Figures) -> Table:
    table = Table(title="To reach", title_justify="left")
    table.add_column("")
    table.add_column("measured", justify="right")
    table.add_column("wanted")
    for name, value in figures.items():
        if name in BARS:
            table.add_row(name, f"{value:.2f}", BARS[name])
    return table


def _rate(rate: float) -> str:
    return f"{rate:,.0f}"


def _runs(found: Figures) -> str:
    return " ".join(_rate(rate) for rate in found.get("rates", []))


def _others(found: Figures) -> str:
    return f" not 201: {found['others']}" if found.get("others") else ""


def _processes(way: Figures) -> str:
    return "1 process" if way["processes"] == 1 else f"{way['processes']} processes"


def _pages(figures: Figures) -> Table:
    table = Table(title="Pages of the portal", title_justify="left")
    for heading in ("", "times", "p50 ms", "p95 ms"):
        table.add_column(heading, justify="right" if heading else "left")
    found = figures.get("portal")
    if found is not None:
        rows = {f"page: {kind}": one for kind, one in found["pages"].items()}
        rows |= {f"whole Community: {kind}": one for kind, one in found["lists"].items()}
        for kind, one in (rows | {"dry run": found["dry_run"]} | found["cell"]).items():
            table.add_row(kind, f"{one['count']}", f"{one['p50_ms']:.1f}", f"{one['p95_ms']:.1f}")
    return table
