"""The bench as a whole, for moments only: every figure that it promises is there, and nothing was refused."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from bench import report
from bench.__main__ import measure, write
from bench.plan import FULL, QUICK, SERVER_PROCESSES, Desk, Payroll, Plan, Portal
from bench.seed import seed
from tests.folders import workspace

TINY = Plan(
    connections=(1, 64), runs=1, seconds=1, warmup=0.1, settling=0.2, paced_seconds=0.3, stored=300, employers=5000,
    other_processes=(1,), desks=(Desk(in_flight=16), Desk(in_flight=16, processes=2)), prism_seconds=0.0, growth=(600,),
    growth_seconds=0.3, growth_warmup=0.1, decide_seconds=0.01,
    persons=(1000,), identities=50, waiting=60,
    portal=Portal(staff=300, schools=6, users=2, pause=0.1, settling=0.5, seconds=1.0, repeats=2, rows=20),
    payroll=Payroll(lines=120, periods=300), searched=300,
)  # fmt: skip


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    with workspace() as folder:
        write(measure(TINY, folder / "data", Console(quiet=True)), folder / "bench.json")
        found: dict[str, Any] = json.loads((folder / "bench.json").read_text())
    return found


def test_the_ratios_follow_from_the_figures(figures: dict[str, Any]) -> None:
    bare = figures["baseline"]["64"]["rate"]
    assert figures["http_vs_pgbench_64"] == round(figures["http"][0]["connections"]["64"]["rate"] / bare, 3) > 0
    assert figures["desk_vs_pgbench_64"] == round(figures["desk"][0]["rate"] / bare, 3) > 0
    silent = figures["desk_without_notices"]["rate"]
    assert figures["notices_cost"] == round(1 - figures["desk"][0]["rate"] / silent, 3)


def test_everything_was_accepted(figures: dict[str, Any]) -> None:
    # Drawn at random, one worker may be declared twice at one employer: that is refused, as it should be, and rare.
    assert set(figures["results"]) <= {"A", "B"}
    assert figures["results"].get("B", 0) <= 3
    assert max(way["refused"] for way in figures["desk"]) <= 3
    assert [run["others"] for run in report.http_runs(figures)] == [{}] * 4
    assert [way["processes"] for way in figures["http"]] == [SERVER_PROCESSES, 1]


def test_every_answer_was_recorded(figures: dict[str, Any]) -> None:
    runs = [run for way in figures["http"] for run in way["connections"].values()] + [figures["half_load"]]
    answered = figures["settled"] + sum(run["created"] for run in runs)
    answered += sum(way["answered"] for way in figures["desk"]) + figures["desk_without_notices"]["answered"]
    assert sum(figures["results"].values()) == TINY.stored + answered
    size = figures["growth"][0]
    assert size["periods_after"] == size["periods"] + size["answered"] + size["http"]["created"]


def test_the_settings_are_those_of_service(figures: dict[str, Any]) -> None:
    postgres = figures["postgres"]
    assert (postgres["fsync"], postgres["synchronous_commit"], postgres["full_page_writes"]) == ("on", "on", "on")
    assert {"cores", "memory_mb", "python"} <= figures["machine"].keys()


def test_nothing_is_left_behind() -> None:
    plan = Plan(connections=(64,), runs=1, seconds=1, warmup=0.0, settling=0.1, paced_seconds=0.1, stored=0,
                employers=5, other_processes=(), desks=(), prism_seconds=0.0, growth=(),
                decide_seconds=0.01, persons=(), waiting=0, portal=None, payroll=None, searched=0)  # fmt: skip
    with workspace() as folder:
        measure(plan, folder, Console(quiet=True))
        assert list(folder.iterdir()) == []


def test_the_tables_show_every_part(figures: dict[str, Any]) -> None:
    console = Console(record=True, width=200, file=io.StringIO())
    report.show(figures, console)
    text = console.export_text()
    for part in ("pgbench", "HTTP, 1 process", "HTTP, 2 processes", "desk, 2 processes", "600", "http_vs_pgbench_64",
                 "without notices", "page: home", "payroll_seconds", "searches_ms"):  # fmt: skip
        assert part in text


def test_only_what_was_measured_is_summed_up() -> None:
    assert report.summary({}) == {}
    sizes = [{"periods": 1_000_000, "rate": 10.0}, {"periods": 10_000_000, "rate": 9.0}]
    memory = {"memory_mb": {"pss": 1.0}}
    found = report.summary({"growth": [size | {"http": memory} for size in sizes],
                            "prism": {"connections": {"64": {"rate": 2.0}}},
                            "http": [{"connections": {"64": {"rate": 9.0} | memory}}]})  # fmt: skip
    assert found == {"http_vs_prism_64": 4.5, "growth_10m_vs_1m": 0.9, "server_memory_mb": 1.0}


def test_the_plans_keep_their_promises() -> None:
    for plan in (FULL, QUICK):
        assert plan.connections == (1, 64, 128)
        assert plan.runs == 3
        assert plan.stored == 10_000
    assert FULL.growth == (10_000, 1_000_000, 10_000_000)
    assert FULL.growth_seconds >= 120


def test_a_seeded_register_has_whole_files(database_url: str) -> None:
    import psycopg

    seed(database_url, employers=7, periods=90)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*), max(sequence) FROM journal").fetchone() == (90, 2)
        orphans = """SELECT count(*) FROM period AS p LEFT JOIN journal AS j ON j.ssin = p.ssin AND j.number = p.number
                      AND j.period = p.number AND j.employer = p.employer AND j.recorded_at = p.recorded_from
                     WHERE j.ssin IS NULL"""
        assert connection.execute(orphans).fetchone() == (0,)
        indexes = "SELECT count(*) FROM pg_indexes WHERE tablename IN ('journal', 'period')"
        rebuilt = connection.execute(indexes).fetchone()
    assert rebuilt is not None
    assert rebuilt[0] >= 5
