"""Follows what is not final: pending declarations are asked about, those that wait here are sent in order."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.declare.answers import record
from opendimona.portal.declare.models import Filing, State
from opendimona.portal.declare.send import caller_for, period_view, send
from opendimona.portal.site.street import STREET
from opendimona.register.interface import NotFound, Overloaded, Unavailable

log = structlog.get_logger()
LOCK = 0x0D1A0002
AT_ONCE = 200


def follow_unfinished() -> None:
    """Send what waits, in order, and ask what was decided about what is pending; one process at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))
        if cursor.fetchone() == (True,):
            unfinished = Filing.objects.filter(state__in=(State.PENDING, State.WAITING), filed_at__lt=_a_moment_ago())
            _follow(unfinished.order_by("filed_at")[:AT_ONCE])


def refresh(filing: Filing) -> None:
    """Ask at once about one declaration, for somebody who looks at it."""
    if filing.state == State.PENDING:
        _follow([filing])


def _a_moment_ago() -> datetime:
    """What was filed later than this is still being answered in the page that filed it."""
    return datetime.now(BRUSSELS) - timedelta(seconds=30)


def _follow(filings: Iterable[Filing]) -> None:
    try:
        for filing in filings:
            if filing.state == State.PENDING:
                _ask(filing)
            elif not send(filing):
                return  # the others wait too, so that their order is kept
    except (Unavailable, Overloaded):
        log.info("the register is away; unfinished declarations are followed later")


def _ask(filing: Filing) -> None:
    """Keep the decision on a pending declaration, if there is one."""
    caller = caller_for(filing.school)
    try:
        answer = STREET.answer(filing.number or 0, caller)
    except NotFound:
        return
    if answer.result != "S":
        if answer.worker is not None and filing.person.ssin is None:
            _identified(filing, answer.worker.ssin)
        record(filing, answer, period_view(answer, caller), datetime.now(BRUSSELS))


def _identified(filing: Filing, ssin: int) -> None:
    """The person has an SSIN now, unless somebody with it is in the file already."""
    person = filing.person
    if not type(person).objects.filter(ssin=ssin).exists():
        person.ssin = ssin
        person.save(update_fields=["ssin"])
