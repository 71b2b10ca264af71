"""What a run came to: gaps by kind, coverage, and its trend over the runs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet, Sum
from msgspec import Struct

from opendimona.portal.insurability.models import Figure, Gap, GapKind, Level, Run, RunState
from opendimona.portal.insurability.wording import ACTIONS, SERIOUS, SEVERITIES

TREND_RUNS = 12
FEW = 5
"""No total of fewer persons is shown to whoever may not see each of them."""
BAR_WIDTH, BAR_HEIGHT = 40, 60


class KindCount(Struct, frozen=True):
    """How often a gap was found: cases, persons, uncovered days; with what to do."""

    kind: GapKind
    cases: int
    people: int
    days: int

    @property
    def label(self) -> Any:
        """What the gap is."""
        return self.kind.label

    @property
    def action(self) -> Any:
        """What to do."""
        return ACTIONS[self.kind]

    @property
    def severity(self) -> Any:
        """Class, sign and word."""
        return SEVERITIES[self.kind]

    @property
    def is_serious(self) -> bool:
        """Whether somebody is not insured as they should be."""
        return self.kind in SERIOUS


class Point(Struct, frozen=True):
    """A run in a trend: coverage in hundredths, uncovered days, and its bar: how far from the left, how high."""

    run: Run
    coverage: str
    open_days: int
    left: int
    height: int

    @property
    def top(self) -> int:
        """How far the bar is from the top of the picture."""
        return BAR_HEIGHT - self.height


def count_kinds(run: Run, school: int | None = None) -> list[KindCount]:
    """All eight kinds, in order, also those that were not found."""
    gaps: QuerySet[Gap] = run.gaps.all() if school is None else run.gaps.filter(school_id=school)
    found = {
        row["kind"]: row
        for row in gaps.values("kind").annotate(
            cases=Count("pk"), people=Count("ssin", distinct=True), total=Sum("days")
        ).order_by("kind")
    }  # fmt: skip
    none: dict[str, int] = {"cases": 0, "people": 0, "total": 0}
    rows = ((kind, found.get(kind.value, none)) for kind in GapKind)
    return [KindCount(kind, row["cases"], row["people"], row["total"]) for kind, row in rows]


def community(run: Run) -> Figure:
    """The coverage of everybody."""
    found = run.figures.filter(level=Level.COMMUNITY).first()
    return found or Figure(run=run, level=Level.COMMUNITY, people=0, paid_days=0, covered_days=0)


def percent(figure: Figure) -> str:
    """Hundredths with two decimals, cut and never rounded up: 100 means every single day."""
    return hundredths(figure.covered_days, figure.paid_days)


def hundredths(covered: int, paid: int) -> str:
    """How much of what was paid is covered, in hundredths; see `percent`."""
    if not paid:
        return "100.00"
    whole = 10_000 * covered // paid
    return f"{whole // 100}.{whole % 100:02d}"


def trend(level: str, subject: str, least: int = FEW) -> list[Point]:
    """The coverage of the last runs, oldest first; of those with fewer persons than `least`, none."""
    found: Iterable[Figure] = (
        Figure.objects.filter(level=level, subject=subject, run__state=RunState.DONE, people__gte=least)
        .select_related("run").order_by("-run_id")[:TREND_RUNS]
    )  # fmt: skip
    figures = list(reversed(list(found)))
    most = max((one.open_days for one in figures), default=0) or 1
    return [
        Point(one.run, percent(one), one.open_days, BAR_WIDTH * place, round(BAR_HEIGHT * one.open_days / most))
        for place, one in enumerate(figures)
    ]
