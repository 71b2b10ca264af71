"""What a program searches in the register of an employer with hundreds of thousands of periods: how long it waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.database import Postgres
from bench.draw import declarations, nsso
from bench.seed import seed
from opendimona.channels.rest.moments import now
from opendimona.register.interface import Caller, Criteria
from opendimona.register.local import LocalRegister

PAGE = 51
"""A page of the API, and one more."""
FILED = 300
"""So many declarations are filed first, half of them for one establishment."""
REPEATS = 5
UNIT = "93052"
Figures = dict[str, Any]


def measure(postgres: Postgres, periods: int, say: Callable[[str], None]) -> Figures:
    """The slowest of a few runs of each search, in milliseconds, by what is searched and by whom."""
    with postgres.database("searches") as name:
        say(f"Searches beside {periods:,} periods of one employer")
        seed(postgres.dsn(name), 1, periods)
        postgres.ask("ANALYZE", name)
        return {"periods": periods, "worst_ms": asyncio.run(_search(postgres.dsn(name)))}


async def _search(dsn: str) -> dict[str, float]:
    employer = "nsso", nsso(0)
    whole = Caller("program", frozenset({employer}), is_strict=False)  # type: ignore[arg-type]
    bounded = Caller("school", whole.mandate, is_strict=False, unit=UNIT, is_bounded=True)
    register = await LocalRegister.open(dsn)
    try:
        drawn = declarations(1, 1)
        for place in range(FILED):
            answer = await register.file(next(drawn), bounded if place % 2 else whole, now())
        ssin = None if answer.worker is None else answer.worker.ssin
        asked = {
            "a worker": (Criteria(ssin=ssin), whole),
            "a worker of an employer": (Criteria(ssin=ssin, employer=employer), whole),  # type: ignore[arg-type]
            "everything": (Criteria(), whole),
            "everything of a school": (Criteria(), bounded),
        }
        found: dict[str, float] = {}
        for what, (criteria, caller) in asked.items():
            for search in (register.search_declarations, register.search_periods, register.search_relations):
                name = f"{search.__name__.removeprefix('search_')}: {what}"
                found[name] = await _worst(search, criteria, caller)
        return found
    finally:
        await register.close()


async def _worst(search: Callable[..., Awaitable[Any]], criteria: Criteria, caller: Caller) -> float:
    """The longest of a few runs but for the first, in milliseconds."""
    taken = []
    for _ in range(REPEATS + 1):
        begin = time.perf_counter()
        await search(criteria, caller, PAGE)
        taken.append((time.perf_counter() - begin) * 1000)
    return max(taken[1:])


def slowest(figures: Figures) -> dict[str, float]:
    """The slowest search of all, and of those by a worker or for a school, if they were measured."""
    found = figures.get("searches")
    if found is None:
        return {}
    times: dict[str, float] = found["worst_ms"]
    narrow = [taken for name, taken in times.items() if not name.endswith(": everything")]
    return {"searches_ms": max(times.values()), "narrow_searches_ms": max(narrow)}
