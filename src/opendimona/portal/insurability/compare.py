"""Compares the lines of a run with the register's periods: both sides stand in PostgreSQL, which does the work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from opendimona.portal.insurability import statements
from opendimona.portal.insurability.models import Run, RunState
from opendimona.portal.schools.models import Employer
from opendimona.portal.site.street import STREET
from opendimona.register.interface import Caller, CoverKind, CoversWanted

CLIENT = "portal"
QUIET_DAYS = 21
"""An open period without pay for the last so many days of an extract is one that somebody may have forgotten (G4)."""
MEMORY = "128MB"
"""What PostgreSQL may use for each sort or hash of the comparison."""
Progress = Callable[[int], None]


class _Side:
    """Copies the register's lines into the tables of this side, one kind after the other."""

    def __init__(self, raw: Any) -> None:
        self._cursor = raw.cursor()
        self._kind: CoverKind | None = None
        self._copying: Any = None
        self._copy: Any = None

    def take(self, kind: CoverKind, lines: bytes) -> None:
        """Write some lines; called in a thread of the register's while this one waits."""
        if kind != self._kind:
            self.end()
            self._kind = kind
            self._copying = self._cursor.copy(statements.COPIES[kind])
            self._copy = self._copying.__enter__()
        self._copy.write(lines)

    def end(self) -> None:
        """Complete what is being copied."""
        if self._copying is not None:
            self._copying.__exit__(None, None, None)
        self._copying = self._copy = None

    def close(self) -> None:
        """Let the cursor go."""
        self._cursor.close()


def compare(run: Run, progress: Progress) -> None:
    """Find the gaps of a run whose lines are there, and count its coverage. Raises Unavailable."""
    if run.first_day is None or run.last_day is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(statements.DROP)
        cursor.execute(statements.SIDE)
        cursor.execute("SET work_mem = %s", [MEMORY])
        try:
            _read_register(run)
            progress(55)
            _find(run, cursor, progress)
            _keep(run, cursor)
        finally:
            cursor.execute("RESET work_mem")
            cursor.execute(statements.DROP)


def _read_register(run: Run) -> None:
    if run.first_day is None or run.last_day is None:
        return
    wanted = CoversWanted(
        employers=tuple(Employer.objects.values_list("nsso", flat=True).order_by("nsso")), as_of=run.as_of,
        from_date=run.first_day, to_date=run.last_day,
    )  # fmt: skip
    mandate = frozenset(("nsso", number) for number in wanted.employers)
    side = _Side(connection.connection)
    try:
        STREET.covers(wanted, Caller(CLIENT, mandate=mandate), side.take)  # type: ignore[arg-type]
        side.end()
    finally:
        side.close()


def _find(run: Run, cursor: Any, progress: Progress) -> None:
    """Fill the table of what was found, gap after gap; what one took is not open to the next."""
    values = _values(run)
    for name in ("PAID", "COVER"):
        cursor.execute(getattr(statements, name), values)
    cursor.execute("CREATE INDEX ON cover (ssin)")
    cursor.execute("ANALYZE paid, cover, replaced, pending_raw")
    for name in ("ALIAS", "ACCEPTED"):
        cursor.execute(getattr(statements, name), values)
    cursor.execute("ANALYZE alias, accepted")
    cursor.execute(statements.WORK)
    cursor.execute("ANALYZE work")
    cursor.execute(statements.FOUND)
    progress(70)
    for place, (kind, statement) in enumerate(statements.GAPS.items(), 1):
        cursor.execute(statement, values)
        if kind not in ("G4", "G8"):
            cursor.execute(statements.LEFT, {"kind": kind})
        progress(70 + 2 * place)


def _keep(run: Run, cursor: Any) -> None:
    """Write all results at once, and end the run."""
    values = _values(run)
    with transaction.atomic():
        for statement in (
            statements.KEEP_PAID, statements.KEEP_PERIODS, statements.KEEP_MATRICULES, statements.PEOPLE,
            *statements.FIGURES,
        ):  # fmt: skip
            cursor.execute(statement, values)
        run.state, run.progress, run.finished_at = RunState.DONE, 100, datetime.now(run.as_of.tzinfo)
        run.save(update_fields=["state", "progress", "finished_at"])


def _values(run: Run) -> dict[str, Any]:
    before = Run.objects.filter(state=RunState.DONE, pk__lt=run.pk).order_by("-pk").first()
    last = run.last_day or run.as_of.date()
    return {
        "run": run.pk, "before": before.pk if before else 0, "moment": run.started_at, "first": run.first_day,
        "last": last, "quiet": last - timedelta(QUIET_DAYS - 1),
    }  # fmt: skip
