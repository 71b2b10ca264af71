"""What the cell writes without a release: help and calendars, looked at first, each version kept."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.schools import calendar
from opendimona.portal.schools.models import School
from opendimona.portal.site.tags import advice
from opendimona.portal.staff.models import EndPolicy
from opendimona.portal.texts.models import TextVersion
from opendimona.portal.texts.standing import refresh
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, empty
from tests.portal.test_rights import client_of

CODE, PAGE = "90373-334", "/cell/texts/anomaly/90373-334/"
YEAR = {"first": "24/8/2026", "last": "2/7/2027", "closes": "22/8/2027", "name-1": "Congé d'automne",
        "start-1": "19/10/2026", "end-1": "30/10/2026"}  # fmt: skip
CALENDAR = "/cell/texts/calendar/compulsory/2026/"


@pytest.fixture
def cell(both_houses: str) -> Iterator[Client]:
    empty(both_houses)
    account = Account.objects.create(email="cell@example.org", name="Julie")
    Membership.objects.create(account=account, role=Role.CELL)
    yield client_of(account)
    TextVersion.objects.all().delete()
    refresh(is_forced=True)
    account.delete()


def test_help_is_looked_at_published_and_restored(cell: Client) -> None:
    before = advice({"code": CODE})
    page = cell.post(PAGE, {"fr": "Appelez l'école voisine.", "nl": "Bel de buurschool."}).content.decode()
    assert "Pas encore publié" in page
    assert advice({"code": CODE}) == before
    cell.post(PAGE, {"fr": "Appelez l'école voisine.", "publish": "1"})
    assert advice({"code": CODE}) == f"{before} Appelez l'école voisine."
    cell.post(PAGE, {"fr": "Autre chose.", "publish": "1"})
    first = TextVersion.objects.earliest("pk")
    assert "Rétablir" in cell.get(PAGE).content.decode()
    cell.post(PAGE, {"again": first.pk})
    assert advice({"code": CODE}).endswith("Appelez l'école voisine.")
    assert TextVersion.objects.count() == 3
    cell.post(PAGE, {"publish": "1"})
    assert advice({"code": CODE}) == before
    assert CODE in cell.get("/cell/texts/").content.decode()


def test_only_codes_of_the_catalogue_have_help(cell: Client) -> None:
    assert cell.get("/cell/texts/?code=nothing").status_code == 422
    assert cell.get(f"/cell/texts/?code={CODE}").headers["Location"] == PAGE
    assert cell.get("/cell/texts/anomaly/00000-000/").status_code == 404


def test_a_school_year_is_looked_at_published_and_withdrawn(cell: Client) -> None:
    before = calendar.year_starting(2026, "secondary"), calendar.year_starting(2025, "secondary")
    assert "Pas encore publié" in cell.post(CALENDAR, YEAR).content.decode()
    assert calendar.year_starting(2026, "secondary") == before[0]
    cell.post(CALENDAR, YEAR | {"publish": "1"})
    year = calendar.year_starting(2026, "secondary")
    assert (year.first, year.last, year.is_published) == (date(2026, 8, 24), date(2027, 7, 2), True)
    assert calendar.year_starting(2025, "secondary").closes == date(2026, 8, 23)
    assert calendar.year_of(date(2026, 8, 25), "secondary").name == "2026-2027"
    holiday = calendar.holiday_on(date(2026, 10, 20), "secondary")
    assert holiday is not None
    assert holiday.name == "Congé d'automne"
    assert calendar.holiday_on(date(2026, 10, 20), "college") is None
    assert "19/10/2026" in cell.get(CALENDAR).content.decode()
    cell.post(CALENDAR, {"withdraw": "1"})
    assert (calendar.year_starting(2026, "secondary"), calendar.year_starting(2025, "secondary")) == before


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"first": "32/13"}, "Indiquez un jour"),
        ({"last": "1/8/2026"}, "se suivent"),
        ({"first": "24/8/2025"}, "commence en 2026"),
        ({"closes": "22/8/2028"}, "termine en 2027"),
        ({"end-1": ""}, "un nom, un premier"),
        ({"end-1": "30/10/2027"}, "hors de l"),
    ],
)
def test_a_school_year_that_makes_no_sense_is_not_published(cell: Client, values: dict[str, str], says: str) -> None:
    answer = cell.post(CALENDAR, YEAR | values | {"publish": "1"})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Congé d&#x27;automne" in answer.content.decode(), "what was typed stays"
    assert not TextVersion.objects.exists()


def test_the_supervisor_chooses_until_when_the_community_declares(cell: Client, both_houses: str) -> None:
    school = School.objects.get(fase=FIRST_SCHOOL)
    account = Account.objects.create(email="lead@example.org", name="Paul")
    Membership.objects.create(account=account, role=Role.SUPERVISOR)
    head = Account.objects.create(email="head@example.org", name="Marc")
    Membership.objects.create(account=head, role=Role.HEAD, school=school)
    client_of(head).get("/staff/ends/")
    for who, expected in ((head, 0), (account, 1)):
        client = client_of(who, school)
        page = client.get("/staff/ends/").content.decode()
        fields = [part.partition('"')[0] for part in page.split('<select name="')[1:]]
        client.post("/staff/ends/", dict.fromkeys(fields, "year"))
        assert EndPolicy.objects.filter(employer__nsso=COMMUNITY, category="teacher").count() == expected
    Account.objects.filter(pk__in=[account.pk, head.pk]).delete()
