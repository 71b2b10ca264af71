"""What comes into the cell's queue, when, and in which order."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.cell.models import Case
from opendimona.portal.cell.queue import Kind, queue_of
from opendimona.portal.declare.models import Act, Approval, Filing, State
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Person
from tests.portal.houses import FIRST_SCHOOL, empty
from tests.portal.test_rights import client_of

NOW = datetime.now(BRUSSELS)


@pytest.fixture
def filing(both_houses: str) -> Filing:
    """A refused declaration of some days ago, not written yet."""
    empty(both_houses)
    Case.objects.all().delete()
    Account.objects.all().delete()
    school = School.objects.get(fase=FIRST_SCHOOL)
    person = Person.objects.create(ssin=85010100115, family_name="Dubois", given_name="Anne", search_key="DUBOIS ANNE")
    moment = NOW - timedelta(5)
    return Filing(
        school=school, person=person, employer=school.power.employer, act=Act.ENTRY, start=NOW.date(), payload="{}",
        declared_at=moment, filed_at=moment, decided_at=moment, state=State.REFUSED,
    )  # fmt: skip


def write(filing: Filing, **values: object) -> None:
    """Write one more, with these values."""
    filing.pk, filing._state.adding = uuid4(), True
    for name, value in values.items():
        setattr(filing, name, value)
    filing.save()


def kinds() -> list[Kind]:
    """Why each thing is in the queue, in order."""
    return [item.kind for item in queue_of(NOW).items]


def test_what_stays_undone_comes_in_gravest_first(filing: Filing) -> None:
    write(filing, state=State.PENDING)
    write(filing, state=State.REFUSED)
    write(filing, state=State.WAITING, decided_at=None)
    write(filing, state=State.ACCEPTED, is_late=True, decided_at=filing.filed_at)
    assert kinds() == [Kind.WAITING, Kind.REFUSED, Kind.PENDING, Kind.LATE]
    queue = queue_of(NOW)
    assert {kind for kind, count in queue.counts.items() if count} == set(kinds())
    assert [item.kind for item in queue_of(NOW, Kind.LATE).items] == [Kind.LATE]


def test_what_is_mended_or_fresh_stays_out(filing: Filing) -> None:
    write(filing, is_settled=True)
    write(filing, is_settled=False, decided_at=NOW - timedelta(hours=3))
    write(filing, state=State.PENDING, declared_at=NOW - timedelta(2))
    write(filing, state=State.WAITING, filed_at=NOW - timedelta(minutes=5))
    write(filing, state=State.ACCEPTED, is_late=True, late_reason="told")
    write(filing, is_late=False, late_reason="")
    assert kinds() == []


def test_what_no_head_decides_comes_to_the_cell_and_its_supervisor_does(filing: Filing) -> None:
    clerk = Account.objects.create(email="clerk@example.org", name="Anne")
    Approval.objects.create(
        draft=uuid4(), school=filing.school, person=filing.person, act=Act.CANCEL, asked_by=clerk,
        asked_at=NOW - timedelta(2),
    )  # fmt: skip
    assert kinds() == []
    Approval.objects.update(asked_at=NOW - timedelta(4))
    assert kinds() == [Kind.APPROVAL]
    chief = Account.objects.create(email="chief@example.org", name="Paul")
    Membership.objects.create(account=chief, role=Role.SUPERVISOR)
    client = client_of(chief, filing.school)
    assert "Sans accord de la direction" in client.get("/cell/").content.decode()
    assert "Attendent votre accord" in client.get("/").content.decode()


def test_only_what_is_in_the_queue_is_taken(filing: Filing) -> None:
    write(filing)
    agent = Account.objects.create(email="agent@example.org", name="Julie")
    Membership.objects.create(account=agent, role=Role.CELL)
    client = client_of(agent)
    client.post("/cell/claim/", {"about": "filing of nobody"})
    assert not Case.objects.exists()
    client.post("/cell/claim/", {"about": f"filing {filing.pk}"})
    assert Case.objects.get().taken_by == agent
    assert [item.case is not None for item in queue_of(NOW, mine=agent).items] == [True]
    agent.is_active = False  # whoever leaves loses nothing of the work: somebody else may take it
    agent.save()
    other = Account.objects.create(email="other@example.org", name="Paul")
    Membership.objects.create(account=other, role=Role.CELL)
    client_of(other).post("/cell/claim/", {"about": f"filing {filing.pk}"})
    assert Case.objects.get().taken_by == other


def test_only_who_has_taken_something_puts_it_off(filing: Filing) -> None:
    write(filing)
    about = f"filing {filing.pk}"
    first, second = (Account.objects.create(email=f"{name}@example.org", name=name) for name in ("a", "b"))
    for one in (first, second):
        Membership.objects.create(account=one, role=Role.CELL)
    until = {"about": about, "until": f"{NOW + timedelta(9):%d/%m/%Y}", "why": "demain"}
    client_of(first).post("/cell/claim/", {"about": about})
    client_of(second).post("/cell/snooze/", until)
    client_of(second).post("/cell/snooze/", until | {"about": "made up"})
    assert kinds() == [Kind.REFUSED]
    assert Case.objects.count() == 1
    client_of(first).post("/cell/snooze/", until)
    assert kinds() == []
    assert queue_of(NOW).resting == 1
