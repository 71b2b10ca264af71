"""Statistics: nothing of fewer than five persons can be read or worked out, and the tables agree with a plain count."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from random import Random
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.declare.models import Filing
from opendimona.portal.schools.models import Employer, OrganisingPower, School
from opendimona.portal.staff.models import Person
from opendimona.portal.statistics.hiding import FEW, NONE, TOTAL, Cell, determined_by, hidden_of
from opendimona.portal.statistics.hiding import _companion as companion
from opendimona.portal.statistics.hiding import _lines as all_lines
from tests.portal.houses import FIRST_SCHOOL, SECOND_SCHOOL, empty
from tests.portal.test_rights import client_of

AXES = (("a", "b", "c"), ("x", "y"), ("u", "v"))


def cube(inner: dict[tuple[str, str, str], int]) -> dict[tuple[str, ...], Cell]:
    """A cube with all its totals; everybody declares once."""
    found: Counter[tuple[str, ...]] = Counter()
    for place, count in inner.items():
        for kept in product((True, False), repeat=len(place)):
            found[tuple(value if keep else TOTAL for value, keep in zip(place, kept, strict=True))] += count
    return {place: Cell(count, count) for place, count in found.items() if count}


@given(st.lists(st.sampled_from((0, 0, 1, 2, 4, 5, 9, 40)), min_size=12, max_size=12))
def test_no_line_gives_a_hidden_cell_away(counts: list[int]) -> None:
    cells = cube(dict(zip(product(*AXES), counts, strict=True)))
    hidden = hidden_of(cells, AXES)
    assert all(cell.people >= FEW for place, cell in cells.items() if place not in hidden)
    for number in range(3):
        others = [(*axis, TOTAL) for axis in AXES[:number] + AXES[number + 1 :]]
        for held in product(*others):
            line = [(*held[:number], value, *held[number:]) for value in (*AXES[number], TOTAL)]
            mine = [place for place in line if place in hidden]
            assert len(mine) != 1
            if mine and line[-1] not in hidden:
                assert sum(cells.get(place, NONE).people for place in mine) >= FEW


FLAT = (tuple("abcde"), tuple("vwxyz"))
SOME = (0, 0, 0, 0, 1, 2, 5, 6, 12)
"""Counts of which lines alone hide too little, now and then."""


def worked_out(axes: tuple[tuple[str, ...], ...], hidden: frozenset[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """The hidden places that follow from what is shown, by plain elimination over fractions of the whole table."""
    places = sorted(hidden)
    rows = []
    for number in range(len(axes)):
        for held in product(*[(*axis, TOTAL) for axis in axes[:number] + axes[number + 1 :]]):
            line = [(*held[:number], value, *held[number:]) for value in (*axes[number], TOTAL)]
            rows.append([Fraction(0 if one not in line else -1 if one == line[-1] else 1) for one in places])
    top = 0
    for column in range(len(places)):
        found = next((place for place in range(top, len(rows)) if rows[place][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for place, row in enumerate(rows):
            if place != top and row[column]:
                rows[place] = [one - row[column] * other for one, other in zip(row, rows[top], strict=True)]
        top += 1
    alone = [[column for column, value in enumerate(row) if value] for row in rows]
    return {places[columns[0]] for columns in alone if len(columns) == 1}


@given(st.lists(st.sampled_from(SOME), min_size=25, max_size=25))
@settings(max_examples=100, deadline=None)
def test_all_lines_together_give_no_hidden_cell_away(counts: list[int]) -> None:
    cells = flat(counts)
    hidden = hidden_of(cells, FLAT)
    given_away = {place for place in worked_out(FLAT, hidden) if 0 < cells.get(place, NONE).people < FEW}
    assert not given_away


def flat(counts: list[int]) -> dict[tuple[str, ...], Cell]:
    """A table of two axes with its totals."""
    found: Counter[tuple[str, ...]] = Counter()
    for (row, column), count in zip(product(*FLAT), counts, strict=True):
        for place in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            found[place] += count
    return {place: Cell(count, count) for place, count in found.items() if count}


def test_what_lines_alone_would_let_through_is_hidden() -> None:
    chance = Random(7)
    for _ in range(200):
        counts = [chance.choice(SOME) for _ in range(25)]
        lines = list(all_lines(FLAT))
        cells = flat(counts)
        few = {place for place, cell in cells.items() if 0 < cell.people < FEW}
        by_lines = set(few)
        while more := {one for line in lines if (one := companion(cells, line, by_lines)) is not None}:
            by_lines |= more
        if determined_by(lines, by_lines) & few:
            assert not determined_by(lines, set(hidden_of(cells, FLAT))) & few
            return
    pytest.fail("no table of these shows the difference")


def test_what_may_be_shown_is_shown() -> None:
    cells = cube(dict.fromkeys(product(*AXES), 10))
    assert hidden_of(cells, AXES) == frozenset()


def test_totals_that_another_table_hides_are_hidden_here() -> None:
    cells = cube({(one, "x", "u"): 10 for one in "abc"})
    flat = {place[:2]: cell for place, cell in cells.items() if place[2] == TOTAL}
    hidden = hidden_of(flat, (("a", "b", "c"), ("x",)), {(TOTAL, "x")})
    assert (TOTAL, "x") in hidden
    assert len([place for place in hidden if place[1] == "x"]) > 1


@pytest.fixture(scope="module")
def declared(both_houses: str) -> Iterator[datetime]:
    """Forty persons declared in one school, three in another of another network, one refused."""
    empty(both_houses)
    cache.clear()
    first, second = (School.objects.get(fase=fase) for fase in (FIRST_SCHOOL, SECOND_SCHOOL))
    employer = Employer.objects.get(is_community=True)
    second.power = OrganisingPower.objects.create(name="Commune", network="official", employer=employer)
    second.save()
    moment = datetime.now(UTC) - timedelta(hours=1)
    for number in range(43):
        person = Person.objects.create(family_name=f"F{number}", given_name="G", search_key=f"F{number}")
        is_refused = number == 7
        Filing.objects.create(
            school=first if number < 40 else second, person=person, employer=employer, act="in", payload="{}",
            declared_at=moment, filed_at=moment, state="refused" if is_refused else "accepted",
            anomalies=[{"code": "90017-151"}] if is_refused else [], is_late=number % 4 == 0,
        )  # fmt: skip
    yield moment
    cache.clear()


def viewer(role: Role, network: str = "") -> Account:
    account, _ = Account.objects.get_or_create(email=f"{role.value}{network}@example.org", name=role.value)
    Membership.objects.get_or_create(account=account, role=role, network=network)
    return account


def test_few_persons_are_nowhere_on_the_pages(declared: datetime) -> None:
    client = client_of(viewer(Role.SUPERVISOR))
    assert ">43</td>" in client.get("/statistics/").content.decode()
    networks = client.get("/statistics/networks.csv").content.decode().splitlines()
    assert networks[0] == "network,on-time,late,refused,pending,waiting,total"
    rows = {line.split(",")[0]: line.split(",")[1:] for line in networks[1:]}
    assert rows["official"][-1] == ""
    assert rows["total"][-1] == "43"
    assert [rows[name][-1] for name in ("official", "free", "total")].count("") != 1
    assert all(row[2] in ("", "0") for row in rows.values())
    for name in ("weeks", "schools", "reasons", "coverage"):
        text = client.get(f"/statistics/{name}.csv?network=free").content.decode()
        values = {value for line in text.splitlines()[1:] for value in line.split(",")[1:]}
        assert not values & {"1", "2", "3", "4"}, name
    assert client.get("/statistics/anything.csv").status_code == 404


def test_the_picture_is_one(declared: datetime) -> None:
    answer = client_of(viewer(Role.SUPERVISOR)).get("/statistics/weeks.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert ET.fromstring(answer.content).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_federation_sees_its_network_alone(declared: datetime) -> None:
    client = client_of(viewer(Role.FEDERATION, "free"))
    for query in ("", "?network=official", "?network="):
        text = client.get(f"/statistics/networks.csv{query}").content.decode()
        assert "official" not in text
        assert "total" not in text.splitlines()[-1]
    assert "officiel" not in client.get("/statistics/?network=official").content.decode()


def test_another_year_is_empty_and_nonsense_is_this_year(declared: datetime) -> None:
    client = client_of(viewer(Role.SUPERVISOR))
    assert "Rien n'a été déclaré" in client.get("/statistics/?year=2012").content.decode().replace("&#x27;", "'")
    assert client.get("/statistics/?year=99999").status_code == 200
