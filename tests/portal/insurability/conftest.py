"""A register and the portal's tables on a real PostgreSQL, and small extracts to compare with them."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from opendimona.core.identifiers import is_nsso_number
from opendimona.register.local import LocalRegister
from tests.portal.django_for_tests import set_up
from tests.postgres import Servers

set_up()

from django.db import connections  # noqa: E402

from opendimona.portal.insurability import runs  # noqa: E402
from opendimona.portal.insurability.models import Gap, Run  # noqa: E402
from opendimona.portal.schools.models import Employer, OrganisingPower, School  # noqa: E402
from opendimona.portal.site.options import database_of  # noqa: E402
from opendimona.portal.site.start import prepare  # noqa: E402
from opendimona.portal.site.street import STREET  # noqa: E402
from opendimona.settings import Settings  # noqa: E402

HEAD = "niss;matricule;fase;employeur;categorie;debut;fin;jours;nature;mois"
COMMUNITY, POWER = (
    next(n for n in range(base * 100, base * 100 + 100) if is_nsso_number(n)) for base in (1_999_800, 1_999_801)
)
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST_SCHOOL, SECOND_SCHOOL = 93052, 93053
TABLES = "insurability_run, schools_school, schools_organisingpower, schools_employer"


def ssin(serial: int, birth: str = "800101") -> int:
    """A well-formed SSIN of somebody born in the last century."""
    base = int(birth) * 1000 + serial
    return base * 100 + 97 - base % 97


def day(text: str) -> date:
    """A day of 2026 written d/m."""
    number, month = text.split("/")
    return date(2026, int(month), int(number))


@dataclass
class Payroll:
    """An extract under construction, the register beside it, and runs that compare the two."""

    dsn: str
    lines: list[str] = field(default_factory=list)
    numbers: int = 400_000_000_000

    def pays(
        self, who: int, span: str, *, employer: int = COMMUNITY, school: int = FIRST_SCHOOL, kind: str = "travail",
        category: str = "enseignant", matricule: str = "", month: str = "2026-11", days: int | None = None,
    ) -> None:  # fmt: skip
        """A line that pays somebody for the days `d/m-d/m`."""
        start, end = (day(one) for one in span.split("-"))
        count = (end - start).days + 1 if days is None else days
        self.lines.append(
            f"{who:011d};{matricule};{school};{employer};{category};{start};{end};{count};{kind};{month}"
        )

    def declares(
        self, who: int, span: str, *, employer: int = COMMUNITY, worker_type: str = "OTH", is_late: bool = False,
        recorded: tuple[datetime, datetime | None] = (EARLIER, None), is_cancelled: bool = False,
    ) -> int:  # fmt: skip
        """An accepted period for the days `d/m-d/m`, without an end `d/m-`, as the register has it; its number."""
        start, _, end = span.partition("-")
        self.numbers += 1
        with psycopg.connect(self.dsn) as connection:
            connection.execute(
                """INSERT INTO period (ssin, number, version, recorded_from, recorded_to, employer, start_date,
                                       end_date, worker_type, is_late, is_locked, is_cancelled)
                   SELECT %s, %s, 0, %s, coalesce(%s::timestamptz, 'infinity'), id, %s, %s, %s, %s, false, %s
                     FROM employer WHERE nsso = %s""",
                (who, self.numbers, recorded[0], recorded[1], day(start), day(end) if end else None, worker_type,
                 is_late, is_cancelled, employer),
            )  # fmt: skip
        return self.numbers

    def sql(self, statement: str, *values: Any) -> None:
        """Change the register itself."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute(statement.encode(), values)

    def run(self, as_of: datetime | None = None) -> Run:
        """Compare now, or with what was known at a moment."""
        content = "\n".join([HEAD, *self.lines]).encode()
        run = runs.begin(content, None, as_of or datetime.now(UTC))
        runs.execute(run, content)
        return Run.objects.get(pk=run.pk)

    def gaps(self, as_of: datetime | None = None) -> list[tuple[str, int, str]]:
        """Compare, and tell kind, person and days `d/m-d/m` of each gap, in order."""
        return gaps_of(self.run(as_of))


def gaps_of(run: Run) -> list[tuple[str, int, str]]:
    """Kind, person and days of each gap of a run, in order."""
    assert (run.state, run.failure) == ("done", "")
    found = Gap.objects.filter(run=run).order_by("kind", "ssin", "start", "pk")
    return [(gap.kind, gap.ssin, span(gap)) for gap in found]


def span(gap: Gap) -> str:
    """The days of a gap as `d/m-d/m`."""
    end = f"{gap.end.day}/{gap.end.month}" if gap.end else ""
    return f"{gap.start.day}/{gap.start.month}-{end}"


@pytest.fixture(scope="module")
def both_houses(_servers: Servers) -> Iterator[str]:
    """A database with the tables of register and portal; the street between them is open."""
    with ExitStack() as stack:
        dsn = stack.enter_context(_servers.get("embedded").database())
        own = connections["default"]
        own.close()
        own.settings_dict.update(database_of(dsn))
        prepare(Settings(is_sandbox=True), dsn)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        register = asyncio.run_coroutine_threadsafe(LocalRegister.open(dsn, lanes=1, connections=1), loop).result(30)
        STREET.open(register, loop)
        yield dsn
        STREET.close()
        asyncio.run_coroutine_threadsafe(register.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        own.close()


@pytest.fixture
def payroll(both_houses: str) -> Payroll:
    """Two schools of one power, two employers, nobody declared and nobody paid."""
    return begin_anew(both_houses)


def begin_anew(both_houses: str) -> Payroll:
    """Empty both houses, but for two schools of one power and two employers."""
    with psycopg.connect(both_houses) as connection:
        connection.execute("TRUNCATE period, journal, pending, identity_event, employer RESTART IDENTITY CASCADE")
        connection.execute(f"SET search_path = portal; TRUNCATE {TABLES} CASCADE")
        connection.execute(
            "INSERT INTO public.employer (nsso, name) VALUES (%s, 'Community'), (%s, 'Power')", (COMMUNITY, POWER)
        )
    Employer.objects.create(name="Communauté", nsso=COMMUNITY, is_community=True)
    power = OrganisingPower.objects.create(
        name="ASBL", network="free", employer=Employer.objects.create(name="ASBL", nsso=POWER)
    )
    for fase in (FIRST_SCHOOL, SECOND_SCHOOL):
        School.objects.create(fase=fase, name=f"École {fase}", kind="secondary", city="Tilleux", power=power)
    return Payroll(both_houses)

