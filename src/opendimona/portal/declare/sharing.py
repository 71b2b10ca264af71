"""One period for several schools: what another school still needs of it, and how an appointment joins or leaves it."""

from datetime import date

from opendimona.portal.declare.models import Act, Draft, Filing
from opendimona.portal.declare.payload import Wish, worker_type_of
from opendimona.portal.declare.wishes import Reading
from opendimona.portal.inbox.models import Kind, Message
from opendimona.portal.staff.models import Appointment, Period


def needed_elsewhere(draft: Draft, wish: Wish) -> list[Appointment]:
    """Appointments in other schools that would lose days of cover if the wish were granted."""
    period = draft.period
    if period is None or draft.act == Act.ENTRY:
        return []
    others = (
        Appointment.objects.filter(person=draft.person, employer=period.employer)
        .exclude(school=draft.school)
        .select_related("school")
        .order_by("start")
    )
    return [one for one in others if _is_covered_by(one, period) and _loses(one, period, draft.act, wish)]


def tell_others(filing: Filing) -> None:
    """Tell the other schools whose appointments rest on a period that it was changed."""
    period = filing.period
    if period is None:
        return
    others = Appointment.objects.filter(person=filing.person, employer=period.employer).exclude(school=filing.school)
    schools = {one.school_id for one in others if worker_type_of(one.category) == period.worker_type
               and (one.end is None or one.end >= period.start)}  # fmt: skip
    Message.objects.bulk_create(
        Message(school_id=school, filing=filing, kind=Kind.SHARED, state=filing.state,
                told_at=filing.decided_at or filing.declared_at)
        for school in sorted(schools)
    )  # fmt: skip


def _is_covered_by(one: Appointment, period: Period) -> bool:
    return worker_type_of(one.category) == period.worker_type and period.overlaps(one.start, one.end)


def _loses(one: Appointment, period: Period, act: str, wish: Wish) -> bool:
    if act == Act.CANCEL:
        return True
    end = period.end if wish.end is None and not wish.reopen else wish.end
    needs_later = end is not None and (one.end or date.max) > end and (period.end or date.max) > end
    needs_earlier = wish.start is not None and wish.start > one.start and wish.start > period.start
    return needs_later or needs_earlier


def end_here(draft: Draft, end: date) -> None:
    """End the school's own appointment; the period stays open for the others, and nothing is declared."""
    mine = Appointment.objects.filter(school=draft.school, person=draft.person, start__lte=end)
    if draft.period is not None:
        mine = mine.filter(employer=draft.period.employer)
    last = mine.order_by("-start").first()
    if last is not None:
        last.end = end
        last.save(update_fields=["end"])


def attach(draft: Draft, reading: Reading) -> None:
    """Keep the appointment that a draft speaks of: a period that is there already covers it."""
    wish = reading.wish
    if wish.start is None:
        return
    mine = Appointment.objects.filter(school=draft.school, person=draft.person, employer=reading.employer)
    known = [one for one in mine if one.start <= (wish.end or date.max) and wish.start <= (one.end or date.max)]
    if not known:
        Appointment.objects.create(
            school=draft.school, person=draft.person, employer=reading.employer, category=wish.category,
            start=wish.start, end=wish.end,
        )  # fmt: skip
