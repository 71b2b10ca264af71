"""The reader of case files: what it makes of each member, and what it says about each mistake."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec import UNSET

from opendimona.cases.format import (
    DEFAULT_EMPLOYER,
    DEFAULT_WORKER,
    Case,
    Declare,
    Expectation,
    Identify,
    Know,
    Lock,
    Periods,
    Step,
)
from opendimona.cases.reader import UnreadableCase, find_files, read_cases, read_file

CASES = Path(__file__).parents[1] / "cases"


def read_one(text: str) -> Case:
    """The only case of a text."""
    (case,) = read_cases(text, "file.yaml")
    return case


def read_step(text: str) -> Step:
    """The only step of a case, given as the inside of a flow mapping."""
    (step,) = read_one(f"[{{case: name, steps: [{{{text}}}]}}]").steps
    return step


def declared(text: str) -> Declare:
    """The declaration of such a step."""
    action = read_step(text).action
    assert isinstance(action, Declare)
    return action


def test_a_case_without_its_own_world_has_the_usual_one() -> None:
    case = read_one("- case: name\n  steps: [{at: 2024-06-03T07:30, cancel: {}}]")
    assert (case.name, case.file, case.is_strict) == ("name", "file.yaml", False)
    assert (case.employers, case.workers) == ((DEFAULT_EMPLOYER,), (DEFAULT_WORKER,))
    assert (case.employer, case.worker) == (DEFAULT_EMPLOYER, DEFAULT_WORKER)


def test_the_first_employer_and_worker_of_a_case_are_its_defaults() -> None:
    case = read_one("""
- case: name
  strict: yes
  employers:
  - {nssoRegistrationNumber: 131130710, activeTo: 2024-06-02, subEntities: [1, "2"]}
  - {enterpriseNumber: 0479489311}
  workers: [{ssin: 78070739119, birthDate: 1978-07-07, flexiEligible: no, pensioner: true}]
  steps: [{cancel: {}}]
""")
    assert case.is_strict
    assert case.employer == {"nssoRegistrationNumber": "131130710", "activeTo": "2024-06-02", "subEntities": ["1", "2"]}
    assert case.employers[1] == {"enterpriseNumber": "0479489311"}
    assert case.worker == {
        "ssin": "78070739119", "birthDate": "1978-07-07", "flexiEligible": False, "pensioner": True,
    }  # fmt: skip


def test_an_empty_world_is_nobody_but_the_defaults_are_still_named() -> None:
    case = read_one("- case: name\n  employers: []\n  workers: []\n  steps: [{cancel: {}}]")
    assert (case.employers, case.workers) == ((), ())
    assert (case.employer, case.worker) == (DEFAULT_EMPLOYER, DEFAULT_WORKER)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2024-06-03T07:30", datetime(2024, 6, 3, 7, 30, tzinfo=ZoneInfo("Europe/Brussels"))),
        ("2024-01-03T07:30:15", datetime(2024, 1, 3, 7, 30, 15, tzinfo=ZoneInfo("Europe/Brussels"))),
        ("2024-06-03", datetime(2024, 6, 3, tzinfo=ZoneInfo("Europe/Brussels"))),
        ("2024-06-03T05:30Z", datetime(2024, 6, 3, 7, 30, tzinfo=ZoneInfo("Europe/Brussels"))),
    ],
)
def test_moments_are_those_of_brussels(at: str, moment: datetime) -> None:
    assert read_step(f"at: {at}, cancel: {{}}").at == moment


def test_the_features_of_an_in_go_into_their_own_object() -> None:
    action = declared("in: {startDate: 2024-06-03, workerType: OTH, jointCommissionNumber: 124, endDate: null}")
    assert action.blocks == {
        "dimonaIn": {
            "startDate": "2024-06-03",
            "endDate": None,
            "features": {"jointCommissionNumber": 124, "workerType": "OTH"},
        }
    }
    assert (action.employer, action.worker, action.is_unsecured) == (UNSET, UNSET, False)


def test_an_in_without_features_has_none() -> None:
    assert declared("in: {startDate: 2024-06-03}").blocks == {"dimonaIn": {"startDate": "2024-06-03"}}


def test_features_may_also_stand_in_their_own_object() -> None:
    action = declared("in: {features: {workerType: OTH}, jointCommissionNumber: XXX}")
    assert action.blocks == {"dimonaIn": {"features": {"workerType": "OTH", "jointCommissionNumber": "XXX"}}}


@pytest.mark.parametrize("text", ["out: {period: 2, endDate: 2024-06-28}", "period: 2, out: {endDate: 2024-06-28}"])
def test_the_period_may_be_named_in_the_block_or_beside_it(text: str) -> None:
    action = declared(text)
    assert action.period == 2
    assert action.blocks == {"dimonaOut": {"endDate": "2024-06-28"}}


def test_a_registration_may_be_named() -> None:
    assert declared("daily: {attestationStatus: 3, registration: 2}").registration == 2
    assert declared("registration: 2, daily: {attestationStatus: 3}").blocks == {
        "dimonaDailyRegistration": {"attestationStatus": 3}
    }


def test_a_declaration_may_be_named_instead_of_a_period() -> None:
    assert declared("cancel: {declaration: 1}").declaration == 1


def test_what_a_step_gives_itself_is_sent_as_given() -> None:
    action = declared("cancel: null, employer: null, worker: {}, channel: unsecured")
    assert (action.blocks, action.employer, action.worker) == ({"dimonaCancel": {}}, None, {})
    assert action.is_unsecured


def test_a_body_may_be_anything() -> None:
    assert declared('body: "{"').body == "{"
    assert declared("body: [1, null]").body == [1, None]


def test_the_other_steps() -> None:
    assert read_step("employers: [{provisionalNssoNumber: 5000001284}]").action == Know(
        ({"provisionalNssoNumber": "5000001284"},)
    )
    assert read_step("lock: {period: 1}").action == Lock(1)
    assert read_step("lock: {}").action == Lock()
    assert read_step('identify: {decision: accept, ssin: "1"}').action == Identify("accept", "1")
    assert read_step("identify: {decision: refuse, reason: unknown}").action == Identify("refuse", None, "unknown")
    assert read_step('periods: [{cancelled: false}], worker: {ssin: "1"}').action == Periods(
        ({"cancelled": False},), None, "1"
    )


def test_an_expectation() -> None:
    expect = 'expect: {result: B, anomalies: ["00913-356"], late: false, exceeding: [8, 1], conflicts: 2}'
    assert read_step(f"cancel: {{}}, {expect}").expect == Expectation(
        result="B", anomalies=frozenset({"00913-356"}), is_late=False, exceeding=(1.0, 8.0), conflicts=frozenset({2})
    )
    assert read_step("cancel: {}, expect: {http: 400}").expect == Expectation(http=400)
    assert read_step("cancel: {}, expect: {anomalies: []}").expect == Expectation(anomalies=frozenset())
    assert read_step("cancel: {}").expect == Expectation()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case: name", "file.yaml: a case file is a list of cases"),
        ("- case: name", "file.yaml: case name: steps must be a list"),
        ("- case: name\n  steps: []", "case name: a case needs steps"),
        ("- steps: [{cancel: {}}]", "file.yaml: case 1: a case needs a name"),
        ("- nothing", "file.yaml: case 1: a case must be a mapping"),
        ("- {case: a, steps: [{cancel: {}}]}\n- {case: b, step: []}", "file.yaml: case b: unknown member 'step'"),
        ("- {case: a, strict: maybe, steps: [{cancel: {}}]}", "case a: strict is true or false, not 'maybe'"),
        ("- {case: a, employers: {}, steps: [{cancel: {}}]}", "case a: employers must be a list"),
        ("- {case: a, workers: [{pensioner: 1}], steps: [{cancel: {}}]}", "case a: pensioner is true or false"),
        ("- {case: a, case: b, steps: []}", "file.yaml: line 1: 'case' is given twice"),
    ],
)
def test_a_mistake_in_a_case_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UnreadableCase) as raised:
        read_cases(text, "file.yaml")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("inn: {}", "unknown member 'inn'"),
        (
            "at: 2024-06-03T07:30",
            "a step is one of in, out, update, cancel, daily, body, lock, identify, employers, periods",
        ),
        ("at: half past seven, cancel: {}", "at is a moment such as 2024-06-03T07:30, not 'half past seven'"),
        ("cancel: {period: 0}", "period is a number from 1, not 0"),
        ("cancel: {period: first}", "period is a number from 1"),
        ("cancel: {}, channel: phone", "channel is `secured` or `unsecured`"),
        ("cancel: {}, expect: {result: OK}", "result is A, W, B or S, not 'OK'"),
        ("cancel: {}, expect: {anomaly: []}", "unknown member 'anomaly'; known here: result, anomalies"),
        ("cancel: {}, expect: {anomalies: [913-356]}", "'913-356' is no anomaly code"),
        ("cancel: {}, expect: {anomalies: 00913-356}", "anomalies must be a list"),
        ("cancel: {}, expect: {late: late}", "late is true or false"),
        ("cancel: {}, expect: {exceeding: much}", "exceeding is a number"),
        ("cancel: {}, expect: {conflicts: [one]}", "conflicts is a number from 1"),
        ("cancel: {}, expect: {http: ok}", "http is a number from 1"),
        ("identify: {decision: accept}", "identify is {decision: accept"),
        ("identify: {decision: perhaps}", "identify is {decision: accept"),
        ("identify: [accept]", "identify must be a mapping"),
        ("employers: yes", "employers must be a list"),
        ("cancel: {}, expect: {deadline: soon}", "deadline is a moment such as"),
        ("lock: {number: 1}", "unknown member 'number'"),
        ("periods: {}", "periods must be a list"),
        ("periods: [], late: true", "unknown member 'late'"),
    ],
)
def test_a_mistake_in_a_step_is_told_with_its_place(step: str, said: str) -> None:
    with pytest.raises(UnreadableCase) as raised:
        read_cases(f"[{{case: a, steps: [{{cancel: {{}}}}, {{{step}}}]}}]", "file.yaml")
    assert str(raised.value).startswith("file.yaml: case a, step 2: ")
    assert said in str(raised.value)


def test_files_are_found_in_folders_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.yaml", "deep/a.yml", "notes.txt"):
        (tmp_path / name).write_text("")
    assert find_files([tmp_path]) == [tmp_path / "b.yaml", tmp_path / "deep" / "a.yml"]
    assert find_files([tmp_path / "notes.txt"]) == [tmp_path / "notes.txt"]
    assert read_file(tmp_path / "b.yaml") == []


def test_a_path_without_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCase, match="no case file"):
        find_files([tmp_path])
    with pytest.raises(UnreadableCase, match="no such file"):
        find_files([tmp_path / "nowhere"])
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableCase, match="not UTF-8"):
        read_file(tmp_path / "binary.yaml")


def test_the_names_of_our_cases_are_their_own() -> None:
    names = [case.name for file in find_files([CASES]) for case in read_file(file)]
    assert len(names) > 150
    assert sorted(set(names)) == sorted(names)


def test_our_cases_say_what_they_are_and_where_they_come_from() -> None:
    silent = [case.name for file in find_files([CASES]) for case in read_file(file) if not (case.title and case.source)]
    assert silent == []
