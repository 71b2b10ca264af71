"""What a school has to do: everything that needs somebody, and who has the ball."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from msgspec import Struct

from opendimona.portal.accounts.access import may_give_access
from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Act, Approval, Draft, Filing, State
from opendimona.portal.declare.states import awaited_entries
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, Period
from opendimona.portal.staff.policies import until_august
from opendimona.portal.staff.situation import Need, Situation, situation_of

AHEAD = timedelta(7)
LOOK_BACK = timedelta(120)
"""Appointments that ended longer ago are not looked at again."""
CONFIRMED_MAX = 50


class Begun(Struct):
    """A draft, and what was asked and said about it if it is a sensitive one."""

    draft: Draft
    approval: Approval | None


class Tasks(Struct):
    """What needs somebody, list by list."""

    to_correct: Sequence[Filing]
    to_declare: Sequence[Situation]
    pending: Sequence[Filing]
    to_end: Sequence[Situation]
    confirmed: Sequence[Filing]
    drafts: Sequence[Begun]
    to_approve: Sequence[Approval]


def tasks_of(school: School, account: Account, today: date, now: datetime) -> Tasks:
    """The lists of a school for an account on a day."""
    filings = school.filings.select_related("person", "period", "employer")
    to_correct = list(filings.filter(state=State.REFUSED, is_settled=False, declared_at__lte=now).order_by("start"))
    pending = list(filings.filter(state__in=(State.PENDING, State.WAITING)).order_by("declared_at"))
    busy = {filing.person_id for filing in to_correct if filing.act == Act.ENTRY}
    needs = situations_of(school, today)
    since = account.seen_until
    confirmed = filings.filter(state=State.ACCEPTED, decided_at__lte=now)
    if since is not None:
        confirmed = confirmed.filter(decided_at__gt=since)
    return Tasks(
        to_correct=to_correct,
        to_declare=[
            one
            for one in needs
            if one.need in (Need.ENTRY, Need.EXTEND, Need.CORRECT) and one.appointment.person_id not in busy
        ],
        pending=pending,
        to_end=[one for one in needs if one.need is Need.EXIT],
        confirmed=list(confirmed.order_by("-decided_at")[:CONFIRMED_MAX]),
        drafts=_drafts(school, account),
        to_approve=_to_approve(school, account, today),
    )


def _drafts(school: School, account: Account) -> list[Begun]:
    """The account's drafts, the last one first."""
    drafts = list(school.drafts.filter(account=account).select_related("person").order_by("-saved_at"))
    about = Approval.objects.filter(draft__in=[one.pk for one in drafts]).select_related("decided_by")
    last = {one.draft: one for one in about.order_by("asked_at")}
    return [Begun(one, last.get(one.pk)) for one in drafts]


def _to_approve(school: School, account: Account, today: date) -> list[Approval]:
    """What waits for a yes or no of the account."""
    if not may_give_access(account, school, today):
        return []
    asked = school.approvals.filter(decided_at=None).select_related("person", "asked_by").order_by("asked_at")
    return list(asked)


def situations_of(school: School, today: date, ahead: timedelta = AHEAD) -> list[Situation]:
    """What each appointment of a school needs, most urgent first; those far away in time are left out."""
    mine = list(
        school.appointments.filter(Q(end=None) | Q(end__gte=today - LOOK_BACK), start__lte=today + ahead)
        .select_related("person", "employer")
    )  # fmt: skip
    people = {one.person_id for one in mine}
    periods: dict[Any, list[Period]] = defaultdict(list)
    for period in Period.objects.filter(person_id__in=people, is_cancelled=False).order_by("start"):
        periods[period.person_id].append(period)
    others: dict[Any, list[Appointment]] = defaultdict(list)
    for other in Appointment.objects.filter(person_id__in=people).select_related("school").order_by("start"):
        others[other.person_id].append(other)
    policies, awaited = until_august(), awaited_entries(school)
    found = [
        situation_of(one, periods[one.person_id], others[one.person_id], today, policies, awaited) for one in mine
    ]
    return sorted(found, key=lambda one: (one.due or date.max, one.appointment.person.search_key))
