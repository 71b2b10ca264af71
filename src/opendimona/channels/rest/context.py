"""What every endpoint works with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from opendimona.channels.rest.access import Access
from opendimona.channels.rest.links import Links
from opendimona.channels.rest.throttle import Throttle
from opendimona.core.declaration import Declaration
from opendimona.register.agents import Agents
from opendimona.register.clients import Clients
from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.filing import Reply
from opendimona.register.filing_tasks import FilingTasks
from opendimona.register.interface import Caller, Register
from opendimona.register.notices.ages import Ages
from opendimona.register.notices.service import Endpoints
from opendimona.settings import Settings


class SandboxRegister(Register, Protocol):
    """A register that a sandbox may fill and empty, and that takes declarations without a task for each."""

    def file_at_once(self, declaration: Declaration, filed_by: Caller, received_at: datetime, reply: Reply) -> None:
        """As `file` without a key, for whoever does not want to wait in a task. Raises Overloaded, Unavailable."""

    @property
    def endpoints(self) -> Endpoints:
        """Where notices are sent."""

    @property
    def tasks(self) -> FilingTasks:
        """Batches that are filed one after the other."""

    async def ages(self) -> Ages:
        """How long things have been waiting. Raises Unavailable."""

    async def put_employers(self, entries: Sequence[EmployerEntry]) -> int:
        """Make employers known, all or none. Raises InvalidEntry."""

    async def put_workers(self, entries: Sequence[WorkerEntry]) -> int:
        """Make persons known, all or none. Raises InvalidEntry."""

    @property
    def agents(self) -> Agents:
        """What agents may ask."""

    async def forget_everything(self) -> None:
        """Empty the register."""


class Context(Struct, frozen=True):
    """The register, and what surrounds it."""

    register: SandboxRegister
    clients: Clients
    settings: Settings
    access: Access
    links: Links
    throttle: Throttle
