"""`core.decide` alone: an ordinary IN, on the files of workers who have few periods or many; and a student's."""

import statistics
import time
from datetime import datetime, timedelta

from msgspec import Struct

from bench.draw import nsso, ssin
from opendimona.channels.rest.moments import BRUSSELS
from opendimona.core.calendar import quarter_key
from opendimona.core.decide import decide
from opendimona.core.declaration import Declaration, DeclaredEmployer, DeclaredFeatures, DeclaredWorker, DimonaIn
from opendimona.core.file import Employer, Features, File, Period, Person
from opendimona.core.identifiers import with_check
from opendimona.law.reader import load_law

CALLS = 500
COUNTS = (2, 20)
STUDENT = "student"
STUDENT_PERIODS, STUDENT_EMPLOYERS = 40, 6


class Timing(Struct, frozen=True, kw_only=True):
    """Microseconds a call, over repeats of several hundred calls."""

    minimum: float
    median: float
    repeats: int


def ordinary(periods: int) -> tuple[Declaration, File, datetime]:
    """An IN of a month from tomorrow, the file of a worker who had so many months at this employer, and the moment."""
    start = datetime.now(BRUSSELS).date() + timedelta(1)
    employer = Employer(1, nsso(0))
    worker = ssin(4711)
    features = Features("OTH", "XXX")
    former = tuple(
        Period(with_check(1_000_000_000 + place), 1, features, start - timedelta(60 + 60 * place),
               start - timedelta(30 + 60 * place))
        for place in range(periods)
    )  # fmt: skip
    declaration = Declaration(
        employer=DeclaredEmployer(employer_id=nsso(0)),
        worker=DeclaredWorker(ssin=worker),
        dimona_in=DimonaIn(start_date=start.isoformat(), end_date=(start + timedelta(30)).isoformat(),
                           features=DeclaredFeatures(joint_commission_number="XXX", worker_type="OTH")),
    )  # fmt: skip
    return declaration, File(employer=employer, person=Person(int(worker)), periods=former), datetime.now(BRUSSELS)


def student() -> tuple[Declaration, File, datetime]:
    """An IN of a student for tomorrow, the file of one with many days of work at some employers, and the moment."""
    start = datetime.now(BRUSSELS).date() + timedelta(1)
    employer, worker = Employer(1, nsso(0)), ssin(4711)
    features = Features("STU", "XXX")
    former = tuple(
        Period(with_check(1_000_000_000 + place), 1 + place % STUDENT_EMPLOYERS, features, day, day, planned_hours=8)
        for place in range(STUDENT_PERIODS) for day in [start - timedelta(1 + place)]
    )  # fmt: skip
    declaration = Declaration(
        employer=DeclaredEmployer(employer_id=nsso(0)),
        worker=DeclaredWorker(ssin=worker),
        dimona_in=DimonaIn(start_date=start.isoformat(), end_date=start.isoformat(), planned_hours_number=8,
                           features=DeclaredFeatures(joint_commission_number="XXX", worker_type="STU")),
    )  # fmt: skip
    totals = {("student-hours", quarter_key(start)): 8 * STUDENT_PERIODS}
    file = File(employer=employer, person=Person(int(worker)), periods=former, worker_totals=totals)
    return declaration, file, datetime.now(BRUSSELS)


def time_decide(declaration: Declaration, file: File, at: datetime, seconds: float) -> Timing:
    """How long one decision takes; every one of them is an acceptance."""
    law = load_law()
    if decide(declaration, file, law, at).result != "A":
        raise AssertionError("the declaration is not accepted")
    found: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not found:
        begin = time.perf_counter()
        for _ in range(CALLS):
            decide(declaration, file, law, at)
        found.append((time.perf_counter() - begin) / CALLS * 1_000_000)
    return Timing(minimum=min(found), median=statistics.median(found), repeats=len(found))
