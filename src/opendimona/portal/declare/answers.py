"""What follows from an answer of the register: the state of a filing, the mirror of its period, a message."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from opendimona.portal.declare.models import Filing, State
from opendimona.portal.inbox.models import Message
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Period, Person
from opendimona.register.interface import Answer, PeriodView

STATES = {"A": State.ACCEPTED, "W": State.ACCEPTED, "B": State.REFUSED, "S": State.PENDING}


def answered(filing: Filing, answer: Answer) -> None:
    """Write an answer into a filing, in memory."""
    filing.number = answer.number
    filing.state = STATES[answer.result]
    filing.anomalies = anomalies_of(answer)
    filing.is_late = answer.is_late


def anomalies_of(answer: Answer) -> list[dict[str, Any]]:
    """The anomalies of an answer as they are kept and shown: first those for which it refuses."""
    found: list[dict[str, Any]] = msgspec.to_builtins(answer.anomalies)
    return sorted(found, key=lambda anomaly: not is_blocking(anomaly))


def is_blocking(anomaly: dict[str, Any]) -> bool:
    """Whether a declaration is refused for it."""
    return bool(anomaly.get("severity", "B") == "B")


def mirrored(view: PeriodView, person: Person, employer_id: int, opened_by: School | None) -> Period:
    """The mirror of a period, in memory."""
    period = view.period
    return Period(
        number=period.number, person=person, employer_id=employer_id, worker_type=period.features.worker_type,
        start=period.start, end=period.end, hours=period.planned_hours, is_late=period.is_late,
        is_cancelled=period.is_cancelled, opened_by=opened_by,
    )  # fmt: skip


@transaction.atomic
def record(filing: Filing, answer: Answer, view: PeriodView | None, at: datetime) -> None:
    """Keep an answer: the filing, the period as it became, and a message to the school."""
    answered(filing, answer)
    filing.decided_at = at
    if view is not None:
        known = Period.objects.filter(pk=view.period.number).first()
        opened_by = known.opened_by if known is not None else filing.school
        period = mirrored(view, filing.person, filing.employer_id, opened_by)
        period.save(force_insert=known is None)
        filing.period = period
    filing.save()
    Message.objects.create(school=filing.school, filing=filing, state=filing.state, told_at=at)
