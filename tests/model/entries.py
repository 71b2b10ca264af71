"""How the model judges an IN."""

from datetime import datetime
from typing import Any

from tests.model.rules import (
    check_overlap,
    check_shape,
    check_student_hours,
    check_third_day,
    is_start_too_late,
    may_combine,
    wants_hours,
)  # fmt: skip
from tests.model.values import (
    BAD,
    BEGINNINGS,
    COMMITTEES,
    DAY,
    NO_END,
    TRAINEES,
    TYPES,
    ModelPeriod,
    Verdict,
    is_in_domain,
    known,
    quarter_start,
    read_date,
    read_hour,
    read_planned,
)


def judge_in(world: Any, body: dict[str, Any], block: dict[str, Any], now: datetime) -> Verdict:
    """The verdict on an IN; `world` is the model, with its employers, workers, users and periods."""
    verdict = Verdict()
    codes = verdict.codes
    features = block["features"]
    kind = features["workerType"] if features["workerType"] in TYPES else BAD
    committee: Any = features.get("jointCommissionNumber")
    start, end = read_date(block["startDate"]), read_date(block.get("endDate"))
    start_hour, end_hour = read_hour(block.get("startHour")), read_hour(block.get("endHour"))
    planned = read_planned(block.get("plannedHoursNumber"))
    end = BAD if end == NO_END else end
    if known(start) and start < BEGINNINGS.get(kind, start):
        kind = BAD
    if committee not in COMMITTEES:
        codes.add("00046-001" if committee is None else "00046-003")
        committee = BAD
    for zone, value in (
        ("00655", kind),
        ("00910", start),
        ("00911", end),
        ("00777", start_hour),
        ("00778", end_hour),
        ("01135", planned),
    ):
        if value is BAD:
            codes.add(f"{zone}-003")
    employer = find_employer(world, body["employer"], codes)
    worker = find_worker(world, body["worker"], kind, codes)
    user = find_user(world, features.get("usingEmployer"), committee, codes)
    effective = committee if committee != "322" else BAD if user is BAD else user[1]
    if end is None and (kind in ("STU", "EXT", *TRAINEES) or committee == "322"):
        codes.add("00911-001")
        end = BAD
    start_hour, end_hour = check_hours(codes, kind, effective, start, end, start_hour, end_hour)
    check_extras(block, kind, effective, planned, codes)
    if known(kind, committee, effective) and not may_combine(kind, committee, effective):
        codes.add("90374-349")
    check_domain(codes, kind, start, end, now)
    if known(kind, start) and is_start_too_late(kind, start, end, start_hour, now):
        verdict.late = True
        codes.add("90373-460")
    check_shape(codes, "90373", kind, start, end, start_hour, end_hour)
    if known(worker, kind, committee, user, user[0] if isinstance(user, tuple) else user, start, planned):
        hours = ModelPeriod("", worker, kind, committee, start, planned=planned, late=verdict.late)
        check_student_hours(hours, world.periods, verdict)
    if known(kind, start, end, start_hour, end_hour):
        draft = ModelPeriod(
            employer, worker, kind, committee, start, 0, user, end, start_hour, end_hour, planned, verdict.late
        )
        if known(employer, worker, committee, user, user[0] if isinstance(user, tuple) else user):
            check_third_day(draft, world.periods, codes)
            check_overlap(draft, world.periods, "90373", verdict)
            verdict.outcome = draft
    return verdict


def find_employer(world: Any, given: dict[str, Any], codes: set[str]) -> Any:
    """The employer's name, or BAD."""
    number = given.get("employerId")
    if number is None:
        codes.add("90256-364")
    elif number in world.employers:
        return world.employers[number]
    else:
        codes.add("00011-235" if number % 100 == (96 - number // 100 * 100 % 97 or 97) else "00011-003")
    return BAD


def find_worker(world: Any, given: dict[str, Any], kind: object, codes: set[str]) -> Any:
    """The worker's SSIN, or BAD; names that are not the known ones are warnings."""
    ssin = given.get("ssin")
    if ssin is None:
        codes.add("00024-001" if kind == "EXT" else "90017-363")
    elif len(ssin) != 11 or 97 - int(ssin[:9]) % 97 != int(ssin[9:]):
        codes.add("00024-003")
    elif ssin not in world.workers:
        codes.add("90017-151")
    else:
        for zone, name, stored in zip(
            ("00025", "00026", "00028"), ("familyName", "givenName", "birthDate"), world.workers[ssin], strict=True
        ):
            if given.get(name, stored) != stored:
                codes.add(f"{zone}-348")
        return ssin
    return BAD


def find_user(world: Any, given: dict[str, Any] | None, committee: Any, codes: set[str]) -> Any:
    """The client of an agency and its joint committee, None where there is none, BAD where it cannot be told."""
    if committee is BAD:
        return BAD
    if committee != "322":
        if given:
            codes.update(("00131-005", "00046-005"))
        return BAD if given else None
    number, name = (given or {}).get("enterpriseNumber"), (given or {}).get("name")
    own = (given or {}).get("jointCommissionNumber")
    if not number and not name:
        codes.add("90107-351")
    elif number and name:
        codes.add("90107-352")
    elif number and number not in world.users:
        codes.add("00131-235")
    identity = BAD if {"90107-351", "90107-352", "00131-235"} & codes else number or name
    if number and own is None:
        codes.add("00046-001")
        return BAD
    if own is not None and own not in COMMITTEES - {"322"}:
        codes.add("00046-003")
        return BAD
    return identity, own


def check_hours(
    codes: set[str], kind: Any, effective: Any, start: Any, end: Any, start_hour: Any, end_hour: Any
) -> tuple[Any, Any]:
    """Report hours that are missing or forbidden; the values that later checks may use."""
    wants = wants_hours(kind, start, end, start_hour, end_hour)
    if wants is None:
        return start_hour, end_hour
    if wants:
        if start_hour is None:
            codes.add("00777-001")
        if end_hour is None and (kind == "FLX" or (known(effective) and effective != "302")):
            codes.add("00778-001")
        is_package = end_hour is None and kind == "EXT" and effective == "302"
        return start_hour or BAD, end_hour if end_hour or is_package else BAD
    for zone, hour in (("00777", start_hour), ("00778", end_hour)):
        if hour is not None and known(hour):
            codes.add(f"{zone}-005")
    return start_hour and BAD, end_hour and BAD


def check_extras(block: dict[str, Any], kind: Any, effective: Any, planned: Any, codes: set[str]) -> None:
    """Planned hours for students, cards for builders, small statutes for trainees, and for nobody else."""
    if kind == "STU" and planned is None:
        codes.add("01135-001")
    elif planned is not None and known(planned, kind) and kind != "STU":
        codes.add("01135-005")
    cards, statutes = block.get("constructionControlCards"), block.get("smallStatutesInformation")
    if effective == "124" or (effective is None and kind == "BCW"):
        if not cards:
            codes.update(("00663-001", "00664-001"))
        elif cards["firstMonthC32ANumber"] == cards["nextMonthC32ANumber"]:
            codes.add("00664-353")
    elif cards and known(effective) and not (effective is None and kind in ("STU", "DWD", "IVT", BAD)):
        codes.update(("00663-005", "00664-005"))
    if kind in TRAINEES and not statutes:
        codes.update(("01231-001", "00053-001"))
    elif statutes and kind not in (*TRAINEES, BAD):
        codes.update(("01231-005", "00053-005"))


def check_domain(codes: set[str], kind: Any, start: Any, end: Any, now: datetime) -> None:
    """Dates of this world; flexi-jobs not more than 31 days before their quarter."""
    if known(start):
        is_too_early = kind == "FLX" and now.date() < quarter_start(start) - 31 * DAY
        if is_too_early or not is_in_domain(start, 1920, now):
            codes.add("00910-008")
    if end is not None and known(end) and not is_in_domain(end, 1999, now):
        codes.add("00911-008")
