"""Parts of an employer, such as the establishments of a Community: what was filed for which of them.

The rules of Dimona know employers only. A program of one establishment is bounded here: what it files bears its unit,
and it sees and changes the declarations and periods that bear it. Several establishments may share a period.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import LiteralString

from opendimona.register.arrays import integers, texts
from opendimona.register.interface import Caller
from opendimona.register.store import Connection, fetch

Units = dict[int, set[str]]
WRITE: LiteralString = """
    INSERT INTO filed_for (number, unit) SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING"""
READ: LiteralString = "SELECT number, unit FROM filed_for WHERE number = ANY(%s::bigint[])"
MOVE: LiteralString = """
    WITH gone AS (DELETE FROM filed_for WHERE unit = %(old)s RETURNING number)
    INSERT INTO filed_for (number, unit) SELECT number, %(new)s FROM gone ON CONFLICT DO NOTHING"""
MOVE_CLIENTS: LiteralString = "UPDATE client SET unit = %(new)s WHERE unit = %(old)s"
NEXT_VERSION: LiteralString = "UPDATE access_state SET version = version + 1"
_OF_UNIT: LiteralString = "SELECT number FROM filed_for WHERE unit = %(unit)s"
WORKERS: LiteralString = f"""
    SELECT DISTINCT ssin FROM journal WHERE journal.number = ANY(ARRAY({_OF_UNIT})) AND ssin <> 0"""
"""Whoever has something of a unit in their file."""
PERIOD_WITHIN: LiteralString = f" AND p.ssin = ANY(ARRAY({WORKERS})) AND p.number = ANY(ARRAY({_OF_UNIT}))"
"""Bounds a search of periods (`p`) to those of a unit."""
DECLARATION_WITHIN: LiteralString = f"""
    AND (j.number = ANY(ARRAY({_OF_UNIT}))
         OR j.ssin = ANY(ARRAY({WORKERS})) AND j.period = ANY(ARRAY({_OF_UNIT})))"""
"""Bounds a search of declarations (`j`) likewise."""


async def write_units(connection: Connection, filed: Iterable[tuple[int, str]]) -> None:
    """Note for which unit declarations are filed, or that periods concern one more."""
    pairs = list(filed)
    if not pairs:
        return
    columns = integers(number for number, _ in pairs), texts([unit for _, unit in pairs])
    await connection.execute(WRITE, columns, prepare=True)


async def read_units(connection: Connection, numbers: Collection[int]) -> Units:
    """The units of declarations and periods, by number; nothing for those without any."""
    found: Units = {}
    for number, unit in await fetch(connection, READ, integers(numbers)) if numbers else ():
        found.setdefault(number, set()).add(unit)
    return found


async def move_unit(connection: Connection, old: str, new: str) -> None:
    """A unit has another name, or is a part of another one now: what was filed for it, and its programs, go along."""
    async with connection.transaction():
        await connection.execute(NEXT_VERSION)
        await connection.execute(MOVE, {"old": old, "new": new})
        await connection.execute(MOVE_CLIENTS, {"old": old, "new": new})


def is_within(caller: Caller, units: Units, numbers: Sequence[int | None]) -> bool:
    """Whether one of these declarations or periods is of the caller's unit, if it is bounded to one."""
    return not caller.is_bounded or any(
        number is not None and caller.unit in units.get(number, ()) for number in numbers
    )
