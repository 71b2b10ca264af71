"""The next declaration for an agent: the oldest that nobody else has before them, and that was not passed."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from opendimona.portal.accounts.models import Account
from opendimona.portal.agents.models import Taken
from opendimona.portal.site.street import STREET
from opendimona.register.agents import AlreadyDecided, Cursor, Pending
from opendimona.register.interface import NotFound

LEASE = timedelta(minutes=15)
PAGE = 50
COUNTED = 200
"""So many of those that wait are counted; the page says when there are more."""
PASSED_MAX = 200


def next_for(account: Account, now: datetime, passed: Collection[int]) -> Pending | None:
    """Take the oldest declaration that is free, with its candidates; None when there is none. Raises Unavailable."""
    after: Cursor | None = None
    while True:
        page = STREET.queue(PAGE, after)
        if not page:
            return None
        held = set(
            Taken.objects.filter(number__in=[one.number for one in page], until__gte=now)
            .exclude(account=account)
            .values_list("number", flat=True)
        )
        for one in page:
            if one.number in held or one.number in passed or not take(one.number, account, now):
                continue
            try:
                return STREET.pending(one.number)
            except (AlreadyDecided, NotFound):
                continue
        after = Cursor(page[-1].received_at, page[-1].number)


def take(number: int, account: Account, now: datetime) -> bool:
    """Put a declaration on an agent's desk; of two who try at once, one has it."""
    until = now + LEASE
    _, is_new = Taken.objects.get_or_create(number=number, defaults={"account": account, "until": until})
    mine = Q(account=account) | Q(until__lt=now)
    return is_new or Taken.objects.filter(mine, number=number).update(account=account, until=until) == 1


def how_many() -> int:
    """How many wait, counted up to COUNTED + 1."""
    return len(STREET.queue(COUNTED + 1))
