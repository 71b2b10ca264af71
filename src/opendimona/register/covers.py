"""Reading what covers whom, for millions at a time: the accepted periods of some employers, as lines of text.

The lines leave PostgreSQL by COPY and are handed on as they come, in a thread of their own: neither the event loop nor
the memory of the process feels how many there are.
"""

from typing import Any, LiteralString

import psycopg

from opendimona.register.interface import CoverKind, CoversWanted, TakeCovers

CHUNK = 1 << 18
OPTIONS = "-c jit=off -c timezone=UTC -c work_mem=64MB -c default_transaction_read_only=on"
WANTED: LiteralString = """
    WITH wanted AS MATERIALIZED (
         SELECT e.id, w.nsso FROM unnest(%(employers)s::bigint[]) AS w (nsso)
           LEFT JOIN employer_former_number AS f ON f.former_nsso = w.nsso
           JOIN employer AS e ON e.id = f.holder OR e.nsso = w.nsso)"""
PERIODS: LiteralString = f"""
    COPY ({WANTED}
    SELECT p.ssin, p.number, wanted.nsso, p.worker_type, p.start_date, p.end_date
      FROM period AS p JOIN wanted ON wanted.id = p.employer
     WHERE p.recorded_from <= %(as_of)s AND p.recorded_to > %(as_of)s AND NOT p.is_cancelled
       AND p.start_date <= %(to_date)s AND (p.end_date IS NULL OR p.end_date >= %(from_date)s)) TO STDOUT"""
"""The version of each period that stood at the moment."""
PENDING: LiteralString = f"""
    COPY ({WANTED}
    SELECT number, nsso, birth, start_day, CASE WHEN end_day ~ '^\\d{{4}}-\\d\\d-\\d\\d$' THEN end_day END
      FROM (SELECT j.number, wanted.nsso, filed -> 'worker' ->> 'birthDate' AS birth,
                   filed -> 'dimonaIn' ->> 'startDate' AS start_day, filed -> 'dimonaIn' ->> 'endDate' AS end_day
              FROM wanted JOIN journal AS j ON j.employer = wanted.id AND j.period IS NULL
             CROSS JOIN LATERAL (SELECT j.body::json) AS b (filed)
             WHERE j.entry = 'i' AND j.result = 'S' AND j.recorded_at <= %(as_of)s
               AND coalesce((SELECT d.entry FROM journal AS d  -- decided, and the decision not undone
                              WHERE d.number = j.number AND d.entry IN ('d', 'z') AND d.recorded_at <= %(as_of)s
                              ORDER BY d.recorded_at DESC LIMIT 1), 'z') = 'z') AS waiting
     WHERE start_day ~ '^\\d{{4}}-\\d\\d-\\d\\d$' AND birth ~ '^\\d{{4}}-\\d\\d-\\d\\d$') TO STDOUT"""
REPLACED: LiteralString = """
    COPY (WITH RECURSIVE step AS (
             SELECT DISTINCT former, ssin FROM identity_event
              WHERE kind = 'ssin-replaced' AND recorded_at <= %(as_of)s),
         way (former, ssin) AS (
             SELECT former, ssin FROM step
              UNION SELECT way.former, step.ssin FROM way JOIN step ON step.former = way.ssin)
    SELECT former, ssin FROM way WHERE NOT EXISTS (SELECT FROM step WHERE step.former = way.ssin)) TO STDOUT"""
"""From the events, which know since when: the register of persons only knows what is so today."""
STATEMENTS: dict[CoverKind, LiteralString] = {"period": PERIODS, "pending": PENDING, "replaced": REPLACED}


def read_covers(dsn: str, wanted: CoversWanted, take: TakeCovers) -> None:
    """Hand on all lines of each kind, in pieces that end with a line. All are of one and the same snapshot."""
    values: dict[str, Any] = {
        "employers": list(wanted.employers), "as_of": wanted.as_of, "from_date": wanted.from_date,
        "to_date": wanted.to_date,
    }  # fmt: skip
    with psycopg.connect(dsn, options=OPTIONS, application_name="opendimona covers") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for kind, statement in STATEMENTS.items():
            piece = bytearray()
            with connection.cursor() as cursor, cursor.copy(statement, values) as lines:
                for line in lines:
                    piece += line
                    if len(piece) >= CHUNK:
                        take(kind, bytes(piece))
                        piece.clear()
            if piece:
                take(kind, bytes(piece))
