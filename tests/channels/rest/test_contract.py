"""The contract against its server: what it allows is taken, what it forbids is a 400, every answer stands in it."""

import asyncio
from collections.abc import Callable
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.serving import serving

EXAMPLES = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
# What stands in a valid body of these may still be wrong in a way that no schema tells: a check digit, a PEM.
MAY_BE_WRONG = {"searchDeclarations", "searchPeriods", "searchRelations", "putEmployers", "putWorkers", "putClient",
                "identify", "createToken", "getPeriod"}
# A moment far away is refused, and a schema cannot say which is; the token is ours.
LEFT_OUT = {"Sandbox-Time", "Authorization"}
FORGETS = "forgetEverything"


def load(port: int) -> Any:
    """The contract of the server at this port."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}{ROOT}/openapi.json")
    schema.config.generation.update(allow_x00=False)
    return schema


def check(operation: Any, mode: GenerationMode, judge: Callable[[Any, int], None]) -> None:
    """Send requests made from one operation of the contract; each answer must be one that the contract names."""
    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        case.headers = {name: value for name, value in (case.headers or {}).items() if name not in LEFT_OUT}
        response = case.call(headers=SANDBOX)
        case.validate_response(response, checks=[
            schemathesis.checks.not_a_server_error, *_described()])
        judge(case, response.status_code)

    one()


def _described() -> list[Any]:
    from schemathesis.specs.openapi import checks

    return [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]


def accepts(case: Any, status: int) -> None:
    """A request that the contract allows is never a bad one."""
    wrong = {400} if case.operation.definition.raw["operationId"] not in MAY_BE_WRONG else set()
    assert status not in wrong, case.body


def every_operation(port: int) -> None:
    """Valid requests to everything."""
    for found in load(port).get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] != FORGETS:
            check(operation, GenerationMode.POSITIVE, accepts)


def forbidden_declarations(port: int) -> None:
    """Declarations that break the schema are refused as requests."""
    operation = load(port)[f"{ROOT}/declarations"]["POST"]

    def judge(case: Any, status: int) -> None:
        if case.meta.components and "body" in {kind.value for kind, info in case.meta.components.items()
                                               if info.mode is GenerationMode.NEGATIVE}:
            assert status == 400, case.body

    check(operation, GenerationMode.NEGATIVE, judge)


async def test_what_the_contract_allows(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        await asyncio.to_thread(every_operation, port)


async def test_what_the_contract_forbids(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        await asyncio.to_thread(forbidden_declarations, port)


async def test_the_examples_of_the_contract_are_good_ones(sandbox: Caller) -> None:
    document = yaml.safe_load((await sandbox.get(f"{ROOT}/openapi.yaml")).body)
    content = document["paths"][f"{ROOT}/declarations"]["post"]["requestBody"]["content"]["application/json"]
    for name, example in content["examples"].items():
        assert (await sandbox.file(example["value"])).status == 201, name
    content = document["components"]["requestBodies"]["Search"]["content"]["application/json"]
    for example in content["examples"].values():
        assert (await sandbox.post(f"{ROOT}/periods/search", example["value"])).status == 200
