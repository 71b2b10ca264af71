"""Follows what is not final: pending declarations are asked about, those that wait here are sent in order."""

from datetime import datetime

import structlog

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.declare.answers import record
from opendimona.portal.declare.models import Filing, State
from opendimona.portal.declare.send import caller_for, period_view, send
from opendimona.portal.schools.models import School
from opendimona.portal.site.street import STREET
from opendimona.register.interface import NotFound, Overloaded, Unavailable

log = structlog.get_logger()
AT_ONCE = 20


def refresh_pending(school: School) -> None:
    """Ask the register about the pending declarations of a school, and keep what was decided; send what waits."""
    unfinished = school.filings.filter(state__in=(State.PENDING, State.WAITING)).select_related("employer", "person")
    try:
        for filing in unfinished.order_by("filed_at")[:AT_ONCE]:
            if filing.state == State.WAITING:
                send(filing)
            elif filing.number is not None:
                _ask(filing)
    except (Unavailable, Overloaded):
        log.info("the register is away; pending declarations are asked about later")


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

