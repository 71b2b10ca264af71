"""A run from beginning to end: the file is read line by line, its lines are kept, and compared with the register."""

import hashlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog
from django.db import DatabaseError, connection, transaction

from opendimona.portal.accounts.models import Account
from opendimona.portal.insurability.compare import compare
from opendimona.portal.insurability.extract import Known, Refused, Taken, Unreadable, read_extract
from opendimona.portal.insurability.models import BadLine, Run, RunState
from opendimona.portal.schools.models import Employer, School
from opendimona.register.interface import Unavailable

SETTLED = timedelta(seconds=5)
"""The register is read as of so long ago: what was judged then is committed, so the same run finds the same again."""
BATCH = 20_000
BAD_LINES_KEPT = 1000
ABANDONED = timedelta(minutes=15)
"""A run that nobody touched for so long was broken off with its process."""
COPY = """
    COPY insurability_line (run_id, line, ssin, matricule, school_id, employer_id, worker_type, category, first_day,
                            last_day, paid_days, kind, month) FROM STDIN"""
SPAN = """
    SELECT min(first_day), max(last_day) FROM insurability_line
     WHERE run_id = %s AND kind IN ('work', 'absence', 'arrears')"""
COPY_LINES = """
    INSERT INTO insurability_line SELECT %s, line, ssin, matricule, school_id, employer_id, worker_type, category,
           first_day, last_day, paid_days, kind, month FROM insurability_line WHERE run_id = %s"""
Watch = Callable[[Run], None]
log = structlog.get_logger()


class Busy(Exception):
    """Another run is under way."""


def begin(content: bytes, account: Account | None, as_of: datetime | None = None) -> Run:
    """A new run for a file; `execute` does it. Raises Busy."""
    return _new(hashlib.sha256(content).hexdigest(), len(content), account, as_of)


def _new(digest: str, size: int, account: Account | None, as_of: datetime | None) -> Run:
    now = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE insurability_run IN SHARE ROW EXCLUSIVE MODE")  # of two at once, one is told
        if under_way() is not None:
            raise Busy
        return Run.objects.create(
            digest=digest, size=size, account=account, started_at=now, touched_at=now, as_of=as_of or now - SETTLED
        )


def under_way() -> Run | None:
    """The run that is being done now."""
    fresh = datetime.now(UTC) - ABANDONED
    doing = (RunState.READING, RunState.COMPARING)
    return Run.objects.filter(state__in=doing, touched_at__gte=fresh).order_by("pk").first()


def execute(run: Run, content: bytes, watch: Watch = lambda _: None) -> None:
    """Read a file and compare it; whatever prevents it is written into the run."""
    _guarded(run, lambda: _read(run, content, watch), watch)


def repeat(first: Run, account: Account | None, watch: Watch = lambda _: None) -> Run:
    """The same lines compared again with what the register knew at the same moment, as a run of its own.

    Raises Busy.
    """
    run = begin_again(first, account)
    execute_again(run, first, watch)
    return run


def begin_again(first: Run, account: Account | None) -> Run:
    """A new run for the lines and the moment of another; `execute_again` does it. Raises Busy."""
    return _new(first.digest, first.size, account, first.as_of)


def execute_again(run: Run, first: Run, watch: Watch = lambda _: None) -> None:
    """Compare the lines of another run; whatever prevents it is written into the run."""

    def take_over() -> None:
        with connection.cursor() as cursor:
            cursor.execute(COPY_LINES, [run.pk, first.pk])
        run.lines, run.bad_lines = first.lines, first.bad_lines

    _guarded(run, take_over, watch)


def start(execute_it: Callable[[], None]) -> None:
    """Execute a run in a thread of its own: the page that shows how far it is asks the database."""

    def work() -> None:
        try:
            execute_it()
        finally:
            connection.close()

    threading.Thread(target=work, name="comparison with payroll", daemon=True).start()


def _guarded(run: Run, fill: Callable[[], None], watch: Watch) -> None:
    try:
        fill()
        with connection.cursor() as cursor:
            cursor.execute(SPAN, [run.pk])
            run.first_day, run.last_day = cursor.fetchone()
        if run.first_day is None:
            raise Unreadable("nothing")
        _touch(run, watch, 40, RunState.COMPARING)
        compare(run, lambda progress: _touch(run, watch, progress))
        watch(run)
    except Unreadable as unreadable:
        _fail(run, watch, unreadable.reason)
    except Unavailable:
        _fail(run, watch, "register")
    except DatabaseError:
        connection.close()
        _tell(run)
        _fail(run, watch, "database")


def _tell(run: Run) -> None:
    """Log where it failed, and nothing of what the exception says: it may hold a line of the file."""
    kind, _value, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    log.error("a run failed", run=run.pk, kind=kind.__name__ if kind else "", place=place)


def _fail(run: Run, watch: Watch, reason: str) -> None:
    run.failure = reason
    run.finished_at = datetime.now(UTC)
    _touch(run, watch, run.progress, RunState.FAILED)


def _touch(run: Run, watch: Watch, progress: int, state: RunState | None = None) -> None:
    run.progress, run.touched_at, run.state = progress, datetime.now(UTC), state or run.state
    run.save()
    watch(run)


def _read(run: Run, content: bytes, watch: Watch) -> None:
    """Keep the lines, batch by batch, and what is wrong with the others."""
    known = Known(
        dict(School.objects.values_list("fase", "pk").order_by("pk")),
        dict(Employer.objects.values_list("nsso", "pk").order_by("pk")),
    )
    expected = content.count(b"\n") + 1
    for batch in _batches(read_extract(content, known)):
        refused = [one for one in batch if isinstance(one, Refused)]
        _copy(run, (one for one in batch if isinstance(one, Taken)))
        BadLine.objects.bulk_create(
            BadLine(run=run, line=one.line, column=one.column, reason=one.reason)
            for one in refused[: max(0, BAD_LINES_KEPT - run.bad_lines)]
        )
        run.bad_lines += len(refused)
        run.lines += len(batch)
        _touch(run, watch, min(39, 40 * run.lines // expected))


def _batches(lines: Iterable[Taken | Refused]) -> Iterator[list[Taken | Refused]]:
    source = iter(lines)
    while batch := list(islice(source, BATCH)):
        yield batch


def _copy(run: Run, lines: Iterable[Taken]) -> None:
    text = "".join(
        f"{run.pk}\t{one.line}\t{one.ssin}\t{one.matricule}\t{one.school}\t{one.employer}\t{one.worker_type}\t"
        f"{one.category}\t{one.start}\t{one.end}\t{one.days}\t{one.kind}\t{one.month}\n"
        for one in lines
    )
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(text)
