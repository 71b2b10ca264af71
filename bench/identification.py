"""Identification measured: loading persons, precision and recall on seeded errors, the time to find candidates.

The automatic matcher is right or wrong of somebody who is meant (`bench.slips`), or of a stranger, of whom every
decision is wrong. Times are those of one look-up after the other, on the connection that a server would use.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bench.persons import Drawn, persons, write_file
from bench.slips import Case, cases
from opendimona.cli.loading_persons import BATCH, undisturbed
from opendimona.cli.persons_file import read_persons
from opendimona.core.identity.ranking import Candidate, decided, identity_of
from opendimona.register.identification import find_candidates
from opendimona.register.local import SESSION, LocalRegister
from opendimona.register.persons import Loader
from opendimona.settings import MATCHER_CERTAINTY

YEAR = 2024
KNOWN = 5000
"""Persons of the register of whom cases are made."""
PAGE = 50
WAITING = """
    WITH employer_one AS (SELECT min(id) AS id FROM employer), numbers AS (
         SELECT (5000000000 + i) * 100 + mod(5000000000 + i, 97) AS number, now() - i * interval '1 second' AS moment
           FROM generate_series(1, %s) AS i), entry AS (
         INSERT INTO journal (ssin, sequence, number, entry, employer, result, received_at, recorded_at, filed_by, body,
                              law, chain)
         SELECT 0, number, number, 'i', employer_one.id, 'S', moment, moment, 'bench', %s, '2024', sha256('bench')
           FROM numbers, employer_one)
    INSERT INTO pending SELECT number, employer_one.id, moment, moment FROM numbers, employer_one"""
BODY = (
    '{"employer":{"employerId":175110801},"worker":{"familyName":"Martin","givenName":"Zoe","birthDate":"1990-02-03"},'
    '"dimonaIn":{"startDate":"2024-06-03","features":{"jointCommissionNumber":"XXX","workerType":"OTH"}}}'
)
Say = Callable[[str], None]
Figures = dict[str, Any]


def load(dsn: str, folder: Path, count: int) -> Figures:
    """Load that many persons out of a file, as the command does, and say how fast."""
    path = folder / f"persons-{count}.csv"
    write_file(path, 1, count)
    loader = Loader(dsn, is_bulk=True)
    try:
        with path.open("rb") as file, undisturbed():
            for chunk in read_persons(file, path.name, "csv", BATCH):
                loader.take(chunk.lines, chunk.count)
        loaded = loader.finish()
    finally:
        loader.close()
        path.unlink()
    return {"persons": count, "rate": count / loaded.copying, "indexing_seconds": loaded.indexing}


def known(count: int) -> Iterable[Drawn]:
    """Some of the persons of a register of that size, all over their years of birth."""
    return islice(persons(1, count), 0, None, max(1, count // KNOWN))


async def look(dsn: str, drawn: Iterable[Case], certainty: float = MATCHER_CERTAINTY) -> Figures:
    """Look each case up; how right and how fast."""
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    times: list[float] = []
    connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True, options=SESSION)
    async with connection:
        for case in drawn:
            begin = time.perf_counter()
            found = await find_candidates(connection, identity_of(case.worker, YEAR))
            times.append(time.perf_counter() - begin)
            if not count(counts, case, found, certainty):
                missed[case.errors] += 1
    times.sort()
    return {
        "cases": len(times), "automatic": counts["automatic"] / len(times),
        "precision": counts["right"] / max(1, counts["automatic"]), "wrong": counts["automatic"] - counts["right"],
        "first": counts["first"] / counts["meant"], "among_five": counts["five"] / counts["meant"],
        "missed": dict(missed.most_common(10)),
        "p50_ms": times[len(times) // 2] * 1000, "p95_ms": times[len(times) * 95 // 100] * 1000,
    }  # fmt: skip


def count(counts: Counter[str], case: Case, found: tuple[Candidate, ...], certainty: float) -> bool:
    """Count one case; whether whoever is meant is among the first five, or nobody is meant."""
    taken = decided(found, certainty)
    if taken is not None:
        counts["automatic"] += 1
        counts["right"] += taken.record.ssin == case.meant
    if case.meant is None:
        return True
    ranked = [candidate.record.ssin for candidate in found[:5]]
    counts["meant"] += 1
    counts["first"] += ranked[:1] == [case.meant]
    counts["five"] += case.meant in ranked
    return case.meant in ranked


def fill_queue(dsn: str, waiting: int) -> None:
    """Let that many declarations wait."""
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO employer (nsso) VALUES (175110801) ON CONFLICT DO NOTHING")
        connection.execute(WAITING, (waiting, BODY))
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE pending")


@contextmanager
def emptied_queue(dsn: str) -> Iterator[None]:
    """Meanwhile nothing waits."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE aside AS SELECT * FROM pending")
        connection.execute("DELETE FROM pending")
        connection.execute("VACUUM ANALYZE pending")
        yield
        connection.execute("INSERT INTO pending SELECT * FROM aside ON CONFLICT DO NOTHING")
        connection.execute("DROP TABLE aside")
        connection.execute("VACUUM ANALYZE pending")


async def first_page(dsn: str, times: int) -> float:
    """The milliseconds within which 95 of 100 first pages of the queue are read."""
    register = await LocalRegister.open(dsn, lanes=1, connections=1)
    found = []
    try:
        for _ in range(times):
            begin = time.perf_counter()
            assert len(await register.agents.queue(PAGE)) == PAGE
            found.append(time.perf_counter() - begin)
    finally:
        await register.close()
    return sorted(found)[times * 95 // 100] * 1000


def measure(dsn: str, folder: Path, count: int, looked_up: int, say: Say) -> Figures:
    """Load, then look up: everything about a register of that many persons."""
    say(f"Identification: {count:,} persons are loaded")
    loaded = load(dsn, folder, count)
    say(f"Identification: {looked_up:,} seeded errors are looked up")
    return loaded | asyncio.run(look(dsn, cases(7, known(count), looked_up)))
