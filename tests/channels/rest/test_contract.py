"""What the contract lets into a declaration is recorded, and what it forbids is a bad request: no more, no less."""

import asyncio
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.channels.rest.asgi import ROOT, SANDBOX, Caller
from tests.channels.rest.serving import serving

EXAMPLES = settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def send(port: int, mode: GenerationMode, wanted: int) -> None:
    """Declarations made from the contract, valid or not, are all answered in the same way."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}{ROOT}/openapi.json")

    @EXAMPLES
    @given(case=schema[f"{ROOT}/declarations"]["POST"].as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        wrong = {kind.value for kind, info in case.meta.components.items() if info.mode is GenerationMode.NEGATIVE}
        if mode is GenerationMode.NEGATIVE and "body" not in wrong:
            return
        case.headers = {}
        assert case.call(headers=SANDBOX).status_code == wanted, case.body

    one()


async def test_what_the_contract_allows_is_recorded(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        await asyncio.to_thread(send, port, GenerationMode.POSITIVE, 201)


async def test_what_the_contract_forbids_is_a_bad_request(sandbox: Caller) -> None:
    async with serving(sandbox.app) as port:
        await asyncio.to_thread(send, port, GenerationMode.NEGATIVE, 400)


async def test_the_examples_of_the_contract_are_good_ones(sandbox: Caller) -> None:
    document = yaml.safe_load((await sandbox.get(f"{ROOT}/openapi.yaml")).body)
    content = document["paths"][f"{ROOT}/declarations"]["post"]["requestBody"]["content"]["application/json"]
    for name, example in content["examples"].items():
        assert (await sandbox.file(example["value"])).status == 201, name
    content = document["components"]["requestBodies"]["Search"]["content"]["application/json"]
    for example in content["examples"].values():
        assert (await sandbox.post(f"{ROOT}/periods/search", example["value"])).status == 200
