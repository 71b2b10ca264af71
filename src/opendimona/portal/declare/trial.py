"""The register's dry run of a draft, told to people: what is wrong, what is in the way, what can be done."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, field

from opendimona.portal.declare.answers import anomalies_of, is_blocking, mirrored
from opendimona.portal.declare.models import Act, Draft
from opendimona.portal.declare.quarters import Span, quarters_of
from opendimona.portal.declare.send import caller_for, try_out
from opendimona.portal.declare.sharing import needed_elsewhere
from opendimona.portal.declare.wishes import Reading, read_draft
from opendimona.portal.schools.models import School
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.models import Appointment, Category, Period
from opendimona.portal.staff.policies import last_day_of
from opendimona.portal.staff.timeline import Timeline, draw_conflict
from opendimona.register.interface import Answer, NotFound, Overloaded, Unavailable

ZONES = {"00910": "start", "00911": "end", "01135": "hours", "00655": "category"}
"""The field beside which an anomaly of a zone is shown."""
DAY = timedelta(1)
STUDENT_QUOTA = "STUDENT"
PUT_OFF = "00910-344"
"""The start of a period may not be put off by a modification."""


class Repair(Struct):
    """What a person could mean by an entry that meets a period: `act` with a day, or nothing to declare."""

    act: str
    day: date | None = None


class Hindrance(Struct):
    """A period in the way: ours with its person, or of another school: its name and how to reach it."""

    number: int
    start: date
    end: date | None
    school: School | None
    is_ours: bool
    covers: bool
    code: str
    picture: Timeline | None = None
    repairs: list[Repair] = field(default_factory=list)


class Left(Struct):
    """What a student may still work this year, and how much of it the draft plans."""

    year: int
    limit: int
    hours: int
    planned: int | None

    @property
    def after(self) -> int | None:
        """What would be left then; below zero when it is not enough."""
        return None if self.planned is None else self.hours - self.planned


class Trial(Struct):
    """The outcome of a dry run; `is_away` when the register could not be asked."""

    reading: Reading
    result: str = ""
    anomalies: list[dict[str, Any]] = field(default_factory=list)
    is_late: bool = False
    deadline: datetime | None = None
    hindrances: list[Hindrance] = field(default_factory=list)
    is_away: bool = False
    needed_by: list[Appointment] = field(default_factory=list)
    left: Left | None = None

    @property
    def quarters(self) -> list[Span]:
        """The parts of a student's entry that are declared one by one, if there are several."""
        return quarters_of(self.reading.wish)

    @property
    def may_be_replaced(self) -> bool:
        """Whether a correction is refused that a cancellation and a new entry could make."""
        return self.reading.wish.act == Act.CORRECT and any(one["code"] == PUT_OFF for one in self.anomalies)

    @property
    def is_stopped(self) -> bool:
        """Whether it may not be filed: a field cannot be read, or another school needs these days of the period."""
        return bool(self.reading.errors or self.needed_by)

    @property
    def is_refused(self) -> bool:
        """Whether the register would refuse."""
        return self.result == "B"

    @property
    def other_anomalies(self) -> list[dict[str, Any]]:
        """Those that refuse and name no period: the others are told with the period in the way, and what is late."""
        named = {one.code for one in self.hindrances}
        return [one for one in self.anomalies if one["code"] not in named and is_blocking(one)]

    def messages(self, sentence: Callable[[dict[str, Any]], str]) -> dict[str, str]:
        """A sentence for each field: what cannot be read, else what the register has against it."""
        found = dict(self.reading.errors)
        for anomaly in filter(is_blocking, self.anomalies) if self.is_refused else ():
            found.setdefault(field_of(anomaly), sentence(anomaly))
        return found


def field_of(anomaly: dict[str, Any]) -> str:
    """The field that an anomaly is about: of a rule on the whole declaration, the first day."""
    return ZONES.get(anomaly["code"][:5], "start")


def try_draft(draft: Draft, at: datetime) -> Trial:
    """Read a draft and ask the register what it would answer at a moment."""
    reading = read_draft(draft, at.date())
    trial = Trial(reading)
    if reading.errors:
        return trial
    trial.needed_by = needed_elsewhere(draft, reading.wish)
    if trial.needed_by:
        return trial
    try:
        answer = try_out(reading.declaration, draft.school, at)
        trial.hindrances = [] if draft.act != Act.ENTRY else _hindrances(answer, draft, reading)
    except Unavailable:
        trial.is_away = True
        return trial
    trial.result, trial.anomalies = answer.result, anomalies_of(answer)
    trial.is_late, trial.deadline = answer.is_late, answer.deadline
    if draft.act == Act.ENTRY and reading.wish.category == Category.STUDENT:
        trial.left = _left(draft, reading, at)
    return trial


def _left(draft: Draft, reading: Reading, at: datetime) -> Left | None:
    """The hours that a student has left in the year of the draft, if the register counts hours then."""
    wish = reading.wish
    if wish.ssin is None or wish.start is None:
        return None
    try:
        balances = STREET.quotas(wish.ssin, wish.start.year, caller_for(draft.school), at.date())
    except (Unavailable, Overloaded, NotFound):
        return None
    for one in balances:
        if one.quota.type == STUDENT_QUOTA and one.quarter is None:
            return Left(wish.start.year, one.quota.limit, one.left, wish.hours)
    return None


def _hindrances(answer: Answer, draft: Draft, reading: Reading) -> list[Hindrance]:
    numbers = {period.number: period for anomaly in answer.anomalies for period in anomaly.periods}
    codes = {period.number: anomaly.code for anomaly in answer.anomalies for period in anomaly.periods}
    found = []
    for number in sorted(numbers):
        period = _mirror(number, draft, reading)
        start, end = numbers[number].start, numbers[number].end
        school = None if period is None else period.opened_by
        is_ours = school is None or school.pk == draft.school_id
        wish = reading.wish
        covers = wish.start is not None and start <= wish.start and (
            end is None or (wish.end is not None and wish.end <= end)
        )  # fmt: skip
        one = Hindrance(number, start, end, school, is_ours, covers, codes[number])
        if wish.start is not None:
            one.picture = draw_conflict((start, end), (wish.start, wish.end), _("votre entrée"))
        one.repairs = list(_repairs(one, period, reading)) if period is not None else []
        found.append(one)
    return found


def _repairs(one: Hindrance, period: Period, reading: Reading) -> list[Repair]:
    wish = reading.wish
    if one.covers:
        repairs = [Repair("covered")]
    else:
        repairs = [Repair(Act.EXTEND, wish.end)]
    if one.is_ours and one.end is None and wish.start is not None and one.start < wish.start:
        eve = wish.start - DAY
        repairs.append(Repair(Act.EXIT, last_day_of(period, eve) or eve))
    return repairs


def _mirror(number: int, draft: Draft, reading: Reading) -> Period | None:
    """The period as we know it; one that we had not heard of is asked for and kept."""
    known = Period.objects.filter(pk=number).select_related("opened_by").first()
    if known is not None:
        return known
    try:
        view = STREET.period(number, caller_for(draft.school))
    except NotFound:
        return None
    period = mirrored(view, draft.person, reading.employer.pk, None)
    period.save()
    return period
