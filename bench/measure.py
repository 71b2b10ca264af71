"""The measurements, side by side: baseline and program by turns, so that both meet the same moods of the machine."""

import asyncio
import shutil
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench import access, desk, identification, load, pages, payroll, searches, server
from bench.baseline import insert_rate
from bench.database import Postgres
from bench.decide import COUNTS, STUDENT, ordinary, student, time_decide
from bench.notices import catch_up, silence
from bench.plan import OF_INTEREST, SERVER_PROCESSES, Desk, Plan
from bench.prism import prism
from bench.processes import BenchError, Child, Meter, megabytes, tree
from bench.seed import seed

PATH = "/REST/dimona/v2/declarations"
RESULTS = "SELECT result::text, count(*) FROM journal GROUP BY 1"
BYTES_A_PERSON = 700
"""What a person needs on the disk, with the search indexes, the file and the log; rounded up."""
BYTES_A_PERIOD = 2000
"""What a stored period needs on the disk, with its journal, their indexes and the log; rounded up."""
Say = Callable[[str], None]
Figures = dict[str, Any]


class Bench:
    """One run of a plan; `figures` fills as it goes."""

    def __init__(self, plan: Plan, folder: Path, postgres: Postgres, say: Say) -> None:
        self.plan = plan
        self.figures: Figures = {}
        self._folder = folder
        self._postgres = postgres
        self._say = say
        self._seeds = iter(range(1, 1_000_000))

    def run(self) -> None:
        """Everything that the plan asks for."""
        self.figures["postgres"] = self._postgres.facts()
        self.figures["decide"] = {
            name: msgspec.to_builtins(time_decide(*case, self.plan.decide_seconds))
            for name, case in [*((str(count), ordinary(count)) for count in COUNTS), (STUDENT, student())]
        }
        self._side_by_side()
        if self.plan.prism_seconds:
            self._prism()
        if self.plan.persons:
            self.identify()
        self.visit()
        self.compare()
        self.search()
        if self.plan.growth:
            self.figures["growth"] = [found for periods in self.plan.growth if (found := self._grown(periods))]

    def identify(self) -> None:
        """The matcher by the size of the register of persons; the desk, and the queue, while many wait."""
        plan, found = self.plan, Figures(sizes=[])
        for count in plan.persons:
            if shutil.disk_usage(self._folder).free < count * BYTES_A_PERSON:
                self._say(f"{count:,} persons are left out: they need {count * BYTES_A_PERSON >> 30} GB of free disk")
                continue
            with self._postgres.database("identification") as name:
                dsn = self._postgres.dsn(name)
                found["sizes"].append(identification.measure(dsn, self._folder, count, plan.identities, self._say))
        with self._register(plan.stored) as name:
            self._say(f"The queue and the desk while {plan.waiting:,} declarations wait")
            identification.fill_queue(self._postgres.dsn(name), plan.waiting)
            found["first_page_p95_ms"] = asyncio.run(identification.first_page(self._postgres.dsn(name), 200))
            waiting, empty = [], []
            for _ in range(plan.runs):
                waiting.append(self._desk(name, plan.desks[0], plan.seconds, plan.warmup))
                with identification.emptied_queue(self._postgres.dsn(name)):
                    empty.append(self._desk(name, plan.desks[0], plan.seconds, plan.warmup))
            found["desk"], found["desk_without_waiting"] = middle(waiting), middle(empty)
        self.figures["identification"] = found

    def visit(self) -> None:
        """The pages of the portal."""
        if self.plan.portal is not None:
            self.figures["portal"] = pages.measure(self._postgres, self.plan.portal, self._say)

    def compare(self) -> None:
        """Payroll against the register."""
        if self.plan.payroll is not None:
            self.figures["payroll"] = payroll.measure(self._postgres, self._folder, self.plan.payroll, self._say)

    def search(self) -> None:
        """What programs search."""
        if self.plan.searched:
            self.figures["searches"] = searches.measure(self._postgres, self.plan.searched, self._say)

    def _side_by_side(self) -> None:
        plan, figures = self.plan, self.figures
        with ExitStack() as stack:
            bare = stack.enter_context(self._postgres.database("baseline", is_register=False))
            register = stack.enter_context(self._register(plan.stored))
            numbers = (SERVER_PROCESSES, *plan.other_processes)
            servers = {number: stack.enter_context(self._server(register, number)) for number in numbers}
            baseline: dict[int, list[float]] = {count: [] for count in plan.connections}
            http: dict[int, dict[int, list[Figures]]] = {
                number: {count: [] for count in plan.connections} for number in numbers
            }
            desks: list[list[Figures]] = [[] for _ in plan.desks]
            silent: list[Figures] = []
            figures["settled"] = sum(
                self._http(running, max(plan.connections), plan.settling)["created"] for running in servers.values()
            )
            for turn in range(plan.runs):
                self._say(f"Baseline, HTTP and desk by turns, {turn + 1} of {plan.runs}")
                for count in plan.connections:
                    baseline[count].append(insert_rate(self._postgres, bare, count, plan.seconds))
                    for number, running in servers.items():
                        http[number][count].append(self._http(running, count, plan.seconds))
                for place, way in enumerate(plan.desks):
                    desks[place].append(self._desk_and_notices(register, way))
                for way in plan.desks[:1]:
                    with silence(self._postgres, register):
                        silent.append(self._desk(register, way, plan.seconds, plan.warmup))
            figures["baseline"] = {
                str(count): {"rate": statistics.median(rates), "rates": rates} for count, rates in baseline.items()
            }
            figures["http"] = [
                {"processes": number, "connections": {str(count): middle(runs) for count, runs in found.items()}}
                for number, found in http.items()
            ]
            figures["desk"] = [
                msgspec.to_builtins(way) | middle(runs) for way, runs in zip(plan.desks, desks, strict=True)
            ]
            if silent:
                figures["desk_without_notices"] = msgspec.to_builtins(plan.desks[0]) | middle(silent)
            half = figures["http"][0]["connections"][str(OF_INTEREST)]["rate"] / 2
            self._say(f"HTTP at half that load: {half:.0f} a second")
            figures["half_load"] = self._http(servers[SERVER_PROCESSES], OF_INTEREST, plan.paced_seconds, rate=half)
            figures["results"] = dict(self._postgres.ask(RESULTS, register))

    @contextmanager
    def _register(self, periods: int) -> Iterator[str]:
        with self._postgres.database("register") as name:
            self._say(f"A register with {periods:,} stored periods")
            seed(self._postgres.dsn(name), self.plan.employers, periods)
            yield name

    @contextmanager
    def _server(self, register: str, processes: int) -> Iterator["Running"]:
        with Child("bench.server", server.Order(dsn=self._postgres.dsn(register), processes=processes)) as child:
            url = child.hear().decode().strip()
            yield Running(child.pid, url, access.token(url))

    def _http(self, running: "Running", connections: int, seconds: float, rate: float | None = None) -> Figures:
        order = load.Order(
            url=running.url, path=PATH, token=running.token, connections=connections, seconds=seconds,
            warmup=self.plan.warmup, seed=next(self._seeds), employers=self.plan.employers, rate=rate,
        )  # fmt: skip
        meter = Meter(server=lambda: tree(running.pid), postgres=self._postgres.pids)
        found = tally_of(order)
        costs = meter.read(found.answered, load=found.processor_seconds)
        tally: Figures = msgspec.to_builtins(found)
        return tally | costs | {"memory_mb": megabytes(tree(running.pid))}

    def _desk(self, register: str, way: Desk, seconds: float, warmup: float) -> Figures:
        orders = [
            desk.Order(
                dsn=self._postgres.dsn(register), in_flight=way.in_flight // way.processes, batch_limit=way.batch_limit,
                seconds=seconds, warmup=warmup, seed=next(self._seeds), employers=self.plan.employers,
            )
            for _ in range(way.processes)
        ]  # fmt: skip
        with ExitStack() as stack:
            children = [stack.enter_context(Child("bench.desk", order)) for order in orders]
            for child in children:
                child.hear()
            meter = Meter(postgres=self._postgres.pids)
            for child in children:
                child.tell()
            found = [msgspec.json.decode(child.hear(), type=desk.Tally) for child in children]
            for child in children:
                child.hear_end()
        answered = sum(sum(tally.results.values()) for tally in found)
        costs = meter.read(answered, desk=sum(tally.processor_seconds for tally in found))
        return {
            "rate": sum(tally.rate for tally in found),
            "answered": answered,
            "refused": answered - sum(tally.results.get("A", 0) for tally in found),
            "memory_mb": {name: sum(tally.memory[name] for tally in found) for name in ("rss", "pss")},
        } | costs

    def _desk_and_notices(self, register: str, way: Desk) -> Figures:
        """The desk while a deliverer makes notices of what it decides, and how far that one was behind in the end."""
        found = self._desk(register, way, self.plan.seconds, self.plan.warmup)
        return found | {"notices_behind_seconds": catch_up(self._postgres, register)}

    def _prism(self) -> None:
        plan = self.plan
        try:
            with prism(self._folder / "prism") as url:
                self._say("Prism, mocking the same contract")
                runs = [
                    msgspec.to_builtins(tally_of(load.Order(
                        url=url, path=PATH, token="none", connections=OF_INTEREST, seconds=plan.prism_seconds,
                        warmup=plan.warmup, seed=next(self._seeds), employers=plan.employers,
                    )))
                    for _ in range(plan.runs)
                ]  # fmt: skip
            if any(run["others"] for run in runs):
                raise BenchError(f"Prism answered otherwise than 201: {runs[0]['others']}")
            self.figures["prism"] = {"connections": {str(OF_INTEREST): middle(runs)}}
        except BenchError as error:
            self._say(f"Prism is left out: {error}")
            self.figures["prism"] = {"left_out": str(error)}

    def _grown(self, periods: int) -> Figures | None:
        """The desk's rate, then the HTTP channel's, in a register of that size."""
        plan = self.plan
        need = (periods + 5_000_000) * BYTES_A_PERIOD
        if shutil.disk_usage(self._folder).free < need:
            self._say(f"{periods:,} stored periods are left out: they need {need >> 30} GB of free disk")
            return None
        with self._register(periods) as register:
            found: Figures = {"periods": periods, "size_mb": self._size(register)}
            self._say(f"The desk for {plan.growth_seconds:.0f} seconds")
            found |= self._desk(register, plan.desks[0], plan.growth_seconds, plan.growth_warmup)
            with self._server(register, SERVER_PROCESSES) as running:
                found["http"] = self._http(running, OF_INTEREST, plan.seconds)
            found["periods_after"] = self._postgres.ask("SELECT count(*) FROM period", register)[0][0]
        return found

    def _size(self, register: str) -> int:
        return int(self._postgres.ask("SELECT pg_database_size(current_database()) >> 20", register)[0][0])


class Running:
    """A server under test."""

    def __init__(self, pid: int, url: str, token: str) -> None:
        self.pid, self.url, self.token = pid, url, token


def tally_of(order: load.Order) -> load.Tally:
    """What a load generator of its own counts. Raises BenchError when nothing was created."""
    with Child("bench.load", order) as child:
        found = msgspec.json.decode(child.hear(), type=load.Tally)
    if not found.created:
        raise BenchError(f"nothing was created; answers by status: {found.others}")
    return found


def middle(runs: list[Figures]) -> Figures:
    """The run with the median rate (the lower one of two in the middle), with all rates beside it."""
    ordered = sorted(runs, key=lambda run: run["rate"])
    return ordered[(len(ordered) - 1) // 2] | {"rates": [run["rate"] for run in runs]}
