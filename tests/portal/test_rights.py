"""Every address with every role, and with a stranger: nobody comes further than the one table of rights says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.middleware import first_page
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.accounts.rights import ADDRESSES, IN_SCHOOL, RIGHTS, Right, rights_of
from opendimona.portal.accounts.session import ACCOUNT, HASH, SCHOOL
from opendimona.portal.schools.models import School
from tests.portal.houses import FIRST_SCHOOL, SECOND_SCHOOL, empty

ARGUMENTS = {
    "number": 1,
    "key": uuid4(),
    "seal": "seal",
    "token": "token",
    "name": "answers",
    "kind": "csv",
    "code": "90017-151",
    "level": "compulsory",
    "year": 2026,
}
TODAY = datetime.now(BRUSSELS).date()
TO_THE_DOOR = (("sign_in_demo", "post"), ("link", "post"))
"""Open, and leading back to the door whoever comes without what they are for."""
LONG = (("runs", "post"), ("run_load", "post"))
IN_ONE_SCHOOL = (Role.READER, Role.CLERK, Role.HEAD)
SCHOOL_BOUND = (*IN_ONE_SCHOOL, Role.MEMBER)


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address of the portal."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


PATTERNS = {str(one.name): one for one in patterns(get_resolver("opendimona.portal.site.urls"))}


def address(name: str) -> str:
    """A path for an address, with arguments that lead to nothing."""
    wanted = PATTERNS[name].pattern.converters
    given = {key: ARGUMENTS[key] for key in wanted if key not in (PATTERNS[name].default_args or {})}
    return reverse(name, kwargs=given)


@pytest.fixture(scope="module")
def accounts(both_houses: str) -> dict[Role, Account]:
    """One account of each role: of a school, of a power, or of all."""
    empty(both_houses)
    school = School.objects.get(fase=FIRST_SCHOOL)
    found = {}
    for role in Role:
        account = Account.objects.create(email=f"{role.value}@example.org", name=role.value)
        scope = {"school": school} if role in SCHOOL_BOUND else {"power": school.power} if role == Role.MANAGER else {}
        Membership.objects.create(account=account, role=role, **scope)
        found[role] = account
    return found


def client_of(account: Account | None, school: School | None = None) -> Client:
    """A browser in which somebody is signed in, perhaps with a school chosen."""
    client = Client(raise_request_exception=False)
    if account is not None:
        session = client.session
        session[ACCOUNT], session[HASH] = account.pk, account.get_session_auth_hash()
        if school is not None:
            session[SCHOOL] = school.pk
        session.save()
        client.cookies["session"] = session.session_key
    return client


def is_sent_to_the_door(answer: HttpResponse) -> bool:
    """Whether somebody has to sign in first."""
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("sign_in"))


def test_every_address_has_a_right() -> None:
    assert set(PATTERNS) == set(ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_sees_what_is_open(accounts: dict[Role, Account], method: str) -> None:
    for name, right in ADDRESSES.items():
        answer = getattr(client_of(None), method)(address(name))
        is_closed = right is not Right.OPEN or name == "second" or (name, method) in TO_THE_DOOR
        assert is_sent_to_the_door(answer) == is_closed, name


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_comes_as_far_as_its_rights(accounts: dict[Role, Account], role: Role, method: str) -> None:
    school = School.objects.get(fase=FIRST_SCHOOL)
    for name, right in ADDRESSES.items():
        if name in ("sign_out", "sign_in_demo", "second", "link") or (name, method) in LONG:
            continue
        answer = getattr(client_of(accounts[role], school), method)(address(name))
        assert answer.status_code < 500, name
        assert not is_sent_to_the_door(answer), name
        may = right in RIGHTS[role] | {Right.OWN, Right.OPEN}
        if may:
            assert answer.status_code != 403, name
        elif name == "home":
            assert answer.status_code == 302
            assert answer.headers["Location"] == reverse(first_page(RIGHTS[role]))
        elif right in IN_SCHOOL and Right.READ not in RIGHTS[role]:
            assert answer.status_code in (302, 403), name
        else:
            assert answer.status_code == 403, name


def test_a_school_of_somebody_else_is_closed(accounts: dict[Role, Account]) -> None:
    other = School.objects.get(fase=SECOND_SCHOOL)
    for role in IN_ONE_SCHOOL:
        client = client_of(accounts[role], other)
        assert "93052" in client.get("/staff/").content.decode()
        client.post("/school/", {"school": other.pk})
        assert "93053" not in client.get("/staff/").content.decode()


def test_the_cell_acts_for_a_school_and_returns(accounts: dict[Role, Account]) -> None:
    client = client_of(accounts[Role.CELL])
    assert client.get("/").headers["Location"] == "/cell/"
    assert client.get("/staff/").headers["Location"] == "/cell/"
    client.post("/school/", {"school": School.objects.get(fase=SECOND_SCHOOL).pk, "why": "appel"})
    page = client.get("/").content.decode()
    assert "Vous agissez pour École 93053" in page
    client.post("/school/", {"school": ""})
    assert client.get("/").headers["Location"] == "/cell/"


def test_rights_end_with_the_day_and_with_the_account(accounts: dict[Role, Account]) -> None:
    school = School.objects.get(fase=FIRST_SCHOOL)
    account = Account.objects.create(email="leaving@example.org", name="leaving")
    one = Membership.objects.create(account=account, school=school, role=Role.HEAD, expires_on=TODAY)
    client = client_of(account)
    assert client.get("/staff/").status_code == 200
    one.expires_on = TODAY - timedelta(1)
    one.save()
    assert client.get("/staff/").status_code in (302, 403)
    one.expires_on = None
    one.save()
    account.is_active = False
    account.save()
    assert is_sent_to_the_door(client.get("/staff/"))


def test_who_holds_two_roles_has_the_rights_of_both() -> None:
    mine = School(pk=1, power_id=1, fase=1)
    other = School(pk=2, power_id=1, fase=2)
    held = [Membership(school=mine, role=Role.HEAD), Membership(school=other, role=Role.READER)]
    assert Right.DECIDE in rights_of(held, mine)
    assert rights_of(held, other) == {Right.READ, Right.OWN, Right.OPEN}
    assert rights_of(held, None) == {Right.OWN, Right.OPEN}


def test_a_school_gives_no_role_of_the_community(accounts: dict[Role, Account]) -> None:
    client = client_of(accounts[Role.HEAD])
    values = {"name": "Somebody", "email": "somebody@example.org", "expires_on": ""}
    for role in (Role.MANAGER, Role.CELL, Role.SUPERVISOR, Role.AUDITOR, Role.FEDERATION):
        assert client.post("/access/", values | {"role": role.value}).status_code == 422
    assert not Account.objects.filter(email="somebody@example.org").exists()
    for role in (Role.CLERK, Role.HEAD, Role.MANAGER, Role.READER):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(account=accounts[Role.HEAD], role=role)


def test_what_no_text_can_hold_is_refused_everywhere(accounts: dict[Role, Account]) -> None:
    client = client_of(accounts[Role.SUPERVISOR], School.objects.get(fase=FIRST_SCHOOL))
    stranger = client_of(None)
    assert stranger.post("/sign-in/", {"email": "a\0b", "password": "x"}).status_code == 400
    assert stranger.post("/sign-in/demonstration/", {"email": "\0"}).status_code == 400
    assert client.get("/staff/", {"q": "a\0b"}).status_code == 400
    assert client.post("/access/community/", {"name": "a", "na\0me": "x"}).status_code == 400
    assert stranger.get("/sign-in/%00/").status_code in (400, 404)
