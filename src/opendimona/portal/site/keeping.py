"""What is erased after a time, as the operator set it; declarations, periods and the audit never are.

How long the law wants declarations kept was not found in the sources of this project: nothing that proves what was
declared, answered or done is erased by a setting.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from opendimona.portal.announcements.models import Announcement
from opendimona.portal.cell.models import Note
from opendimona.portal.declare.models import Draft
from opendimona.portal.insurability.models import Run, RunState
from opendimona.settings import KeepSettings

log = structlog.get_logger()
PAUSE = 3600.0
"""Seconds between two looks."""
AT_ONCE = 1000


class _Last:
    """When this process looked last."""

    def __init__(self) -> None:
        self.at = float("-inf")


_LAST = _Last()


def erase_what_is_old(at: datetime) -> int:
    """Erase, once an hour, what is older than the settings say; how many things."""
    if time.monotonic() - _LAST.at < PAUSE:
        return 0
    _LAST.at = time.monotonic()
    keep: KeepSettings = getattr(settings, "KEEP", KeepSettings())
    return erase(at, keep)


def erase(at: datetime, keep: KeepSettings) -> int:
    """Erase now; sessions that are over go in any case. A few at a time: what is left goes the next hour."""
    count, _ = Session.objects.filter(expire_date__lt=at).delete()
    if keep.comparisons:
        last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
        old = Run.objects.filter(started_at__lt=at - timedelta(keep.comparisons))
        numbers = list(old.exclude(pk=0 if last is None else last.pk).order_by("pk").values_list("pk", flat=True)[:10])
        count += Run.objects.filter(pk__in=numbers).delete()[0]
    if keep.letters:
        before = at - timedelta(keep.letters)
        notes = Note.objects.filter(read_at__lt=before).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
        count += Note.objects.filter(pk__in=list(notes)).delete()[0]
        count += Announcement.objects.filter(Q(ends_at__lt=before)).delete()[0]
    if keep.drafts:
        old_drafts = Draft.objects.filter(saved_at__lt=at - timedelta(keep.drafts)).order_by("pk")
        count += Draft.objects.filter(pk__in=list(old_drafts.values_list("pk", flat=True)[:AT_ONCE])).delete()[0]
    if count:
        log.info("what was old is erased", count=count)
    return count
