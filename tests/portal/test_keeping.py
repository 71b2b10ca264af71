"""What is erased after a time, and what never is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from opendimona.portal.accounts.models import Account
from opendimona.portal.announcements.models import Announcement
from opendimona.portal.audit.models import Entry
from opendimona.portal.cell.models import Note
from opendimona.portal.declare.models import Draft
from opendimona.portal.insurability.models import Run, RunState
from opendimona.portal.schools.models import School
from opendimona.portal.site.keeping import erase
from opendimona.portal.staff.models import Person
from opendimona.settings import KeepSettings
from tests.portal.houses import FIRST_SCHOOL, empty

NOW = datetime.now(UTC)
OLD = NOW - timedelta(40)


@pytest.fixture
def old(both_houses: str) -> School:
    """Something of each kind, forty days old, and something of today."""
    empty(both_houses)
    for model in (Session, Announcement, Draft):
        model.objects.all().delete()
    school = School.objects.get(fase=FIRST_SCHOOL)
    person = Person.objects.create(ssin=85010100115, family_name="Dubois", given_name="A", search_key="DUBOIS A")
    for at in (OLD, OLD, NOW):
        Run.objects.create(digest="", size=0, started_at=at, as_of=at, touched_at=at, state=RunState.DONE)
        Note.objects.create(school=school, text="x", written_at=at, read_at=at)
    Note.objects.create(school=school, text="not read", written_at=OLD)
    Announcement.objects.create(kind="news", title="over", published_at=OLD, starts_at=OLD, ends_at=OLD)
    Announcement.objects.create(kind="news", title="on", published_at=OLD, starts_at=OLD)
    account, _ = Account.objects.get_or_create(email="keeping@example.org", name="Anne")
    draft = Draft.objects.create(school=school, person=person, act="in", account=account)
    Draft.objects.filter(pk=draft.pk).update(saved_at=OLD)
    Session.objects.create(session_key="over", session_data="", expire_date=OLD)
    Session.objects.create(session_key="on", session_data="", expire_date=NOW + timedelta(1))
    return school


def test_nothing_but_dead_sessions_goes_until_it_is_set(old: School) -> None:
    assert erase(NOW, KeepSettings()) == 1
    assert Session.objects.get().session_key == "on"
    assert [one.objects.count() for one in (Run, Note, Announcement, Draft)] == [3, 4, 2, 1]


def test_what_is_old_goes_and_its_trace_stays(old: School) -> None:
    erase(NOW, KeepSettings(comparisons=30, letters=30, drafts=30))
    assert [one.started_at for one in Run.objects.all()] == [NOW]
    assert sorted(one.text for one in Note.objects.all()) == ["not read", "x"]
    assert [one.title for one in Announcement.objects.all()] == ["on"]
    assert not Draft.objects.exists()
    assert Entry.objects.filter(table="cell_note", what="delete").exists()
    assert Person.objects.exists()


def test_the_last_comparison_stays_however_old(old: School) -> None:
    Run.objects.filter(started_at=NOW).delete()
    erase(NOW, KeepSettings(comparisons=30))
    assert Run.objects.count() == 1
