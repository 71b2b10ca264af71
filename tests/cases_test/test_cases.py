"""Every case of tests/cases gets the answers that it expects, in this process and over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from opendimona.cases.in_process import RegisterSandbox
from opendimona.cases.over_http import HttpSandbox
from opendimona.cases.reader import find_files, read_cases, read_file
from opendimona.cases.runner import run_case
from opendimona.cases.sandbox import Sandbox, Unreachable
from opendimona.register.local import LocalRegister
from tests.faults.serving import Server
from tests.folders import workspace

FILES = [pytest.param(file, id=file.stem) for file in find_files([Path(__file__).parents[1] / "cases"])]
ONE = "[{case: name, steps: [{at: 2024-06-03T07:30, cancel: {periodId: 123456789002}, expect: {result: B}}]}]"


async def differing(file: Path, sandbox: Sandbox) -> list[str]:
    """What differs in the cases of a file."""
    outcomes = [await run_case(case, sandbox) for case in read_file(file)]
    return [f"{outcome.case.name}: {outcome.differences}" for outcome in outcomes if outcome.differences]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a running sandbox."""
    with workspace() as folder, Server(folder / "data") as server:
        yield server.url


@pytest.mark.anyio
@pytest.mark.parametrize("file", FILES)
async def test_in_process(file: Path, register: LocalRegister) -> None:
    assert await differing(file, RegisterSandbox(register)) == []


@pytest.mark.anyio
@pytest.mark.parametrize("file", FILES)
async def test_over_http(file: Path, url: str) -> None:
    sandbox = HttpSandbox(url)
    try:
        assert await differing(file, sandbox) == []
    finally:
        sandbox.close()


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/", "/REST/dimona/v2", "/REST/dimona/v2/"])
async def test_the_address_may_be_that_of_the_channel(url: str, path: str) -> None:
    (case,) = read_cases(ONE, "file.yaml")
    sandbox = HttpSandbox(url + path)
    try:
        assert (await run_case(case, sandbox)).differences == ()
    finally:
        sandbox.close()


@pytest.mark.anyio
async def test_an_address_that_nobody_answers_at() -> None:
    (case,) = read_cases(ONE, "file.yaml")
    with pytest.raises(Unreachable, match="does not answer"):
        await run_case(case, HttpSandbox("127.0.0.1:1"))


@pytest.mark.anyio
async def test_an_address_that_is_no_sandbox(url: str) -> None:
    (case,) = read_cases(ONE, "file.yaml")
    sandbox = HttpSandbox(f"{url}/elsewhere")
    try:
        with pytest.raises(Unreachable, match="is no sandbox"):
            await run_case(case, sandbox)
    finally:
        sandbox.close()


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://", "http:///path"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="no http address"):
        HttpSandbox(address)
