"""The checks: each a pure function from facts to anomalies, with the codes it can raise and the source of its rule.

A check never raises for a bad declaration, reads nothing but its facts, and stays silent where a value that it needs
has been reported already. `CHECKS` lists all of them in the order in which they are made: readers first.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from opendimona.core.decision import Anomaly, Severity
from opendimona.core.declaration import Kind
from opendimona.core.facts import Facts

Finding = Sequence[Anomaly]
NOTHING: Finding = ()
Matter = Literal["periods", "identity", "both-numbers", "restriction"]
"""What some INs bring along and others do not: periods that the worker has at this employer; identity data, or a person
who is not known; an NSSO number and an enterprise number; an employer who is not known, or has restrictions."""


class Check(Struct, frozen=True):
    """One check: its name, the declarations and worker types it concerns (empty: all), its codes and its source.

    `is_of_block`: of an IN without sub-entity and user, at an employer that is no local authority and has no
    sub-entities, it asks nothing but the block, the kind of employer, the law and the day of filing. `only_with`: of an
    IN without this it has nothing to say, and is not made; None: it is always made.
    """

    name: str
    judge: Callable[[Facts], Finding]
    kinds: tuple[Kind, ...]
    codes: frozenset[str]
    source: str
    types: frozenset[str]
    is_of_block: bool
    only_with: Matter | None


CHECKS: list[Check] = []


def check(
    *kinds: Kind, codes: str, source: str, types: str = "", is_of_block: bool = False, only_with: Matter | None = None
) -> Callable[[Callable[[Facts], Finding]], Callable[[Facts], Finding]]:
    """Register a check. `codes` and `types` are separated by blanks."""

    def register(judge: Callable[[Facts], Finding]) -> Callable[[Facts], Finding]:
        named, concerned = frozenset(codes.split()), frozenset(types.split())
        CHECKS.append(Check(judge.__name__, judge, kinds, named, source, concerned, is_of_block, only_with))
        return judge

    return register


_known: dict[str, Anomaly] = {}


def anomaly(code: str, severity: Severity = "B") -> Anomaly:
    """The anomaly with this code that names nothing more (one shared value per code)."""
    found = _known.get(code)
    if found is None or found.severity != severity:
        found = _known[code] = Anomaly(code, severity)
    return found
