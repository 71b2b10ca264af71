"""The endpoints of a register, for channels and command line: each operation on a connection of the register's."""

from collections.abc import Sequence

from opendimona.core.file import Employer
from opendimona.register.interface import Caller, EmployerKey
from opendimona.register.notices import endpoints
from opendimona.register.notices.endpoints import Channel, DeadLetter, Endpoint, Wanted
from opendimona.register.store import Read, read_employers


class Endpoints:
    """Webhooks and mail addresses; all raise NotFound for one that is not the caller's, and Unavailable."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def add(self, wanted: Wanted) -> tuple[Endpoint, bytes | None]:
        """Register one; with its secret, which is told this once. Raises TooMany."""
        return await self._read(lambda connection: endpoints.add_endpoint(connection, wanted))

    async def employer(self, key: EmployerKey, caller: Caller) -> Employer:
        """An employer that the caller may act for. Raises NotFound."""
        return await self._read(lambda connection: endpoints.employer_for(connection, key, caller))

    async def employers(self, found: Sequence[Endpoint]) -> dict[int | None, Employer]:
        """The employers of endpoints, by id."""
        ids = {one.employer for one in found if one.employer is not None}
        if not ids:
            return {}
        rows = await self._read(lambda connection: read_employers(connection, [], ids))
        return {employer.id: employer for employer in rows}

    async def all(self, channel: Channel, caller: Caller) -> list[Endpoint]:
        """Those of a caller; an operator sees every one."""
        return await self._read(lambda connection: endpoints.list_endpoints(connection, channel, caller))

    async def one(self, number: int, channel: Channel, caller: Caller) -> Endpoint:
        """One of a caller."""
        return await self._read(lambda connection: endpoints.read_endpoint(connection, number, channel, caller))

    async def remove(self, number: int, channel: Channel, caller: Caller) -> None:
        """Forget one, and its dead letters."""
        await self._read(lambda connection: endpoints.remove_endpoint(connection, number, channel, caller))

    async def dead_letters(
        self, number: int, channel: Channel, caller: Caller, since: int, limit: int
    ) -> list[DeadLetter]:
        """What could not be delivered to one, after a position."""
        return await self._read(
            lambda connection: endpoints.dead_letters(connection, number, channel, caller, since, limit)
        )

    async def replay(self, number: int, channel: Channel, caller: Caller, positions: Sequence[int] | None) -> int:
        """Have dead letters sent again, all or these; how many."""
        return await self._read(lambda connection: endpoints.replay(connection, number, channel, caller, positions))

    async def test(self, number: int, channel: Channel, caller: Caller) -> None:
        """Have a test notice sent."""
        await self._read(lambda connection: endpoints.want_test(connection, number, channel, caller))
