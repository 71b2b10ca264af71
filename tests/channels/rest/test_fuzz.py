"""Whatever is sent is answered: 201 or 400 by the rules of the contract, and never a mistake of ours."""

import asyncio
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opendimona.channels.rest import create_app
from opendimona.register.clients import Clients
from opendimona.register.local import LocalRegister
from opendimona.settings import Settings
from tests.channels.rest.asgi import ROOT, Caller, Reply
from tests.model.strategies import Body, deformed, entries, leaves, updates

Send = Callable[..., Reply]
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
FIRST = date(2024, 6, 24)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "9999-12-31",
        "0001-01-01",
        "2359",
        "302",
        "322",
        "'; DROP TABLE period; --",
        '{"a",NULL}',
        "\\",
        "\\N",
        '"',
        "\n\t",
        "é𝕏",
    ]
)
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, -1, 2**31, 2**63, 10**30, 1e300])
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.sampled_from(["ssin", "code"]), inner, max_size=3)
    ),
    max_leaves=5,
)
USER = {
    "enterpriseNumber": "0471149091",
    "jointCommissionNumber": "302",
    "name": "Example",
    "address": {
        "street": "Rue",
        "houseNumber": "1",
        "boxNumber": "2",
        "postCode": "1000",
        "municipality": {"code": 21004, "name": "Bruxelles"},
        "country": 150,
    },
}
WORKER = {
    "ssin": "78070739119",
    "familyName": "DUBOIS",
    "givenName": "ANNE",
    "birthDate": "1978-07-07",
    "placeOfBirth": "Gent",
    "countryOfBirth": 150,
    "nationality": 150,
    "gender": 2,
    "address": USER["address"],
}

TEXT, NUMBER, EITHER, ANY = ("text",), ("number",), ("text", "number"), ("text", "number", "other")
ADDRESS = {
    "street": TEXT,
    "houseNumber": TEXT,
    "boxNumber": TEXT,
    "postCode": TEXT,
    "country": NUMBER,
    "municipality": {"code": NUMBER, "name": TEXT},
}
HOURS = {
    "startDate": TEXT,
    "startHour": TEXT,
    "endDate": TEXT,
    "endHour": TEXT,
    "plannedHoursNumber": NUMBER,
    "plannedDaysNumber": NUMBER,
}
SHAPE: dict[str, Any] = {
    "employer": {"employerId": NUMBER, "enterpriseNumber": TEXT},
    "worker": {
        "ssin": TEXT,
        "familyName": TEXT,
        "givenName": TEXT,
        "birthDate": TEXT,
        "placeOfBirth": TEXT,
        "countryOfBirth": NUMBER,
        "nationality": NUMBER,
        "gender": EITHER,
        "address": ADDRESS,
    },
    "dimonaIn": {
        **HOURS,
        "features": {
            "jointCommissionNumber": EITHER,
            "workerType": TEXT,
            "subEntity": EITHER,
            "usingEmployer": {
                "jointCommissionNumber": EITHER,
                "enterpriseNumber": TEXT,
                "name": TEXT,
                "address": ADDRESS,
            },
        },
        "constructionControlCards": {"firstMonthC32ANumber": EITHER, "nextMonthC32ANumber": EITHER},
        "smallStatutesInformation": {"employmentNature": TEXT, "workerStatus": TEXT, "activityWithRisk": NUMBER},
        "studentPlaceOfWork": {"name": TEXT, "address": ADDRESS},
    },
    "dimonaOut": {"periodId": EITHER, "endDate": TEXT},
    "dimonaUpdate": {"periodId": EITHER, **HOURS},
    "dimonaCancel": {"periodId": EITHER},
    "dimonaDailyRegistration": dict.fromkeys(("attestationStatus", "dailyRegistrationId", "periodId"), EITHER)
    | dict.fromkeys(("startDate", "startHour", "endDate", "endHour"), TEXT),
    "features": ANY,
    "periodId": ANY,
}
"""The members of a body and their JSON types, from the contract alone."""
PRESENCE = {"attestationStatus": 0, "periodId": 600027876089, "startDate": "2024-06-28", "startHour": "1100",
            "endDate": "2024-06-28", "endHour": "1500"}  # fmt: skip
BLOCKS = ("dimonaIn", "dimonaOut", "dimonaUpdate", "dimonaCancel", "dimonaDailyRegistration")


def fits(value: Any, shape: Any) -> bool:
    """Whether a value has the shape; null counts as absent."""
    if value is None or shape is ANY:
        return True
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            name in shape and fits(part, shape[name]) for name, part in value.items()
        )
    kind = "text" if isinstance(value, str) else "number" if type(value) in (int, float) else "other"
    return kind in shape


def has(value: Any, path: str) -> bool:
    """Whether there is something at a path."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value is not None


def is_declaration(body: Any) -> bool:
    """Whether a body is a declaration, to be answered 201, and not a bad request."""
    if not isinstance(body, dict) or not fits(body, SHAPE):
        return False
    given = [block for block in BLOCKS if body.get(block) is not None]
    if given == ["dimonaIn"]:
        return all(
            has(body, path) for path in ("employer", "worker", "dimonaIn.startDate", "dimonaIn.features.workerType")
        )
    if len(given) != 1 or not fits(body.get("worker"), {"ssin": TEXT}):
        # Beside the other blocks a worker is a cross-check by its SSIN.
        return False
    if given != ["dimonaDailyRegistration"] and not has(body, f"{given[0]}.periodId"):
        return False
    return given != ["dimonaOut"] or has(body, "dimonaOut.endDate")


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """A sound body of one of the five declarations, with more members than most have."""
    block = draw(
        st.one_of(
            entries(FIRST).map(
                lambda block: {
                    "employer": {"employerId": 175110801, "enterpriseNumber": "0471149091"},
                    "worker": draw(st.sampled_from([WORKER, {"ssin": WORKER["ssin"]}])),
                    "dimonaIn": block,
                }
            ),
            updates(FIRST).map(lambda given: {"dimonaUpdate": {"periodId": 600027876089, **given}}),
            st.sampled_from(
                [
                    {
                        "dimonaOut": {"periodId": 600027876089, "endDate": "2024-06-28"},
                        "worker": {"ssin": WORKER["ssin"]},
                    },
                    {"dimonaCancel": {"periodId": "600027876089"}, "employer": {"employerId": 175110801}},
                    {"dimonaDailyRegistration": PRESENCE},
                    {"dimonaDailyRegistration": {"attestationStatus": 3, "dailyRegistrationId": "600027876089"}},
                ]
            ),
        )
    )
    body = deepcopy(block)
    if "dimonaIn" in body and draw(st.booleans()):
        body["dimonaIn"]["features"] |= {"usingEmployer": USER, "jointCommissionNumber": "322"}
        body["dimonaIn"]["studentPlaceOfWork"] = {"name": "Elsewhere", "address": USER["address"]}
    return body


@st.composite
def misshapen(draw: st.DrawFn) -> Any:
    """A body with parts replaced, added or left out, without regard to its shape."""
    body = deepcopy(draw(bodies()))
    for _ in range(draw(st.integers(1, 3))):
        places = [path[:depth] for path in leaves(body) for depth in range(1, len(path) + 1)] or [("dimonaIn",)]
        *path, last = draw(st.sampled_from(sorted(set(places))))
        parent = body
        for name in path:
            parent = parent[name]
        if not isinstance(parent, dict):
            continue
        what = draw(st.sampled_from(["replace", "replace", "add", "leave out", "empty", "add a known one"]))
        if what == "leave out":
            parent.pop(last, None)
        elif what == "add":
            parent[draw(TEXTS)] = draw(ANYTHING)
        elif what == "add a known one":
            parent[draw(st.sampled_from([*SHAPE, *HOURS, "ssin", "address", "name"]))] = draw(ANYTHING)
        else:
            parent[last] = {} if what == "empty" else draw(ANYTHING)
    return body


@pytest.fixture
def send(database_url: str) -> Iterator[Send]:
    """Sends a request to a sandbox and gives the reply."""
    with asyncio.Runner() as runner:
        register, clients = runner.run(LocalRegister.open(database_url)), runner.run(Clients.open(database_url))
        try:
            caller = Caller(create_app(register, clients, Settings(is_sandbox=True, is_strict=False)))
            yield lambda *arguments, **named: runner.run(caller.call(*arguments, **named))
        finally:
            runner.run(clients.close())
            runner.run(register.close())


def file(send: Send, body: bytes, **headers: str) -> Reply:
    """Send a declaration; whatever the answer, it is well-formed and gives away nobody."""
    reply = send("POST", f"{ROOT}/declarations", body, headers={"authorization": "Bearer sandbox", **headers})
    if reply.status == 201:
        read = send("GET", reply.headers["location"])
        assert read.status == 200
        assert read.json()["declarationStatus"]["result"] in "AWBS"
    else:
        assert reply.status in (400, 413)
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["status"] == reply.status
        assert WORKER["ssin"].encode() not in reply.body
    return reply


def repeated(times: int) -> Any:
    return pytest.mark.parametrize("times", [times, pytest.param(50 * times, marks=pytest.mark.soak)])


@repeated(150)
def test_values_are_judged_and_never_refused_as_a_request(send: Send, times: int) -> None:
    @given(body=bodies().flatmap(lambda body: deformed(body, TEXTS, NUMBERS)))
    @settings(parent=RELAXED, max_examples=times)
    def check(body: Body) -> None:
        assert file(send, json.dumps(body).encode()).status == 201

    check()


@repeated(250)
def test_a_body_is_a_bad_request_exactly_when_the_contract_says_so(send: Send, times: int) -> None:
    @given(body=misshapen() | ANYTHING)
    @settings(parent=RELAXED, max_examples=times)
    def check(body: Any) -> None:
        assert (file(send, json.dumps(body).encode()).status == 201) == is_declaration(body)

    check()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of a body after an accident."""
    text = bytearray(json.dumps(draw(bodies())).encode())
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        text[place : place + draw(st.integers(0, 4))] = draw(
            st.binary(max_size=4)
            | st.sampled_from(
                [
                    b'"',
                    b"{",
                    b"}",
                    b",",
                    b"\\u0000",
                    b"\\ud800",
                    b"1e999",
                    b"-0",
                    b"NaN",
                    b"[" * 2000,
                    b"\xff",
                    b"\xef\xbb\xbf",
                ]
            )
        )
    return bytes(text)


@repeated(150)
def test_damaged_bytes_are_answered(send: Send, times: int) -> None:
    @given(body=damaged() | st.binary(max_size=100))
    @settings(parent=RELAXED, max_examples=times)
    def check(body: bytes) -> None:
        file(send, body)

    check()


HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)


@repeated(150)
def test_headers_are_answered(send: Send, times: int) -> None:
    values = HEADERS | st.sampled_from(
        [
            "2024-06-03T08:00:00+02:00",
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00+02:00",
            "2024-06-03T08:00:00",
            "true",
            "unsecured",
            "1" * 300,
        ]
    )
    names = st.sampled_from(
        [
            "sandbox-time",
            "sandbox-strict",
            "sandbox-channel",
            "idempotency-key",
            "content-type",
            "accept",
            "content-length",
            "x-forwarded-proto",
            "x-forwarded-host",
            "traceparent",
        ]
    )

    @given(headers=st.dictionaries(names, values, max_size=3), body=bodies())
    @settings(parent=RELAXED, max_examples=times)
    def check(headers: dict[str, str], body: Body) -> None:
        reply = send(
            "POST",
            f"{ROOT}/declarations",
            json.dumps(body).encode(),
            headers={"authorization": "Bearer sandbox", **headers},
        )
        assert reply.status in (201, 400, 409, 413, 415)

    check()


@repeated(150)
def test_searches_and_addresses_are_answered(send: Send, times: int) -> None:
    search = st.fixed_dictionaries(
        {},
        optional={
            "employer": ANYTHING | st.just({"employerId": 175110801}),
            "worker": ANYTHING | st.just({"ssin": WORKER["ssin"]}),
            "scope": ANYTHING | st.sampled_from(["all", "active", "mutations"]),
            "fromDate": TEXTS | st.dates().map(str),
            "toDate": TEXTS | st.dates().map(str),
            "asOf": ANYTHING | st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
            "includeCancelled": ANYTHING | st.booleans(),
        },
    )
    pages = st.sampled_from(
        ["", "?page=0", "?page=999999&pageSize=1", "?pageSize=-1", "?page=1&page=2", "?page=%00", "?" + "9" * 400]
    )

    @given(
        what=st.sampled_from(["declarations", "periods", "relations"]),
        body=search | ANYTHING,
        page=pages,
        number=TEXTS | st.sampled_from(["0", "9" * 18, "9" * 19, "600027876089", "600027876089.0", "²"]),
    )
    @settings(parent=RELAXED, max_examples=times)
    def check(what: str, body: Any, page: str, number: str) -> None:
        found = send("POST", f"{ROOT}/{what}/search{page}", json.dumps(body).encode())
        assert found.status in (200, 400)
        assert (found.status == 200) == ("items" in found.json())
        address = f"{ROOT}/{'periods' if what == 'periods' else 'declarations'}/{number}"
        assert send("GET", address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]).status in (400, 404, 405)

    check()
