"""Registers with millions of periods, made by PostgreSQL itself: employers, the journal and the periods, set-based.

Worker and employer of the i-th period follow from i, scattered. Two thirds of the periods are a worker's first, the
others the second of half of these workers, so that each has one or two. Rows lie in the order of their numbers, as if
they had been declared one after the other. The digests that link the entries of the journal have the right length and
are not computed.
"""

from typing import Any

import psycopg

from bench.draw import BIRTHS, FIRST_BIRTH, FIRST_EMPLOYER, WORKERS
from bench.notices import SILENCE, SPEECH
from opendimona.core.identifiers import NUMBER_BASE_MIN
from opendimona.register.numbers import BLOCK

SCATTER = 7_368_787
"""A prime: multiplying by it, modulo their number, visits each worker once."""
TABLES = ("journal", "period")
EMPLOYERS = """
    INSERT INTO employer (nsso, name)
    SELECT base * 100 + coalesce(nullif(96 - mod(base * 100, 97), 0), 97), 'Employer ' || base
      FROM (SELECT {first} + i AS base FROM generate_series(0, {employers} - 1) AS i) AS e"""
FACTS = """
    CREATE UNLOGGED TABLE seeded AS
    SELECT base * 100 + mod(base, 97) AS number, day * 100 + 97 - mod(day, 97) AS ssin, sequence, employer,
           start_date, moment
      FROM (SELECT {number} + i AS base, sequence, 1 + mod(i * {scatter}, {employers}) AS employer,
                   to_char(date '{birth}' + mod(worker, {births})::int, 'YYMMDD')::bigint * 1000 + 1 + worker / {births}
                   AS day,
                   current_date - 800 + mod(i, 300)::int + 350 * (sequence - 1)::int AS start_date,
                   date_trunc('second', now()) - interval '500 days' + i * interval '1 second' AS moment
              FROM (SELECT i, CASE WHEN i < {firsts} THEN 1 ELSE 2 END AS sequence,
                           mod(mod(i, {firsts}) * {scatter}, {workers}) AS worker
                      FROM generate_series(0::bigint, {periods} - 1) AS i) AS drawn) AS facts"""
JOURNAL = """
    INSERT INTO journal (ssin, sequence, number, entry, period, employer, result, deadline, received_at, recorded_at,
                         filed_by, body, law, chain)
    SELECT ssin, sequence, number, 'i', number, employer, 'A',
           (start_date + 1)::timestamp AT TIME ZONE 'Europe/Brussels', moment, moment, 'bench',
           format('{{"employer":{{"employerId":%s}},"worker":{{"ssin":"%s"}},"dimonaIn":{{"startDate":"%s",'
                  '"endDate":"%s","features":{{"jointCommissionNumber":"XXX","workerType":"OTH"}}}}}}',
                  employer.nsso, to_char(ssin, 'FM00000000000'), start_date, start_date + 30), '2026',
           sha256(number::text::bytea)
      FROM seeded JOIN employer ON employer.id = seeded.employer ORDER BY number"""
PERIODS = """
    INSERT INTO period (ssin, number, version, recorded_from, employer, start_date, end_date, worker_type,
                        joint_committee, is_late, is_locked, is_cancelled)
    SELECT ssin, number, 0, moment, employer, start_date, start_date + 30, 'OTH', 'XXX', false, false, false
      FROM seeded ORDER BY number"""
PRIMARY_KEYS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'p' AND conrelid = '{table}'::regclass"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
     WHERE indrelid = '{table}'::regclass AND NOT indisprimary"""
Connection = psycopg.Connection[tuple[Any, ...]]


def seed(dsn: str, employers: int, periods: int) -> None:
    """Fill an empty register; the next numbers are drawn from behind those given here."""
    values = {
        "first": FIRST_EMPLOYER, "employers": employers, "number": NUMBER_BASE_MIN, "scatter": SCATTER,
        "birth": FIRST_BIRTH, "births": BIRTHS, "workers": WORKERS, "periods": periods, "firsts": -(-periods * 2 // 3),
    }  # fmt: skip
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '256MB'")
        connection.execute(EMPLOYERS.format_map(values).encode())
        if periods:
            connection.execute(FACTS.format_map(values).encode())
            rebuild = [statement for table in TABLES for statement in _without_indexes(connection, table)]
            for statement in (SILENCE, JOURNAL.format_map(values), SPEECH, PERIODS, *rebuild, "DROP TABLE seeded"):
                connection.execute(statement.encode())
            connection.execute("SELECT setval('number_block', %s)", (periods // BLOCK + 1,))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _without_indexes(connection: Connection, table: str) -> list[str]:
    """Drop the indexes of a table, and tell how they come back: filling it first takes a fraction of the time."""
    rebuild = []
    for name, definition in connection.execute(PRIMARY_KEYS.format(table=table).encode()).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        rebuild.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, definition in connection.execute(INDEXES.format(table=table).encode()).fetchall():
        connection.execute(f"DROP INDEX {name}".encode())
        rebuild.append(definition)
    return rebuild
