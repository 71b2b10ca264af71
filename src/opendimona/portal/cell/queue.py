"""The cell's queue: what stays undone in the schools, gravest and oldest first.

Nothing is copied into it: it is read from the filings and from the last comparison with payroll, so that whatever a
school mends leaves the queue by itself. Only who has taken a thing, and until when it rests, is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from opendimona.portal.accounts.models import Account
from opendimona.portal.cell.conflicts import between_schools, refused_for_another
from opendimona.portal.cell.models import Case, Orphan
from opendimona.portal.declare.models import Approval, Filing, State
from opendimona.portal.insurability.models import Gap, GapKind, Run, RunState
from opendimona.portal.insurability.views import names_of
from opendimona.settings import NoticeSettings

REFUSED_DAYS, LATE_DAYS, APPROVAL_DAYS = 1, 30, 3
AWAY = timedelta(minutes=15)
"""A declaration that waits for the register for so long is one that somebody should know of."""
SHOWN_MAX = 200
"""So many of each kind are read; the counters count them all."""


class Kind(StrEnum):
    """Why something is in the queue, gravest first."""

    UNCOVERED = "uncovered"
    CONFLICT = "conflict"
    WAITING = "waiting"
    REFUSED = "refused"
    APPROVAL = "approval"
    PENDING = "pending"
    LATE = "late"
    ORPHAN = "orphan"


LABELS: Mapping[Kind, Any] = {
    Kind.UNCOVERED: _("Payés, non couverts"),
    Kind.CONFLICT: _("Conflits entre écoles"),
    Kind.WAITING: _("Pas encore envoyées"),
    Kind.REFUSED: _("Refusées, non corrigées"),
    Kind.APPROVAL: _("Sans accord de la direction"),
    Kind.PENDING: _("En attente depuis trop longtemps"),
    Kind.LATE: _("Tardives, sans raison"),
    Kind.ORPHAN: _("Messages sans dossier"),
}
GRAVE = (Kind.UNCOVERED, Kind.CONFLICT, Kind.WAITING, Kind.REFUSED)
COLOURS: Mapping[Kind, str] = {kind: "no" if kind in GRAVE else "wait" for kind in Kind}


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
    orphan: Orphan | None = None
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
    items: list[Item] = []
    counts: dict[Kind, int] = {}
    for one, (count, some) in _sources(now).items():
        counts[one] = count
        if kind in (None, one):
            items += some()
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


def _sources(now: datetime) -> "dict[Kind, tuple[int, Callable[[], list[Item]]]]":
    """How many things there are of each kind, and how to read the oldest of them."""
    gaps = _gaps()
    asked = Approval.objects.filter(decided_at=None, asked_at__lt=now - timedelta(APPROVAL_DAYS))
    orphans = Orphan.objects.filter(outcome="")
    conflicts = between_schools(refused_for_another().order_by("declared_at", "pk")[:SHOWN_MAX])
    found: dict[Kind, tuple[int, Callable[[], list[Item]]]] = {
        Kind.UNCOVERED: (0 if gaps is None else gaps.count(), lambda: [] if gaps is None else _from_gaps(
            gaps.select_related("school")[:SHOWN_MAX])),
        Kind.CONFLICT: (len(conflicts), lambda: _from_filings(
            Kind.CONFLICT, Filing.objects.filter(pk__in=conflicts))),
        Kind.APPROVAL: (asked.count(), lambda: [
            Item(Kind.APPROVAL, f"approval {one.pk}", one.asked_at.date(), one.school, one.person, approval=one)
            for one in asked.select_related("school", "person").order_by("asked_at", "pk")[:SHOWN_MAX]
        ]),
        Kind.ORPHAN: (orphans.count(), lambda: [
            Item(Kind.ORPHAN, f"orphan {one.position}", one.at.date(), one.school, one.person, orphan=one)
            for one in orphans.select_related("school", "person").order_by("at", "pk")[:SHOWN_MAX]
        ]),
    }  # fmt: skip
    for kind, filings in _filings(now).items():
        if kind == Kind.REFUSED:
            filings = filings.exclude(pk__in=conflicts)
        found[kind] = filings.count(), partial(_from_filings, kind, filings)
    return found


def _from_filings(kind: Kind, filings: "QuerySet[Filing]") -> list[Item]:
    some = filings.select_related("school", "person").order_by("declared_at", "pk")[:SHOWN_MAX]
    return [Item(kind, f"filing {one.pk}", one.declared_at.date(), one.school, one.person, one) for one in some]


def _patience() -> timedelta:
    """How long a declaration may be pending: as long as the register waits before it tells the agents."""
    return timedelta(seconds=float(getattr(settings, "PENDING_ESCALATION", NoticeSettings().escalation)))


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
        Kind.PENDING: Filing.objects.filter(state=State.PENDING, declared_at__lt=now - _patience()),
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
