"""Proof of the whole register: what must always be true of it, checked from scratch, read-only."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, LiteralString

import psycopg

from opendimona.core.calendar import quarter_key
from opendimona.core.checks.overlaps import intersects, same_features
from opendimona.core.file import Period
from opendimona.core.identifiers import is_period_number
from opendimona.core.quotas import employer_uses, worker_uses
from opendimona.law.reader import load_law
from opendimona.register.store import PERIOD_COLUMNS, link, period_of

AGENCY = "322"
LIMIT = 1000
"""How many problems are named before the proof stops."""
JOURNAL: LiteralString = """
    SELECT ssin, sequence, number, entry::text, period, employer, result::text, is_late, deadline, received_at,
           recorded_at, filed_by, body, anomalies, law, chain FROM journal ORDER BY ssin, sequence"""
PERIODS: LiteralString = f"""
    SELECT ssin, recorded_from, nullif(recorded_to, 'infinity'), {PERIOD_COLUMNS} FROM period
     ORDER BY ssin, number, version"""
CLOSED: LiteralString = "SELECT ssin, period, recorded_at FROM journal WHERE entry IN ('z', 'x')"
COUNTED: LiteralString = f"""
    SELECT ssin, {PERIOD_COLUMNS} FROM period
     WHERE recorded_to = 'infinity' AND NOT is_cancelled AND worker_type = ANY(%s) ORDER BY ssin, number"""
CLIENTS: LiteralString = "SELECT id, enterprise FROM employer WHERE enterprise IS NOT NULL"
STANDING: LiteralString = """
    SELECT r.ssin, r.number, p.employer,
           r.start_date + make_time(r.start_hour / 100, r.start_hour % 100, 0) AS first,
           CASE WHEN r.end_hour IS NULL THEN (r.end_date + 1)::timestamp
                ELSE r.end_date + make_time(r.end_hour / 100, r.end_hour % 100, 0) END AS after
      FROM daily_registration AS r JOIN period AS p ON p.ssin = r.ssin AND p.number = r.period
     WHERE r.recorded_to = 'infinity' AND NOT r.is_cancelled AND p.recorded_to = 'infinity' AND NOT p.is_cancelled"""
QUESTIONS: tuple[tuple[str, LiteralString], ...] = (
    (
        "accepted declaration without a version of its period",
        """SELECT j.number FROM journal AS j WHERE j.result IN ('A', 'W') AND j.period IS NOT NULL
              AND j.entry NOT IN ('r', 'x') AND NOT EXISTS (
             SELECT FROM period AS p WHERE p.ssin = j.ssin AND p.number = j.period
                AND p.recorded_from = j.recorded_at)""",
    ),
    (
        "version of a period that no entry of the journal made",
        """SELECT p.number FROM period AS p WHERE NOT EXISTS (SELECT FROM journal AS j WHERE j.ssin = p.ssin
              AND j.period = p.number AND j.recorded_at = p.recorded_from AND j.entry NOT IN ('r', 'x')
              AND j.result IN ('A', 'W'))""",
    ),
    (
        "accepted daily registration without a version of it",
        """SELECT j.number FROM journal AS j WHERE j.result IN ('A', 'W') AND j.entry = 'r' AND NOT EXISTS (
             SELECT FROM daily_registration AS r WHERE r.ssin = j.ssin AND r.period = j.period
                AND r.recorded_from = j.recorded_at)""",
    ),
    (
        "version of a daily registration that no entry of the journal made",
        """SELECT r.number FROM daily_registration AS r WHERE NOT EXISTS (SELECT FROM journal AS j
             WHERE j.ssin = r.ssin AND j.period = r.period AND j.recorded_at = r.recorded_from
                AND j.entry IN ('r', 'm') AND j.result IN ('A', 'W')
                AND (r.version > 0 OR j.number = r.number OR j.entry = 'm'))""",
    ),
    (
        "daily registration without its period",
        """SELECT r.number FROM daily_registration AS r WHERE NOT EXISTS (
             SELECT FROM period AS p WHERE p.ssin = r.ssin AND p.number = r.period)""",
    ),
    (
        "version of a daily registration that does not follow the one before",
        """SELECT r.number FROM daily_registration AS r WHERE r.version > 0 AND NOT EXISTS (
             SELECT FROM daily_registration AS b WHERE b.ssin = r.ssin AND b.number = r.number
                AND b.version = r.version - 1 AND b.recorded_to = r.recorded_from)
              AND NOT EXISTS (SELECT FROM journal AS m WHERE m.ssin = r.ssin AND m.period = r.period
                AND m.entry = 'm' AND m.recorded_at = r.recorded_from)""",
    ),
    (
        "daily registration that has no current version",
        """SELECT number FROM daily_registration AS r GROUP BY ssin, number
            HAVING count(*) FILTER (WHERE recorded_to = 'infinity') <> CASE WHEN EXISTS (
                SELECT FROM journal AS z WHERE z.ssin = r.ssin AND z.entry IN ('z', 'x')
                   AND z.period = max(r.period) AND z.recorded_at = max(r.recorded_to)) THEN 0 ELSE 1 END""",
    ),
    (
        "daily registration that overlaps another one of its worker at the same employer",
        f"""SELECT r.number FROM ({STANDING}) AS r JOIN ({STANDING}) AS b ON b.ssin = r.ssin
              AND b.employer = r.employer AND b.number < r.number AND b.first < r.after AND r.first < b.after""",
    ),
    (
        "declaration number borne twice",
        "SELECT number FROM journal WHERE entry IN ('i', 'o', 'u', 'c', 'r', 'p') GROUP BY number HAVING count(*) > 1",
    ),
    (
        "pending declaration that is settled, or settled one that is pending",
        """SELECT number FROM journal AS j WHERE entry = 'i' AND result = 'S' AND EXISTS (SELECT FROM pending AS w
             WHERE w.number = j.number) = EXISTS (
             SELECT FROM (SELECT entry FROM journal AS d WHERE d.number = j.number AND d.entry IN ('d', 'z')
                           ORDER BY d.recorded_at DESC LIMIT 1) AS d WHERE d.entry = 'd')""",
    ),
    (
        "period without a current version that nobody undid or moved",
        """SELECT p.number FROM period AS p WHERE recorded_to <> 'infinity' AND NOT EXISTS (SELECT FROM period AS n
             WHERE n.ssin = p.ssin AND n.number = p.number AND n.version > p.version) AND NOT EXISTS (
             SELECT FROM journal AS z WHERE z.ssin = p.ssin AND z.period = p.number AND z.entry IN ('z', 'x')
                AND z.recorded_at = p.recorded_to)""",
    ),
    (
        "period that stands in the files of two workers",
        """SELECT number FROM period WHERE recorded_to = 'infinity' GROUP BY number HAVING count(*) > 1""",
    ),
    (
        "SSIN that was replaced by one that is replaced, or holds a period",
        """SELECT 0 FROM person AS p WHERE replaced_by IS NOT NULL AND (EXISTS (SELECT FROM person AS n
             WHERE n.ssin = p.replaced_by AND (n.replaced_by IS NOT NULL OR NOT p.ssin = ANY(n.formerly)))
             OR EXISTS (SELECT FROM period WHERE period.ssin = p.ssin AND recorded_to = 'infinity'))""",
    ),
    ("key of a declaration that does not exist", """SELECT k.number FROM idempotency_key AS k WHERE NOT EXISTS (
             SELECT FROM journal AS j WHERE j.number = k.number)"""),
)  # fmt: skip


def verify(dsn: str) -> list[str]:
    """Every broken invariant of the register, at most a thousand, none naming a worker; empty when all is well."""
    problems: list[str] = []
    with psycopg.connect(dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for source in (
            chain_problems(connection), period_problems(connection), question_problems(connection),
            total_problems(connection),
        ):  # fmt: skip
            for problem in source:
                problems.append(problem)
                if len(problems) == LIMIT:
                    return problems
    return problems


def stream(
    connection: psycopg.Connection[Any], name: str, statement: LiteralString, parameters: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, a few thousand at a time."""
    with connection.cursor(name=name) as cursor:
        cursor.itersize = 5000
        yield from cursor.execute(statement, parameters)


def chain_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Broken hash chains and missing versions, worker by worker."""
    ssin, sequence, previous = 0, 0, b""
    for row in stream(connection, "journal", JOURNAL):
        if row[0] != ssin:
            ssin, sequence, previous = row[0], 0, b""
        if ssin and row[1] != sequence + 1:
            yield f"declaration {row[2]}: its worker's file has a gap before version {row[1]}"
        if not is_period_number(row[2]):
            yield f"declaration {row[2]}: its number fails its check"
        if link(previous if ssin else b"", *row[:15]) != row[15]:
            yield f"declaration {row[2]}: the hash chain is broken here"
        sequence, previous = row[1], row[15]


def period_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Versions that do not follow each other, and current periods that may not overlap, worker by worker."""
    closed = set(connection.execute(CLOSED))
    for _, rows in groupby(stream(connection, "period", PERIODS), key=lambda row: row[0]):
        current: list[Period] = []
        last: tuple[int, int, Any] | None = None
        for ssin, recorded_from, recorded_to, *columns in rows:
            period = period_of(columns)
            follows = last is not None and last[0] == period.number
            is_back = last is not None and (ssin, last[0], last[2]) in closed  # undone or moved, and come back since
            is_next = last is not None and last[1] + 1 == period.version and (is_back or last[2] == recorded_from)
            if follows and not is_next:
                yield f"period {period.number}: version {period.version} does not follow the one before"
            if not follows and period.version != 0:
                yield f"period {period.number}: its first version is missing"
            last = period.number, period.version, recorded_to
            if recorded_to is None:
                current.append(period)
        yield from overlap_problems(current)


def overlap_problems(periods: list[Period]) -> Iterator[str]:
    """Pairs of current periods of one worker that may not overlap."""
    standing = [period for period in periods if not period.is_cancelled]
    for index, one in enumerate(standing):
        for other in standing[index + 1 :]:
            if (
                one.employer == other.employer
                and same_features(one.features, other.features)
                and intersects(one, other)
            ):
                yield f"periods {one.number} and {other.number} overlap"


def question_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Rows of one table that lack their counterpart in another."""
    for what, statement in QUESTIONS:
        for (number,) in connection.execute(statement):
            yield f"{number}: {what}"


def total_problems(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Running totals that differ from a count of the standing periods, from scratch."""
    law = load_law()
    clients = {number: id_ for id_, number in connection.execute(CLIENTS)}
    workers: Counter[tuple[int, str, int]] = Counter()
    days: Counter[tuple[int, str, date]] = Counter()
    types = list(law.counters_by_type)
    for ssin, rows in groupby(stream(connection, "counted", COUNTED, (types,)), key=lambda row: row[0]):
        periods = [period_of(columns) for _, *columns in rows]
        for counter, quarter, used in worker_uses(law, periods):
            workers[ssin, counter, quarter] += used
        for counter, period in employer_uses(law, periods):
            is_client = period.features.joint_committee == AGENCY
            employer = clients.get(period.features.user_enterprise) if is_client else period.employer
            if employer is not None:
                days[employer, counter, period.start] += 1
    employers = Counter((employer, counter, quarter_key(day)) for employer, counter, day in days)
    for what, statement, counted in (
        ("worker's total", "SELECT ssin, counter, quarter, used FROM worker_total WHERE used <> 0", workers),
        ("employer's total", "SELECT employer, counter, quarter, used FROM employer_total WHERE used <> 0", employers),
        ("employer's day", "SELECT employer, counter, day, uses FROM employer_day WHERE uses <> 0", days),
    ):
        stored = {row[:3]: row[3] for row in connection.execute(statement)}
        again: dict[tuple[Any, ...], int] = dict(counted)
        for key in stored.keys() | again.keys():
            if stored.get(key, 0) != again.get(key, 0):  # the subject is not named: it may be a worker
                yield f"{key[1]} {key[2]}: a {what} is {stored.get(key, 0)}, counted again {again.get(key, 0)}"
