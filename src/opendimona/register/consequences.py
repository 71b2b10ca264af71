"""What follows from a declaration that was accepted and came too late, as the law of the day of filing says."""

from opendimona.core.calendar import BRUSSELS
from opendimona.law.reader import load_law
from opendimona.law.rules import LatenessConsequence
from opendimona.register.interface import Answer


def consequences_of(answer: Answer) -> tuple[LatenessConsequence, ...]:
    """The consequences of lateness to tell with an answer; none when it was on time, or refused."""
    if not answer.is_late or answer.result == "B":
        return ()
    filed, law = answer.declaration, load_law()
    worker_type = None
    if filed.dimona_in is not None and filed.dimona_in.features is not None:
        worker_type = filed.dimona_in.features.worker_type
    filed_on = answer.received_at.astimezone(BRUSSELS).date()
    return tuple(row for case in late_cases(answer) for row in law.consequences(case, worker_type, filed_on))


def late_cases(answer: Answer) -> list[str]:
    """The changes of a late declaration that the law has a consequence for, named as in the table of deadlines."""
    update = answer.declaration.dimona_update
    if update is None:
        return [answer.declaration.kind]
    cases = ["start-forward"] if any(anomaly.code == "90378-460" for anomaly in answer.anomalies) else []
    return [*cases, "hours"] if update.start_hour is not None or update.end_hour is not None else cases
