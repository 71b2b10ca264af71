"""How long things have been waiting: what operators, probes and metrics look at."""

from typing import LiteralString

from msgspec import Struct

from opendimona.register.store import Connection, fetch

AGES: LiteralString = """
    SELECT (SELECT count(*) FROM pending),
           (SELECT extract(epoch FROM now() - min(recorded_at))::float8 FROM pending),
           (SELECT extract(epoch FROM now() - noted_at)::float8 FROM outbox ORDER BY id LIMIT 1),
           (SELECT extract(epoch FROM now() - min(next.at))::float8 FROM endpoint AS e CROSS JOIN LATERAL (
                   (SELECT at FROM notice WHERE notice.position > e.position ORDER BY notice.position LIMIT 1)
                   UNION ALL
                   (SELECT at FROM notice_block AS b WHERE b.last > e.position ORDER BY b.last LIMIT 1)) AS next
             WHERE NOT e.is_suspended),
           (SELECT count(*) FROM dead_letter), (SELECT count(*) FROM endpoint WHERE is_suspended),
           (SELECT position FROM notice_head),
           (SELECT count(*) FROM filing_task WHERE finished_at IS NULL),
           (SELECT extract(epoch FROM now() - min(created_at))::float8 FROM filing_task WHERE finished_at IS NULL)"""


class Ages(Struct, frozen=True, kw_only=True):
    """What waits, ages in seconds (None: nothing waits).

    Declarations pending, events not told, notices not delivered, tasks: batches not filed to their end. `notices`: how
    many there have been.
    """

    pending: int
    oldest_pending: float | None
    oldest_untold: float | None
    oldest_undelivered: float | None
    dead_letters: int
    suspended: int
    notices: int
    tasks: int
    oldest_task: float | None


async def read_ages(connection: Connection) -> Ages:
    """The ages at this moment."""
    row = (await fetch(connection, AGES))[0]
    return Ages(
        pending=row[0], oldest_pending=row[1], oldest_untold=row[2], oldest_undelivered=row[3], dead_letters=row[4],
        suspended=row[5], notices=row[6], tasks=row[7], oldest_task=row[8],
    )  # fmt: skip
