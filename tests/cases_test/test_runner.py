"""The runner: what it sends for a step, and that it sees every kind of difference."""

import json
from typing import Any

import pytest

from opendimona.cases.format import Declare
from opendimona.cases.in_process import RegisterSandbox, fresh_sandbox
from opendimona.cases.reader import read_cases
from opendimona.cases.runner import Difference, body_of, declared_employer, is_same, run_case
from opendimona.register.local import LocalRegister

FEATURES = "workerType: OTH, jointCommissionNumber: XXX"
IN = f"at: 2024-06-03T07:30, in: {{startDate: 2024-06-03, endDate: 2024-06-28, {FEATURES}}}"
LATE = IN.replace("2024-06-03T", "2024-06-04T")
PERSON = """{familyName: MARTENS, givenName: JOSE, birthDate: 1991-05-04, placeOfBirth: PARIS, countryOfBirth: 111,
  nationality: 111, gender: 1, address: {street: Rue Neuve, houseNumber: "5", postCode: "1000",
  municipality: {code: 21004, name: Bruxelles}, country: 150}}"""


def body(step: str, target: int | None = None, world: str = "") -> Any:
    """The body that is sent for a step."""
    (case,) = read_cases(f"[{{case: name, {world} steps: [{{{step}}}]}}]", "file.yaml")
    action = case.steps[0].action
    assert isinstance(action, Declare)
    return json.loads(body_of(case, action, target))


async def differences(register: LocalRegister, *steps: str, world: str = "") -> tuple[Difference, ...]:
    """What differs when these steps are played."""
    listed = ", ".join(f"{{{step}}}" for step in steps)
    (case,) = read_cases(f"[{{case: name, {world} steps: [{listed}]}}]", "file.yaml")
    return (await run_case(case, RegisterSandbox(register))).differences


def test_an_in_names_the_default_employer_and_the_ssin_of_the_default_worker() -> None:
    assert body("in: {startDate: 2024-06-03, workerType: OTH}") == {
        "employer": {"employerId": 175110801},
        "worker": {"ssin": "78070739119"},
        "dimonaIn": {"startDate": "2024-06-03", "features": {"workerType": "OTH"}},
    }


def test_the_other_declarations_name_nobody() -> None:
    assert body("out: {endDate: 2024-06-28}", 123456789002) == {
        "dimonaOut": {"periodId": 123456789002, "endDate": "2024-06-28"}
    }
    assert body("cancel: {periodId: null}", 123456789002) == {"dimonaCancel": {"periodId": None}}
    assert body("cancel: {}") == {"dimonaCancel": {}}


def test_a_daily_registration_names_its_period_or_itself() -> None:
    assert body("daily: {attestationStatus: 0}", 1) == {
        "dimonaDailyRegistration": {"periodId": 1, "attestationStatus": 0}
    }
    for status in ("1", '"3"'):
        sent = body(f"daily: {{attestationStatus: {status}}}", 1)["dimonaDailyRegistration"]
        assert sent["dailyRegistrationId"] == 1
        assert "periodId" not in sent


def test_what_a_step_names_itself_is_sent() -> None:
    sent = body('in: {}, employer: {}, worker: {ssin: "1"}')
    assert sent == {"employer": {}, "worker": {"ssin": "1"}, "dimonaIn": {}}
    assert body("cancel: {}, employer: null", 1) == {"employer": None, "dimonaCancel": {"periodId": 1}}
    assert body("body: {dimonaIn: [null]}") == {"dimonaIn": [None]}


@pytest.mark.parametrize(
    ("employer", "declared"),
    [
        ({"nssoRegistrationNumber": "175110801", "enterpriseNumber": "0471149091"}, {"employerId": 175110801}),
        ({"provisionalNssoNumber": "5000001284"}, {"employerId": 5000001284}),
        ({"enterpriseNumber": "0471149091"}, {"enterpriseNumber": "0471149091"}),
    ],
)
def test_how_an_employer_is_named(employer: dict[str, Any], declared: dict[str, Any]) -> None:
    assert declared_employer(employer) == declared


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("2024-06-03", "2024-06-03", True),
        (124, "124", True),
        ("124", 124, True),
        (8, 8.0, True),
        (8, 9, False),
        (None, None, True),
        (None, "2024-06-03", False),
        ("2024-06-03", None, False),
        (False, None, True),
        (True, None, False),
        (True, False, False),
        (1, True, False),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"a": 1}, "a", False),
        ([1, 2], [1, 2], True),
        ([1, 2], [1], False),
    ],
)
def test_what_counts_as_the_same(expected: Any, found: Any, same: bool) -> None:
    assert is_same(expected, found) is same


@pytest.mark.anyio
async def test_a_case_as_expected_differs_in_nothing(register: LocalRegister) -> None:
    assert not await differences(
        register,
        f"{IN}, expect: {{result: A, anomalies: [], late: false, conflicts: [], deadline: 2024-06-03T23:59:59}}",
        f'{IN}, expect: {{result: B, anomalies: ["90373-333"], conflicts: [1]}}',
        "at: 2024-06-03T08:00, cancel: {}, expect: {result: A}",
        f"{LATE}, expect: {{result: W, late: true}}",
        "periods: [{cancelled: true, workerType: OTH}, {cancelled: false, late: true, features: {workerType: OTH}}]",
        "lock: {period: 2}, expect: {http: 204}",
        'at: 2024-06-04T08:00, cancel: {}, expect: {anomalies: ["00913-362"]}',
        "in: OTH, expect: {http: 400}",
    )  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("steps", "what", "expected", "found"),
    [
        ([f"{IN}, expect: {{result: W}}"], "result", "W", "A"),
        ([f"{LATE}, expect: {{result: A}}"], "result", "A", "W 90373-460"),
        ([f'{IN}, expect: {{anomalies: ["90373-460"]}}'], "anomalies", "90373-460", "none"),
        ([f"{LATE}, expect: {{anomalies: []}}"], "anomalies", "none", "90373-460"),
        ([f"{IN}, expect: {{late: true}}"], "late", "true", "false"),
        ([f"{LATE}, expect: {{late: false}}"], "late", "false", "true"),
        ([f"{IN}, expect: {{deadline: 2024-06-04T23:59:59}}"], "deadline", "2024-06-04T23:59:59+02:00", "2024-06-03T"),
        (["employers: [{nssoRegistrationNumber: 1}]"], "employers", "known", "entry 0, nsso"),
        ([IN, f"{IN}, expect: {{conflicts: []}}"], "conflicts", "[]", "[1]"),
        ([f"{IN}, expect: {{conflicts: [1]}}"], "conflicts", "[1]", "[]"),
        ([f"{IN}, expect: {{exceeding: 8}}"], "exceeding", "[8.0]", "[]"),
        ([f"{IN}, expect: {{http: 400}}"], "http", "400", "201 A"),
        ([IN, "periods: []"], "periods", "0 periods", "1: "),
        (["periods: [{}]"], "periods", "1 periods", "0: []"),
        ([IN, "periods: [{endDate: 2024-06-27}]"], "period 1: endDate", '"2024-06-27"', '"2024-06-28"'),
        ([IN, "periods: [{endDate: null}]"], "period 1: endDate", "absent", '"2024-06-28"'),
        ([IN, "periods: [{late: true}]"], "period 1: late", "true", "false"),
        (["cancel: {period: 1}"], "step", "period 1 of the case", "not made"),
        (["cancel: {declaration: 1}"], "step", "declaration 1 of the case", "not made"),
        (["lock: {}"], "step", "a period of the case", "not made"),
        (["identify: {decision: refuse}"], "step", "a pending declaration of the case", "not made"),
    ],
)
async def test_every_difference_is_seen(
    register: LocalRegister, steps: list[str], what: str, expected: str, found: str
) -> None:
    seen = await differences(register, *steps)
    assert [(one.step, one.what, one.expected) for one in seen] == [(len(steps), what, expected)]
    assert seen[0].found.startswith(found)


@pytest.mark.anyio
async def test_a_request_that_was_not_to_be_refused_is_a_difference_with_its_reason(register: LocalRegister) -> None:
    (seen,) = await differences(register, "in: {startDate: 2024-06-03}")
    assert (seen.what, seen.expected) == ("http", "a declaration")
    assert seen.found.startswith("400 dimonaIn.features: ")


@pytest.mark.anyio
async def test_a_refused_in_is_named_when_the_case_made_no_period(register: LocalRegister) -> None:
    assert not await differences(
        register,
        "at: 2024-06-03T07:30, in: {startDate: 2024-06-03, workerType: OTH}, expect: {result: B}",
        'at: 2024-06-03T07:30, cancel: {}, expect: {result: B, anomalies: ["00913-357"]}',
    )


@pytest.mark.anyio
async def test_an_identification_makes_a_period_of_the_case(register: LocalRegister) -> None:
    assert not await differences(
        register,
        f"{IN}, worker: {PERSON}, expect: {{result: S}}",
        "periods: []",
        'identify: {decision: accept, ssin: "90061599797"}, expect: {result: A}',
        'periods: [{endDate: 2024-06-28}], worker: {ssin: "90061599797"}',
        "at: 2024-06-03T09:00, cancel: {}, expect: {result: A}",
        'periods: [{cancelled: true}], worker: {ssin: "90061599797"}',
    )


@pytest.mark.anyio
async def test_each_case_begins_with_nothing(register: LocalRegister) -> None:
    assert not await differences(register, IN)
    assert not await differences(register, "periods: []", f"{IN}, expect: {{result: A}}")


@pytest.mark.anyio
async def test_strict_and_channel_reach_the_register(register: LocalRegister) -> None:
    flagged = 'employers: [{nssoRegistrationNumber: "175110801", flags: [securedChannelOnly]}], '
    refused = f'{IN}, channel: unsecured, expect: {{anomalies: ["90256-342"]}}'
    assert not await differences(register, refused, IN, world=flagged)
    nobody = f'{IN}, expect: {{anomalies: ["00011-235", "90017-151"]}}'
    assert not await differences(register, nobody, world="strict: true, employers: [], workers: [], ")


@pytest.mark.anyio
@pytest.mark.parametrize("world", ['employers: [{nssoRegistrationNumber: "1"}], ', "workers: [{name: X}], "])
async def test_a_world_that_cannot_be_is_a_difference(register: LocalRegister, world: str) -> None:
    (seen,) = await differences(register, IN, world=world)
    assert (seen.step, seen.what) == (0, "before the first step")


@pytest.mark.anyio
async def test_a_fresh_sandbox_stands_on_its_own() -> None:
    (case,) = read_cases(f"[{{case: name, steps: [{{{IN}, expect: {{result: A}}}}]}}]", "file.yaml")
    async with fresh_sandbox() as sandbox:
        assert (await run_case(case, sandbox)).differences == ()
