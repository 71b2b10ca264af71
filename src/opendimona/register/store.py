"""The register's statements on PostgreSQL, and the rows that they read and write. All SQL of deciding stands here.

Every statement is set-based: one call serves a whole batch. Rows are plain tuples on the way in and values on the way
out.
"""

import hashlib
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, LiteralString, Protocol, TypeVar

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from opendimona.core.decision import Anomaly
from opendimona.core.file import Employer, Features, Period, Person
from opendimona.register import packed
from opendimona.register.arrays import integers
from opendimona.register.interface import EmployerKey
from opendimona.register.lane import LaneConnection

T = TypeVar("T")
Connection = AsyncConnection[TupleRow]

EMPLOYER_COLUMNS: LiteralString = (
    "id, nsso, provisional, enterprise, name, active_from, active_to, kind, sub_entities, is_secured_only, "
    "is_migrated, is_assumed, may_register_daily, formerly"
)
PERSON_COLUMNS: LiteralString = (
    "family_name, given_name, birth_date, gender, is_flexi_eligible, is_pensioner, replaced_by, formerly"
)
PERIOD_COLUMNS: LiteralString = (
    "number, version, employer, start_date, end_date, start_hour, end_hour, planned_hours, planned_days, worker_type, "
    "joint_committee, sub_entity, user_committee, user_enterprise, user_name, is_late, is_locked, is_cancelled, details"
)

READ_EMPLOYERS: LiteralString = f"""
    SELECT {EMPLOYER_COLUMNS} FROM employer WHERE nsso = ANY(%s::bigint[])
    UNION ALL SELECT {EMPLOYER_COLUMNS} FROM employer WHERE provisional = ANY(%s::bigint[])
    UNION ALL SELECT {EMPLOYER_COLUMNS} FROM employer WHERE enterprise = ANY(%s::bigint[])
    UNION ALL SELECT {EMPLOYER_COLUMNS} FROM employer WHERE id = ANY(%s::bigint[])
    UNION ALL SELECT {EMPLOYER_COLUMNS} FROM employer_former_number JOIN employer ON id = holder
               WHERE former_nsso = ANY(%s::bigint[])"""
READ_SOME_EMPLOYERS: LiteralString = f"""
    SELECT (SELECT number FROM repertory_version), {EMPLOYER_COLUMNS} FROM employer
     WHERE id > %s ORDER BY id LIMIT %s"""
READ_FILES: LiteralString = f"""
    SELECT w.ssin, head.sequence, head.chain, head.recorded_at, (SELECT number FROM repertory_version), w.used,
           person.ssin, {PERSON_COLUMNS}, {PERIOD_COLUMNS}
      FROM (SELECT ssin, first_day, last_day, CASE WHEN is_counted THEN
                   (SELECT string_agg(counter || ' ' || quarter || ' ' || used, ',') FROM worker_total AS t
                     WHERE t.ssin = u.ssin) END AS used
              FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::boolean[])
                   AS u (ssin, first_day, last_day, is_counted) OFFSET 0) AS w
      LEFT JOIN LATERAL (
           SELECT journal.sequence, chain, recorded_at FROM journal WHERE journal.ssin = w.ssin
            ORDER BY journal.sequence DESC LIMIT 1
           ) AS head ON true
      LEFT JOIN person ON person.ssin = w.ssin
      LEFT JOIN LATERAL (  -- a worker without an entry has no period either: that saves looking
           SELECT * FROM period WHERE head.sequence IS NOT NULL AND period.ssin = w.ssin
              AND period.recorded_to = 'infinity' AND period.start_date <= w.last_day
              AND (period.end_date IS NULL OR period.end_date >= w.first_day)
           ) AS period ON true
     WHERE head.sequence IS NOT NULL OR person.ssin IS NOT NULL OR w.ssin = 0"""
"""The files of workers; nothing for those of whom nothing is known. Worker 0 gives the repertory's version alone."""
READ_NUMBERS: LiteralString = (
    "SELECT number, ssin, entry::text, result::text, employer FROM journal WHERE number = ANY(%s::bigint[]) "
    "ORDER BY recorded_at"
)
READ_KEYS: LiteralString = """
    SELECT k.client, k.key, k.digest, k.number FROM unnest(%s::text[], %s::text[]) AS w (client, key)
      JOIN idempotency_key AS k ON k.client = w.client AND k.key = w.key"""
WRITE_JOURNAL: LiteralString = """
    INSERT INTO journal (ssin, sequence, number, entry, period, employer, result, is_late, deadline, received_at,
                         recorded_at, filed_by, body, anomalies, law, chain)
    SELECT * FROM unnest(%s::journal_row[])"""
WRITE_PERIODS: LiteralString = f"""
    INSERT INTO period (ssin, recorded_from, recorded_to, {PERIOD_COLUMNS}) SELECT * FROM unnest(%s::period_row[])"""
WRITE_BOTH: LiteralString = f"WITH journal_rows AS ({WRITE_JOURNAL}) {WRITE_PERIODS}"
"""Entries and the versions of periods that they make, in one statement that needs no transaction around it."""
SUPERSEDE: LiteralString = """
    UPDATE period SET recorded_to = w.moment
      FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::timestamptz[]) AS w (ssin, number, version, moment)
     WHERE period.ssin = w.ssin AND period.number = w.number AND period.version = w.version"""
WRITE_KEYS: LiteralString = """
    INSERT INTO idempotency_key (client, key, digest, number)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::bigint[])"""
WRITE_PENDING: LiteralString = """
    INSERT INTO pending (number, employer, received_at, recorded_at)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])"""
ASSUME_EMPLOYERS: LiteralString = """
    INSERT INTO employer (nsso, provisional, enterprise, is_assumed)
    SELECT nsso, provisional, enterprise, true FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
                AS w (nsso, provisional, enterprise) ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING"""
LOCK_WORKERS: LiteralString = """
    SELECT pg_advisory_xact_lock(%s, bucket)
      FROM (SELECT DISTINCT (ssin %% 1024)::int AS bucket FROM unnest(%s::bigint[]) AS w (ssin) ORDER BY 1) AS b"""
LOCK_CLASS = 0x0D1A


class Read(Protocol):
    """How work is done on a connection."""

    async def __call__(self, work: Callable[[Connection], Coroutine[Any, Any, T]], /) -> T:
        """Do the work. Raises Unavailable when the database is away."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_anomalies = msgspec.json.Decoder(tuple[Anomaly, ...])
_encode = msgspec.json.Encoder().encode


def anomalies_text(anomalies: tuple[Anomaly, ...]) -> str | None:
    """Anomalies as kept in the journal; null where there are none."""
    return _encode(anomalies).decode() if anomalies else None


def anomalies_of(text: str | None) -> tuple[Anomaly, ...]:
    """Anomalies read back from the journal."""
    return _anomalies.decode(text) if text else ()


def link(
    previous: bytes,
    ssin: int,
    sequence: int,
    number: int,
    entry: str,
    period: int | None,
    employer: int | None,
    result: str,
    is_late: bool,
    deadline: datetime | None,
    received_at: datetime,
    recorded_at: datetime,
    filed_by: str,
    body: str,
    anomalies: str | None,
    law: str,
) -> bytes:
    """The chain value of an entry: SHA-256 of the previous entry's value and this entry's content, in column order."""
    content = (
        f"{ssin}\x1f{sequence}\x1f{number}\x1f{entry}\x1f{period}\x1f{employer}\x1f{result}\x1f{is_late}\x1f"
        f"{deadline and shared_microseconds(deadline)}\x1f{microseconds(received_at)}\x1f"
        f"{shared_microseconds(recorded_at)}\x1f{filed_by}\x1f{body}\x1f{anomalies}\x1f{law}"
    )
    return hashlib.sha256(previous + content.encode()).digest()


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970 in UTC: the form in which it enters the chain."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


shared_microseconds = lru_cache(maxsize=4096)(microseconds)
"""As `microseconds`, for moments of which many entries share the same object."""


def file_rows_of(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Sequence[Any], Person | None, Period | None]]:
    """The rows of `READ_FILES`, each with its person and its period, if there is one."""
    for row in rows:
        person = None if row[6] is None else person_of(row[0], row[7:15])
        yield row, person, None if row[15] is None else period_of(row[15:])


def employer_of(row: Sequence[Any]) -> Employer:
    """An employer from a row of `EMPLOYER_COLUMNS`."""
    return Employer(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], tuple(row[8]), row[9], row[10], row[11],
        row[12], row[13],
    )  # fmt: skip


def person_of(ssin: int, row: Sequence[Any]) -> Person:
    """A person from a row of `PERSON_COLUMNS`."""
    return Person(ssin, *row)


def period_of(row: Sequence[Any]) -> Period:
    """A period from a row of `PERIOD_COLUMNS`."""
    return Period(
        row[0], row[2], Features(row[9], row[10], row[11], row[12], row[13], row[14]), row[3], row[4], row[5], row[6],
        row[7], row[8], row[15], row[16], row[17], row[1], row[18],
    )  # fmt: skip


async def fetch(connection: Connection, statement: LiteralString, *parameters: object) -> list[TupleRow]:
    """Run one prepared statement and read all its rows."""
    if isinstance(connection, LaneConnection):
        return await connection.fetch(statement, parameters)
    cursor = await connection.execute(statement, parameters, prepare=True, binary=True)
    return await cursor.fetchall() if cursor.description else []


def employer_parameters(keys: Iterable[EmployerKey], ids: Iterable[int]) -> tuple[str, ...]:
    """The arrays that `READ_EMPLOYERS` takes."""
    numbers: dict[str, list[int]] = {"nsso": [], "provisional": [], "enterprise": []}
    for kind, number in keys:
        numbers[kind].append(number)
    nsso = integers(numbers["nsso"])
    return nsso, integers(numbers["provisional"]), integers(numbers["enterprise"]), integers(ids), nsso


async def read_employers(
    connection: Connection, keys: Iterable[EmployerKey], ids: Iterable[int] = ()
) -> list[Employer]:
    """The employers that bear one of these numbers or have one of these ids."""
    rows = await fetch(connection, READ_EMPLOYERS, *employer_parameters(keys, ids))
    return [employer_of(row) for row in rows]


def supersede_parameters(rows: Sequence[tuple[int, int, int, datetime]]) -> tuple[packed.Packed, ...]:
    """The arrays that `SUPERSEDE` takes, from worker, period number, version and moment."""
    columns = list(zip(*rows, strict=True))
    return (
        packed.integers(columns[0]), packed.integers(columns[1]), packed.small_integers(columns[2]),
        packed.moments(columns[3]),
    )  # fmt: skip
