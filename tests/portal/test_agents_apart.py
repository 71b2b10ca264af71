"""One declaration is on one desk, and who identifies people does nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.agents.desk import LEASE, take
from opendimona.portal.site.street import STREET
from tests.portal.houses import empty
from tests.portal.test_rights import client_of


@pytest.fixture
def two(both_houses: str) -> Iterator[tuple[Account, Account]]:
    empty(both_houses)
    accounts = [Account.objects.create(email=f"{name}@example.org", name=name) for name in ("one", "two")]
    yield accounts[0], accounts[1]
    Account.objects.filter(pk__in=[one.pk for one in accounts]).delete()


def test_one_declaration_is_on_one_desk(two: tuple[Account, Account]) -> None:
    moment = datetime.now(UTC)
    assert take(7, two[0], moment)
    assert take(7, two[0], moment)
    assert not take(7, two[1], moment)
    assert take(7, two[1], moment + LEASE * 2)
    assert not take(7, two[0], moment + LEASE * 2)


@pytest.mark.parametrize("other", [Role.CELL, Role.SUPERVISOR, Role.AUDITOR])
def test_an_agent_has_no_other_role(two: tuple[Account, Account], other: Role) -> None:
    Membership.objects.create(account=two[0], role=Role.AGENT)
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():
        Membership.objects.create(account=two[0], role=other)
    held = Membership.objects.create(account=two[1], role=other)
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():
        Membership.objects.create(account=two[1], role=Role.AGENT)
    held.delete()
    Membership.objects.create(account=two[1], role=Role.AGENT)


def test_without_a_register_the_desk_says_so(two: tuple[Account, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    Membership.objects.create(account=two[0], role=Role.AGENT)
    monkeypatch.setattr(STREET, "_register", None)
    client = client_of(two[0])
    assert client.get("/agents/").status_code == 503
    for path in ("decide", "find"):
        assert client.post(f"/agents/{path}/", {"number": "123456789002"}).status_code == 503
