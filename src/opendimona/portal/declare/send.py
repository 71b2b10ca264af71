"""Hands declarations to the register on behalf of a school, and keeps what was filed before it is answered."""

import hashlib
from datetime import datetime

import msgspec
import structlog
from django.db import transaction
from django.db.models import Q
from msgspec.structs import replace

from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.answers import record
from opendimona.portal.declare.models import Act, Draft, Filing, State
from opendimona.portal.declare.sharing import tell_others
from opendimona.portal.declare.wishes import Reading
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.schools.units import unit_of
from opendimona.portal.site.mode import is_strict
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.models import Appointment
from opendimona.portal.staff.policies import end_of, until_august
from opendimona.register.interface import Answer, Caller, Channel, Key, Overloaded, PeriodView, Unavailable

CLIENT = "portal"
log = structlog.get_logger()


def caller_for(school: School, channel: Channel = "secured") -> Caller:
    """Who asks the register: the portal, for the employers of a school and no other; what it files is that school's."""
    community = Employer.objects.filter(is_community=True).values_list("nsso", flat=True)
    mandate = frozenset(("nsso", number) for number in (school.power.employer.nsso, *community))
    caller = Caller(CLIENT, mandate=mandate, channel=channel, is_strict=is_strict())  # type: ignore[arg-type]
    return replace(caller, unit=unit_of(school))


def period_view(answer: Answer, caller: Caller) -> PeriodView | None:
    """The period that an answer made or changed, as it is now."""
    if answer.period_number is None or answer.result in ("B", "S"):
        return None
    return STREET.period(answer.period_number, caller)


def try_out(declaration: Declaration, school: School, at: datetime) -> Answer:
    """What the register would answer. Raises Unavailable."""
    return STREET.simulate(declaration, caller_for(school), at)


def file_draft(
    draft: Draft, reading: Reading, account: Account, at: datetime, approved_by: Account | None = None
) -> Filing:
    """File a draft: kept first, then sent, then answered; pressing the button twice gives the same filing.

    When the register is away the filing waits here and is sent later, judged as of this moment.
    """
    filing = Filing.objects.filter(pk=draft.pk).first() or _kept(draft, reading, account, at, approved_by)
    if filing.number is None and send(filing):
        with transaction.atomic():
            _follow_up(draft, filing)
            draft.delete()
    return filing


def send(filing: Filing, channel: Channel = "secured") -> bool:
    """Send a filing that is kept here and record the answer; False when the register is away and it has to wait."""
    caller = caller_for(filing.school, channel)
    try:
        declaration = msgspec.json.decode(filing.payload.encode(), type=Declaration)
        answer = STREET.file(declaration, caller, filing.declared_at.astimezone(BRUSSELS), key_of(filing))
        view = period_view(answer, caller)
    except (Unavailable, Overloaded):
        log.warning("the register is away; a declaration waits", filing=str(filing.pk))
        return False
    record(filing, answer, view, datetime.now(BRUSSELS))
    return True


def key_of(filing: Filing) -> Key:
    """The key by which the register knows that it has a declaration already."""
    return Key(str(filing.pk), hashlib.sha256(filing.payload.encode()).digest())


def _kept(draft: Draft, reading: Reading, account: Account, at: datetime, approved_by: Account | None) -> Filing:
    wish = reading.wish
    return Filing.objects.create(
        pk=draft.pk, school=draft.school, account=account, person=draft.person, employer=reading.employer,
        act=draft.act, category=wish.category, start=wish.start, end=wish.end, reason=reading.reason,
        payload=msgspec.json.encode(reading.declaration).decode(), values=draft.values, period=draft.period,
        declared_at=at, filed_at=datetime.now(BRUSSELS), approved_by=approved_by,
    )  # fmt: skip


def _follow_up(draft: Draft, filing: Filing) -> None:
    """What else an accepted declaration settles: the refused one that it corrects, the appointment behind it."""
    if filing.state == State.REFUSED:
        return
    if draft.corrects is not None:
        Filing.objects.filter(pk=draft.corrects.pk).update(is_settled=True)
    if filing.act == Act.ENTRY:
        Filing.objects.filter(
            school=filing.school, person=filing.person, act=Act.ENTRY, state=State.REFUSED, is_settled=False
        ).update(is_settled=True)
        _appoint(filing)
    elif filing.state == State.ACCEPTED:
        _adjust(draft, filing)
        tell_others(filing)


def _appoint(filing: Filing) -> None:
    """An entry without an appointment behind it makes one."""
    if filing.start is None:
        return
    mine = Appointment.objects.filter(school=filing.school, person=filing.person, employer=filing.employer)
    if not any(_meets(one, filing) for one in mine):
        Appointment.objects.create(
            school=filing.school, person=filing.person, employer=filing.employer, category=filing.category,
            start=filing.start, end=filing.end,
        )  # fmt: skip


def _meets(appointment: Appointment, filing: Filing) -> bool:
    return (filing.end is None or appointment.start <= filing.end) and (
        appointment.end is None or filing.start is None or filing.start <= appointment.end
    )


def _adjust(draft: Draft, filing: Filing) -> None:
    """An exit, an extension or a correction moves the school's own appointment with the period.

    A cancellation takes it away, unless an entry that waits means the same engagement.
    """
    period = filing.period
    if period is None:
        return
    until = period.end or filing.declared_at
    mine = Appointment.objects.filter(school=filing.school, person=filing.person, employer=filing.employer)
    if filing.act == Act.CORRECT and draft.period is not None and draft.period.start != period.start:
        mine.filter(start=draft.period.start).filter(Q(end=None) | Q(end__gte=period.start)).update(start=period.start)
    mine = mine.filter(start__lte=until).order_by("-start")
    last = mine.first()
    if filing.act == Act.CANCEL:
        if not Draft.objects.filter(school=filing.school, person=filing.person, act=Act.ENTRY).exists():
            mine.filter(start__gte=period.start).delete()
    elif (
        last is not None
        and end_of(last, until_august()) != period.end
        and (period.end is None or last.start <= period.end)
    ):
        last.end = period.end
        last.save(update_fields=["end"])
