"""What a school has to do: everything that needs somebody, and who has the ball."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from msgspec import Struct

from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Act, Approval, Draft, Filing, State
from opendimona.portal.schools.models import School
from opendimona.portal.staff.situation import Need, Situation
from opendimona.portal.staff.situations import situations_of

CONFIRMED_MAX = 10
"""So many of what was confirmed are shown; the rest is read among the answers."""


class Begun(Struct):
    """A draft, and what was asked and said about it if it is a sensitive one."""

    draft: Draft
    approval: Approval | None


class Tasks(Struct):
    """What needs somebody, list by list. `confirmed_count`: how many there are, of which the last are in the list."""

    to_correct: Sequence[Filing]
    to_declare: Sequence[Situation]
    pending: Sequence[Filing]
    to_end: Sequence[Situation]
    confirmed: Sequence[Filing]
    confirmed_count: int
    drafts: Sequence[Begun]
    to_approve: Sequence[Approval]


def tasks_of(school: School, account: Account, today: date, now: datetime, *, may_decide: bool) -> Tasks:
    """The lists of a school for an account on a day; `may_decide`: also what waits for a yes or no."""
    filings = school.filings.select_related("person", "period")
    refused = Q(state=State.REFUSED, is_settled=False, declared_at__lte=now)
    unfinished = list(filings.filter(refused | Q(state__in=(State.PENDING, State.WAITING))).order_by("declared_at"))
    to_correct = sorted((one for one in unfinished if one.state == State.REFUSED), key=lambda one: one.start or today)
    busy = {filing.person_id for filing in to_correct if filing.act == Act.ENTRY}
    needs = situations_of(school, today)
    since = account.seen_until
    confirmed = filings.filter(state=State.ACCEPTED, decided_at__lte=now)
    if since is not None:
        confirmed = confirmed.filter(decided_at__gt=since)
    news = list(confirmed.order_by("-decided_at")[: CONFIRMED_MAX + 1])
    return Tasks(
        to_correct=to_correct,
        to_declare=[
            one
            for one in needs
            if one.need in (Need.ENTRY, Need.EXTEND, Need.CORRECT) and one.appointment.person_id not in busy
        ],
        pending=[one for one in unfinished if one.state != State.REFUSED],
        to_end=[one for one in needs if one.need is Need.EXIT],
        confirmed=news[:CONFIRMED_MAX],
        confirmed_count=confirmed.count() if len(news) > CONFIRMED_MAX else len(news),
        drafts=_drafts(school, account),
        to_approve=_to_approve(school) if may_decide else [],
    )


def _drafts(school: School, account: Account) -> list[Begun]:
    """The account's drafts, the last one first."""
    drafts = list(school.drafts.filter(account=account).select_related("person").order_by("-saved_at"))
    about = Approval.objects.filter(draft__in=[one.pk for one in drafts]).select_related("decided_by")
    last = {one.draft: one for one in about.order_by("asked_at")}
    return [Begun(one, last.get(one.pk)) for one in drafts]


def _to_approve(school: School) -> list[Approval]:
    """What waits for a yes or no."""
    asked = school.approvals.filter(decided_at=None).select_related("person", "asked_by").order_by("asked_at")
    return list(asked)
