"""A payroll extract of a whole Community compared with its periods: how long, and with how much memory."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.database import Postgres
from bench.draw import ssin
from bench.plan import Payroll
from bench.processes import BenchError
from opendimona.core.identifiers import is_nsso_number, with_check

HEAD = "niss;matricule;fase;employeur;categorie;debut;fin;jours;nature;mois\n"
EMPLOYER = next(number for number in range(199_980_000, 199_980_100) if is_nsso_number(number))
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SCHOOLS, FIRST_FASE, FIRST_PERIOD = 2700, 100_000, 7_000_000_000
UNCOVERED = 12
"""So many people are paid and not declared, spread over the file."""
PREPARE = (
    "import os; from opendimona.portal.site.start import prepare; from opendimona.settings import Settings; "
    "prepare(Settings(), os.environ['OPENDIMONA_DATABASE_URL'])"
)
POWER = """
    INSERT INTO portal.schools_employer (id, name, nsso, joint_committee, is_community)
    VALUES (1, 'Community', %(nsso)s, '', true);
    INSERT INTO portal.schools_organisingpower (id, name, network, employer_id) VALUES (1, 'Power', 'free', 1);
    INSERT INTO portal.schools_school (id, fase, name, kind, city, phone, email, power_id)
    SELECT i, %(fase)s + i, 'School ' || i, 'secondary', 'Tilleux', '', '', 1 FROM generate_series(1, %(schools)s) AS i;
    INSERT INTO employer (nsso, name) VALUES (%(nsso)s, 'Community')"""
PERIODS = """
    COPY period (ssin, number, version, recorded_from, employer, start_date, end_date, worker_type, is_late, is_locked,
                 is_cancelled) FROM STDIN"""
Say = Any
Figures = dict[str, Any]


def measure(postgres: Postgres, folder: Path, plan: Payroll, say: Say) -> Figures:
    """Fill both houses, compare by the command, and say what it took. Raises BenchError for a wrong result."""
    with postgres.database("payroll") as name:
        dsn = postgres.dsn(name)
        environment = os.environ | {"OPENDIMONA_DATABASE_URL": dsn}
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        say(f"{plan.lines:,} lines of payroll, {plan.periods:,} periods")
        _fill(dsn, plan)
        file = folder / "payroll.csv"
        file.write_text(HEAD + "".join(_lines(plan.lines)))
        try:
            return _compare(postgres, environment, file, plan)
        finally:
            file.unlink()


def _fill(dsn: str, plan: Payroll) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        values = {"nsso": EMPLOYER, "fase": FIRST_FASE, "schools": SCHOOLS}
        for statement in POWER.split(";"):
            connection.execute(statement.encode(), values)
        with connection.cursor() as cursor, cursor.copy(PERIODS) as copy:
            for row in _periods(plan):
                copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


def _is_uncovered(place: int, lines: int) -> bool:
    return place % (lines // UNCOVERED) == 0 and place // (lines // UNCOVERED) < UNCOVERED


def _periods(plan: Payroll) -> Iterator[tuple[Any, ...]]:
    """One that is open now for nearly everybody, and those of earlier years."""
    for at in range(plan.periods):
        place, years = at % plan.lines, at // plan.lines
        start = date(2026 - years, 9, 1)
        if years == 0 and _is_uncovered(place, plan.lines):
            continue
        end = None if years == 0 else start + timedelta(300)
        yield (int(ssin(place)), with_check(FIRST_PERIOD + at), 0, MOMENT, 1, start, end, "OTH", False, False, False)


def _lines(count: int) -> Iterator[str]:
    for place in range(count):
        school = FIRST_FASE + 1 + place % SCHOOLS
        yield f"{ssin(place)};{place};{school};{EMPLOYER};enseignant;{FIRST};{LAST};30;travail;2026-11\n"


def _compare(postgres: Postgres, environment: dict[str, str], file: Path, plan: Payroll) -> Figures:
    command = [sys.executable, "-c", "from opendimona.cli import main; main()", "insurability", str(file),
               "--format", "json"]  # fmt: skip
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    most = [0.0]
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(postgres, most, ended), daemon=True)
    watcher.start()
    output = process.stdout.read()
    _pid, _status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    ended.set()
    watcher.join()
    process.stdout.close()
    process.returncode = 0
    cases = {row["gap"]: row["cases"] for row in json.loads(output)}
    if cases.get("G1") != min(UNCOVERED, plan.lines):
        raise BenchError(f"{UNCOVERED} people are not covered, and these gaps were found: {cases}")
    return {
        "lines": plan.lines, "periods": plan.periods, "seconds": seconds, "process_mb": used.ru_maxrss / 1024,
        "postgres_mb": most[0], "gaps": cases,
    }  # fmt: skip


def _watch(postgres: Postgres, most: list[float], ended: threading.Event) -> None:
    """The most memory that PostgreSQL's processes have of their own, beside the shared buffers."""
    while not ended.wait(0.2):
        total = 0
        for pid in postgres.pids():
            with suppress(OSError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        most[0] = max(most[0], total / 1024)
