"""The served contract holds: whatever its own description lets a program send, the answer is one that it describes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.faults.serving import HEADERS, Server
from tests.folders import workspace

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROOT = "/REST/dimona/v2"
AUTHORIZATION = {"Authorization": HEADERS["Authorization"]}
EMPLOYER = {"employerId": 175110801}
WORKER = {"ssin": "78070739119"}
ADDRESS = {
    "street": "Rue",
    "houseNumber": "1",
    "postCode": "1000",
    "country": 150,
    "municipality": {"code": 21004, "name": "Bruxelles"},
}
PERSON = {
    "familyName": "PEETERS",
    "givenName": "MARIE",
    "birthDate": "1978-07-07",
    "placeOfBirth": "Gent",
    "gender": 2,
    "countryOfBirth": 150,
    "nationality": 150,
    "address": ADDRESS,
}
ENTRY = {
    "startDate": "2024-06-24",
    "endDate": "2024-06-28",
    "features": {"workerType": "OTH", "jointCommissionNumber": "XXX"},
}
AGENCY = {
    "workerType": "OTH",
    "jointCommissionNumber": "322",
    "usingEmployer": {"name": "Abroad", "address": ADDRESS, "jointCommissionNumber": "XXX"},
}
EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("A", WORKER, ENTRY),
    ("B", WORKER, ENTRY),
    ("B", WORKER, {**ENTRY, "startDate": "2024-06-20"}),
    ("W", WORKER, {**ENTRY, "startDate": "2024-05-02", "endDate": "2024-05-03"}),
    ("S", PERSON, ENTRY),
    ("A", WORKER, {**ENTRY, "features": AGENCY}),
    (
        "A",
        WORKER,
        {
            **ENTRY,
            "startHour": "0800",
            "endHour": "1200",
            "endDate": "2024-06-24",
            "features": {"workerType": "EXT", "jointCommissionNumber": "302"},
        },
    ),
    (
        "A",
        WORKER,
        {
            **ENTRY,
            "plannedHoursNumber": 8,
            "studentPlaceOfWork": {"name": "Elsewhere", "address": ADDRESS},
            "features": {"workerType": "STU", "jointCommissionNumber": "XXX"},
        },
    ),
]


@pytest.fixture
def server() -> Iterator[Server]:
    with workspace() as folder, Server(folder / "data") as running:
        yield running


@pytest.fixture
def contract(server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{server.url}{ROOT}/openapi.json")


def call(contract: Any, method: str, path: str, **parts: Any) -> Any:
    """The answer of an operation, checked against its description."""
    case = contract[path][method].Case(**parts)
    response = case.call(headers=AUTHORIZATION | dict(case.headers or {}))
    case.validate_response(response, checks=CHECKS)
    return response


@pytest.mark.parametrize("times", [15, pytest.param(1000, marks=pytest.mark.soak)])
def test_every_answer_is_one_that_the_contract_describes(contract: Any, times: int) -> None:
    operations = [found.ok() for found in contract.get_all_operations()]
    assert len(operations) > 8
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck))
        def check(case: schemathesis.Case) -> None:
            response = case.call(headers=AUTHORIZATION)
            case.validate_response(response, checks=CHECKS)

        check()


def test_what_is_on_file_is_shown_as_the_contract_describes(contract: Any) -> None:
    for result, worker, block in EXAMPLES:
        posted = call(
            contract,
            "POST",
            f"{ROOT}/declarations",
            media_type="application/json",
            body={"employer": EMPLOYER, "worker": worker, "dimonaIn": block},
            headers={"Sandbox-Time": "2024-06-10T08:00:00+02:00"},
        )
        assert posted.status_code == 201
        number = int(posted.headers["location"][0].rpartition("/")[2])
        read = call(
            contract, "GET", f"{ROOT}/declarations/{{declarationId}}", path_parameters={"declarationId": number}
        )
        assert json.loads(read.content)["declarationStatus"]["result"] == result
        if result in "AW":
            call(contract, "GET", f"{ROOT}/periods/{{periodId}}", path_parameters={"periodId": number})
    for what in ("declarations", "periods", "relations"):
        found = call(
            contract,
            "POST",
            f"{ROOT}/{what}/search",
            body={"employer": EMPLOYER},
            media_type="application/json",
            query={"pageSize": 3},
        )
        assert json.loads(found.content)["items"]
    for body in ({"employer": EMPLOYER}, {"worker": WORKER}):
        found = call(
            contract, "POST", f"{ROOT}/quotas/search", body=body | {"year": 2024}, media_type="application/json"
        )
        assert any(item["used"] for item in json.loads(found.content)["items"])
