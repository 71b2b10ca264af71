"""Reading notices by recipient, in order of position; a page always says from where to go on."""

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec
from msgspec import Struct
from psycopg.rows import TupleRow

from opendimona.core.decision import Anomaly
from opendimona.core.file import Employer
from opendimona.register.arrays import integers
from opendimona.register.interface import Caller, NoticeView
from opendimona.register.notices.kinds import ANSWERED, LETTERS, name_of
from opendimona.register.store import EMPLOYER_COLUMNS, Connection, employer_of, fetch

_employer: LiteralString = ", ".join(["e." + column.strip() for column in EMPLOYER_COLUMNS.split(",")])
_SHOWN: LiteralString = f"""
    SELECT (SELECT position FROM notice_head), found.position, coalesce(n.kind::text, '{LETTERS[ANSWERED]}'),
           coalesce(n.client, found.filed_by), n.other_client, coalesce(n.at, j.recorded_at),
           coalesce(n.number, j.number), n.data, j.result::text, coalesce(j.is_late, false), j.anomalies, j.period,
           j.entry::text, ARRAY(SELECT unit FROM filed_for AS f WHERE f.number IN (n.number, j.number, j.period)),
           {_employer}
      FROM (SELECT 1) AS always
      LEFT JOIN ({{}}) AS found (position, filed_by, ssin, sequence, employer) ON true
      LEFT JOIN notice AS n ON n.position = found.position
      LEFT JOIN journal AS j
             ON j.ssin = coalesce(found.ssin, n.ssin) AND j.sequence = coalesce(found.sequence, n.sequence)
      LEFT JOIN employer AS e ON e.id = coalesce(found.employer, n.employer) ORDER BY found.position"""
"""What is shown of notices that were found: their positions and, of those in blocks, what the block says of each."""
_SINGLE: LiteralString = "NULL::text, NULL::bigint, NULL::bigint, NULL::bigint"
OF_CLIENT: LiteralString = _SHOWN.format(f"""
    SELECT * FROM (
        (SELECT position, {_SINGLE} FROM notice WHERE client = %s AND position > %s ORDER BY position LIMIT %s)
        UNION ALL
        (SELECT position, {_SINGLE} FROM notice WHERE other_client = %s AND position > %s ORDER BY position LIMIT %s)
        UNION ALL
        (SELECT b.first + e.place - 1, b.client, e.ssin, e.sequence, e.employer
           FROM notice_block AS b CROSS JOIN LATERAL unnest(b.ssins, b.sequences, b.employers)
                WITH ORDINALITY AS e (ssin, sequence, employer, place)
          WHERE b.client = %s AND b.last > %s AND b.first + e.place - 1 > %s
          ORDER BY b.last, e.place LIMIT %s)) AS b
     ORDER BY position LIMIT %s""")
OF_EMPLOYERS: LiteralString = _SHOWN.format(f"""
    SELECT n.position, {_SINGLE} FROM unnest(%s::bigint[]) AS m (employer) CROSS JOIN LATERAL (
           SELECT position FROM notice WHERE employer = m.employer AND is_for_employer AND position > %s
            ORDER BY position LIMIT %s) AS n
     ORDER BY n.position LIMIT %s""")
OF_EVERYBODY: LiteralString = _SHOWN.format(f"""
    SELECT position, {_SINGLE} FROM notice WHERE is_for_employer AND position > %s AND position <= %s
     ORDER BY position LIMIT %s""")
NEXT: LiteralString = """
    SELECT coalesce((SELECT min(position) FROM notice WHERE position > %s), (SELECT position FROM notice_head))"""
FOR_AGENTS: LiteralString = _SHOWN.format(
    f"SELECT position, {_SINGLE} FROM notice WHERE kind = 'e' AND position > %s ORDER BY position LIMIT %s"
)
ONE: LiteralString = _SHOWN.format(f"""
    SELECT position, {_SINGLE} FROM notice WHERE position = ANY(%s::bigint[])
    UNION ALL
    SELECT w.position, b.client, b.ssins[w.position - b.first + 1], b.sequences[w.position - b.first + 1],
           b.employers[w.position - b.first + 1]
      FROM unnest(%s::bigint[]) AS w (position) CROSS JOIN LATERAL (
           SELECT * FROM notice_block WHERE last >= w.position ORDER BY last LIMIT 1) AS b
     WHERE b.first <= w.position""")
IDS: LiteralString = """
    SELECT id FROM employer WHERE nsso = ANY(%s::bigint[])
    UNION SELECT id FROM employer WHERE provisional = ANY(%s::bigint[])
    UNION SELECT id FROM employer WHERE enterprise = ANY(%s::bigint[])
    UNION SELECT holder FROM employer_former_number WHERE former_nsso = ANY(%s::bigint[])"""
WINDOW = 5000
"""How many positions are looked through at once for a program that acts for every employer."""
_anomalies = msgspec.json.Decoder(tuple[Anomaly, ...])


class Found(Struct, frozen=True, kw_only=True):
    """Notices of a reader in order, some of which it may not be allowed to see any more; where to go on."""

    rows: list[TupleRow]
    cursor: int
    head: int

    @property
    def has_more(self) -> bool:
        """Whether there are positions beyond the cursor."""
        return self.cursor < self.head


async def of_client(connection: Connection, client: str, since: int, limit: int) -> Found:
    """What a client filed, and what others changed of it."""
    rows = await fetch(
        connection, OF_CLIENT, client, since, limit, client, since, limit, client, since, since, limit, limit
    )
    return found_in(rows, limit, since)


async def of_employers(connection: Connection, employers: Sequence[int], since: int, limit: int) -> Found:
    """What concerns employers."""
    return found_in(await fetch(connection, OF_EMPLOYERS, integers(employers), since, limit, limit), limit, since)


async def of_everybody(connection: Connection, since: int, limit: int) -> Found:
    """What concerns any employer, looked for among so many positions as a window holds."""
    first: int = (await fetch(connection, NEXT, since))[0][0]
    until = first + WINDOW
    rows = await fetch(connection, OF_EVERYBODY, since, until, limit)
    found = found_in(rows, limit, since)
    is_cut = len(found.rows) < limit and until < found.head
    return msgspec.structs.replace(found, cursor=until) if is_cut else found


async def for_agents(connection: Connection, since: int, limit: int) -> Found:
    """What the agents of the register are told."""
    return found_in(await fetch(connection, FOR_AGENTS, since, limit), limit, since)


async def at_positions(connection: Connection, positions: Sequence[int]) -> list[TupleRow]:
    """The notices at these positions, those that are still kept."""
    wanted = integers(positions)
    return found_in(await fetch(connection, ONE, wanted, wanted), len(positions), 0).rows


async def employer_ids(connection: Connection, caller: Caller) -> list[int]:
    """The employers that a caller with a mandate may act for."""
    numbers: dict[str, list[int]] = {"nsso": [], "provisional": [], "enterprise": []}
    for kind, number in caller.mandate or ():
        numbers[kind].append(number)
    columns = [integers(numbers[kind]) for kind in ("nsso", "provisional", "enterprise", "nsso")]
    rows = await fetch(connection, IDS, *columns)
    return [row[0] for row in rows]


def found_in(rows: list[TupleRow], limit: int, since: int) -> Found:
    """Notices, without the row that stands for none; beyond a page that is not full there is nothing up to the head."""
    head: int = rows[0][0]
    real = [row for row in rows if row[1] is not None]
    return Found(rows=real, cursor=real[-1][1] if len(real) >= limit else max(head, since), head=head)


def recipients_of(row: TupleRow) -> tuple[str | None, str | None]:
    """The client that filed, and the one whose period it changed."""
    return row[3], row[4]


def employer_in(row: TupleRow) -> Employer | None:
    """The employer concerned."""
    return None if row[14] is None else employer_of(row[14:])


def may_see(row: TupleRow, caller: Caller) -> bool:
    """Whether a caller may be told: by mandate and unit or, where no employer is known, as the sender."""
    if caller.is_bounded and caller.unit not in row[13]:
        return False
    employer = employer_in(row)
    if employer is None:
        return caller.is_operator or caller.client in recipients_of(row)
    return caller.may_act_for(employer)


def view_of(row: TupleRow, reader: str | None, *, is_acknowledged: bool = False) -> NoticeView:
    """A notice as its reader sees it."""
    _, position, letter, client, other_client, at, number, data, result, is_late, anomalies, period, entry = row[:13]
    is_made = entry in ("i", "d") and result in ("A", "W")
    codes: dict[str, Any] = dict.fromkeys(
        anomaly.code for anomaly in (_anomalies.decode(anomalies) if anomalies else ())
    )
    return NoticeView(
        position=position,
        kind=name_of(letter, client, other_client, reader),
        at=at,
        number=None if entry in ("l", "p") else number,
        period_number=number if is_made or entry in ("l", "p") else period,
        employer=employer_in(row),
        result=result,
        is_late=is_late,
        anomalies=tuple(codes),
        data=data or {},
        is_acknowledged=is_acknowledged,
    )
