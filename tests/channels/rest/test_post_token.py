"""The token endpoint: who gets a token, in which form, and who does not."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from opendimona.channels.rest import create_app, throttle
from opendimona.register.clients import Clients
from opendimona.settings import PRODUCTION_AUDIENCES, Settings
from tests.channels.rest import programs
from tests.channels.rest.asgi import ROOT, Caller
from tests.channels.rest.programs import (
    AUDIENCE,
    CONSULT,
    DECLARANT,
    ID,
    ask,
    claims,
    form,
    public_pem,
    rsa_key,
    signed,
    signed_with_secret,
)

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

MINUTE, DAY = 60, 86_400


@pytest.fixture
async def program(server: Caller, clients: Clients) -> Caller:
    """A caller whose key is registered."""
    await clients.register(programs.program_entry(certificate=programs.certificate(rsa_key())))
    return server


async def test_the_answer_has_exactly_four_members(program: Caller) -> None:
    for path in ("/REST/oauth/v5/token", "/REST/oauth/v3/token"):
        reply = await ask(program, form(signed(claims())), path)
        answer = reply.json()
        assert reply.status == 200
        assert {name: type(value) for name, value in answer.items()} == {
            "access_token": str,
            "token_type": str,
            "expires_in": int,
            "scope": str,
        }
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
        assert answer["scope"] == f"{DECLARANT} {CONSULT}"
        assert (reply.headers["cache-control"], reply.headers["content-type"]) == ("no-store", "application/json")


def after(**shifts: int) -> dict[str, int]:
    """Moments so many seconds from now."""
    return {name: int(time.time()) + shift for name, shift in shifts.items()}


GOOD: dict[str, Callable[[], str]] = {
    "a life of 50 000 seconds": lambda: signed(claims(**after(exp=50_000))),
    "a life of a day": lambda: signed(claims(**after(exp=DAY))),
    "a life of 5 seconds": lambda: signed(claims(**after(exp=5))),
    "no iat": lambda: signed(claims(iat=None)),
    "a clock ahead": lambda: signed(claims(**after(iat=30, nbf=30, exp=330))),
    "fractions": lambda: signed(claims(exp=time.time() + 300.5)),
    "the audience of v3": lambda: signed(claims(aud="http://dimona.test/REST/oauth/v3/token")),
    "the audience in production": lambda: signed(claims(aud=PRODUCTION_AUDIENCES[0])),
    "the old audience": lambda: signed(claims(aud="https://oauth.socialsecurity.be")),
    "a list of audiences": lambda: signed(claims(aud=["https://elsewhere.test", AUDIENCE])),
    "20 characters of jti": lambda: signed(claims(jti="a1B2c3D4e5F6g7H8i9J0")),
    "kid, x5t and claims of its own": lambda: signed(claims(tool="Payroll"), kid="4711", x5t="c2hh", own="x" * 2000),
}
BAD: dict[str, Callable[[], str]] = {
    "an unknown client": lambda: signed(claims(iss="nobody", sub="nobody")),
    "a strange name": lambda: signed(claims(iss="a\0b \ud800", sub="a\0b \ud800")),
    "no issuer": lambda: signed(claims(iss=None)),
    "an issuer that is no text": lambda: signed(claims(iss=[ID])),
    "another subject": lambda: signed(claims(sub="somebody")),
    "no audience": lambda: signed(claims(aud=None)),
    "another audience": lambda: signed(claims(aud="https://elsewhere.test")),
    "an audience that is no text": lambda: signed(claims(aud=[7, {}])),
    "no end": lambda: signed(claims(exp=None)),
    "an end in the past": lambda: signed(claims(**after(exp=-1))),
    "an end that is no number": lambda: signed(claims(exp="soon")),
    "an endless end": lambda: signed(claims(exp=float("inf"))),
    "an end that is true": lambda: signed(claims(exp=True)),
    "an end beyond all calendars": lambda: signed(claims(exp=10**30)),
    "a life of more than a day": lambda: signed(claims(**after(exp=DAY + 2 * MINUTE))),
    "a life begun long ago": lambda: signed(claims(**after(iat=-DAY, exp=5 * MINUTE))),
    "a beginning in the future": lambda: signed(claims(**after(nbf=2 * MINUTE))),
    "made in the future": lambda: signed(claims(**after(iat=2 * MINUTE))),
    "no jti": lambda: signed(claims(jti=None)),
    "an empty jti": lambda: signed(claims(jti="")),
    "a long jti": lambda: signed(claims(jti="x" * 256)),
    "another key": lambda: signed(claims(), rsa_key(2048, "other")),
    "the public key as a secret": lambda: signed_with_secret(claims(), public_pem(rsa_key()).encode()),
    "no signature": lambda: "eyJhbGciOiJub25lIn0." + signed(claims()).split(".")[1] + ".",
    "a signature cut off": lambda: signed(claims())[:-20],
    "other claims under a signature": lambda: ".".join(
        [(one := signed(claims()).split("."))[0], signed(claims(aud=AUDIENCE)).split(".")[1], one[2]]
    ),
    "two parts": lambda: signed(claims()).rpartition(".")[0],
    "no JWT": lambda: "hello",
    "no JSON": lambda: "aGVsbG8.aGVsbG8.aGVsbG8",
    "a list of claims": lambda: "eyJhbGciOiJSUzI1NiJ9.W10.aGVsbG8",
    "deep claims": lambda: signed(claims())[:37] + "." + "W1tb" * 3000 + ".aGVsbG8",
    "far too long": lambda: signed(claims(note="x" * 20_000)),
    "not ASCII": lambda: "é.é.é",
}


async def test_assertions_that_count(program: Caller) -> None:
    for name, made in GOOD.items():
        reply = await ask(program, form(made()))
        assert reply.status == 200, (name, reply.body)


async def test_assertions_that_do_not_count(program: Caller) -> None:
    for name, made in BAD.items():
        reply = await ask(program, form(made()))
        assert (reply.status, reply.json()["error"]) == (400, "invalid_client"), name
        assert reply.json()["error_description"], name


async def test_an_assertion_counts_once(program: Caller, register: "LocalRegister", database_url: str) -> None:
    assertion = signed(claims())
    assert (await ask(program, form(assertion))).status == 200
    reply = await ask(program, form(assertion))
    assert (reply.status, reply.json()["error"]) == (400, "invalid_client")
    same_jti = claims()
    assert (await ask(program, form(signed(same_jti)))).status == 200
    assert (await ask(program, form(signed({**same_jti, "tool": "x"})))).status == 400
    other_process = await Clients.open(database_url)
    try:
        other = Caller(create_app(register, other_process, Settings()), headers={})
        assert (await ask(other, form(assertion))).status == 400
    finally:
        await other_process.close()


async def test_the_same_assertion_at_the_same_moment_counts_once(program: Caller) -> None:
    assertion = signed(claims())
    replies = await asyncio.gather(*(ask(program, form(assertion)) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 7


ERRORS: list[tuple[dict[str, str | None], str]] = [
    ({"grant_type": None}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"client_assertion_type": None}, "invalid_request"),
    ({"client_assertion_type": "saml"}, "invalid_request"),
    ({"client_assertion": None}, "invalid_request"),
    ({"client_id": "another"}, "invalid_client"),
    ({"scope": "scope:dimona:everything"}, "invalid_scope"),
    ({"scope": f"{CONSULT} x"}, "invalid_scope"),
]


async def test_errors_have_the_form_of_the_standard(program: Caller) -> None:
    for changes, error in ERRORS:
        reply = await ask(program, form(signed(claims()), **changes))
        assert (reply.status, reply.json()["error"]) == (400, error), changes
        assert set(reply.json()) == {"error", "error_description"}


async def test_what_is_no_form(program: Caller) -> None:
    for body in (
        b"",
        b'{"grant_type":"client_credentials"}',
        b"\xff=1",
        b"grant_type=%FF",
        b"a=1&" * 100,
        b"grant_type=client_credentials&grant_type=client_credentials",
    ):
        reply = await program.call("POST", programs.TOKEN, body)
        assert (reply.status, reply.json()["error"]) == (400, "invalid_request"), body
    assert (await program.call("POST", programs.TOKEN, b"x" * 40_000)).status == 413


async def test_scopes(program: Caller, clients: Clients) -> None:
    for asked, given in (
        (None, f"{DECLARANT} {CONSULT}"),
        ("", f"{DECLARANT} {CONSULT}"),
        (CONSULT, CONSULT),
        (DECLARANT, DECLARANT),
        (f"{CONSULT} {DECLARANT}", f"{DECLARANT} {CONSULT}"),
    ):
        reply = await ask(program, form(signed(claims()), scope=asked, client_id=ID))
        assert reply.json()["scope"] == given
    await clients.register(programs.program_entry(ID, scopes=[CONSULT]))
    assert (await ask(program, form(signed(claims())))).json()["scope"] == CONSULT
    assert (await ask(program, form(signed(claims()), scope=DECLARANT))).json()["error"] == "invalid_scope"


async def test_a_certificate_that_has_expired_since(
    program: Caller, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clients.register(programs.program_entry(certificate=programs.certificate(rsa_key(), days=1)))
    later = datetime.now(UTC) + timedelta(days=2)
    monkeypatch.setattr("opendimona.channels.rest.assertions.time.time", later.timestamp)
    now = int(later.timestamp())
    reply = await ask(program, form(signed(claims(iat=now, exp=now + 300))))
    assert reply.json()["error"] == "invalid_client"
    assert "certificate" in reply.json()["error_description"]


async def test_a_program_that_asks_too_often_waits(
    register: "LocalRegister", clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: 0.0))  # however slow the machine is
    await clients.register(programs.program_entry())
    await clients.register(programs.program_entry("calm"))
    hasty = Caller(create_app(register, clients, Settings(token_rate=1, token_burst=3)), headers={})
    statuses = [(await ask(hasty, form(signed(claims())))).status for _ in range(3)]
    reply = await ask(hasty, form(signed(claims())))
    assert (statuses, reply.status) == ([200] * 3, 429)
    assert reply.headers["retry-after"] == "1"
    problem: dict[str, Any] = reply.json()
    assert (problem["type"], problem["retryAfterSec"]) == ("urn:problem-type:belgif:tooManyRequests", 1)
    assert (await ask(hasty, form(signed(claims(iss="calm", sub="calm"))))).status == 200
    assert (await ask(hasty, form(signed(claims(), rsa_key(2048, "other"))))).status == 400


async def test_bursts_of_fifty_are_allowed(program: Caller) -> None:
    replies = await asyncio.gather(*(ask(program, form(signed(claims()))) for _ in range(50)))
    assert {reply.status for reply in replies} == {200}


async def test_tokens_open_what_their_scope_says(program: Caller) -> None:
    declare = {"authorization": f"Bearer {await programs.token(program, scope=DECLARANT)}"}
    consult = {"authorization": f"bearer {await programs.token(program, scope=CONSULT)}"}
    posts = [f"{ROOT}/{name}/search" for name in ("declarations", "periods", "relations")]
    gets = [f"{ROOT}/declarations/656309292174", f"{ROOT}/periods/656309292174"]
    for path, method in [(path, "POST") for path in posts] + [(path, "GET") for path in gets]:
        refused = await program.call(method, path, b"{}", declare)
        assert (refused.status, refused.json()["requiredScopes"]) == (403, [CONSULT])
        assert refused.json()["type"] == "urn:problem-type:belgif:missingScope"
        assert "insufficient_scope" in refused.headers["www-authenticate"]
        assert (await program.call(method, path, b"{}", consult)).status != 403
    refused = await program.call("POST", f"{ROOT}/declarations", b"{}", consult)
    assert (refused.status, refused.json()["requiredScopes"]) == (403, [DECLARANT])
    assert (await program.call("POST", f"{ROOT}/declarations", b"{}", declare)).status == 400
