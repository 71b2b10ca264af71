"""A register and the portal's tables on a real PostgreSQL, and small extracts to compare with them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.portal.django_for_tests import set_up

set_up()

from opendimona.portal.insurability import runs  # noqa: E402
from opendimona.portal.insurability.models import Gap, Run  # noqa: E402
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, empty  # noqa: E402

HEAD = "niss;matricule;fase;employeur;categorie;debut;fin;jours;nature;mois"
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


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
        self.lines.append(f"{who:011d};{matricule};{school};{employer};{category};{start};{end};{count};{kind};{month}")

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


@pytest.fixture
def payroll(both_houses: str) -> Payroll:
    """Two schools of one power, two employers, nobody declared and nobody paid."""
    return begin_anew(both_houses)


def begin_anew(both_houses: str) -> Payroll:
    """Empty both houses, but for two schools of one power and two employers."""
    empty(both_houses)
    return Payroll(both_houses)
