"""A program of one school: registered for it, it sees what the school has; what it files, the school takes over."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from opendimona.core.declaration import (
    Declaration,
    DeclaredEmployer,
    DeclaredFeatures,
    DeclaredWorker,
    DimonaCancel,
    DimonaIn,
    DimonaOut,
)
from opendimona.portal.accounts.models import Role
from opendimona.portal.cell import orphans
from opendimona.portal.cell.models import Orphan
from opendimona.portal.programs import bounded
from opendimona.portal.schools.changing import merge
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.street import STREET
from opendimona.portal.staff import adopt as adopting
from opendimona.portal.staff.models import Appointment, Person
from opendimona.register.client_entries import CONSULT, DECLARANT
from opendimona.register.interface import Caller, Criteria, Key, Unavailable
from tests.channels.rest.programs import public_pem, rsa_key
from tests.portal import test_cell_work
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, POWER, SECOND_SCHOOL
from tests.portal.test_cell_work import NOW, START, Scene, told
from tests.portal.test_rights import client_of

scene = test_cell_work.scene
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def local(scene: Scene) -> Iterator[Client]:
    yield client_of(scene._account("local", Role.LOCAL))
    for one in STREET.programs():
        STREET.revoke_program(one.id)


def register_for(local: Client, school: object) -> Caller:
    """The local manager registers a program for a school; how it asks the register."""
    values = {
        "client": "software", "pem": public_pem(rsa_key()), "scopes": [DECLARANT, CONSULT], "school": str(school),
        "employers": [] if school else [one.pk for one in Employer.objects.all()],
    }  # fmt: skip
    answer = local.post("/programs/", values)
    assert answer.status_code == 302, answer.content.decode()
    (one,) = STREET.programs()
    return one.caller(is_strict=True)


def periods(caller: Caller) -> set[int]:
    """The numbers of the periods that it sees."""
    return {view.period.number for view in STREET.search_periods(Criteria(), caller, 100)}


def declare(caller: Caller, person: Person) -> int:
    """The program declares somebody under the Community's number; the period."""
    declaration = Declaration(
        employer=DeclaredEmployer(employer_id=COMMUNITY), worker=DeclaredWorker(ssin=f"{person.ssin:011d}"),
        dimona_in=DimonaIn(
            start_date=START.isoformat(), features=DeclaredFeatures(joint_commission_number="XXX", worker_type="OTH")
        ),
    )  # fmt: skip
    answer = STREET.file(declaration, caller, NOW, Key(f"program {person.ssin}", b"digest"))
    assert answer.result in "AW", answer.anomalies
    return answer.number


def test_it_sees_what_the_school_has_and_no_more(scene: Scene, local: Client) -> None:
    mine = scene.engage(scene.first, scene.person(41))
    theirs = scene.engage(scene.second, scene.person(42))
    caller = register_for(local, FIRST_SCHOOL)
    assert periods(caller) == {mine.number}
    assert periods(register_for(local, SECOND_SCHOOL)) == {theirs.number}
    assert {mine.number, theirs.number} == periods(register_for(local, ""))
    (one,) = STREET.programs()
    assert one.mandate == {("nsso", COMMUNITY), ("nsso", POWER)}
    page = local.get("/programs/").content.decode()
    assert "FASE 9" not in page
    register_for(local, FIRST_SCHOOL)
    assert f"FASE {FIRST_SCHOOL}" in local.get("/programs/").content.decode()


def test_a_period_that_comes_to_be_shared_is_seen_later(
    scene: Scene,
    local: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filing = scene.engage(scene.first, scene.person(43))
    caller = register_for(local, SECOND_SCHOOL)
    assert periods(caller) == set()
    Appointment.objects.create(
        person=filing.person, school=scene.second, employer=filing.employer, category="teacher", start=NOW.date()
    )
    monkeypatch.setattr(bounded, "_last", -bounded.PAUSE)
    bounded.look_after_bounded(NOW)
    assert periods(caller) == {filing.number}


def test_what_it_files_waits_for_the_school_which_takes_it_over(
    scene: Scene,
    local: Client,
    both_houses: str,
) -> None:
    person = scene.person(44)
    orphans.look_for_orphans(NOW)  # the employers are followed from here on
    number = declare(register_for(local, FIRST_SCHOOL), person)
    told(both_houses)
    assert orphans.look_for_orphans(LATER) == 1
    one = Orphan.objects.get()
    assert (one.kind, one.number, one.school, one.person) == (
        "declaration.answered", number, scene.first, person
    )  # fmt: skip
    clerk, other = client_of(scene.clerk), client_of(scene.other_clerk)
    assert "1 période déclarée par un programme" in clerk.get("/").content.decode()
    assert "par un programme" not in other.get("/").content.decode()
    theirs = scene.engage(scene.second, scene.person(47), category="support")
    listed = clerk.get("/staff/adopt/").content.decode()
    assert listed.index(f'id="period-{number}" checked') < listed.index(f'id="period-{theirs.number}" aria-label')
    assert str(number) not in other.get("/staff/adopt/").content.decode()
    clerk.post("/staff/adopt/", {"then": "adopt", "period": number, f"category-{number}": "teacher"})
    assert Appointment.objects.filter(school=scene.first, person=person).count() == 1
    orphans.look_for_orphans(LATER)
    assert Orphan.objects.get().outcome == Orphan.Outcome.ADOPTED
    assert "par un programme" not in clerk.get("/").content.decode()


def test_what_ended_is_still_taken_over_and_what_was_taken_back_asks_nothing(
    scene: Scene, local: Client, both_houses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphans.look_for_orphans(NOW)
    monkeypatch.setattr(adopting, "LISTED_MAX", 2)  # what the school has already must not take the places
    for serial in (51, 52, 53):
        scene.engage(scene.first, scene.person(serial))
    program = register_for(local, FIRST_SCHOOL)
    ended, gone = declare(program, scene.person(54)), declare(program, scene.person(55))
    told(both_houses)
    assert orphans.look_for_orphans(LATER) == 2
    last = (NOW.date() - timedelta(10)).isoformat()
    for number, declaration in (
        (ended, Declaration(dimona_out=DimonaOut(period_id=ended, end_date=last))),
        (gone, Declaration(dimona_cancel=DimonaCancel(period_id=gone))),
    ):
        assert STREET.file(declaration, program, NOW, Key(f"end {number}", b"digest")).result in "AW"
    told(both_houses)
    orphans.look_for_orphans(LATER)
    clerk = client_of(scene.clerk)
    assert "1 période déclarée par un programme" in clerk.get("/").content.decode()
    page = clerk.get("/staff/adopt/").content.decode()
    assert (f'value="{ended}"' in page, str(gone) in page) == (True, False)
    clerk.post("/staff/adopt/", {"then": "adopt", "period": ended, f"category-{ended}": "teacher"})
    orphans.look_for_orphans(LATER)
    assert "par un programme" not in clerk.get("/").content.decode()


def test_a_program_goes_along_with_its_school(scene: Scene, local: Client) -> None:
    filing = scene.engage(scene.first, scene.person(45))
    register_for(local, FIRST_SCHOOL)
    merge(scene.first, scene.second)
    (one,) = STREET.programs()
    assert one.unit == str(SECOND_SCHOOL)
    assert periods(one.caller(is_strict=True)) == {filing.number}


def test_a_school_does_not_change_while_the_register_is_away(
    scene: Scene,
    local: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(STREET, "move_unit", away)
    chief = client_of(scene._account("chief", Role.SUPERVISOR))
    values = {"school": FIRST_SCHOOL, "fase": "94000", "name": "Neuf", "city": "Tilleux", "phone": "", "email": ""}
    answer = chief.post("/schools/", values | {"do": "change"})
    assert (answer.status_code, "ne répond pas" in answer.content.decode()) == (422, True)
    answer = chief.post("/schools/", values | {"do": "merge", "into": SECOND_SCHOOL})
    assert (answer.status_code, "ne répond pas" in answer.content.decode()) == (422, True)
    assert School.objects.filter(fase=FIRST_SCHOOL).exists()


def test_a_school_that_nobody_knows_is_said(scene: Scene, local: Client) -> None:
    answer = local.post("/programs/", {
        "client": "software", "pem": public_pem(rsa_key()), "scopes": [DECLARANT], "school": "1",
        "employers": [one.pk for one in Employer.objects.all()],
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Aucune école" in answer.content.decode()
    assert STREET.programs() == []


def test_a_school_s_program_acts_for_no_other_employer(scene: Scene, local: Client) -> None:
    strange = Employer.objects.create(name="Commune", nsso=1999802_43)
    try:
        values = {
            "client": "software", "pem": public_pem(rsa_key()), "scopes": [DECLARANT], "school": str(FIRST_SCHOOL),
            "employers": [strange.pk],
        }  # fmt: skip
        answer = local.post("/programs/", values)
        assert (answer.status_code, "décochez les autres" in answer.content.decode()) == (422, True)
        assert local.post("/programs/", values | {"employers": []}).status_code == 302
        (one,) = STREET.programs()
        assert one.mandate == {("nsso", COMMUNITY), ("nsso", POWER)}
    finally:
        strange.delete()


def test_what_a_school_takes_over_is_its_programs_to_see(scene: Scene, local: Client) -> None:
    number = declare(register_for(local, ""), scene.person(46))
    client_of(scene.clerk).post(
        "/staff/adopt/", {"then": "adopt", "period": number, f"category-{number}": "teacher"}
    )  # fmt: skip
    assert STREET.units([number]) == {number: {str(FIRST_SCHOOL)}}
