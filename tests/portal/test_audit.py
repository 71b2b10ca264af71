"""The book of who did what: written by the database itself, whole, and of no use to whoever would change it."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import override_settings

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.audit.models import Entry
from opendimona.portal.audit.proof import is_seal, problems
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Appointment, Person
from tests.portal.houses import FIRST_SCHOOL, SECOND_SCHOOL, empty
from tests.portal.test_rights import client_of

SSIN = 85010100115


@pytest.fixture
def head(both_houses: str) -> Account:
    """The head of a school in which one person works."""
    empty(both_houses)
    school = School.objects.get(fase=FIRST_SCHOOL)
    account = Account.objects.create(email="head@example.org", name="Marc")
    Membership.objects.create(account=account, school=school, role=Role.HEAD)
    person = Person.objects.create(ssin=SSIN, family_name="Dubois", given_name="Anne", search_key="DUBOIS ANNE")
    Appointment.objects.create(
        person=person, school=school, employer=school.power.employer, category="support", start="2026-09-01"
    )
    yield account
    Account.objects.all().delete()


@pytest.fixture
def auditor(head: Account) -> Client:
    """A browser in which the auditor is signed in."""
    account = Account.objects.create(email="audit@example.org", name="Nora")
    Membership.objects.create(account=account, role=Role.AUDITOR)
    return client_of(account)


def last(**wanted: Any) -> Entry:
    """The newest entry of a kind."""
    found = Entry.objects.filter(**wanted).order_by("-pk").first()
    assert found is not None
    return found


def test_a_change_tells_who_for_which_school_before_and_after(head: Account, both_houses: str) -> None:
    person, school = Person.objects.get(), School.objects.get(fase=FIRST_SCHOOL)
    one = person.appointments.get()
    values = {"category": "support", "start": "1/9/2026", "end": "30/11/2026", "load": "", "note": "cuisine"}
    client_of(head).post(f"/staff/appointments/{one.pk}/", values)
    entry = last(table="staff_appointment", what="update")
    assert (entry.account, entry.school, entry.address) == (head.pk, school.pk, "change_appointment")
    assert (entry.person, entry.key) == (person.pk, str(one.pk))
    assert ("end", None, "2026-11-30") in entry.changes
    assert ("note", "", "cuisine") in entry.changes
    assert problems(both_houses, 10)[0] == []


def test_what_the_program_does_by_itself_has_no_name(head: Account) -> None:
    assert last(table="accounts_membership", what="insert").account is None
    kept = last(table="accounts_account", what="insert").after
    assert kept["name"] == "Marc"
    assert "password" not in kept


def test_what_fails_leaves_no_entry(head: Account) -> None:
    before = Entry.objects.count()
    with transaction.atomic():
        Person.objects.update(given_name="Annette")
        transaction.set_rollback(True)
    Person.objects.update(given_name="Anne")  # as it was: nothing changed
    assert Entry.objects.count() == before


def test_a_look_into_a_file_is_recorded(head: Account) -> None:
    person = Person.objects.get()
    client = client_of(head)
    assert client.get(f"/staff/{person.pk}/").status_code == 200
    entry = last(what="consult")
    assert (entry.account, entry.person, entry.address) == (head.pk, person.pk, "person")
    assert client.get("/staff/99/").status_code == 404
    assert last(what="consult").pk == entry.pk


def test_nothing_is_changed_afterwards(head: Account, both_houses: str) -> None:
    for statement in ("UPDATE audit_entry SET account = 1", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(DatabaseError, match="only written on"), connection.cursor() as cursor:
            cursor.execute(statement)
    assert problems(both_houses, 10)[0] == []


@pytest.mark.parametrize("spoil", ["UPDATE audit_entry SET account = 7", "DELETE FROM audit_entry"])
def test_whoever_gets_round_the_triggers_is_found_out(head: Account, both_houses: str, spoil: str) -> None:
    Person.objects.update(given_name="Annie")
    place = Entry.objects.order_by("-pk")[1].pk
    with psycopg.connect(both_houses, options="-c search_path=portal", autocommit=True) as own:
        own.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        try:
            own.execute(f"{spoil} WHERE id = %s".encode(), (place,))
            found, _ = problems(both_houses, 10)
        finally:
            own.execute("TRUNCATE audit_entry")
            own.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    assert found
    assert all("audit" in one for one in found)
    Person.objects.update(given_name="Anna")
    assert problems(both_houses, 10)[0] == []


@pytest.mark.parametrize("spoil", [
    "DELETE FROM audit_entry WHERE id > (SELECT max(id) - 2 FROM audit_entry)",
    """DO $$ DECLARE e audit_entry; link bytea; BEGIN
         FOR e IN SELECT * FROM audit_entry ORDER BY id LOOP
             e.account := 7;
             UPDATE audit_entry SET account = 7, chain = audit_digest(link, e) WHERE id = e.id
             RETURNING chain INTO link;
         END LOOP;
       END $$""",
])  # fmt: skip
def test_a_seal_shows_what_was_cut_off_or_written_anew(
    head: Account, auditor: Client, both_houses: str, spoil: str
) -> None:
    Person.objects.update(given_name="Annie")
    found, seal = problems(both_houses, 10)
    assert found == []
    assert seal is not None
    assert is_seal(seal)
    assert seal in auditor.get("/audit/").content.decode()
    Person.objects.update(given_name="Anna")
    assert problems(both_houses, 10, [seal])[0] == [], "what came since changes nothing"
    with psycopg.connect(both_houses, options="-c search_path=portal", autocommit=True) as own:
        own.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        try:
            own.execute(spoil.encode())
            assert problems(both_houses, 10)[0] == [], "the chain alone shows nothing"
            assert any(seal in one for one in problems(both_houses, 100, [seal])[0])
        finally:
            own.execute("TRUNCATE audit_entry")
            own.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    assert any(seal in one for one in problems(both_houses, 10, [seal])[0])


def test_two_at_once_do_not_break_the_chain(head: Account, both_houses: str) -> None:
    first, second = (psycopg.connect(both_houses, options="-c search_path=portal") for _ in range(2))
    rename = "UPDATE schools_school SET name = %s WHERE fase = %s"
    with first, second:
        first.execute(rename, ("A", FIRST_SCHOOL))
        second.execute(rename, ("B", SECOND_SCHOOL))
        second.commit()
        first.commit()
    assert [one.after["name"] for one in Entry.objects.filter(table="schools_school").order_by("-pk")[:2]] == ["A", "B"]
    assert problems(both_houses, 10)[0] == []


def test_the_auditor_reads_and_exports(auditor: Client, head: Account) -> None:
    person = Person.objects.get()
    client_of(head).get(f"/staff/{person.pk}/")
    page = auditor.get("/audit/").content.decode()
    assert "consultation" in page
    found = auditor.post("/audit/find/", {"q": "850101 001 15"})
    assert found.headers["Location"] == f"/audit/?person={person.pk}"
    page = auditor.get(found.headers["Location"]).content.decode()
    assert "Dubois, Anne" in page
    assert "Marc" in page
    assert "missing" in auditor.post("/audit/find/", {"q": "personne"}).headers["Location"]
    assert "Marc" in auditor.get("/audit/?who=mar").content.decode()
    assert "Aucune ligne" in auditor.get("/audit/?day=1/1/2001").content.decode()
    text = auditor.get(f"/audit/entries.csv?person={person.pk}").content.decode()
    assert str(SSIN) in text
    assert last(address="audit_export").what == "consult"


def test_the_secret_of_a_second_factor_is_in_no_entry(head: Account) -> None:
    head.second_secret, head.second_used, head.name = "JBSWY3DPEHPK3PXP", 7, "Marc L."
    head.save()
    entry = last(table="accounts_account", what="update")
    assert ("name", "Marc", "Marc L.") in entry.changes
    assert not {"second_secret", "second_used", "password"} & {*(entry.before or {}), *(entry.after or {})}


def test_a_sign_in_tells_from_where(head: Account) -> None:
    head.set_password("quatre mots bien choisis")
    head.save()
    form = {"email": head.email, "password": "quatre mots bien choisis"}
    for proxies, sent, expected in (
        ((), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.0/8",), "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.0/8",), "nonsense", "127.0.0.1"),
        (("10.0.0.1",), "203.0.113.9", "127.0.0.1"),
    ):
        with override_settings(TRUSTED_PROXIES=proxies):
            Client().post("/sign-in/", form, headers={"X-Forwarded-For": sent})
        entry = last(address="sign_in")
        assert (entry.account, entry.after) == (head.pk, {"from": expected})
