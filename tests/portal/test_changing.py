"""A school that changes its number, or goes into another: everything of it goes along."""

from datetime import timedelta

import pytest
from django.test import Client

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.announcements.models import Announcement, Reading
from opendimona.portal.cell.models import Note
from opendimona.portal.declare.models import Filing
from opendimona.portal.declare.receipt import seal_of
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, AppointmentVersion, Period
from tests.portal.houses import FIRST_SCHOOL, SECOND_SCHOOL
from tests.portal.test_cell_work import NOW, Scene, scene  # noqa: F401
from tests.portal.test_rights import client_of


@pytest.fixture
def chief(scene: Scene) -> Client:  # noqa: F811
    account = Account.objects.create(email="chief@example.org", name="Paul")
    Membership.objects.create(account=account, role=Role.SUPERVISOR)
    return client_of(account)


def test_a_number_changes_and_everything_stays(scene: Scene, chief: Client) -> None:  # noqa: F811
    filing = scene.engage(scene.first, scene.person(21))
    seal = seal_of(Filing.objects.get(pk=filing.pk))
    values = {"school": FIRST_SCHOOL, "do": "change", "fase": "94000", "name": "Institut nouveau", "city": "Tilleux",
              "phone": "", "email": ""}  # fmt: skip
    assert "est changée" in chief.post("/schools/", values).content.decode().replace("&#x27;", "'")
    scene.first.refresh_from_db()
    assert (scene.first.fase, scene.first.name) == (94000, "Institut nouveau")
    assert "94000" in client_of(scene.clerk).get("/staff/").content.decode()
    assert seal_of(Filing.objects.get(pk=filing.pk)) == seal
    answer = chief.post("/schools/", values | {"school": "94000", "fase": str(SECOND_SCHOOL)})
    assert answer.status_code == 422
    assert "fusionnez-les" in answer.content.decode()
    assert chief.post("/schools/", {"school": "1"}).status_code == 422
    assert client_of(scene.agents[0]).get("/schools/").status_code == 403


def test_a_school_goes_into_another_with_all_that_is_its(scene: Scene, chief: Client) -> None:  # noqa: F811
    first, second = scene.first, scene.second
    filing = scene.engage(first, scene.person(22))
    seal = seal_of(Filing.objects.get(pk=filing.pk))
    Note.objects.create(school=first, text="Bonjour", written_at=NOW)
    Membership.objects.create(account=scene.other_clerk, school=first, role=Role.CLERK)
    Membership.objects.create(account=scene.other_clerk, school=first, role=Role.READER)
    one = Announcement.objects.create(
        kind="news", title="T", published_at=NOW, starts_at=NOW - timedelta(1), is_listed=True
    )
    one.schools.set([first, second])
    for school in (first, second):
        Reading.objects.create(announcement=one, account=scene.other_clerk, school=school, read_at=NOW)
    page = chief.post("/schools/", {"school": FIRST_SCHOOL, "do": "look", "into": SECOND_SCHOOL}).content.decode()
    assert "ne se défait pas" in page
    assert School.objects.filter(pk=first.pk).exists()
    assert chief.post("/schools/", {"school": FIRST_SCHOOL, "do": "merge", "into": "1"}).status_code == 422
    chief.post("/schools/", {"school": FIRST_SCHOOL, "do": "merge", "into": SECOND_SCHOOL})
    assert not School.objects.filter(pk=first.pk).exists()
    assert {one.school_id for one in Appointment.objects.all()} == {second.pk}
    assert {one.school_id for one in AppointmentVersion.objects.all()} == {second.pk}
    assert {one.opened_by_id for one in Period.objects.all()} == {second.pk}
    assert {one.school_id for one in Note.objects.all()} == {second.pk}
    roles = Membership.objects.filter(account=scene.other_clerk).order_by("role").values_list("role", flat=True)
    assert list(roles) == [Role.CLERK, Role.READER]
    assert Reading.objects.count() == 1
    assert [school.pk for school in one.schools.all()] == [second.pk]
    assert seal_of(Filing.objects.get(pk=filing.pk)) == seal
    assert "Dubois22" in client_of(scene.clerk).get("/staff/?who=all").content.decode()
    Announcement.objects.all().delete()
