"""The work of a job, row by row: find the period that is meant, try, and do; each row by itself, in any case once.

The key of each declaration is made of the job and the row: a job that was interrupted goes on where it stopped, and
what was filed already is found again.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import structlog
from django.db import Error, transaction
from django.utils.translation import gettext_lazy

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account
from opendimona.portal.audit.book import acting
from opendimona.portal.cell.models import Bulk, Job, JobRow
from opendimona.portal.declare.answers import anomalies_of
from opendimona.portal.declare.models import Act, Draft, Filing, State
from opendimona.portal.declare.payload import Wish, declaration_of, worker_type_of
from opendimona.portal.declare.send import file_draft, send, try_out
from opendimona.portal.declare.trial import try_draft
from opendimona.portal.declare.wishes import Reading, read_draft
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, Category, Period, Person
from opendimona.portal.staff.spelling import digits_of
from opendimona.register.interface import KeyConflict, NotFound, Overloaded, Unavailable

log = structlog.get_logger()
NAMES = UUID("6f1d2a52-6d8b-4f0e-9f0a-0d1a0d1a0d1a")
ROWS_MAX = 2000
DAY = timedelta(1)
ALIVE = timedelta(minutes=2)
"""A job that was not touched for so long has no thread any more."""
WHY = {
    "unknown": gettext_lazy("ni un numéro de période, ni un NISS connu ici"),
    "many": gettext_lazy("plusieurs périodes ouvertes : donnez le numéro de celle qui est visée"),
    "none": gettext_lazy("aucune période ouverte"),
    "cancelled": gettext_lazy("la période est annulée"),
    "over": gettext_lazy("la période se termine déjà avant ce jour"),
    "later": gettext_lazy("la période commence après ce jour"),
    "same": gettext_lazy("la période est déjà sous ce numéro"),
    "needed": gettext_lazy("une autre école a encore besoin de cette période"),
    "away": gettext_lazy("le registre ne répond pas"),
    "answered": gettext_lazy("n'attend plus"),
    "entry": gettext_lazy("la sortie est déclarée, l'entrée sous l'autre numéro est refusée"),
    "failed": gettext_lazy("n'a pas pu être fait ; à reprendre"),
    "school": gettext_lazy("aucune école ne répond de cette période"),
    "changed": gettext_lazy("la période a changé depuis"),
    "category": gettext_lazy("on ne sait pas en quelle qualité cette personne est engagée"),
}
"""Why a row is stopped, where the register does not say it."""


def split(text: str) -> list[str]:
    """The numbers of a list, one on each line or between commas or semicolons, each once."""
    words = [word.strip()[:40] for line in text.splitlines() for word in line.replace(";", ",").split(",")]
    return list(dict.fromkeys(word for word in words if word))


def rows_of(job: Job, typed: Iterable[str]) -> list[JobRow]:
    """The rows of a job; of a resending all declarations that wait."""
    if job.action == Bulk.RESEND:
        waiting = Filing.objects.filter(state=State.WAITING).select_related("person", "school").order_by("filed_at")
        return [
            JobRow(job=job, place=place, typed=str(one.pk)[:40], person=one.person, school=one.school, filing=one)
            for place, one in enumerate(waiting[:ROWS_MAX], 1)
        ]
    return [JobRow(job=job, place=place, typed=word) for place, word in enumerate(typed, 1)]


def closed_by(job: Job) -> list[str]:
    """The numbers of the periods that a job closed."""
    done = job.rows.filter(state=JobRow.State.DONE).order_by("place").values_list("number", flat=True)
    return [str(number) for number in done if number is not None]


def attempt(job: Job) -> None:
    """Try every row that was not tried, and note what would become of it."""
    for row in job.rows.filter(state=JobRow.State.NEW).select_related("person", "school", "filing").order_by("place"):
        _touch(job)
        _judge(job, row)
        row.save()
    _end(job, Job.State.TRYING, Job.State.TRIED)


def execute(job: Job, account: Account) -> None:
    """Do every row that is possible and not done yet."""
    for row in job.rows.filter(state=JobRow.State.READY).select_related(
        "person", "school__power__employer", "filing"
    ).order_by("place"):  # fmt: skip
        _touch(job)
        with acting(account.pk, row.school_id, "bulk_run"):
            row.why = ""
            try:
                _do(job, row, account)
            except (Unavailable, Overloaded):
                row.why = "away"
            except (Error, KeyConflict, NotFound) as error:
                log.error("a row of a job was not done", kind=type(error).__name__)
                row.why = "failed"
            row.save()
    _end(job, Job.State.DOING, Job.State.DONE)


def _touch(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(touched_at=datetime.now(BRUSSELS))


def _end(job: Job, before: Job.State, after: Job.State) -> None:
    Job.objects.filter(pk=job.pk, state=before).update(state=after, touched_at=datetime.now(BRUSSELS))


def _judge(job: Job, row: JobRow) -> None:
    """What would become of a row, by what is known here and by the register's dry run."""
    row.state = JobRow.State.STOPPED
    if job.action == Bulk.RESEND:
        is_waiting = row.filing is not None and row.filing.state == State.WAITING
        row.state, row.why = (JobRow.State.READY, "") if is_waiting else (JobRow.State.STOPPED, "answered")
        return
    period, row.why = _period_of(row.typed)
    if period is None:
        return
    row.number, row.person = period.number, period.person
    row.school = _school_of(period)
    row.why = _against(job, period, row.school)
    if row.why:
        return
    try:
        code = _tried(job, row, period)
    except (Unavailable, Overloaded):
        row.why = "away"
        return
    row.code = code
    row.state = JobRow.State.STOPPED if code or row.why else JobRow.State.READY


def _period_of(typed: str) -> tuple[Period | None, str]:
    """The period that a number means: its own, or the only open one of somebody."""
    digits = digits_of(typed)
    periods = Period.objects.select_related("person", "employer", "opened_by__power__employer")
    if len(digits) == 12:
        found = periods.filter(pk=int(digits)).first()
        return found, "" if found is not None else "unknown"
    person = Person.objects.filter(ssin=int(digits)).first() if len(digits) == 11 else None
    if person is None:
        return None, "unknown"
    mine = list(periods.filter(person=person, is_cancelled=False, end=None)[:2])
    return (mine[0], "") if len(mine) == 1 else (None, "many" if mine else "none")


def _school_of(period: Period) -> School | None:
    """The school that declared it, else the one that engages the person last."""
    if period.opened_by is not None:
        return period.opened_by
    last = Appointment.objects.filter(person=period.person, employer=period.employer).order_by("-start").first()
    return None if last is None else School.objects.select_related("power__employer").get(pk=last.school_id)


def _against(job: Job, period: Period, school: School | None) -> str:
    """What is known here against it; "" where nothing is."""
    day = job.day or date.max
    if period.is_cancelled:
        return "cancelled"
    if school is None:
        return "school"
    if job.action == Bulk.REOPEN:
        return "" if job.undoes is not None and period.end == job.undoes.day else "changed"
    if period.start > day or (job.action == Bulk.TRANSFER and period.start == day):
        return "later"
    if period.end is not None and period.end <= (day if job.action == Bulk.CLOSE else day - DAY):
        return "over"
    if job.action == Bulk.TRANSFER and period.employer_id == job.employer_id:
        return "same"
    if job.action == Bulk.TRANSFER and not _category_of(period):
        return "category"
    return ""


def _draft(job: Job, row: JobRow, period: Period, account: Account | None) -> Draft:
    """What is declared of a period: its exit, or that it goes on as it did before one."""
    if job.action == Bulk.REOPEN:
        before = _end_before(_closing(job, period))
        return Draft(
            pk=_key(row, "reopen"), school=row.school, account=account, person=period.person, act=Act.EXTEND,
            period=period, values={"end": "" if before is None else f"{before:%d/%m/%Y}"},
        )  # fmt: skip
    last = job.day if job.action == Bulk.CLOSE or job.day is None else job.day - DAY
    return Draft(
        pk=_key(row, "exit"), school=row.school, account=account, person=period.person, act=Act.EXIT, period=period,
        values={"end": "" if last is None else f"{last:%d/%m/%Y}"},
    )  # fmt: skip


def _closing(job: Job, period: Period) -> Filing | None:
    """The exit by which a job closed a period."""
    row = JobRow.objects.filter(job=job.undoes_id or 0, number=period.pk).select_related("filing").first()
    return None if row is None else row.filing


def _key(row: JobRow, what: str) -> UUID:
    return uuid5(NAMES, f"{row.job_id} {row.place} {what}")


def _tried(job: Job, row: JobRow, period: Period) -> str:
    """The code for which the register would refuse, or ""; `row.why` where another school needs the period."""
    if row.school is None:
        return ""
    trial = try_draft(_draft(job, row, period, job.account), datetime.now(BRUSSELS))
    if trial.is_away:
        raise Unavailable
    if trial.needed_by and job.action == Bulk.CLOSE:
        row.why = "needed"
    if trial.is_refused:
        return str(trial.anomalies[0]["code"])
    if job.action == Bulk.TRANSFER:
        answer = try_out(_entry(job, period).declaration, row.school, datetime.now(BRUSSELS))
        if answer.result == "B":
            return str(anomalies_of(answer)[0]["code"])
    return ""


def _category_of(period: Period) -> str:
    """In which quality somebody was engaged: by the entry that opened the period, else by an engagement in it."""
    opened = Filing.objects.filter(period=period, act=Act.ENTRY).exclude(category="").first()
    if opened is not None:
        return opened.category
    mine = Appointment.objects.filter(person=period.person, employer=period.employer).order_by("-start")
    return next((one.category for one in mine if worker_type_of(one.category) == period.worker_type), "")


def _entry(job: Job, period: Period) -> Reading:
    """The entry under the other number."""
    employer = job.employer
    if employer is None or job.day is None:
        raise ValueError("a transfer has an employer and a day")
    category = _category_of(period)
    is_student = category == Category.STUDENT
    wish = Wish(
        act=Act.ENTRY, employer=employer.nsso, joint_committee=employer.joint_committee, ssin=period.person.ssin,
        identity=None, category=category, start=job.day, end=period.end, hours=period.hours if is_student else None,
    )  # fmt: skip
    return Reading(wish, employer, declaration_of(wish), job.reason)


def _do(job: Job, row: JobRow, account: Account) -> None:
    """Do one row."""
    if job.action == Bulk.RESEND:
        filing = row.filing
        if filing is not None and filing.state == State.WAITING:
            send(filing)
        row.state = _state_of(filing)
        return
    period = Period.objects.select_related("person", "employer").filter(pk=row.number or 0).first()
    if period is None or row.school is None:
        row.state, row.why = JobRow.State.STOPPED, "unknown"
        return
    if row.filing is None:
        row.filing = _filed(_draft(job, row, period, account), account)
        row.state = _state_of(row.filing)
    if job.action != Bulk.TRANSFER or row.filing.state != State.ACCEPTED:
        return
    # The mirror has the end of the exit now; the entry lasts as long as the period was to.
    period.end = _end_before(row.filing)
    draft = Draft(pk=_key(row, "entry"), school=row.school, account=account, person=period.person, act=Act.ENTRY)
    row.second = _filed(draft, account, _entry(job, period))
    row.state = _state_of(row.second)
    if row.state == JobRow.State.REFUSED:
        row.state, row.why = JobRow.State.HALF, "entry"


def _end_before(filing: Filing | None) -> date | None:
    """The end that a period had before an exit changed it."""
    before = None if filing is None else filing.values.get("before")
    return None if before is None else date.fromisoformat(before)


def _filed(draft: Draft, account: Account, reading: Reading | None = None) -> Filing:
    """File a draft once: one that was filed before is found by its key."""
    known = Filing.objects.filter(pk=draft.pk).select_related("school").first()
    if known is not None:
        return known
    now = datetime.now(BRUSSELS)
    if draft.period is not None and draft.period.end is not None:
        draft.values["before"] = draft.period.end.isoformat()
    with transaction.atomic():
        draft.save()
    return file_draft(draft, reading or read_draft(draft, now.date()), account, now)


def _state_of(filing: Filing | None) -> JobRow.State:
    states = {State.ACCEPTED: JobRow.State.DONE, State.REFUSED: JobRow.State.REFUSED}
    return JobRow.State.STOPPED if filing is None else states.get(State(filing.state), JobRow.State.WAITING)
