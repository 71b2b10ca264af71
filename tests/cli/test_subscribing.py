"""`webhooks`, `mail`, `notices`, `status`: what an operator sees and does."""

import json

import pytest

from opendimona.channels.deliveries.signature import secret_of
from tests.cli.conftest import AT, EMPLOYER, IN, WORKER, Program, lines


@pytest.fixture
def filed(program: Program) -> None:
    """An employer, a worker, a declaration and one that is refused."""
    program("load", "employers", "-", stdin=lines(EMPLOYER))
    program("load", "workers", "-", stdin=lines(WORKER))
    for code in (0, 1):
        assert program("declare", "--at", AT, "-", stdin=json.dumps(IN).encode()).code == code


def test_a_webhook(program: Program, filed: None) -> None:
    done = program("webhooks", "add", "https://payroll.example/dimona", "--client", "payroll", "--employer",
                   "1751108-01", "--kind", "period.changed", "--lang", "nl")  # fmt: skip
    assert (done.code, len(secret_of(done.out.strip()))) == (0, 32)
    (shown,) = program("webhooks", "list", "--format", "json").json
    assert shown["employer"] == {"employerId": 175110801, "enterpriseNumber": "0471149091"}
    assert (shown["client"], shown["kinds"], shown["language"]) == ("payroll", ["period.changed"], "nl")
    assert "secret" not in shown
    assert "https://payroll.example/dimona" in program("webhooks", "list").out
    assert program("webhooks", "dead", 1, "--format", "json").json == []
    assert program("webhooks", "replay", 1).out == "0 will be sent again.\n"
    assert program("webhooks", "test", 1).out == "A test will be sent.\n"
    assert program("mail", "remove", 1).code == 1
    assert program("webhooks", "remove", 1).out == "Webhook 1 is removed.\n"
    assert program("webhooks", "list", "--format", "json").json == []


def test_a_mail_address(program: Program, filed: None) -> None:
    assert program("mail", "add", "hr@school.example", "--every", 60).out == "Mail address 1 is registered.\n"
    assert program("mail", "add", "agents@onss.example", "--agents").code == 0
    (own, agents) = program("mail", "list", "--format", "json").json
    assert (own["pauseSeconds"], "declaration.answered" in own["kinds"], "agents" in own) == (60, False, False)
    assert agents["agents"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("webhooks", "add", "payroll.example"), 2, "https://"),
        (("webhooks", "add", "https://a.example", "--kind", "x"), 2, "no kind of notice"),
        (("webhooks", "add", "https://a.example", "--employer", "175702307"), 1, "no employer"),
        (("mail", "add", "hr"), 2, "no mail address"),
        (("mail", "add", "a@b.example", "--agents", "--employer", "175110801"), 2, "do not go together"),
        (("webhooks", "dead", "7"), 1, "not found"),
    ],
)
def test_what_cannot_be_done(program: Program, filed: None, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = program(*arguments)
    assert done.code == code
    assert said in done.err


def test_notices_are_shown(program: Program, filed: None) -> None:
    found = program("notices", "--format", "json").json
    assert [item["result"] for item in found] == ["A", "B"]
    assert {item["kind"] for item in found} == {"declaration.answered"}
    assert program("notices", "--since", found[0]["noticeId"], "--format", "json").json == found[1:]
    first = program("notices", "--limit", 1)
    assert "90373-333" not in first.out
    assert f"--since {found[0]['noticeId']}" in first.err
    assert "90373-333" in program("notices").out
    assert program("notices", "--employer", "175110801", "--format", "json").json == []
    assert program("notices", "--client", "nobody", "--format", "json").json == []


def test_status(program: Program, filed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    done = program("status")
    assert (done.code, done.out.split()[:2]) == (0, ["status", "UP"])
    assert "OPENDIMONA_MAIL_HOST" in done.err
    person = {
        "familyName": "PEETERS", "givenName": "MARIE", "birthDate": "1978-07-07", "placeOfBirth": "Gent", "gender": 2,
        "countryOfBirth": 150, "nationality": 150,
        "address": {"street": "Rue", "houseNumber": "1", "postCode": "1000", "country": 150,
                    "municipality": {"code": 21004}},
    }  # fmt: skip
    program("declare", "--at", AT, "-", stdin=json.dumps({**IN, "worker": person}).encode())
    monkeypatch.setenv("OPENDIMONA_PENDING_ESCALATION", "0")
    done = program("status", "--json")
    assert (done.code, done.json["status"], done.json["pending"]) == (1, "DEGRADED", 1)
