"""The comparison against one that is obviously right: sets of days, one by one."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opendimona.portal.insurability.compare import QUIET_DAYS
from opendimona.portal.insurability.models import Figure, Gap, Run
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, POWER, SECOND_SCHOOL
from tests.portal.insurability.conftest import Payroll, begin_anew, ssin

FIRST = date(2026, 11, 1)
PEOPLE, EMPLOYERS, SCHOOLS = (ssin(1), ssin(3)), (COMMUNITY, POWER), (FIRST_SCHOOL, SECOND_SCHOOL)
CATEGORIES = {"enseignant": "OTH", "etudiant": "STU"}
KINDS = ("travail", "absence", "arrieres", "differe", "recuperation")
spans = st.tuples(st.integers(0, 29), st.integers(0, 29)).map(sorted)
pays = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(EMPLOYERS), st.sampled_from(list(CATEGORIES)), st.sampled_from(SCHOOLS),
    st.sampled_from(KINDS), spans,
)  # fmt: skip
covers = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(EMPLOYERS), st.sampled_from(["OTH", "STU"]), spans, st.booleans()
)
Key = tuple[Any, ...]


def days(span: list[int]) -> set[date]:
    """The days of a span of November."""
    return {FIRST + timedelta(one) for one in range(span[0], span[1] + 1)}


def written(span: list[int], *, is_open: bool = False) -> str:
    """A span as `d/m-d/m`."""
    return f"{span[0] + 1}/11-" + ("" if is_open else f"{span[1] + 1}/11")


def expected(lines: list[Any], periods: list[Any]) -> tuple[set[Key], tuple[int, int]]:
    """The gap of each day, and covered and paid days."""
    paid: defaultdict[Key, set[date]] = defaultdict(set)
    accepted: defaultdict[Key, set[date]] = defaultdict(set)
    for who, employer, category, school, kind, span in lines:
        if kind in KINDS[:3]:
            paid[who, employer, CATEGORIES[category], school] |= days(span)
    for who, employer, worker_type, span, is_open in periods:
        accepted[who, employer, worker_type] |= days([span[0], 29 if is_open else span[1]])
    gaps: set[Key] = set()
    united: defaultdict[Key, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    for key in {key[:3] for key in paid}:
        work = set().union(*(found for other, found in paid.items() if other[:3] == key))
        covered = work & accepted[key]
        elsewhere = set().union(*(v for other, v in accepted.items() if other[0] == key[0] and other != key))
        united[key[:2]][0].update(work)
        united[key[:2]][1].update(work - covered)
        for one in work - covered:
            kind = (
                "G5" if one in elsewhere
                else "G1" if not covered or min(covered) < one < max(covered)
                else "G2" if one < min(covered) else "G3"
            )  # fmt: skip
            gaps |= {(kind, *key, school, one) for school in SCHOOLS if one in paid[*key, school]}
    total = sum(len(one[0]) for one in united.values())
    return gaps, (total - sum(len(one[1]) for one in united.values()), total)


def expected_of_periods(lines: list[Any], periods: list[Any]) -> set[Key]:
    """Open periods without pay, and the days of two periods at once."""
    work = [(who, employer, days(span)) for who, employer, _, _, kind, span in lines if kind in KINDS[:3]]
    every = set().union(*(one[2] for one in work))
    last = max(every)
    quiet = last - timedelta(QUIET_DAYS - 1)
    found: set[Key] = set()
    for who, employer, worker_type, span, is_open in periods:
        is_paid = any(one[:2] == (who, employer) and max(one[2]) >= quiet for one in work)
        if is_open and min(days(span)) <= quiet and not is_paid and employer in {one[1] for one in work}:
            found.add(("G4", who, employer, worker_type, None))
    for one in (min(every) + timedelta(n) for n in range((last - min(every)).days + 1)):
        keys = [p[:3] for p in periods if one in days([p[3][0], 29 if p[4] else p[3][1]])]
        found |= {("G8", *key, one) for key in keys if keys.count(key) > 1}
    return found


def each_day(gap: Gap) -> set[date]:
    """The days of a gap."""
    assert gap.end is not None
    return {gap.start + timedelta(one) for one in range((gap.end - gap.start).days + 1)}


def found_by(run: Run) -> tuple[set[Key], set[Key]]:
    """The same of a run."""
    days_found: set[Key] = set()
    periods_found: set[Key] = set()
    for gap in Gap.objects.filter(run=run).select_related("employer", "school").order_by("pk"):
        key = (gap.kind, gap.ssin, gap.employer.nsso, gap.worker_type)
        if gap.kind == "G4":
            periods_found.add((*key, None))
        elif gap.kind == "G8":
            periods_found |= {(*key, one) for one in each_day(gap)}
        else:
            assert gap.school is not None
            assert gap.days == len(each_day(gap))
            days_found |= {(*key, gap.school.fase, one) for one in each_day(gap)}
    return days_found, periods_found


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=st.lists(pays, min_size=1, max_size=7), periods=st.lists(covers, max_size=6))
def test_sets_of_days_say_the_same(both_houses: str, lines: list[Any], periods: list[Any]) -> None:
    payroll: Payroll = begin_anew(both_houses)
    for who, employer, category, school, kind, span in lines:
        payroll.pays(who, written(span), employer=employer, school=school, category=category, kind=kind)
    for who, employer, worker_type, span, is_open in periods:
        payroll.declares(who, written(span, is_open=is_open), employer=employer, worker_type=worker_type)
    run = payroll.run()
    if not any(line[4] in KINDS[:3] for line in lines):
        assert (run.state, run.failure) == ("failed", "nothing")
        return
    assert run.state == "done"
    wanted, counted = expected(lines, periods)
    assert found_by(run) == (wanted, expected_of_periods(lines, periods))
    figure = Figure.objects.get(run=run, level="community")
    assert (figure.covered_days, figure.paid_days) == counted
