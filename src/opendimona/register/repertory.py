"""The employers that a process has read, kept while nobody changed one.

Employers change rarely and are needed by every declaration. Each change raises the number in `repertory_version`
within its own transaction; a batch reads that number first and forgets all it had read under another one. Only
employers that exist are kept, so that a new one is found at once. What was forgotten is read again in the background,
before the declarations ask for it one by one.
"""

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import LiteralString

from opendimona.core.file import Employer
from opendimona.register.interface import EmployerKey

KEPT = 100_000
RAISE_VERSION: LiteralString = "UPDATE repertory_version SET number = number + 1"


class Repertory:
    """Employers by number and by id, as of one version of the repertory."""

    def __init__(self) -> None:
        self._version = -1
        self._forgotten = asyncio.Event()
        self._by_key: dict[EmployerKey, Employer] = {}
        self._by_id: dict[int, Employer] = {}

    def check(self, version: int) -> None:
        """Forget everything that was read under another version."""
        if version != self._version:
            self._by_key.clear()
            self._by_id.clear()
            self._version = version
            self._forgotten.set()

    async def wait_until_forgotten(self) -> None:
        """Wait until there is something to read again."""
        await self._forgotten.wait()
        self._forgotten.clear()

    def keep_of(self, version: int, employers: Iterable[Employer]) -> bool:
        """Keep employers that were read beside the batches, if under the version in force; whether there is room."""
        if version == self._version:
            self.keep(employers)
        return len(self._by_id) < KEPT

    def by_key(self, key: EmployerKey) -> Employer | None:
        """The employer known by a number."""
        return self._by_key.get(key)

    def by_id(self, number: int) -> Employer | None:
        """The employer known by the register's own number for it."""
        return self._by_id.get(number)

    def keep(self, employers: Iterable[Employer]) -> None:
        """Keep employers that were read, in the place of the oldest when there are too many."""
        for employer in employers:
            self._by_id[employer.id] = employer
            for key in keys_of(employer):
                self._by_key[key] = employer
        for old in list(islice(self._by_id, max(0, len(self._by_id) - KEPT))):
            for key in keys_of(self._by_id.pop(old)):
                self._by_key.pop(key, None)


def keys_of(employer: Employer) -> list[EmployerKey]:
    """The numbers that an employer bears."""
    keys: list[EmployerKey] = []
    if employer.nsso is not None:
        keys.append(("nsso", employer.nsso))
    if employer.provisional is not None:
        keys.append(("provisional", employer.provisional))
    if employer.enterprise is not None:
        keys.append(("enterprise", employer.enterprise))
    keys += [("nsso", number) for number in employer.formerly or ()]
    return keys
