"""Counters and quotas: what a period uses of which counter, how a declaration moves them, and what no longer fits.

What a period uses follows from the period alone, so that every total can be counted again from the periods. Days are
counted once: a worker's at however many employers, an employer's for however many workers.
Sources: tables counters, quotas and reliefs.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from opendimona.core.calendar import quarter_key
from opendimona.core.decision import Movement
from opendimona.core.file import Employer, Features, File, Period, Totals
from opendimona.law.rules import Counter, Law, Quota


class Plan(Struct, frozen=True, gc=False):
    """What a standing period says that counters look at: its first day, planned hours and days, lateness."""

    start: date
    hours: int | None = None
    days: int | None = None
    is_late: bool = False


class Overrun(Struct, frozen=True, gc=False):
    """By how many hours or days a declaration goes beyond a quota."""

    quota: Quota
    counter: Counter
    amount: int


class Balance(Struct, frozen=True, gc=False):
    """What is used of a quota: of a year, or of one quarter of it (1-4). `neutralised` hours or days do not count."""

    quota: Quota
    counter: Counter
    year: int
    quarter: int | None
    used: int
    neutralised: int

    @property
    def left(self) -> int:
        """What may still be used."""
        return max(0, self.quota.limit - self.used)


def plan_of(period: Period) -> Plan | None:
    """What a period plans, None for a cancelled one."""
    if period.is_cancelled:
        return None
    return Plan(period.start, period.planned_hours, period.planned_days, period.is_late)


def undertaking(file: File, features: Features) -> Employer | None:
    """The employer whose counters a period uses: the client for agency work."""
    return file.client if features.joint_committee == "322" else file.employer


def counters_of(law: Law, features: Features) -> list[Counter]:
    """The counters that a period of these features may use, on whatever day it starts."""
    committee = features.effective_joint_committee
    return [
        counter for counter in law.counters_by_type.get(features.worker_type, ())
        if not counter.committees or committee in counter.committees
    ]  # fmt: skip


def amount_of(counter: Counter, plan: Plan | None) -> int:
    """How many hours or days of a counter a period uses; a day that others use too counts for each of them here."""
    if plan is None or (plan.is_late and not counter.is_late_counted) or not counter.is_valid_on(plan.start):
        return 0
    if counter.measure == "days":
        return 1
    return (plan.hours if counter.measure == "planned-hours" else plan.days) or 0


def movements(
    law: Law, features: Features, file: File, before: Plan | None, after: Plan | None, number: int
) -> tuple[Movement, ...]:
    """How the counters move when the period with this number (0: a new one) comes from one state into another."""
    found: list[Movement] = []
    for counter in counters_of(law, features):
        if counter.measure != "days":
            found += planned_movements(counter, before, after)
        elif counter.subject == "worker":
            found += worker_days(law, counter, file, before, after, number)
        else:
            employer = undertaking(file, features)
            if employer is not None:
                found += employer_days(counter, file, employer.id, before, after)
    return tuple(found)


def planned_movements(counter: Counter, before: Plan | None, after: Plan | None) -> Iterable[Movement]:
    """The movement of planned hours or days, in the quarter in which the period starts."""
    given, taken = amount_of(counter, before), amount_of(counter, after)
    if before is not None and after is not None and quarter_key(before.start) == quarter_key(after.start):
        return [Movement(counter.id, quarter_key(after.start), taken - given)] if taken != given else ()
    found = []
    if before is not None and given:
        found.append(Movement(counter.id, quarter_key(before.start), -given))
    if after is not None and taken:
        found.append(Movement(counter.id, quarter_key(after.start), taken))
    return found


def changed_days(counter: Counter, before: Plan | None, after: Plan | None) -> list[tuple[date, int]]:
    """The day that is given back (-1), and the day that is taken (1), when they differ."""
    old = before.start if before is not None and amount_of(counter, before) else None
    new = after.start if after is not None and amount_of(counter, after) else None
    if old == new:
        return []
    return [(day, sign) for day, sign in ((old, -1), (new, 1)) if day is not None]


def worker_days(
    law: Law, counter: Counter, file: File, before: Plan | None, after: Plan | None, number: int
) -> Iterator[Movement]:
    """The movement of a worker's days: none on a day that another standing period uses, at whichever employer."""
    for day, sign in changed_days(counter, before, after):
        is_shared = any(
            period.start == day and period.number != number and amount_of(counter, plan_of(period))
            and counter in counters_of(law, period.features)
            for period in file.periods
        )  # fmt: skip
        if not is_shared:
            yield Movement(counter.id, quarter_key(day), sign)


def employer_days(
    counter: Counter, file: File, employer: int, before: Plan | None, after: Plan | None
) -> Iterator[Movement]:
    """The movement of an employer's days: of the total only with the first use of a day and with the last."""
    for day, sign in changed_days(counter, before, after):
        others = file.employer_day_uses.get((counter.id, day), 0) - (sign < 0)
        yield Movement(counter.id, quarter_key(day), 0 if others > 0 else sign, employer, day, sign)


def worker_uses(law: Law, periods: Iterable[Period]) -> Iterator[tuple[str, int, int]]:
    """What a worker's standing periods use of the worker's counters, counted from scratch: counter, quarter, amount."""
    days: set[tuple[str, date]] = set()
    for period in periods:
        plan = plan_of(period)
        for counter in counters_of(law, period.features):
            amount = amount_of(counter, plan)
            if counter.subject != "worker" or not amount:
                continue
            if counter.measure == "days":
                days.add((counter.id, period.start))
            else:
                yield counter.id, quarter_key(period.start), amount
    for name, day in days:
        yield name, quarter_key(day), 1


def employer_uses(law: Law, periods: Iterable[Period]) -> Iterator[tuple[str, Period]]:
    """The standing periods that use a day of a counter of the undertaking worked for, with that counter."""
    for period in periods:
        for counter in counters_of(law, period.features):
            if counter.subject == "employer" and amount_of(counter, plan_of(period)):
                yield counter.id, period


def counted(law: Law, counter: str, quarter: int, used: int) -> int:
    """How much of what is used in a quarter counts against quotas."""
    return used - law.relief(counter, quarter // 10, quarter % 10, used)


def window(quota: Quota, year: int, quarter: int) -> list[int]:
    """The quarters that count together for a quota, with a quarter (1-4) of a year."""
    if quota.window == "quarter":
        return [year * 10 + quarter]
    last = year * 10 + 4 if quota.valid_to is None else quarter_key(quota.valid_to)
    return [year * 10 + each for each in sorted(quota.quarters) if year * 10 + each <= last]


def used_in(law: Law, quota: Quota, totals: Totals, quarters: Iterable[int]) -> int:
    """What counts against a quota in these quarters."""
    return sum(
        counted(law, quota.counter, quarter, totals[quota.counter, quarter])
        for quarter in quarters if (quota.counter, quarter) in totals
    )  # fmt: skip


def is_beside(quota: Quota, totals: Totals, year: int) -> bool:
    """Whether a quota concerns a subject with these totals in a year."""
    return quota.beside is None or any(totals.get((quota.beside, year * 10 + each), 0) > 0 for each in (1, 2, 3, 4))


def overruns(law: Law, file: File, moved: Iterable[Movement], start: date, filed_on: date) -> list[Overrun]:
    """By how much the movements of a declaration go beyond the quotas that hold for a period starting on a day.

    What went beyond already, by other declarations or before this one, is not named again.
    """
    found: list[Overrun] = []
    quarter = quarter_key(start)
    for movement in moved:
        if movement.amount <= 0 or movement.quarter != quarter:
            continue
        totals = file.worker_totals if movement.employer is None else file.employer_totals
        for quota in law.quotas_of(movement.counter, start, filed_on):
            if not quota.is_signalled or not is_beside(quota, totals, start.year):
                continue
            quarters = window(quota, *divmod(quarter, 10))
            whole = movement.amount + sum(totals.get((quota.counter, each), 0) for each in quarters)
            if whole <= quota.limit:  # what does not count would only make it less
                continue
            key = movement.counter, quarter
            after = {**totals, key: totals.get(key, 0) + movement.amount}
            over = used_in(law, quota, after, quarters) - quota.limit
            if over <= 0:
                continue
            amount = over - max(0, used_in(law, quota, totals, quarters) - quota.limit)
            if amount > 0:
                found.append(Overrun(quota, law.counter(quota.counter), amount))
    return found


def balances(law: Law, subject: str, totals: Totals, year: int, today: date) -> list[Balance]:
    """What is used of every quota of a worker or an employer in a year, in the order of the table."""
    counters = {counter.id: counter for counter in law.counters if counter.subject == subject}
    found: list[Balance] = []
    for quota in law.quotas:
        if quota.counter not in counters or not is_beside(quota, totals, year):
            continue
        quarters = [each for each in sorted(quota.quarters) if is_in_force(quota, year, each, today)]
        places = quarters if quota.window == "quarter" else quarters[-1:]
        for place in places:
            keys = window(quota, year, place)
            used = used_in(law, quota, totals, keys)
            whole = sum(totals.get((quota.counter, key), 0) for key in keys)
            quarter = place if quota.window == "quarter" else None
            found.append(Balance(quota, counters[quota.counter], year, quarter, used, whole - used))
    return found


def is_in_force(quota: Quota, year: int, quarter: int, today: date) -> bool:
    """Whether a quota holds for periods of a quarter that are filed today."""
    return quota.is_valid_for(date(year, 3 * quarter - 2, 1), today) or quota.is_valid_for(
        date(year, 3 * quarter, 30), today
    )
