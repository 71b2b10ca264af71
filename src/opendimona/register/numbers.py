"""Declaration numbers: drawn from blocks of ten thousand, so that a process rarely asks the database."""

from typing import LiteralString

from opendimona.core.identifiers import NUMBER_BASE_MAX, NUMBER_BASE_MIN, with_check
from opendimona.register.store import Connection, fetch

BLOCK = 10_000
# The block needs no commit of its own: the entries that bear its numbers are committed after it, in the same log.
DRAW: LiteralString = "SELECT nextval('number_block') FROM set_config('synchronous_commit', 'off', true)"


class Numbers:
    """A source of fresh 12-digit numbers, unique over every process on the database."""

    def __init__(self) -> None:
        self._next = 0
        self._end = 0

    async def reserve(self, connection: Connection, count: int) -> list[int]:
        """`count` fresh numbers, rising within a block. Raises RuntimeError when nine thousand million were drawn."""
        drawn: list[int] = []
        while len(drawn) < count:
            if self._next == self._end:
                block = (await fetch(connection, DRAW))[0][0]
                self._next = NUMBER_BASE_MIN + block * BLOCK
                self._end = self._next + BLOCK
                if self._end > NUMBER_BASE_MAX + 1:
                    raise RuntimeError("the register has no declaration numbers left")
            taken = min(count - len(drawn), self._end - self._next)
            drawn.extend(with_check(base) for base in range(self._next, self._next + taken))
            self._next += taken
        return drawn
