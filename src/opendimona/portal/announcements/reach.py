"""Whom an announcement reaches, what a school is shown, and who has read it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.announcements.models import BANNERS, Announcement, Letter, Reading
from opendimona.portal.schools.models import School

READERS = (Role.READER, Role.CLERK, Role.HEAD, Role.MANAGER)
"""The roles to whom the cell writes."""


def on_now(moment: datetime) -> "QuerySet[Announcement]":
    """What is on, newest first."""
    return Announcement.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment
    ).order_by("-published_at", "-pk")  # fmt: skip


def banners(moment: datetime, school: School | None) -> list[Announcement]:
    """What stands at the top of every page: outages and upkeep, for everybody or for the school of the page."""
    return [one for one in on_now(moment).filter(kind__in=BANNERS)[:5] if _concerns(one, school)]


def unread(moment: datetime, school: School, account: Account) -> list[Announcement]:
    """What somebody has not said to have read, of what is on for a school."""
    read = Reading.objects.filter(account=account, school=school).values("announcement_id")
    found = on_now(moment).exclude(kind__in=BANNERS).exclude(pk__in=read)[:20]
    return [one for one in found if _concerns(one, school)]


def sent_to(school: School, moment: datetime) -> list[Announcement]:
    """All that was ever written to a school, newest first, also what has ended."""
    found = Announcement.objects.filter(starts_at__lte=moment).order_by("-published_at", "-pk")[:100]
    return [one for one in found if _concerns(one, school)]


def _concerns(one: Announcement, school: School | None) -> bool:
    if not (one.is_listed or one.networks or one.levels):
        return True
    return school is not None and one.audience.filter(pk=school.pk).exists()


def accounts_of(one: Announcement, day: date) -> "QuerySet[Account]":
    """The accounts to which it is mailed: whoever acts for one of its schools, or for their organising power."""
    schools = one.audience
    valid = Membership.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), role__in=READERS).filter(
        Q(school__in=schools) | Q(power__in=schools.values("power"))
    )
    return Account.objects.filter(pk__in=valid.values("account"), is_active=True)


def write_letters(one: Announcement, day: date) -> int:
    """Prepare a mail for each account that is reached; how many."""
    letters = [Letter(announcement=one, account=account) for account in accounts_of(one, day)]
    return len(Letter.objects.bulk_create(letters, ignore_conflicts=True))


def readers_of(one: Announcement) -> Sequence[dict[str, Any]]:
    """Each school reached, with how many have read it and when the first did, those that have not first."""
    schools = one.audience.select_related("power").order_by("name", "pk")
    readings: dict[int, list[Reading]] = {}
    for reading in one.readings.select_related("account").order_by("read_at"):
        readings.setdefault(reading.school_id, []).append(reading)
    rows = [{"school": school, "readings": readings.get(school.pk, [])} for school in schools]
    rows.sort(key=lambda row: bool(row["readings"]))
    return rows


def how_far(some: Sequence[Announcement]) -> list[dict[str, Any]]:
    """Announcements with how many schools each reaches, and in how many of them somebody has read it."""
    numbers = [one.pk for one in some]
    found = (
        Reading.objects.filter(announcement__in=numbers).order_by()
        .values("announcement").annotate(schools=Count("school", distinct=True))
    )  # fmt: skip
    read = {row["announcement"]: row["schools"] for row in found}
    return [{"one": one, "reached": one.audience.count(), "read": read.get(one.pk, 0)} for one in some]
