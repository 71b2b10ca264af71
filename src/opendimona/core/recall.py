"""What the block of an ordinary IN says, read and judged once for all declarations that say the same on the same day.

Most declarations of a day share their dates and features with many others. For them, the checks that ask nothing but
the block find the same values, and nothing wrong; what they found is kept and put into the next declaration's facts.
This changes no answer: a block in which they find anything is judged anew each time.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from opendimona.core.checks import Finding, lateness
from opendimona.core.declaration import DimonaIn
from opendimona.core.facts import Facts
from opendimona.core.file import EmployerKind, Features
from opendimona.law.rules import Law

Judge = Callable[[Facts], Finding]
LIMIT = 4096
"""How many blocks are kept at most; they are forgotten together."""


class Kept(Struct, frozen=True, gc=False):
    """What is kept of a block: the values that its checks put into the facts, and those of them that a period has."""

    facts: dict[str, Any]
    type: str | None
    features: Features | None
    start: date | None
    end: date | None
    start_hour: int | None
    end_hour: int | None
    hours: int | None
    days: int | None
    deadline: datetime | None


_known: dict[tuple[str, date, EmployerKind, DimonaIn], Kept] = {}


def kept_of(block: DimonaIn, kind: EmployerKind, law: Law, today: date) -> Kept | None:
    """What is kept of a block for this kind of employer; one with sub-entities must not ask."""
    return _known.get((law.version, today, kind, block))


def ordinary_block(facts: Facts) -> DimonaIn | None:
    """The block of an IN that hangs on nothing else: no sub-entity, no user, no local authority; else None."""
    block, employer = facts.declaration.dimona_in, facts.employer
    if block is None or employer is None or employer.kind == "local" or employer.sub_entities:
        return None
    features = block.features
    if features is None or features.sub_entity is not None or features.using_employer is not None:
        return None
    return block


def recall(facts: Facts, judges: Sequence[Judge]) -> bool:
    """Put into the facts what these checks of the block read; False, and nothing done, where they have anything to say.

    `facts` must be fresh: no check was made on them.
    """
    block, employer = ordinary_block(facts), facts.employer
    if block is None or employer is None:
        return False
    key = facts.law.version, facts.today, employer.kind, block
    known = _known.get(key)
    if known is None:
        trial = Facts(facts.declaration, facts.file, facts.law, facts.at, facts.channel)
        before = trial.__dict__.copy()
        for judge in judges:
            if judge(trial):
                return False
        if trial.reported:
            return False
        trial.deadline = lateness.start_deadline(trial, "in")
        found = {name: value for name, value in trial.__dict__.items() if name not in before}
        known = Kept(found, trial.type, trial.features, trial.start, trial.end, trial.start_hour, trial.end_hour,
                     trial.hours, trial.days, trial.deadline)  # fmt: skip
        if len(_known) >= LIMIT:
            _known.clear()
        _known[key] = known
    facts.__dict__.update(known.facts)
    return True
