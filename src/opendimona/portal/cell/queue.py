"""The cell's queue: what stays undone in the schools, gravest and oldest first.

Nothing is copied into it: it is read from the filings and from the last comparison with payroll, so that whatever a
school mends leaves the queue by itself. Only who has taken a thing, and until when it rests, is kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from opendimona.portal.accounts.models import Account
from opendimona.portal.cell.models import Case
from opendimona.portal.declare.models import Approval, Filing, State
from opendimona.portal.insurability.models import Gap, GapKind, Run, RunState
from opendimona.portal.insurability.views import names_of

PENDING_DAYS, REFUSED_DAYS, LATE_DAYS, APPROVAL_DAYS = 3, 1, 30, 3
AWAY = timedelta(minutes=15)
"""A declaration that waits for the register for so long is one that somebody should know of."""
SHOWN_MAX = 200
"""So many of each kind are read; the counters count them all."""


class Kind(StrEnum):
    """Why something is in the queue, gravest first."""

    UNCOVERED = "uncovered"
    WAITING = "waiting"
    REFUSED = "refused"
    APPROVAL = "approval"
    PENDING = "pending"
    LATE = "late"


LABELS: Mapping[Kind, Any] = {
    Kind.UNCOVERED: _("Payés, non couverts"),
    Kind.WAITING: _("Pas encore envoyées"),
    Kind.REFUSED: _("Refusées, non corrigées"),
    Kind.APPROVAL: _("Sans accord de la direction"),
    Kind.PENDING: _("En attente depuis trop longtemps"),
    Kind.LATE: _("Tardives, sans raison"),
}
COLOURS: Mapping[Kind, str] = {Kind.UNCOVERED: "no", Kind.WAITING: "no", Kind.REFUSED: "no", Kind.APPROVAL: "wait",
                               Kind.PENDING: "wait", Kind.LATE: "wait"}  # fmt: skip


class Item(Struct):
    """Something of the queue. `since`: the day since when; `person`: who is meant, if the portal knows them."""

    kind: Kind
    about: str
    since: date
    school: Any
    person: Any
    filing: Filing | None = None
    gap: Gap | None = None
    approval: Approval | None = None
    case: Case | None = None

    @property
    def label(self) -> Any:
        """Why it is here."""
        return LABELS[self.kind]


class Queue(Struct):
    """What is to be done, how many of each kind there are, and how many rest."""

    items: Sequence[Item]
    counts: Mapping[Kind, int]
    resting: int


def queue_of(now: datetime, kind: Kind | None = None, mine: Account | None = None) -> Queue:
    """What is to be done now; of one kind, or of what somebody has taken."""
    sources = _filings(now)
    counts = {one: found.count() for one, found in sources.items()}
    gaps = _gaps()
    asked = Approval.objects.filter(decided_at=None, asked_at__lt=now - timedelta(APPROVAL_DAYS))
    counts |= {Kind.UNCOVERED: 0 if gaps is None else gaps.count(), Kind.APPROVAL: asked.count()}
    items: list[Item] = []
    if gaps is not None and kind in (None, Kind.UNCOVERED):
        items += _from_gaps(gaps.select_related("school")[:SHOWN_MAX])
    if kind in (None, Kind.APPROVAL):
        items += [
            Item(Kind.APPROVAL, f"approval {question.pk}", question.asked_at.date(), question.school, question.person,
                 approval=question)
            for question in asked.select_related("school", "person").order_by("asked_at", "pk")[:SHOWN_MAX]
        ]  # fmt: skip
    for one, found in sources.items():
        if kind in (None, one):
            some = found.select_related("school", "person").order_by("declared_at", "pk")[:SHOWN_MAX]
            items += [Item(one, f"filing {filing.pk}", filing.declared_at.date(), filing.school, filing.person, filing)
                      for filing in some]  # fmt: skip
    cases = {case.about: case for case in Case.objects.filter(about__in=[item.about for item in items])
             .select_related("taken_by")}  # fmt: skip
    for item in items:
        item.case = cases.get(item.about)
    today = now.date()
    awake = [item for item in items if not _rests(item, today)]
    shown = [item for item in awake if mine is None or (item.case is not None and item.case.taken_by_id == mine.pk)]
    order = list(Kind)
    shown.sort(key=lambda item: (order.index(item.kind), item.since, item.about))
    return Queue(shown, counts, len(items) - len(awake))


def _rests(item: Item, today: date) -> bool:
    return item.case is not None and item.case.rests_until is not None and item.case.rests_until > today


def _filings(now: datetime) -> "dict[Kind, QuerySet[Filing]]":
    def before(days: int) -> datetime:
        return now - timedelta(days)

    return {
        Kind.WAITING: Filing.objects.filter(state=State.WAITING, filed_at__lt=now - AWAY),
        Kind.REFUSED: Filing.objects.filter(
            Q(decided_at__lt=before(REFUSED_DAYS)), state=State.REFUSED, is_settled=False
        ),
        Kind.PENDING: Filing.objects.filter(state=State.PENDING, declared_at__lt=before(PENDING_DAYS)),
        Kind.LATE: Filing.objects.filter(
            state=State.ACCEPTED, is_late=True, late_reason="", declared_at__gt=before(LATE_DAYS), declared_at__lte=now
        ),
    }  # fmt: skip


def _gaps() -> "QuerySet[Gap] | None":
    last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
    return None if last is None else last.gaps.filter(kind=GapKind.UNCOVERED).order_by("found_at", "pk")


def _from_gaps(gaps: "QuerySet[Gap]") -> list[Item]:
    some = list(gaps)
    names = names_of(gap.ssin for gap in some)
    return [
        Item(Kind.UNCOVERED, f"gap {gap.kind} {gap.ssin} {gap.employer_id} {gap.start}", gap.found_at.date(),
             gap.school, names.get(gap.ssin), gap=gap)
        for gap in some
    ]  # fmt: skip
