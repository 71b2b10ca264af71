"""Letting people in and out: the last administrator stays, each August everybody is looked at again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account, Forgotten, Membership, Role
from opendimona.portal.accounts.review import schools_not_reviewed, schools_without_administrator, to_review
from opendimona.portal.inbox.mailing import send_what_is_due
from opendimona.portal.schools.models import School
from tests.portal.houses import FIRST_SCHOOL, empty
from tests.portal.test_rights import client_of

TODAY = datetime.now(BRUSSELS).date()
INVITE = {"name": "Zoé", "email": "zoe@example.org", "role": "cell", "network": "", "power": "", "fase": "",
          "expires_on": ""}  # fmt: skip


@pytest.fixture
def people(both_houses: str) -> Iterator[dict[str, Account]]:
    empty(both_houses)
    school = School.objects.get(fase=FIRST_SCHOOL)
    found = {}
    roles = (("head", Role.HEAD, school), ("clerk", Role.CLERK, school), ("lead", Role.SUPERVISOR, None))
    for name, role, where in roles:
        found[name] = Account.objects.create(email=f"{name}@example.org", name=name)
        Membership.objects.create(account=found[name], role=role, school=where)
    yield found
    Account.objects.all().delete()


def of(account: Account) -> Membership:
    return Membership.objects.get(account=account)


def test_the_last_who_may_let_in_stays(people: dict[str, Account]) -> None:
    client, head = client_of(people["head"]), people["head"]
    client.post("/access/withdraw/", {"membership": of(head).pk})
    assert Membership.objects.filter(account=head).exists()
    values = {"name": "head", "email": head.email, "role": "clerk", "expires_on": ""}
    assert client.post("/access/", values).status_code == 422
    ending = values | {"role": "head", "expires_on": f"{TODAY + timedelta(9):%d/%m/%Y}"}
    assert client.post("/access/", ending).status_code == 422
    assert of(head).role == Role.HEAD
    expired = Account.objects.create(email="gone@example.org", name="gone")
    school = School.objects.get(fase=FIRST_SCHOOL)
    Membership.objects.create(account=expired, role=Role.HEAD, school=school, expires_on=TODAY - timedelta(1))
    client.post("/access/withdraw/", {"membership": of(head).pk})
    assert Membership.objects.filter(account=head).exists(), "one that has expired does not count"
    other = Account.objects.create(email="other@example.org", name="other")
    Membership.objects.create(account=other, role=Role.HEAD, school=school)
    client.post("/access/withdraw/", {"membership": of(head).pk})
    assert not Membership.objects.filter(account=head).exists()
    assert client.get("/staff/").status_code in (302, 403), "who leaves loses access at once"


def test_each_august_everybody_is_looked_at_again(people: dict[str, Account]) -> None:
    clerk = of(people["clerk"])
    assert not to_review(clerk, TODAY)
    Membership.objects.filter(pk=clerk.pk).update(given_on=date(2020, 9, 1))
    assert [school.fase for school in schools_not_reviewed(TODAY)] == [FIRST_SCHOOL]
    client = client_of(people["head"])
    assert "accès à revoir" in client.get("/").content.decode()
    assert "Garder" in client.get("/access/").content.decode()
    client.post("/access/withdraw/", {"membership": clerk.pk, "keep": "1"})
    clerk.refresh_from_db()
    assert clerk.confirmed_on is not None
    assert not schools_not_reviewed(TODAY)
    assert "accès à revoir" not in client.get("/").content.decode()
    assert to_review(clerk, date(clerk.confirmed_on.year + 2, 8, 1))
    assert not to_review(clerk, clerk.confirmed_on)


def test_a_school_without_anybody_to_let_in_is_named(people: dict[str, Account]) -> None:
    assert FIRST_SCHOOL not in [school.fase for school in schools_without_administrator(TODAY)]
    people["head"].is_active = False
    people["head"].save()
    assert FIRST_SCHOOL in [school.fase for school in schools_without_administrator(TODAY)]
    assert str(FIRST_SCHOOL) in client_of(people["lead"]).get("/access/community/").content.decode()


def test_the_supervisor_lets_in_and_out_and_the_last_stays(people: dict[str, Account]) -> None:
    client = client_of(people["lead"])
    page = client.post("/access/community/", INVITE).content.decode()
    assert "/invitation/" in page
    zoe = Membership.objects.get(account__email="zoe@example.org")
    assert (zoe.role, zoe.is_of_all) == (Role.CELL, True)
    client.post("/access/community/change/", {"membership": zoe.pk})
    assert not Membership.objects.filter(pk=zoe.pk).exists()
    mine = of(people["lead"])
    client.post("/access/community/change/", {"membership": mine.pk})
    assert Membership.objects.filter(pk=mine.pk).exists()
    ending = {"role": "supervisor", "email": people["lead"].email, "expires_on": f"{TODAY + timedelta(9):%d/%m/%Y}"}
    assert client.post("/access/community/", INVITE | ending).status_code == 422, "nor does the last one end on a day"
    client.post("/access/community/", INVITE | {"role": "supervisor"})
    client.post("/access/community/change/", {"membership": mine.pk})
    assert not Membership.objects.filter(pk=mine.pk).exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"role": "clerk"}, "Choisissez"),
        ({"email": "nobody"}, "pas la bonne forme"),
        ({"role": "head", "fase": "1"}, "pas connu"),
        ({"role": "manager", "power": "Personne"}, "pas connu"),
        ({"name": ""}, "Indiquez le nom"),
        ({"expires_on": "1/1/2001"}, "jour à venir"),
        ({"role": "agent", "email": "head@example.org"}, "autre rôle"),
    ],
)
def test_what_cannot_be_given_is_said(people: dict[str, Account], values: dict[str, str], says: str) -> None:
    answer = client_of(people["lead"]).post("/access/community/", INVITE | values)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_forgotten_password_is_chosen_again_by_mail(people: dict[str, Account]) -> None:
    locmem = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_HOST="mail", EMAIL_BACKEND=locmem, PUBLIC_URL="http://testserver"):
        mail.outbox = []
        for email in ("Clerk@example.org", "nobody@example.org"):
            assert b"un courriel part" in Client().post("/sign-in/forgotten/", {"email": email}).content
        assert Forgotten.objects.count() == 1
        assert send_what_is_due(datetime.now(UTC)) == 1
        assert not Forgotten.objects.exists()
    link = next(line for line in mail.outbox[0].body.splitlines() if "/invitation/" in line)
    client = Client()
    path = link.removeprefix("http://testserver")
    assert client.post(path, {"password": "four words and a bit"}).status_code == 302
    assert client.get("/staff/").status_code == 200
    assert Client().get(path).status_code == 410


def test_without_mail_nothing_is_promised(people: dict[str, Account]) -> None:
    with override_settings(EMAIL_HOST="", PUBLIC_URL=""):
        assert "oublié" not in Client().get("/sign-in/").content.decode()
        assert "n'envoie pas" in Client().get("/sign-in/forgotten/").content.decode().replace("&#x27;", "'")


def test_whoever_lost_everything_gets_in_again_by_the_supervisor(people: dict[str, Account]) -> None:
    client, clerk = client_of(people["lead"]), people["clerk"]
    clerk.set_password("quatre mots bien choisis")
    clerk.second_secret = "JBSWY3DPEHPK3PXP"
    clerk.save()
    page = client.post("/access/community/", {"lost": clerk.email}).content.decode()
    path = page.partition("<code>")[2].partition("</code>")[0].removeprefix("http://testserver")
    mine = Client()
    assert mine.post(path, {"password": "quatre autres mots choisis"}).status_code == 302
    assert mine.get("/staff/").status_code == 200
    clerk.refresh_from_db()
    assert clerk.second_secret == ""
    for email in ("nobody@example.org", people["lead"].email):
        assert client.post("/access/community/", {"lost": email}).status_code == 422


def test_one_address_may_have_its_own_file_and_a_role(people: dict[str, Account]) -> None:
    school = School.objects.get(fase=FIRST_SCHOOL)
    Membership.objects.create(account=people["clerk"], school=school, role=Role.MEMBER)
    values = {"name": "clerk", "email": people["clerk"].email, "role": "reader", "expires_on": ""}
    assert client_of(people["head"]).post("/access/", values).status_code == 200
    roles = Membership.objects.filter(account=people["clerk"]).values_list("role", flat=True)
    assert sorted(roles) == [Role.MEMBER, Role.READER]
    agent = Account.objects.create(email="agent@example.org", name="Els")
    Membership.objects.create(account=agent, role=Role.AGENT)
    assert client_of(people["head"]).post("/access/", values | {"email": agent.email}).status_code == 422


def test_the_way_into_somebody_elses_account_is_handed_to_nobody(people: dict[str, Account]) -> None:
    """Of an account that signs in elsewhere, or that others invited, no link is shown: it would open all its roles."""
    auditor = Account.objects.create(email="nora@example.org", name="Nora")
    Membership.objects.create(account=auditor, role=Role.AUDITOR)
    head = client_of(people["head"])
    values = {"name": "Nora", "email": auditor.email, "role": "reader", "expires_on": ""}
    assert "/invitation/" not in head.post("/access/", values).content.decode()
    lead = client_of(people["lead"])
    assert "/invitation/" not in lead.post("/access/community/", INVITE | {"email": auditor.email}).content.decode()
    elsewhere = Account.objects.create(email="els@example.org", name="Els")
    elsewhere.identities.create(issuer="https://provider", subject="1")
    assert "/invitation/" not in head.post("/access/", values | {"email": elsewhere.email}).content.decode()
    assert "/invitation/" in head.post("/access/", values | {"email": "new@example.org"}).content.decode()
