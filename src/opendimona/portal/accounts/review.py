"""The review of each August: whoever lets people in says of each access whether it is still right.

Secretaries change with the school year. An access given before the last first of August, and not confirmed since, is to
be reviewed; it still holds, for a school must never be locked out by a forgotten click.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from opendimona.portal.accounts.models import Membership, Role
from opendimona.portal.schools.models import School

MONTH = 8


def begins(day: date) -> date:
    """The first of August from which accesses are to be reviewed."""
    return date(day.year if day.month >= MONTH else day.year - 1, MONTH, 1)


def to_review(one: Membership, day: date) -> bool:
    """Whether an access is to be reviewed."""
    since = begins(day)
    return (one.confirmed_on or one.given_on or date.min) < since


def confirm(one: Membership, day: date) -> None:
    """Say that an access is still right."""
    one.confirmed_on = day
    one.save(update_fields=["confirmed_on"])


def waiting(found: "QuerySet[Membership]", day: date) -> "QuerySet[Membership]":
    """Those of some accesses that are to be reviewed."""
    since = begins(day)
    held = found.filter(Q(expires_on=None) | Q(expires_on__gte=day), account__is_active=True)
    old = Q(confirmed_on=None) & (Q(given_on=None) | Q(given_on__lt=since))
    return held.filter(old | Q(confirmed_on__lt=since))


def schools_not_reviewed(day: date) -> "QuerySet[School]":
    """The schools with accesses that are to be reviewed, by name."""
    late = waiting(Membership.objects.filter(school=OuterRef("pk")), day)
    return School.objects.filter(Exists(late)).order_by("name", "pk")


def schools_without_administrator(day: date) -> "QuerySet[School]":
    """The schools for which nobody may let anybody in: no head, and no manager of the organising power."""
    valid = Membership.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=day), role__in=(Role.HEAD, Role.MANAGER), account__is_active=True
    )
    return School.objects.exclude(Exists(valid.filter(school=OuterRef("pk")))).exclude(
        Exists(valid.filter(power=OuterRef("power")))
    ).order_by("name", "pk")  # fmt: skip
