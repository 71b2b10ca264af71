"""Rows of the journal and of periods as PostgreSQL arrays in binary form: one parameter for a whole batch.

What a batch costs whatever its size (a parameter, a call, a copy for each column) weighs more than its rows while it
has few. The types of the rows stand in the schema; their numbers differ from database to database.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from operator import attrgetter, itemgetter
from struct import Struct as Layout
from typing import LiteralString
from weakref import WeakKeyDictionary

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from opendimona.core.file import Features, Period
from opendimona.register.packed import (
    BIG,
    BOOLEAN,
    BYTES,
    CHARACTER,
    DATE,
    EPOCH,
    FIRST_DAY,
    MICROSECOND,
    MOMENT,
    SMALL,
    TEXT,
    Packed,
)  # fmt: skip

_FIND: LiteralString = "SELECT 'journal_row'::regtype::oid::bigint, 'period_row'::regtype::oid::bigint"
_head = Layout("!iiIii").pack
_length = Layout("!i").pack
_tag = Layout("!Ii").pack
_eight = Layout("!Iiq").pack
_four = Layout("!Iii").pack
_two = Layout("!Iih").pack
_INFINITY = _eight(MOMENT, 8, (1 << 63) - 1)
_NO_BIG, _NO_DATE, _NO_MOMENT, _NO_TEXT = (_tag(kind, -1) for kind in (BIG, DATE, MOMENT, TEXT))
_NO_SMALL = _tag(SMALL, -1)
_NO_SMALLS = 4 * _NO_SMALL
_JOURNAL_COLUMNS, _PERIOD_COLUMNS = 16, 22
_journal_keys = Layout("!iIiqIiqIiqIic").pack
_period_keys = Layout("!iIiq").pack
_period_numbers = Layout("!IiqIihIiqIii").pack
_OUTCOMES = {
    (result, is_late): _tag(CHARACTER, 1) + result.encode() + _tag(BOOLEAN, 1) + bytes([is_late])
    for result in "AWBS" for is_late in (False, True)
}  # fmt: skip
_FLAGS = {
    flags: b"".join(_tag(BOOLEAN, 1) + bytes([flag]) for flag in flags)
    for flags in [(one, two, three) for one in (False, True) for two in (False, True) for three in (False, True)]
}
_by_worker = attrgetter("ssin", "sequence")
_known: "WeakKeyDictionary[AsyncConnection[TupleRow], RowTypes]" = WeakKeyDictionary()


class Entry(Struct, frozen=True, gc=False):
    """One entry of the journal, as written. Moments are aware; `anomalies` and `body` are JSON text."""

    ssin: int
    sequence: int
    number: int
    entry: str
    period: int | None
    employer: int | None
    result: str
    is_late: bool
    deadline: datetime | None
    received_at: datetime
    recorded_at: datetime
    filed_by: str
    body: str
    anomalies: str | None
    law: str
    chain: bytes


class RowTypes(Struct, frozen=True, gc=False):
    """The numbers that a database gave to the types of rows."""

    journal: int
    period: int


async def row_types(connection: AsyncConnection[TupleRow]) -> RowTypes:
    """The types of rows in the database of a connection, which is asked once."""
    known = _known.get(connection)
    if known is None:
        [row] = await (await connection.execute(_FIND)).fetchall()
        known = _known[connection] = RowTypes(*row)
    return known


def journal_rows(kind: int, entries: Iterable[Entry]) -> Packed:
    """Entries as journal_row[], in order of worker so that two batches never wait for each other.

    `kind` is the type's number.
    """
    moments: dict[int, bytes] = {}
    words: dict[str, bytes] = {}
    parts: list[bytes] = []
    for e in sorted(entries, key=_by_worker):
        row = b"".join((
            _journal_keys(_JOURNAL_COLUMNS, BIG, 8, e.ssin, BIG, 8, e.sequence, BIG, 8, e.number,
                          CHARACTER, 1, e.entry.encode()),
            _NO_BIG if e.period is None else _eight(BIG, 8, e.period),
            _NO_BIG if e.employer is None else _eight(BIG, 8, e.employer),
            _OUTCOMES[e.result, e.is_late],
            _NO_MOMENT if e.deadline is None else moments.get(id(e.deadline)) or _moment(moments, e.deadline),
            _eight(MOMENT, 8, (e.received_at - EPOCH) // MICROSECOND),
            moments.get(id(e.recorded_at)) or _moment(moments, e.recorded_at),
            words.get(e.filed_by) or _word(words, e.filed_by),
            _text(e.body),
            _NO_TEXT if e.anomalies is None else _text(e.anomalies),
            words.get(e.law) or _word(words, e.law),
            _tag(BYTES, len(e.chain)), e.chain,
        ))  # fmt: skip
        parts += (_length(len(row)), row)
    return _array(kind, parts)


def period_rows(kind: int, rows: Sequence[tuple[int, datetime, datetime | None, Period]]) -> Packed:
    """Versions of periods as period_row[], from worker, recorded from, recorded to (None: still) and period.

    `kind` is the type's number.
    """
    moments: dict[int, bytes] = {}
    features: dict[int, bytes] = {}
    parts: list[bytes] = []
    for ssin, recorded_from, recorded_to, p in sorted(rows, key=itemgetter(0)):  # neighbours in the index together
        row = b"".join((
            _period_keys(_PERIOD_COLUMNS, BIG, 8, ssin),
            moments.get(id(recorded_from)) or _moment(moments, recorded_from),
            _INFINITY if recorded_to is None else _moment(moments, recorded_to),
            _period_numbers(BIG, 8, p.number, SMALL, 2, p.version, BIG, 8, p.employer, DATE, 4, _day(p.start)),
            _NO_DATE if p.end is None else _four(DATE, 4, _day(p.end)),
            _NO_SMALLS
            if p.planned_hours is None and p.planned_days is None and p.start_hour is None and p.end_hour is None
            else _small(p.start_hour) + _small(p.end_hour) + _small(p.planned_hours) + _small(p.planned_days),
            features.get(id(p.features)) or _features(features, p.features),
            _FLAGS[p.is_late, p.is_locked, p.is_cancelled],
            _NO_TEXT if p.details is None else _text(p.details),
        ))  # fmt: skip
        parts += (_length(len(row)), row)
    return _array(kind, parts)


def _array(kind: int, parts: list[bytes]) -> Packed:
    if not parts:
        return Packed(_head(0, 0, kind, 0, 1)[:12])
    return Packed(_head(1, 0, kind, len(parts) // 2, 1) + b"".join(parts))


def _moment(known: dict[int, bytes], moment: datetime) -> bytes:
    """A moment, kept for the next row: many rows share the same object."""
    packed = known[id(moment)] = _eight(MOMENT, 8, (moment - EPOCH) // MICROSECOND)
    return packed


def _word(known: dict[str, bytes], word: str) -> bytes:
    packed = known[word] = _text(word)
    return packed


def _features(known: dict[int, bytes], features: Features) -> bytes:
    """The six columns of features, kept for the next row: many periods share them."""
    texts = (features.worker_type, features.joint_committee, features.sub_entity, features.user_joint_committee)
    number, name = features.user_enterprise, features.user_name
    packed = known[id(features)] = b"".join((
        *(_NO_TEXT if text is None else _text(text) for text in texts),
        _NO_BIG if number is None else _eight(BIG, 8, number),
        _NO_TEXT if name is None else _text(name),
    ))  # fmt: skip
    return packed


def _text(text: str) -> bytes:
    data = text.encode()
    return _tag(TEXT, len(data)) + data


def _small(number: int | None) -> bytes:
    return _NO_SMALL if number is None else _two(SMALL, 2, number)


def _day(day: date) -> int:
    return day.toordinal() - FIRST_DAY
