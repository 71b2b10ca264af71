"""The cell's work with the schools, on a real register: jobs, conflicts, letters, messages without a file, searches."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import (
    Address,
    Declaration,
    DeclaredEmployer,
    DeclaredFeatures,
    DeclaredWorker,
    DimonaIn,
    Municipality,
)
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.audit.models import Entry
from opendimona.portal.cell import jobs, orphans
from opendimona.portal.cell.bulk import attempt, execute
from opendimona.portal.cell.models import Case, Job, JobRow, Note, Orphan, Place, Reply
from opendimona.portal.cell.notes import escalate
from opendimona.portal.cell.queue import Kind, queue_of
from opendimona.portal.declare.models import Act, Draft, Filing, State
from opendimona.portal.declare.send import file_draft
from opendimona.portal.declare.wishes import read_draft
from opendimona.portal.inbox.mailing import send_what_is_due
from opendimona.portal.insurability.models import Gap, GapKind, Run, RunState
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.models import Period, Person
from opendimona.register.interface import Caller, Key, Unavailable
from opendimona.register.notices.outbox import expand_all
from tests.portal.houses import COMMUNITY, FIRST_SCHOOL, POWER, SECOND_SCHOOL, empty
from tests.portal.insurability.conftest import ssin
from tests.portal.test_rights import client_of

NOW = datetime.now(BRUSSELS)
TODAY = NOW.date()
START = TODAY - timedelta(60)


class Scene:
    """Two schools, two agents of the cell, and people who can be engaged."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.first, self.second = (School.objects.get(fase=fase) for fase in (FIRST_SCHOOL, SECOND_SCHOOL))
        self.agents = [self._account(name, Role.CELL) for name in ("julie", "paul")]
        self.clerk = self._account("clerk", Role.CLERK, self.first)
        self.other_clerk = self._account("other", Role.CLERK, self.second)

    def _account(self, name: str, role: Role, school: School | None = None) -> Account:
        account = Account.objects.create(email=f"{name}@example.org", name=name)
        Membership.objects.create(account=account, role=role, school=school)
        return account

    def person(self, serial: int) -> Person:
        number = ssin(serial)
        with psycopg.connect(self._dsn) as connection:
            connection.execute(
                "INSERT INTO public.person (ssin, family_name, given_name) VALUES (%s, %s, 'Anne')"
                " ON CONFLICT DO NOTHING", (number, f"Dubois{serial}"),
            )  # fmt: skip
        return Person.objects.create(
            ssin=number, family_name=f"Dubois{serial}", given_name="Anne", search_key=f"DUBOIS{serial} ANNE"
        )

    def engage(self, school: School, person: Person, start: date = START, category: str = "teacher") -> Filing:
        draft = Draft.objects.create(
            school=school, account=self.clerk, person=person, act=Act.ENTRY,
            values={"category": category, "start": f"{start:%d/%m/%Y}", "end": "", "hours": ""},
        )  # fmt: skip
        return file_draft(draft, read_draft(draft, TODAY), self.clerk, NOW)


@pytest.fixture
def scene(both_houses: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    empty(both_houses)
    for model in (Case, Place, Reply, Job):
        model.objects.all().delete()
    Account.objects.all().delete()
    Employer.objects.update(joint_committee="XXX")
    monkeypatch.setattr(jobs, "start", lambda work: work())
    yield Scene(both_houses)
    Filing.objects.update(account=None)
    Draft.objects.all().delete()
    Account.objects.all().delete()


def make(client: Client, **values: Any) -> Job:
    answer = client.post("/cell/bulk/", {"reason": "fusion"} | values)
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.latest("pk")


def states(job: Job) -> list[tuple[str, str]]:
    return [(row.state, row.why) for row in job.rows.order_by("place")]


def test_periods_are_closed_row_by_row(scene: Scene) -> None:
    people = [scene.person(number) for number in (1, 2, 3)]
    filings = [scene.engage(scene.first, one) for one in people]
    client = client_of(scene.agents[0])
    numbers = [str(filings[0].period_id), str(people[1].ssin), "123456789012", "abc", str(people[2].ssin)]
    job = make(client, action="close", on=f"{TODAY:%d/%m/%Y}", numbers="\n".join(numbers))
    assert states(job) == [("ready", ""), ("ready", ""), ("stopped", "unknown"), ("stopped", "unknown"), ("ready", "")]
    assert not Period.objects.exclude(end=None).exists(), "nothing is done before it is asked for"
    assert "Faire 3 lignes" in client.get(f"/cell/bulk/{job.pk}/").content.decode()
    client.post(f"/cell/bulk/{job.pk}/run/")
    assert [state for state, _ in states(job)] == ["done", "done", "stopped", "stopped", "done"]
    assert {one.end for one in Period.objects.all()} == {TODAY}
    assert {one.account for one in Filing.objects.filter(act=Act.EXIT)} == {scene.agents[0]}
    assert Entry.objects.filter(table="declare_filing", account=scene.agents[0].pk, address="bulk_run").exists()
    client.post(f"/cell/bulk/{job.pk}/run/")
    assert Filing.objects.filter(act=Act.EXIT).count() == 3, "a second time nothing happens"
    assert "fait" in client.get(f"/cell/bulk/{job.pk}/rows.csv").content.decode()


def test_what_was_closed_is_opened_again_unless_it_changed_since(scene: Scene) -> None:
    people = [scene.person(number) for number in (31, 32)]
    for one in people:
        scene.engage(scene.first, one)
    client = client_of(scene.agents[0])
    numbers = "\n".join(str(one.ssin) for one in people)
    job = make(client, action="close", on=f"{TODAY:%d/%m/%Y}", numbers=numbers)
    client.post(f"/cell/bulk/{job.pk}/undo/")
    assert Job.objects.count() == 1, "nothing was closed yet"
    client.post(f"/cell/bulk/{job.pk}/run/")
    assert "Préparer la réouverture" in client.get(f"/cell/bulk/{job.pk}/").content.decode()
    first = Period.objects.get(person=people[0])
    Period.objects.filter(pk=first.pk).update(end=TODAY - timedelta(3))
    client.post(f"/cell/bulk/{job.pk}/undo/")
    client.post(f"/cell/bulk/{job.pk}/undo/")
    other = Job.objects.latest("pk")
    assert (Job.objects.count(), other.undoes) == (2, job)
    assert states(other) == [("stopped", "changed"), ("ready", "")]
    assert Period.objects.get(person=people[1]).end == TODAY
    client.post(f"/cell/bulk/{other.pk}/run/")
    assert [state for state, _ in states(other)] == ["stopped", "done"]
    assert Period.objects.get(person=people[1]).end is None
    assert client.post("/cell/bulk/", {"action": "reopen", "numbers": "1", "reason": "x"}).status_code == 422


def test_a_transfer_is_prepared_by_one_and_done_by_another(scene: Scene) -> None:
    person = scene.person(4)
    period = scene.engage(scene.first, person).period
    assert period is not None
    own = Employer.objects.get(nsso=POWER)
    first, second = (client_of(agent) for agent in scene.agents)
    values = {"action": "transfer", "on": f"{TODAY:%d/%m/%Y}", "employer": own.pk, "numbers": str(period.pk)}
    job = make(first, **values)
    assert states(job) == [("ready", "")]
    first.post(f"/cell/bulk/{job.pk}/run/")
    assert states(job) == [("ready", "")]
    assert "demandez à un collègue" in first.get(f"/cell/bulk/{job.pk}/").content.decode()
    second.post(f"/cell/bulk/{job.pk}/run/")
    assert states(job) == [("done", "")]
    periods = {one.employer.nsso: (one.start, one.end) for one in Period.objects.select_related("employer")}
    assert periods == {COMMUNITY: (START, TODAY - timedelta(1)), POWER: (TODAY, None)}
    again = make(first, **values)
    assert states(again) == [("stopped", "over")]


def test_a_job_that_was_interrupted_goes_on_where_it_stopped(scene: Scene) -> None:
    people = [scene.person(number) for number in (5, 6)]
    for one in people:
        scene.engage(scene.first, one)
    numbers = "\n".join(str(one.ssin) for one in people)
    job = make(client_of(scene.agents[0]), action="close", on=f"{TODAY:%d/%m/%Y}", numbers=numbers)
    first = job.rows.order_by("place")[0]
    execute(job, scene.agents[0])
    JobRow.objects.filter(pk=first.pk).update(state="ready", filing=None)
    Job.objects.filter(pk=job.pk).update(state="doing", touched_at=NOW - timedelta(hours=1))
    client = client_of(scene.agents[1])
    assert "Reprendre" in client.get(f"/cell/bulk/{job.pk}/").content.decode()
    client.post(f"/cell/bulk/{job.pk}/run/")
    assert [state for state, _ in states(job)] == ["done", "done"]
    assert Filing.objects.filter(act=Act.EXIT).count() == 2, "what was filed is found again"


def test_rows_that_the_register_did_not_answer_are_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [scene.engage(scene.first, scene.person(number)).person for number in (41, 42)]
    client = client_of(scene.agents[0])
    numbers = "\n".join(["abc", *(str(one.ssin) for one in people if one)])
    with monkeypatch.context() as patched:
        patched.setattr("opendimona.portal.cell.bulk.try_draft", Mock(side_effect=Unavailable))
        job = make(client, action="close", on=f"{TODAY:%d/%m/%Y}", numbers=numbers)
    assert states(job) == [("stopped", "unknown"), ("stopped", "away"), ("stopped", "away")]
    assert "Essayer encore 2 lignes" in client.get(f"/cell/bulk/{job.pk}/").content.decode()
    client.post(f"/cell/bulk/{job.pk}/retry/")
    assert states(job) == [("stopped", "unknown"), ("ready", ""), ("ready", "")]
    assert "Essayer encore" not in client.get(f"/cell/bulk/{job.pk}/").content.decode()
    client.post(f"/cell/bulk/{job.pk}/retry/")
    client.post(f"/cell/bulk/{job.pk}/run/")
    assert [state for state, _ in states(job)] == ["stopped", "done", "done"]
    JobRow.objects.filter(job=job, place=1).update(why="away")
    client.post(f"/cell/bulk/{job.pk}/retry/")
    assert states(job)[0] == ("stopped", "unknown")
    assert Filing.objects.filter(act=Act.EXIT).count() == 2
    assert "Préparer la réouverture" in client.get(f"/cell/bulk/{job.pk}/").content.decode(), "still, of what was done"
    client.post(f"/cell/bulk/{job.pk}/undo/")
    assert Job.objects.latest("pk").undoes == job


def test_what_waits_is_sent_again(scene: Scene) -> None:
    filing = scene.engage(scene.first, scene.person(7))
    Filing.objects.filter(pk=filing.pk).update(state=State.WAITING, number=None, period=None)
    job = make(client_of(scene.agents[0]), action="resend")
    assert states(job) == [("ready", "")]
    attempt(job)
    execute(job, scene.agents[0])
    filing.refresh_from_db()
    assert filing.state == State.ACCEPTED
    assert [state for state, _ in states(job)] == ["done"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"action": ""}, "Choisissez ce qui"),
        ({"numbers": ""}, "deux mille"),
        ({"on": "32/13"}, "Indiquez un jour"),
        ({"action": "transfer"}, "qui reprend"),
        ({"reason": ""}, "Dites pourquoi"),
    ],
)
def test_a_job_that_makes_no_sense_is_not_made(scene: Scene, values: dict[str, str], says: str) -> None:
    given = {"action": "close", "on": "1/9/2026", "numbers": "1", "reason": "x"} | values
    answer = client_of(scene.agents[0]).post("/cell/bulk/", given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Job.objects.exists()


def conflicting(scene: Scene) -> Filing:
    person = scene.person(8)
    scene.engage(scene.first, person)
    refused = scene.engage(scene.second, person, START + timedelta(9))
    assert refused.state == State.REFUSED
    return refused


def test_a_conflict_of_two_schools_is_decided_on_one_screen(scene: Scene) -> None:
    refused = conflicting(scene)
    assert queue_of(NOW).items[0].kind == Kind.CONFLICT
    client = client_of(scene.agents[0])
    assert f"/cell/conflict/{refused.pk}/" in client.get("/cell/").content.decode()
    page = client.get(f"/cell/conflict/{refused.pk}/").content.decode()
    assert str(FIRST_SCHOOL) in page
    assert str(SECOND_SCHOOL) in page
    assert client.post(f"/cell/conflict/{refused.pk}/", {"text": " "}).status_code == 422
    reply = Reply.objects.create(title="Attacher", text="Attachez votre affectation à la période.")
    client.post(f"/cell/conflict/{refused.pk}/", {"reply": reply.pk})
    assert [one.school_id for one in Note.objects.order_by("school__fase")] == [scene.first.pk, scene.second.pk]
    assert queue_of(NOW, Kind.CONFLICT).items == []
    for clerk in (scene.clerk, scene.other_clerk):
        assert "Attachez votre affectation" in client_of(clerk).get("/").content.decode()
    assert client.get("/cell/conflict/6f1d2a52-6d8b-4f0e-9f0a-0d1a0d1a0d1a/").status_code == 404


def test_a_letter_is_shown_mailed_without_names_and_read_once(scene: Scene) -> None:
    conflicting(scene)
    agent, clerk = client_of(scene.agents[0]), client_of(scene.clerk)
    about = queue_of(NOW).items[0].about
    assert agent.post("/cell/write/", {"about": about, "text": ""}).status_code == 422
    agent.post("/cell/write/", {"about": about, "text": "Qui travaille ce jour-là ?"})
    note = Note.objects.get()
    assert note.school == scene.second
    assert "Qui travaille" not in clerk.get("/").content.decode()
    other = client_of(scene.other_clerk)
    assert "Qui travaille" in other.get("/").content.decode()
    locmem = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_HOST="mail", EMAIL_BACKEND=locmem):
        mail.outbox = []
        send_what_is_due(NOW)
        send_what_is_due(NOW)
    letters = [one for one in mail.outbox if "vous écrit" in one.subject]
    assert [one.to for one in letters] == [["other@example.org"]]
    assert "Dubois" not in letters[0].body
    clerk.post("/cell/read/", {"note": note.pk})
    note.refresh_from_db()
    assert note.read_at is None, "another school cannot read it away"
    other.post("/cell/read/", {"note": note.pk})
    assert "Qui travaille" not in other.get("/").content.decode()


def test_prepared_replies_are_kept(scene: Scene) -> None:
    client = client_of(scene.agents[0])
    assert client.post("/cell/replies/", {"title": "", "text": ""}).status_code == 422
    client.post("/cell/replies/", {"title": "Merci", "text": "Merci, c'est réglé."})
    one = Reply.objects.get()
    assert "Merci" in client.get("/cell/replies/").content.decode()
    client.post("/cell/replies/", {"delete": one.pk})
    assert not Reply.objects.exists()


def test_days_uncovered_since_yesterday_are_told_to_the_school_once(scene: Scene) -> None:
    run = Run.objects.create(
        digest="", size=0, started_at=NOW, as_of=NOW, touched_at=NOW, state=RunState.DONE, finished_at=NOW
    )
    person = scene.person(9)
    gap = Gap.objects.create(
        run=run, kind=GapKind.UNCOVERED, ssin=person.ssin, employer=Employer.objects.get(nsso=COMMUNITY),
        school=scene.first, worker_type="OTH", start=START, end=TODAY, days=9, found_at=NOW - timedelta(hours=23),
    )  # fmt: skip
    assert escalate(NOW) == 0
    assert escalate(NOW + timedelta(hours=2)) == 1
    assert escalate(NOW + timedelta(hours=3)) == 0
    note = Note.objects.get()
    assert (note.school, note.person) == (scene.first, person)
    scene.clerk.language = "nl"
    scene.clerk.save()
    page = client_of(scene.clerk).get("/").content.decode()
    assert f"Betaald van {START:%d/%m/%Y}" in page, "in the language of whoever reads it"
    gap.refresh_from_db()
    assert gap.escalated_at is not None


def from_elsewhere() -> int:
    """A declaration without SSIN that a payroll program files under the Community's number."""
    features = DeclaredFeatures(joint_commission_number="XXX", worker_type="OTH")
    address = Address(
        street="Rue", house_number="1", post_code="4000", municipality=Municipality(name="Tilleux"), country=150
    )
    worker = DeclaredWorker(
        family_name="Dubois", given_name="Anne", birth_date="1980-01-01", place_of_birth="Lille",
        country_of_birth=111, nationality=111, gender=2, address=address,
    )  # fmt: skip
    declaration = Declaration(
        employer=DeclaredEmployer(employer_id=COMMUNITY), worker=worker,
        dimona_in=DimonaIn(start_date=START.isoformat(), features=features),
    )  # fmt: skip
    caller = Caller("payroll", mandate=frozenset({("nsso", COMMUNITY)}))
    answer = STREET.file(declaration, caller, NOW, Key("once", b"digest"))
    assert answer.result == "S", answer.anomalies
    return answer.number


def told(dsn: str) -> None:
    """What a deliverer does all the time: what was committed becomes notices."""

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await expand_all(connection)

    asyncio.run(work())


def test_a_message_that_matches_nothing_is_parked_with_who_may_be_meant(scene: Scene, both_houses: str) -> None:
    known = scene.person(10)
    scene.engage(scene.first, known, category="support")
    scene.engage(scene.second, scene.person(11))
    number = from_elsewhere()
    told(both_houses)
    later = NOW + timedelta(hours=1)
    assert orphans.look_for_orphans(NOW) == 0, "what is fresh is left alone"
    assert orphans.look_for_orphans(later) == 1
    assert orphans.look_for_orphans(later) == 0
    assert [(one.number, one.person) for one in Orphan.objects.all()] == [(number, None)]
    STREET.identify(number, "agent", known.ssin, None)
    told(both_houses)
    assert orphans.look_for_orphans(later) == 1
    one = Orphan.objects.get()
    assert (one.kind, one.person, one.school) == ("declaration.settled", known, scene.first)
    client = client_of(scene.agents[0])
    assert [item.kind for item in queue_of(NOW, Kind.ORPHAN).items] == [Kind.ORPHAN]
    client.post("/cell/orphan/", {"orphan": one.pk, "outcome": "aside", "why": ""})
    assert queue_of(NOW, Kind.ORPHAN).items
    client.post("/cell/orphan/", {"orphan": one.pk, "outcome": "aside", "why": "autre service"})
    assert queue_of(NOW, Kind.ORPHAN).items == []


def test_who_looks_outside_the_queue_says_why_and_the_auditor_reads_it(scene: Scene) -> None:
    person = scene.person(12)
    scene.engage(scene.first, person)
    client = client_of(scene.agents[0])
    assert client.post("/cell/search/", {"q": "dubois", "reason": ""}).status_code == 422
    page = client.post("/cell/search/", {"q": str(person.ssin), "reason": "appel de la personne"}).content.decode()
    assert "Dubois12" in page
    page = client.post("/cell/search/", {"q": "École", "reason": "appel de l'école"}).content.decode()
    assert str(FIRST_SCHOOL) in page
    seen = Entry.objects.filter(address="cell_search").order_by("pk")
    assert [one.after["reason"] for one in seen if one.after] == ["appel de la personne", "appel de l'école"]
    client.post("/school/", {"school": scene.first.pk})
    assert client.get("/staff/").status_code == 302, "without a reason no school opens"
    client.post("/school/", {"school": scene.first.pk, "why": "appel de l'école"})
    assert client.get("/staff/").status_code == 200
    assert Entry.objects.filter(address="school", key=str(FIRST_SCHOOL)).count() == 1
    auditor = Account.objects.create(email="nora@example.org", name="nora")
    Membership.objects.create(account=auditor, role=Role.AUDITOR)
    assert "appel de la personne" in client_of(auditor).get("/audit/").content.decode()
