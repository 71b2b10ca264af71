"""Somebody's own file: read by themselves, exported whole for whoever asks; and the programs of the local manager."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.audit.models import Entry
from opendimona.portal.cell.models import Note
from opendimona.portal.mine.models import OwnFile
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.models import Appointment, Period, Person
from opendimona.register.client_entries import DECLARANT
from tests.channels.rest.programs import certificate, public_pem, rsa_key
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, SECOND_SCHOOL, empty
from tests.portal.test_rights import client_of

SSIN = 85010100115


@pytest.fixture
def person(both_houses: str) -> Iterator[Person]:
    empty(both_houses)
    Account.objects.all().delete()
    person = Person.objects.create(ssin=SSIN, family_name="Dubois", given_name="Anne", search_key="DUBOIS ANNE")
    employer = Employer.objects.get(nsso=COMMUNITY)
    for fase in (FIRST_SCHOOL, SECOND_SCHOOL):
        school = School.objects.get(fase=fase)
        Appointment.objects.create(
            person=person, school=school, employer=employer, category="teacher", start=date(2026, 9, 1)
        )
    Period.objects.create(
        number=123456789012, person=person, employer=employer, worker_type="OTH", start=date(2026, 9, 1),
        opened_by=School.objects.get(fase=FIRST_SCHOOL),
    )  # fmt: skip
    other = Person.objects.create(ssin=85010100214, family_name="Autre", given_name="Luc", search_key="AUTRE LUC")
    Period.objects.create(number=123456789013, person=other, employer=employer, worker_type="OTH",
                          start=date(2026, 9, 1))  # fmt: skip
    yield person
    Account.objects.all().delete()


def account(name: str, role: Role, fase: int | None = FIRST_SCHOOL) -> Account:
    one = Account.objects.create(email=f"{name}@example.org", name=name)
    Membership.objects.create(account=one, role=role, school=None if fase is None else School.objects.get(fase=fase))
    return one


def test_a_head_opens_it_and_its_owner_reads_and_reports(person: Person) -> None:
    head, clerk = client_of(account("head", Role.HEAD)), client_of(account("clerk", Role.CLERK))
    invite = f"/mine/invite/{person.pk}/"
    assert "Lui ouvrir" in head.get(f"/staff/{person.pk}/").content.decode()
    assert "Lui ouvrir" not in clerk.get(f"/staff/{person.pk}/").content.decode()
    assert clerk.post(invite, {"email": "anne@example.org"}).status_code == 403
    assert head.post(invite, {"email": "nothing"}).status_code == 422
    page = head.post(invite, {"email": "Anne@example.org"}).content.decode()
    link = page.partition("<code>")[2].partition("</code>")[0].removeprefix("http://testserver")
    anne = Client()
    assert anne.post(link, {"password": "quatre mots bien choisis"}).status_code == 302
    assert anne.get("/").headers["Location"] == "/mine/"
    page = anne.get("/mine/").content.decode()
    assert "1234 5678 9012" in page
    assert "9013" not in page
    for path in ("/staff/", "/cell/", "/inbox/", "/audit/"):
        assert anne.get(path).status_code in (302, 403), path
    assert anne.post("/mine/", {"text": " "}).status_code == 422
    second = School.objects.get(fase=SECOND_SCHOOL)
    anne.post("/mine/", {"text": "Je suis partie en octobre.", "school": second.pk})
    note = Note.objects.get()
    assert (note.school, note.person) == (second, person)
    assert "est chez École 93053" in anne.get("/mine/").content.decode()
    assert "partie en octobre" not in clerk.get("/").content.decode()


def test_an_address_opens_one_file(person: Person) -> None:
    head = client_of(account("head", Role.HEAD))
    other = Person.objects.get(family_name="Autre")
    Appointment.objects.create(
        person=other, school=School.objects.get(fase=FIRST_SCHOOL), employer=Employer.objects.get(nsso=COMMUNITY),
        category="teacher", start=date(2026, 9, 1),
    )  # fmt: skip
    head.post(f"/mine/invite/{person.pk}/", {"email": "anne@example.org"})
    assert head.post(f"/mine/invite/{other.pk}/", {"email": "anne@example.org"}).status_code == 422
    assert OwnFile.objects.get().person == person
    stranger = Person.objects.create(family_name="Loin", given_name="Z", search_key="LOIN Z")
    assert head.get(f"/mine/invite/{stranger.pk}/").status_code == 404
    agent = account("els", Role.AGENT, None)
    assert head.post(f"/mine/invite/{person.pk}/", {"email": agent.email}).status_code == 422


def test_everything_that_is_kept_of_somebody_is_one_file(person: Person) -> None:
    auditor = client_of(account("nora", Role.AUDITOR, None))
    answer = auditor.get(f"/audit/person/{person.pk}/")
    found = answer.json()
    assert found["person"]["ssin"] == SSIN
    assert len(found["appointments"]) == 2
    assert [one["id"] for one in found["periods"]] == [123456789012]
    assert found["periodVersions"]
    assert found["audit"]
    assert "Autre" not in answer.content.decode()
    assert Entry.objects.filter(address="audit_file", person=person.pk).count() == 1
    assert auditor.get("/audit/person/999999/").status_code == 404


@pytest.fixture
def local(person: Person) -> Iterator[Client]:
    """The local manager, with no program registered."""
    yield client_of(account("ivo", Role.LOCAL, None))
    for one in STREET.programs():
        STREET.revoke_program(one.id)


def form(**values: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "client": "school-software", "pem": certificate(rsa_key(), days=20), "scopes": [DECLARANT],
        "employers": [Employer.objects.get(nsso=COMMUNITY).pk],
    }  # fmt: skip
    return usual | values


def test_the_local_manager_gives_and_takes_away(local: Client) -> None:
    assert local.post("/programs/", form()).status_code == 302
    assert [(one.id, one.mandate, one.scopes) for one in STREET.programs()] == [
        ("school-software", {("nsso", COMMUNITY)}, (DECLARANT,))
    ]
    assert "encore" in local.get("/programs/").content.decode(), "a certificate that ends in twenty days is marked"
    local.post("/programs/", form(pem=public_pem(rsa_key())))
    assert [one.valid_until for one in STREET.programs()] == [None]
    local.post("/programs/revoke/", {"client": "school-software"})
    assert STREET.programs() == []
    acts = Entry.objects.filter(table="register_program").order_by("pk")
    assert [(one.what, one.key) for one in acts] == [
        (what, "school-software") for what in ("insert", "update", "delete")
    ]  # fmt: skip
    assert acts[0].after["employers"] == [COMMUNITY]
    assert acts[2].before["program"] == "school-software"
    assert acts[1].before["key"] != acts[1].after["key"] or acts[1].before["until"] != acts[1].after["until"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"client": "portal"}, "portail lui-même"),
        ({"client": "a b"}, "signes visibles"),
        ({"pem": "nothing"}, "certificat X.509"),
        ({"employers": []}, "quels employeurs"),
        ({"scopes": ["scope:dimona:identification"]}, "peut faire"),
    ],
)
def test_what_cannot_be_registered_is_said(local: Client, values: dict[str, object], says: str) -> None:
    answer = local.post("/programs/", form(**values))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert STREET.programs() == []
