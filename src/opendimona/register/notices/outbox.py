"""From what was committed to notices: the outbox is emptied in order, by one process at a time.

Entries of the journal come into the outbox by themselves (a trigger of the journal); what stands in no journal is put
there by `tell`. Positions are given out here, under the lock of one row: who reads up to a position misses nothing,
in whatever order the transactions that are told of were committed.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec
from msgspec import Struct

from opendimona.register.notices.kinds import KIND_OF_ENTRY, LETTERS
from opendimona.register.store import Connection

CHUNK = 64
"""Rows of the outbox, of up to a batch of the desk each, in one transaction."""
_encode = msgspec.json.Encoder().encode

LEAP: LiteralString = "UPDATE notice_head SET position = position + 1000000000"
"""After a backup was restored: cursors beyond it are out there, and their positions must not be given out again."""
HOLD: LiteralString = "SELECT position FROM notice_head FOR UPDATE SKIP LOCKED"
EXPAND: LiteralString = f"""
    WITH taken AS (
         DELETE FROM outbox WHERE id = ANY(ARRAY(SELECT id FROM outbox ORDER BY id LIMIT %s))
         RETURNING id, noted_at, ssins, sequences, told, client, employers
    ), followed AS (
         SELECT employer FROM endpoint WHERE employer IS NOT NULL UNION ALL SELECT employer FROM followed_employer
    ), sorted AS (
         SELECT *, client IS NOT NULL AND NOT employers && ARRAY(SELECT employer FROM followed) AS is_block FROM taken
    ), entries AS (
         SELECT t.id, e.place, j.ssin, j.sequence, j.number, j.entry, j.result, j.period, j.employer, j.recorded_at,
                j.filed_by, {KIND_OF_ENTRY} AS kind
           FROM sorted AS t CROSS JOIN LATERAL unnest(t.ssins, t.sequences) WITH ORDINALITY AS e (ssin, sequence, place)
           JOIN journal AS j ON j.ssin = e.ssin AND j.sequence = e.sequence
          WHERE NOT t.is_block
    ), news AS (
         SELECT n.id, n.place, CASE WHEN n.entry = 'z' AND origin.entry <> 'i' THEN 'f' ELSE n.kind END AS kind,
                CASE WHEN n.entry IN ('i', 'o', 'u', 'c', 'r') THEN n.filed_by
                     WHEN n.entry <> 'p' THEN origin.filed_by END AS client,
                CASE WHEN n.entry IN ('o', 'u', 'c', 'r') AND n.result IN ('A', 'W')
                          AND origin.filed_by <> n.filed_by THEN origin.filed_by END AS other_client,
                n.employer, n.number, n.ssin, n.sequence, NULL::jsonb AS data, n.recorded_at AS at
           FROM entries AS n LEFT JOIN LATERAL (
                SELECT j.filed_by, j.entry FROM journal AS j
                 WHERE n.entry NOT IN ('i', 'p')
                   AND j.number = CASE WHEN n.entry IN ('d', 'z') THEN n.number ELSE n.period END
                   AND (j.entry = 'i' OR (n.entry = 'z' AND j.entry IN ('o', 'u', 'c', 'r'))) LIMIT 1
                ) AS origin ON true
          WHERE n.kind IS NOT NULL
         UNION ALL
         SELECT t.id, s.place, s.value ->> 'kind', s.value ->> 'client', NULL, (s.value ->> 'employer')::bigint,
                (s.value ->> 'number')::bigint, NULL, NULL, s.value -> 'data', t.noted_at
           FROM taken AS t CROSS JOIN LATERAL jsonb_array_elements(t.told) WITH ORDINALITY AS s (value, place)
    ), places AS (
         SELECT id, place, (SELECT position FROM notice_head) + sum(size) OVER (ORDER BY id, place) AS last, size
           FROM (SELECT id, place, 1 AS size FROM news
                 UNION ALL SELECT id, 0, cardinality(ssins) FROM sorted WHERE is_block) AS w
    ), placed AS (
         INSERT INTO notice (position, kind, client, other_client, employer, is_for_employer, number, ssin, sequence,
                             data, at)
         SELECT last, kind::"char", client, other_client, employer,
                kind <> 'a' OR coalesce(employer IN (SELECT employer FROM followed), false),
                number, ssin, sequence, data, at
           FROM news JOIN places USING (id, place)
    ), kept AS (
         INSERT INTO notice_block (first, last, client, ssins, sequences, employers, at)
         SELECT last - size + 1, last, client, ssins, sequences, employers, noted_at
           FROM sorted JOIN places USING (id) WHERE is_block
    )
    UPDATE notice_head SET position = coalesce((SELECT max(last) FROM places), position)
    RETURNING (SELECT count(*) FROM taken)"""
"""Rows become notices, but for those of one client whose employers nobody follows: they become blocks as they are."""


class Told(Struct, frozen=True, kw_only=True):
    """A notice of something that stands in no journal: a kind, its recipients, the declaration or period concerned.

    `data` goes to the recipients as it is, and holds no SSIN.
    """

    kind: str
    client: str | None = None
    employer: int | None = None
    number: int | None = None
    data: dict[str, Any] | None = None


async def tell(connection: Connection, notices: Sequence[Told]) -> None:
    """Have something told, in the transaction of what it tells."""
    if notices:
        text = _encode([msgspec.structs.asdict(one) | {"kind": LETTERS[one.kind]} for one in notices]).decode()
        await connection.execute("INSERT INTO outbox (told) VALUES (%s::jsonb)", (text,), prepare=True)


async def expand(connection: Connection) -> int:
    """Turn the oldest rows of the outbox into notices; how many rows: 0 when there are none, or another is at it."""
    async with connection.transaction():
        # The journal first, as everybody who locks whole tables does: two that wait for each other would be ended.
        await connection.execute("LOCK TABLE journal IN ACCESS SHARE MODE")
        cursor = await connection.execute(HOLD)
        if await cursor.fetchone() is None:
            return 0
        cursor = await connection.execute(EXPAND, (CHUNK,), prepare=True)
        row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def expand_all(connection: Connection) -> int:
    """Turn all that waits in the outbox into notices; how many of its rows."""
    total = 0
    while found := await expand(connection):
        total += found
    return total
