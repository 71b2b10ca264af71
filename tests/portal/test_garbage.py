"""Every address with fields full of garbage, as several roles: an answer each time, never a failure of ours."""

import random
from uuid import uuid4

import pytest
from django.urls import reverse

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.accounts.rights import ADDRESSES
from opendimona.portal.schools.models import School
from tests.portal.test_cell_work import TODAY, Scene, conflicting, make, scene  # noqa: F401
from tests.portal.test_rights import PATTERNS, client_of

VALUES = (
    "", "x", "a\0b", "9" * 30, "-1", "1", "0", "é'\"<b>", "x" * 3000, "32/13/2026", "1/9/2026", "31/12/9999", "0/0/0",
    "²", "①", "١٢", "93052", "75010100194", "close", "transfer", "resend", "change", "look", "all", "list", "news",
    "begin", "confirm", "adopted", "nobody", "%s", "😀", "1e9", "None",
)  # fmt: skip
NAMES = """
    number choice reason ssin family_name given_name birth kind title text to fases starts_on starts_hour ends_on
    ends_hour networks levels publish mail announcement note q about until why reply orphan outcome action on
    numbers employer school do into fase name email city membership keep lost role expires_on network power client
    pem employers scopes code current password identity first last closes name-1 start-1 end-1 fr again withdraw
    delete person act period start end category hours load day who page year state sort run rows count then known"""
FIELDS = tuple(NAMES.split())
ROLES = (Role.SUPERVISOR, Role.HEAD, Role.AGENT, Role.LOCAL, Role.AUDITOR, Role.MEMBER, None)
ELSEWHERE = ("sign_out", "run_load", "runs", "sign_in_elsewhere", "signed_elsewhere")
AWAY = (502, 503)


@pytest.mark.parametrize("seed", [4, 11])
def test_nothing_that_is_sent_makes_a_page_fail(scene: Scene, seed: int) -> None:  # noqa: F811
    draw = random.Random(seed)
    filing = conflicting(scene)
    job = make(client_of(scene.agents[0]), action="close", on=f"{TODAY:%d/%m/%Y}", numbers="1")
    accounts = {role: account(role, scene.first) for role in ROLES if role is not None}
    numbers = (1, job.pk, filing.person_id, 0, 10**18, 2026)
    failed = []
    for name in sorted(ADDRESSES.keys() - ELSEWHERE):
        arguments = {
            "number": draw.choice(numbers), "key": draw.choice([filing.pk, uuid4()]), "seal": "s", "token": "t",
            "name": draw.choice(["answers", "weeks"]), "kind": "csv", "code": "90373-334", "level": "compulsory",
            "year": draw.choice([2026, 9999]),
        }  # fmt: skip
        pattern = PATTERNS[name]
        wanted = [key for key in pattern.pattern.converters if key not in (pattern.default_args or {})]
        path = reverse(name, kwargs={key: arguments[key] for key in wanted})
        for role in ROLES:
            client = client_of(accounts.get(role), scene.first if role == Role.SUPERVISOR else None)
            fields = {field: draw.choice(VALUES) for field in draw.sample(FIELDS, 26)}
            ask = client.post if draw.random() < 0.7 else client.get
            answer = ask(path, fields)
            if answer.status_code >= 500 and answer.status_code not in AWAY:
                failed.append((name, role, answer.status_code))
    assert not failed


def account(role: Role, school: School) -> Account:
    one = Account.objects.create(email=f"garbage-{role.value}@example.org", name=role.value)
    bound = school if role in (Role.HEAD, Role.MEMBER) else None
    Membership.objects.create(account=one, role=role, school=bound)
    return one
