"""What became known of identities, written down for whoever tells the declarants."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, LiteralString

from msgspec import Struct

from opendimona.register.arrays import integers, words
from opendimona.register.notices.kinds import EMPLOYER_RENUMBERED, WORKER_CORRECTED
from opendimona.register.notices.outbox import Told, tell
from opendimona.register.store import Connection

Kind = Literal["identified", "refused", "undone", "ssin-replaced", "person-corrected", "employer-number-changed"]
WRITE: LiteralString = """
    INSERT INTO identity_event (kind, employer, number, ssin, former, agent, reason, recorded_at)
    SELECT kind, employer, number, ssin, former, %s, %s, %s
      FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS w (kind, employer, number, ssin, former)"""
TOLD = {"person-corrected": WORKER_CORRECTED, "employer-number-changed": EMPLOYER_RENUMBERED}
"""The notices of what stands in no journal; the other kinds are told of by their entries."""


class Event(Struct, frozen=True, gc=False):
    """One thing that an employer has to be told.

    `number`: of the declaration that was identified, refused or undone; `ssin`: of the worker, the one in force;
    `former`: the SSIN, or the number of the employer, in use before.
    """

    kind: Kind
    employer: int | None
    number: int | None
    ssin: int | None
    former: int | None


async def write_events(
    connection: Connection, events: Iterable[Event], agent: str, reason: str | None, moment: datetime
) -> None:
    """Write events in the transaction of what they tell of."""
    some: Sequence[Event] = list(events)
    if some:
        columns = (
            words([event.kind for event in some]), integers([event.employer for event in some]),
            integers([event.number for event in some]), integers([event.ssin for event in some]),
            integers([event.former for event in some]),
        )  # fmt: skip
        await connection.execute(WRITE, (agent, reason, moment, *columns))
        await tell(
            connection,
            [Told(kind=TOLD[event.kind], employer=event.employer) for event in some if event.kind in TOLD],
        )
