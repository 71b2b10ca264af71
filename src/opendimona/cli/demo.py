"""Demonstration data: employers of each kind, some hundred workers and some periods; the same for a seed and a day.

Nobody of them exists. The SSINs have the last serial numbers of their birth dates, 997 for men and 998 for women; the
employers' numbers are the last of their domains.
"""

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from opendimona.cli.demo_names import EMPLOYERS, FAMILY_NAMES, GIVEN_NAMES, Demo
from opendimona.core.declaration import DeclaredEmployer, DeclaredFeatures, DeclaredWorker, UsingEmployer
from opendimona.core.identifiers import is_nsso_number, is_provisional_number
from opendimona.register.entries import EmployerEntry, PeriodEntry, WorkerEntry
from opendimona.register.interface import Caller, Criteria
from opendimona.register.local import LocalRegister

SEED = 2010
WORKERS = 150
SPARE = 20
"""How many of the workers, the first ones, have no period: free for a first declaration."""
PERIODS_PER_TYPE = 4
REST = "/REST/dimona/v2"
NSSO_BASE, PROVISIONAL_BASE, ENTERPRISE_BASE = 1_999_900, 59_999_800, 9_999_900


class Summary(Struct, frozen=True):
    """How much was loaded."""

    employers: int
    workers: int
    periods: int


def employer_entries() -> list[EmployerEntry]:
    """The employers of the demonstration."""
    return [
        EmployerEntry(
            nsso_registration_number=None if demo.is_provisional else _nsso(index),
            provisional_nsso_number=_provisional(index) if demo.is_provisional else None,
            enterprise_number=_enterprise(index),
            name=demo.name,
            active_from=date(2010, 1, 1),
            kind=demo.kind,
            sub_entities=list(demo.sub_entities) or None,
            flags=list(demo.flags) or None,
        )
        for index, demo in enumerate(EMPLOYERS)
    ]


def worker_entries(seed: int = SEED) -> list[WorkerEntry]:
    """The workers of the demonstration, each with a birth date of its own."""
    draw = random.Random(seed)  # noqa: S311 - names and dates to look at, no secrets
    days = draw.sample(range((date(2006, 12, 31) - date(1962, 1, 1)).days), WORKERS)
    entries = []
    for place, day in enumerate(days):
        birth, gender = date(1962, 1, 1) + timedelta(day), "MF"[place % 2]
        entries.append(
            WorkerEntry(
                ssin=_ssin(birth, 997 if gender == "M" else 998), family_name=draw.choice(FAMILY_NAMES),
                given_name=draw.choice(GIVEN_NAMES[gender]), birth_date=birth, gender="MF".index(gender) + 1,
                flexi_eligible=place % 9 != 0, pensioner=birth.year < 1964,
            )
        )  # fmt: skip
    return entries


def period_entries(today: date, seed: int = SEED) -> list[PeriodEntry]:
    """Some periods of each worker type, around a day; the spare workers have none."""
    draw = random.Random(seed + 1)  # noqa: S311 - dates to look at, no secrets
    busy = worker_entries(seed)[SPARE:]
    entries: list[PeriodEntry] = []
    for index, demo in enumerate(EMPLOYERS):
        for worker_type, committee in demo.work:
            for _ in range(PERIODS_PER_TYPE):
                worker = busy[len(entries) % len(busy)]
                entries.append(_period(index, demo, worker_type, committee, worker.ssin, today, draw))
    entries[0].cancelled, entries[1].late, entries[2].locked = True, True, True
    return entries


def _period(
    index: int, demo: Demo, worker_type: str, committee: str | None, ssin: str, today: date, draw: random.Random
) -> PeriodEntry:
    user = None
    if committee == "322":
        user = UsingEmployer(joint_commission_number="140", enterprise_number=_enterprise(9))
    features = DeclaredFeatures(
        joint_commission_number=committee, worker_type=worker_type, using_employer=user,
        sub_entity=draw.choice(demo.sub_entities) if demo.sub_entities else None,
    )  # fmt: skip
    entry = PeriodEntry(
        employer=DeclaredEmployer(enterprise_number=_enterprise(index)), worker=DeclaredWorker(ssin=ssin),
        start_date=today - timedelta(draw.randrange(30, 1500)), features=features,
    )  # fmt: skip
    first, last = _quarter(today)
    if worker_type == "STU":
        entry.start_date, entry.end_date, entry.planned_hours_number = first, last, draw.randrange(20, 160)
    elif worker_type in ("EXT", "FLX"):
        entry.start_date = entry.end_date = today + timedelta(draw.randrange(-3, 4))
        entry.start_hour, entry.end_hour = "1100", draw.choice(("1500", "1800"))
    elif worker_type in ("STG", "IVT", "TRI") or committee == "322":
        entry.start_date = today - timedelta(draw.randrange(5, 60))
        entry.end_date = today + timedelta(draw.randrange(5, 120))
    elif draw.random() < 0.3:  # some are over
        entry.end_date = entry.start_date + timedelta(draw.randrange(1, 30))
    return entry


async def load_demo(register: LocalRegister, today: date | None = None) -> Summary:
    """Load the demonstration data into an empty register."""
    employers, workers = employer_entries(), worker_entries()
    periods = period_entries(today or _today())
    await register.put_employers(employers)
    await register.put_workers(workers)
    await register.import_periods(periods)
    return Summary(len(employers), len(workers), len(periods))


async def spare_worker(register: LocalRegister) -> str:
    """The SSIN of a worker of the demonstration who has no period yet (the first one when all have)."""
    spare = [entry.ssin for entry in worker_entries()[:SPARE]]
    for ssin in spare:
        if not await register.search_periods(Criteria(ssin=int(ssin)), Caller(client="demonstration"), 1):
            return ssin
    return spare[0]


def first_curl(base_url: str, ssin: str | None = None) -> str:
    """A curl line that files a declaration which is valid today, for a worker who has no period."""
    body = {
        "employer": {"enterpriseNumber": _enterprise(0)},
        "worker": {"ssin": ssin or worker_entries()[0].ssin},
        "dimonaIn": {
            "startDate": _today().isoformat(),
            "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"},
        },
    }
    return (
        f"curl -i {base_url}{REST}/declarations -H 'Authorization: Bearer sandbox' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Brussels")).date()


def _quarter(day: date) -> tuple[date, date]:
    """First and last day of the quarter of a day."""
    month = (day.month - 1) // 3 * 3 + 1
    following = date(day.year + month // 10, (month + 2) % 12 + 1, 1)
    return date(day.year, month, 1), following - timedelta(1)


def _nsso(index: int) -> str:
    return str(_with_check(NSSO_BASE + index, is_nsso_number))


def _provisional(index: int) -> str:
    return str(_with_check(PROVISIONAL_BASE + index, is_provisional_number))


def _enterprise(index: int) -> str:
    base = ENTERPRISE_BASE + index
    return f"{base:08d}{97 - base % 97:02d}"


def _ssin(birth: date, serial: int) -> str:
    base = int(f"{birth:%y%m%d}{serial:03d}")
    check = 97 - (base + (2_000_000_000 if birth.year >= 2000 else 0)) % 97
    return f"{base:09d}{check:02d}"


def _with_check(base: int, is_right: Callable[[int], bool]) -> int:
    return next(number for number in range(base * 100, base * 100 + 100) if is_right(number))
