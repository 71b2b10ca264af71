"""What the frame of each page shows."""

from typing import Any

from django.http import HttpRequest

from opendimona.portal.accounts.rights import Right
from opendimona.portal.announcements.reach import banners
from opendimona.portal.site.day import is_playing, now, today
from opendimona.portal.site.mode import is_sandbox
from opendimona.portal.site.options import LANGUAGES


def page(request: HttpRequest) -> dict[str, Any]:
    """The account, its schools, the day, the languages, and how much of the inbox is new."""
    school, account = getattr(request, "school", None), getattr(request, "account", None)
    rights: frozenset[Right] = getattr(request, "rights", frozenset())
    day = today(request) if hasattr(request, "session") else None
    return {
        "account": account,
        "may": {right.value: True for right in rights},
        "school": school,
        "schools": getattr(request, "few_schools", []),
        "today": day,
        "is_sandbox": is_sandbox(),
        "is_playing": hasattr(request, "session") and is_playing(request),
        "languages": LANGUAGES,
        "unread": _unread(school),
        "banners": banners(now(request), school) if hasattr(request, "session") else [],
        "section": request.path.strip("/").partition("/")[0] or "home",
    }


def _unread(school: Any) -> int:
    return 0 if school is None else int(school.messages.filter(read_at=None).count())
