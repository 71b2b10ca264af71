"""Proves the book: each entry follows from the one before, and none is missing between the first and the last."""

import psycopg

EXISTS = "SELECT to_regclass('portal.audit_entry') IS NOT NULL"
BROKEN = """
    SELECT id FROM (
        SELECT e.id, e.chain, lag(e.id, 1, 0::bigint) OVER (ORDER BY e.id) AS before,
               audit_digest(lag(e.chain) OVER (ORDER BY e.id), e) AS wanted
          FROM audit_entry AS e) AS read
     WHERE chain <> wanted OR id <> before + 1 ORDER BY id LIMIT %s"""


def problems(dsn: str, limit: int) -> list[str]:
    """The entries at which the chain breaks, as sentences; none where there is no portal."""
    with psycopg.connect(dsn, options="-c search_path=portal,public -c default_transaction_read_only=on") as connection:
        row = connection.execute(EXISTS).fetchone()
        if row is None or not row[0]:
            return []
        found = connection.execute(BROKEN, (limit,)).fetchall()
    return [f"portal: entry {number} of the audit does not follow from the one before" for (number,) in found]
