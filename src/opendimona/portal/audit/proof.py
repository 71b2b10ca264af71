"""Proves the book: each entry follows from the one before, and none is missing between the first and the last.

Whoever may do anything to the database can still cut the last entries off, or write all of it anew. A seal, noted where
they cannot reach, shows that: it is the number of an entry with its digest, which holds all entries before.
"""

import re
from collections.abc import Sequence

import psycopg

EXISTS = "SELECT to_regclass('portal.audit_entry') IS NOT NULL"
LAST = "SELECT id, chain FROM audit_entry ORDER BY id DESC LIMIT 1"
ONE = "SELECT chain FROM audit_entry WHERE id = %s"
SEAL = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")
BROKEN = """
    SELECT id FROM (
        SELECT e.id, e.chain, lag(e.id, 1, 0::bigint) OVER (ORDER BY e.id) AS before,
               audit_digest(lag(e.chain) OVER (ORDER BY e.id), e) AS wanted
          FROM audit_entry AS e) AS read
     WHERE chain <> wanted OR id <> before + 1 ORDER BY id LIMIT %s"""


def seal_of(number: int, chain: bytes) -> str:
    """The seal of an entry, and with it of all before."""
    return f"{number}-{chain.hex()[:32]}"


def is_seal(text: str) -> bool:
    """Whether a text has the form of a seal."""
    return SEAL.fullmatch(text) is not None


def problems(dsn: str, limit: int, seals: Sequence[str] = ()) -> tuple[list[str], str | None]:
    """The entries at which the chain breaks and the seals that it no longer holds, as sentences; the seal of the last.

    Nothing where there is no portal, or nothing in its book.
    """
    with psycopg.connect(dsn, options="-c search_path=portal,public -c default_transaction_read_only=on") as connection:
        row = connection.execute(EXISTS).fetchone()
        if row is None or not row[0]:
            return [f"portal: there is no audit, of which {seal} is a seal" for seal in seals], None
        found = connection.execute(BROKEN, (limit,)).fetchall()
        last = connection.execute(LAST).fetchone()
        said = [f"portal: entry {number} of the audit does not follow from the one before" for (number,) in found]
        for seal in seals:
            number = int(seal.partition("-")[0])
            kept = connection.execute(ONE, (number,)).fetchone()
            if kept is None or seal_of(number, kept[0]) != seal:
                said.append(f"portal: the audit is not the one that the seal {seal} was noted of")
    return said, None if last is None else seal_of(*last)
