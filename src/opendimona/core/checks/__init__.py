"""The checks: each a pure function from facts to anomalies, with the codes it can raise and the source of its rule.

A check never raises for a bad declaration, reads nothing but its facts, and stays silent where a value that it needs
has been reported already. `CHECKS` lists all of them in the order in which they are made: readers first.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from opendimona.core.decision import Anomaly, Severity
from opendimona.core.declaration import Kind
from opendimona.core.facts import Facts

Finding = Sequence[Anomaly]
NOTHING: Finding = ()


class Check(Struct, frozen=True):
    """One check: its name, the declarations and worker types it concerns (empty: all), its codes and its source.

    `is_of_block`: of an IN without sub-entity and user, at an employer that is no local authority and has no
    sub-entities, it asks nothing but the block, the law and the day of filing.
    """

    name: str
    judge: Callable[[Facts], Finding]
    kinds: tuple[Kind, ...]
    codes: frozenset[str]
    source: str
    types: frozenset[str]
    is_of_block: bool


CHECKS: list[Check] = []


def check(
    *kinds: Kind, codes: str, source: str, types: str = "", is_of_block: bool = False
) -> Callable[[Callable[[Facts], Finding]], Callable[[Facts], Finding]]:
    """Register a check. `codes` and `types` are separated by blanks."""

    def register(judge: Callable[[Facts], Finding]) -> Callable[[Facts], Finding]:
        CHECKS.append(
            Check(judge.__name__, judge, kinds, frozenset(codes.split()), source, frozenset(types.split()), is_of_block)
        )
        return judge

    return register


_known: dict[str, Anomaly] = {}


def anomaly(code: str, severity: Severity = "B") -> Anomaly:
    """The anomaly with this code that names nothing more (one shared value per code)."""
    found = _known.get(code)
    if found is None or found.severity != severity:
        found = _known[code] = Anomaly(code, severity)
    return found
