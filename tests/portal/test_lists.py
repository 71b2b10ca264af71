"""The personnel list and the needs of a whole school, against a slow and plain reading of the same rows."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from opendimona.portal.schools.models import Employer, School
from opendimona.portal.staff.chosen import counts_of, people_of, rows_of
from opendimona.portal.staff.models import Appointment, EndPolicy, Period, Person
from opendimona.portal.staff.policies import until_august
from opendimona.portal.staff.selection import COLUMNS, SORTS, TAB_NAMES, Selection
from opendimona.portal.staff.situation import Need, Situation, situation_of
from opendimona.portal.staff.situations import AHEAD, LOOK_BACK, situations_by_person, situations_of
from opendimona.portal.staff.spelling import plain, search_key
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, POWER, SECOND_SCHOOL, empty

TODAY = date(2026, 11, 26)
NAMES = ["Dubois", "Émile", "Lefèvre", "Van den Berg", "D'Hondt", "Özdemir"]
FAR = date(9999, 12, 31)


@pytest.fixture(scope="module")
def school(both_houses: str) -> School:
    """A school with two hundred people at random, some of whom work in another too, and one policy for the summer."""
    empty(both_houses)
    draw = random.Random(7)
    employers = [Employer.objects.get(nsso=number) for number in (COMMUNITY, POWER)]
    schools = [School.objects.get(fase=number) for number in (FIRST_SCHOOL, SECOND_SCHOOL)]
    for at in range(200):
        family, given = draw.choice(NAMES), draw.choice(NAMES)
        person = Person.objects.create(
            ssin=80_010_100_000 + at, family_name=family, given_name=given, search_key=search_key(family, given)
        )
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            start, end = span(draw)
            Appointment.objects.create(
                person=person, school=draw.choice((schools[0], *schools)), employer=draw.choice(employers), start=start,
                end=end, category=draw.choice(("teacher", "teacher", "support", "student")), note="Français",
            )  # fmt: skip
        for _ in range(draw.choice((0, 1, 1, 2))):
            # Most periods follow an appointment, as they do in a school; the others lie anywhere.
            like = Appointment.objects.filter(person=person).first() if draw.random() < 0.8 else None
            start, end = span(draw)
            Period.objects.create(
                number=9_000_000_000 + Period.objects.count(), person=person,
                employer=like.employer if like else draw.choice(employers),
                worker_type="STU" if like and like.category == "student" else "OTH",
                start=like.start if like and draw.random() < 0.8 else start,
                end=like.end if like and draw.random() < 0.6 else end, is_cancelled=draw.random() < 0.1,
            )  # fmt: skip
    EndPolicy.objects.create(employer=employers[0], category="support", ends="year")
    return schools[0]


def span(draw: random.Random) -> tuple[date, date | None]:
    """Days around today, or without an end."""
    start = TODAY + timedelta(draw.randrange(-300, 60, 10))
    return start, draw.choice((None, start + timedelta(draw.randrange(0, 400, 10))))


def each(school: School, category: str) -> dict[Person, list[Appointment]]:
    """Everybody of a school, with their appointments there."""
    found: dict[Person, list[Appointment]] = {}
    for one in Appointment.objects.filter(school=school).select_related("person").order_by("pk"):
        if category in ("", one.category):
            found.setdefault(one.person, []).append(one)
    return found


TABS: dict[str, Callable[[bool, bool, bool], bool]] = {
    "now": lambda here, coming, covered: here,
    "uncovered": lambda here, coming, covered: here and not covered,
    "coming": lambda here, coming, covered: coming,
    "left": lambda here, coming, covered: not here and not coming,
    "all": lambda here, coming, covered: True,
}
KEYS: dict[str, Callable[[Person, list[Appointment]], Any]] = {
    "name": lambda person, mine: (person.search_key, person.pk),
    "start": lambda person, mine: (max(one.start for one in mine), person.pk),
    "end": lambda person, mine: (max(one.end or FAR for one in mine), person.pk),
}


def expected(selection: Selection, school: School) -> list[Person]:
    """Whom a list has to hold, in order."""
    found = []
    for person, mine in each(school, selection.category).items():
        covered = any(period.overlaps(TODAY, TODAY) for period in person.periods.all())
        here, coming = any(one.runs_on(TODAY) for one in mine), any(one.start > TODAY for one in mine)
        words = plain(selection.q).split()
        if TABS[selection.who](here, coming, covered) and all(word in person.search_key for word in words):
            found.append((KEYS[selection.sort.removeprefix("-")](person, mine), person))
    backward = selection.sort.startswith("-")
    return [person for _, person in sorted(found, key=lambda one: one[0], reverse=backward)]


@pytest.mark.parametrize("who", TAB_NAMES)
@pytest.mark.parametrize("sort", SORTS)
def test_each_tab_in_each_order(school: School, who: str, sort: str) -> None:
    for q, category in (("", ""), ("lefevre", ""), ("", "teacher"), ("o e", "support")):
        selection = Selection(who=who, sort=sort, q=q, category=category)
        wanted = expected(selection, school)
        assert people_of(selection, school, TODAY) == wanted
        assert people_of(selection, school, TODAY, 5, 9) == wanted[5:9]
        assert counts_of(selection, school, TODAY)[who] == len(wanted)


def test_no_tab_is_empty(school: School) -> None:
    assert all(count > 3 for count in counts_of(Selection(), school, TODAY).values())


def test_rows_say_what_the_tabs_say(school: School) -> None:
    everybody = people_of(Selection(who="all"), school, TODAY)
    rows = rows_of(everybody, Selection(columns=tuple(COLUMNS)), school, TODAY)
    for who, holds in TABS.items():
        those = [row.person for row in rows if holds(row.is_here, row.is_coming, row.is_covered)]
        assert those == people_of(Selection(who=who), school, TODAY)
    assert {row.period is None for row in rows} == {True, False}


def judged(school: School, ahead: timedelta) -> dict[int, Situation]:
    """The situation of every appointment that is near enough, one by one."""
    near = [
        one for mine in each(school, "").values() for one in mine
        if one.start <= TODAY + ahead and (one.end is None or one.end >= TODAY - LOOK_BACK)
    ]  # fmt: skip
    policies = until_august()
    return {
        one.pk: situation_of(one, list(one.person.periods.filter(is_cancelled=False).order_by("start")),
                             list(one.person.appointments.order_by("start")), TODAY, policies)
        for one in near
    }  # fmt: skip


@pytest.mark.parametrize("ahead", [AHEAD, timedelta(60)])
def test_whoever_is_left_out_needs_nothing(school: School, ahead: timedelta) -> None:
    every = judged(school, ahead)
    found = {one.appointment.pk: one for one in situations_of(school, TODAY, ahead)}
    assert {key: one.need for key, one in found.items()} == {key: every[key].need for key in found}
    left_out = [one for key, one in every.items() if key not in found]
    assert {one.need for one in left_out} == {Need.NOTHING}
    assert len(left_out) > 15
    for one in left_out:
        end, period = one.appointment.end, one.period
        assert period is None or period.end is not None or end is None or end > TODAY + ahead
    assert {one.need for one in found.values()} >= {Need.ENTRY, Need.EXTEND, Need.CORRECT, Need.EXIT, Need.KEPT}


def test_the_needs_of_those_who_were_found(school: School) -> None:
    some = people_of(Selection(who="all"), school, TODAY, 0, 30)
    by_person = situations_by_person(some, school, TODAY)
    every = judged(school, timedelta(10_000))
    assert set(by_person) == {person.pk for person in some}
    for one in (one for found in by_person.values() for one in found if one.appointment.pk in every):
        assert one.need == every[one.appointment.pk].need
