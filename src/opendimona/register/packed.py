"""Column values as PostgreSQL arrays in binary form, for what every batch reads; what it writes: `register.rows`.

Packing a whole column costs Python no more than writing it as text (`register.arrays`), and PostgreSQL reads numbers
and moments that are binary already several times faster. The statement casts each place (`%s::bigint[]`), so that only
the type of the elements is named here.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from struct import Struct as Layout
from struct import pack
from typing import Any

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

BOOLEAN, BYTES, CHARACTER, BIG, SMALL, TEXT, DATE, MOMENT = 16, 17, 18, 20, 21, 25, 1082, 1184
"""PostgreSQL's numbers of types, the same in every version (pg_type.dat)."""
_HEAD = Layout("!iiIii").pack
_NULL = b"\xff\xff\xff\xff"
_two, _four, _eight = Layout("!ih").pack, Layout("!ii").pack, Layout("!iq").pack
_FALSE, _TRUE = b"\0\0\0\1\0", b"\0\0\0\1\1"
FIRST_DAY = date(2000, 1, 1).toordinal()
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Packed(bytes):
    """A parameter that is PostgreSQL's binary form already."""

    __slots__ = ()


class _PackedDumper(Dumper):
    """Hands a packed parameter on as it is; its type follows from the cast in the statement."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Packed) -> bytes:
        return obj


adapters.register_dumper(Packed, _PackedDumper)


def _packed(kind: int, parts: Sequence[bytes], *, has_null: bool = True) -> Packed:
    if not parts:
        return Packed(_HEAD(0, 0, kind, 0, 1)[:12])
    return Packed(_HEAD(1, has_null, kind, len(parts), 1) + b"".join(parts))


def _numbers(kind: int, code: str, size: int, values: Iterable[int | None]) -> Packed:
    """Whole numbers; a column without null is packed in one call."""
    column = values if isinstance(values, list) else list(values)
    if not column:
        return _packed(kind, ())
    if None in column:
        one = {8: _eight, 4: _four, 2: _two}[size]
        return _packed(kind, [_NULL if value is None else one(size, value) for value in column])
    elements: Iterable[Any] = chain.from_iterable(zip(repeat(size), column))
    return Packed(_HEAD(1, 0, kind, len(column), 1) + pack("!" + code * len(column), *elements))


def integers(values: Iterable[int | None]) -> Packed:
    """Numbers, or nulls, as bigint[]."""
    return _numbers(BIG, "iq", 8, values)


def small_integers(values: Iterable[int | None]) -> Packed:
    """Numbers, or nulls, as smallint[]."""
    return _numbers(SMALL, "ih", 2, values)


def booleans(values: Iterable[bool]) -> Packed:
    """Booleans as boolean[]."""
    return _packed(BOOLEAN, [_TRUE if value else _FALSE for value in values], has_null=False)


def days(values: Iterable[date | None]) -> Packed:
    """Days, or nulls, as date[]."""
    return _numbers(DATE, "ii", 4, [None if value is None else value.toordinal() - FIRST_DAY for value in values])


def moments(values: Iterable[datetime | None]) -> Packed:
    """Aware moments, or nulls, as timestamptz[]."""
    return _packed(MOMENT, [
        _NULL if moment is None else _eight(8, (moment - EPOCH) // MICROSECOND) for moment in values
    ])  # fmt: skip
