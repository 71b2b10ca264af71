"""What the cell writes: to whom it goes, who is shown it, who has read it, and the mails."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.test.utils import override_settings
from structlog.testing import capture_logs

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.announcements.models import Announcement, Letter
from opendimona.portal.inbox import mailing
from opendimona.portal.inbox.mailing import send_what_is_due
from opendimona.portal.schools.models import School
from tests.portal.houses import FIRST_SCHOOL, SECOND_SCHOOL, empty
from tests.portal.test_rights import client_of

FORM = {"kind": "circular", "title": "Rentrée", "text": "Lisez ceci.", "to": "all", "mail": "1"}


@pytest.fixture
def people(both_houses: str) -> Iterator[dict[str, Account]]:
    empty(both_houses)
    first, second = (School.objects.get(fase=fase) for fase in (FIRST_SCHOOL, SECOND_SCHOOL))
    found = {}
    for name, role, school in (("cell", Role.CELL, None), ("one", Role.CLERK, first), ("two", Role.HEAD, second)):
        found[name] = Account.objects.create(email=f"{name}@example.org", name=name)
        Membership.objects.create(account=found[name], role=role, school=school)
    yield found
    Announcement.objects.all().delete()
    Account.objects.filter(pk__in=[one.pk for one in found.values()]).delete()


def publish(client: Client, **values: str) -> Announcement:
    answer = client.post("/announcements/", FORM | values | {"publish": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return Announcement.objects.latest("pk")


def test_it_is_read_again_before_it_goes(people: dict[str, Account]) -> None:
    cell = client_of(people["cell"])
    page = cell.post("/announcements/", FORM).content.decode()
    assert "2 écoles" in page
    assert "2 personnes" in page
    assert not Announcement.objects.exists()
    assert not Letter.objects.exists()
    publish(cell)
    assert Letter.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": ""}, "Choisissez ce que"),
        ({"title": " "}, "titre"),
        ({"to": ""}, "à qui"),
        ({"to": "some"}, "réseau ou un niveau"),
        ({"to": "list", "fases": ""}, "au moins un numéro"),
        ({"to": "list", "fases": "93052, 11 abc"}, "11, abc"),
        ({"starts_on": "32/13"}, "Indiquez un jour"),
        ({"starts_on": "3/9/2030", "ends_on": "2/9/2030"}, "après le début"),
        ({"starts_on": "3/9/2030", "starts_hour": "25:00"}, "une heure"),
        ({"kind": "outage"}, "a une fin"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    people: dict[str, Account], values: dict[str, str], says: str
) -> None:
    answer = client_of(people["cell"]).post("/announcements/", FORM | values | {"publish": "1"})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Lisez ceci." in answer.content.decode()
    assert not Announcement.objects.exists()


def test_a_list_reaches_its_schools_alone_and_who_read_it_is_seen(people: dict[str, Account]) -> None:
    cell, one, two = (client_of(people[name]) for name in ("cell", "one", "two"))
    written = publish(cell, to="list", fases=str(FIRST_SCHOOL))
    assert "Lisez ceci." in one.get("/").content.decode()
    assert "Lisez ceci." not in two.get("/").content.decode()
    two.post("/announcements/received/read/", {"announcement": written.pk})
    assert "0 écoles sur 1" in cell.get(f"/announcements/{written.pk}/").content.decode()
    one.post("/announcements/received/read/", {"announcement": written.pk})
    assert "Lisez ceci." not in one.get("/").content.decode()
    assert "Lisez ceci." in one.get("/announcements/received/").content.decode()
    assert "1 écoles sur 1" in cell.get(f"/announcements/{written.pk}/").content.decode()
    assert f"{FIRST_SCHOOL};" in cell.get(f"/announcements/{written.pk}/readers/").content.decode()


def test_an_outage_stands_on_every_page_until_it_ends(people: dict[str, Account]) -> None:
    cell, stranger = client_of(people["cell"]), client_of(None)
    tomorrow = f"{datetime.now(UTC) + timedelta(2):%d/%m/%Y}"
    written = publish(cell, kind="outage", title="ONSS injoignable", ends_on=tomorrow)
    assert "ONSS injoignable" in stranger.get("/sign-in/").content.decode()
    cell.post(f"/announcements/{written.pk}/end/")
    assert "ONSS injoignable" not in stranger.get("/sign-in/").content.decode()


def test_one_of_later_is_not_shown_yet(people: dict[str, Account]) -> None:
    later = f"{datetime.now(UTC) + timedelta(9):%d/%m/%Y}"
    publish(client_of(people["cell"]), starts_on=later)
    assert "Lisez ceci." not in client_of(people["one"]).get("/").content.decode()


def test_a_mail_leaves_once_for_each_and_again_when_it_could_not(
    people: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(client_of(people["cell"]))
    at = datetime.now(UTC) + timedelta(minutes=1)
    locmem = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_HOST="mail.example.org", EMAIL_BACKEND=locmem):
        assert settings.EMAIL_HOST
        mail.outbox = []
        with monkeypatch.context() as context:

            def refuse(_letter: object) -> None:
                raise smtplib.SMTPServerDisconnected

            context.setattr(mailing, "_compose_letter", refuse)
            with capture_logs() as said:
                assert send_what_is_due(at) == 0
            assert said[0]["kind"] == "SMTPServerDisconnected"
        assert send_what_is_due(at) == 2
        assert send_what_is_due(at) == 0
    assert sorted(one.to[0] for one in mail.outbox) == ["one@example.org", "two@example.org"]
    assert {one.subject for one in mail.outbox} == {"Rentrée"}
    assert "Lisez ceci." in mail.outbox[0].body
