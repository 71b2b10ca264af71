"""Daily registrations in the register: many at once, kept, proven, forgotten, and brought back."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from opendimona.core.calendar import BRUSSELS
from opendimona.core.declaration import Declaration
from opendimona.register.backup import backup, restore
from opendimona.register.entries import EmployerEntry
from opendimona.register.interface import Answer, Caller, NotFound
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify
from tests.postgres import Server

MORNING = datetime(2024, 6, 3, 7, 30, tzinfo=BRUSSELS)
CALLER = Caller("test", is_strict=False)
ENTRY = {
    "employer": {"employerId": 175110801},
    "worker": {"ssin": "78070739119"},
    "dimonaIn": {"startDate": "2024-06-03", "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"}},
}


async def file(register: LocalRegister, body: dict[str, Any]) -> Answer:
    return await register.file(msgspec.convert(body, Declaration), CALLER, MORNING)


async def change(register: LocalRegister, status: int, **members: Any) -> Answer:
    return await file(register, {"dimonaDailyRegistration": {"attestationStatus": status, **members}})


async def create(register: LocalRegister, period: int, hour: str, end_hour: str | None = None) -> Answer:
    shift = {"startDate": "2024-06-03", "startHour": hour, "endDate": "2024-06-03", "endHour": end_hour}
    return await change(register, 0, periodId=period, **shift)


@pytest.fixture
async def period(register: LocalRegister) -> int:
    """The number of a period of an employer who chose Dimona."""
    await register.put_employers([EmployerEntry(nsso_registration_number=175110801, flags=["dailyRegistration"])])
    return (await file(register, ENTRY)).number


async def test_of_many_at_once_one_takes_the_hours(register: LocalRegister, period: int, database_url: str) -> None:
    hours = [f"{hour:02d}00" for hour in (8, 9, 10)] * 4
    answers = await asyncio.gather(*[create(register, period, hour, f"{int(hour) + 100:04d}") for hour in hours])
    assert [answer.result for answer in answers].count("A") == 3
    assert {item.code for answer in answers for item in answer.anomalies} == {"90480-334"}
    assert verify(database_url) == []


async def test_two_servers_see_each_other(register: LocalRegister, period: int, database_url: str) -> None:
    other = await LocalRegister.open(database_url)
    try:
        answers = await asyncio.gather(*[create(one, period, "1100") for one in (register, other) * 4])
    finally:
        await other.close()
    assert sorted(answer.result for answer in answers) == ["A"] + ["B"] * 7
    assert verify(database_url) == []


async def test_changes_at_once_make_a_version_each(register: LocalRegister, period: int, database_url: str) -> None:
    number = (await create(register, period, "1100")).number
    ends = ["1300", "1400", "1500"]
    await asyncio.gather(*[change(register, 1, dailyRegistrationId=number, endHour=end) for end in ends])
    shown = await register.registration(number, CALLER)
    assert (shown.registration.version, shown.registration.end_hour) == (3, 1500)
    assert verify(database_url) == []


async def test_what_was_known_at_a_moment(register: LocalRegister, period: int) -> None:
    made = await create(register, period, "1100")
    ended = await change(register, 1, dailyRegistrationId=made.number, endHour="1500")
    for moment, end in ((made.recorded_at, None), (ended.recorded_at, 1500)):
        view = await register.registration(made.number, CALLER, moment)
        assert (view.registration.end_hour, view.recorded_from) == (end, moment)
    again = await register.answer(ended.number, CALLER)
    assert (again.registration_number, again.period_number) == (made.number, period)


async def test_asking_records_nothing(register: LocalRegister, period: int) -> None:
    body = {"attestationStatus": 0, "periodId": period, "startDate": "2024-06-03", "startHour": "1100",
            "endDate": "2024-06-03"}  # fmt: skip
    declaration = msgspec.convert({"dimonaDailyRegistration": body}, Declaration)
    for _ in range(2):
        answer = await register.simulate(declaration, CALLER, MORNING)
        assert (answer.result, answer.number, answer.registration_number) == ("A", 0, 0)


STRAY = """
    INSERT INTO daily_registration SELECT ssin, 1, 0, now(), 'infinity', period, '2024-06-04', 1, '2024-06-04', 2, false
      FROM daily_registration LIMIT 1"""
BROKEN = [
    ("UPDATE daily_registration SET recorded_from = recorded_from - interval '1 second' WHERE version = 0",
     "accepted daily registration without a version of it"),
    ("DELETE FROM daily_registration WHERE version = 0", "does not follow the one before"),
    ("UPDATE daily_registration SET recorded_to = now() WHERE version = 1", "has no current version"),
    ("UPDATE daily_registration SET period = 1", "without its period"),
    ("UPDATE daily_registration SET start_hour = 900", "overlaps another one"),
    (STRAY, "that no entry of the journal made"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "problem"), BROKEN)
async def test_what_is_broken_is_found(
    register: LocalRegister, period: int, database_url: str, statement: str, problem: str
) -> None:
    await create(register, period, "0900", "1000")
    number = (await create(register, period, "1100")).number
    await change(register, 1, dailyRegistrationId=number, endHour="1500")
    assert verify(database_url) == []
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.encode())
    assert any(problem in found for found in verify(database_url))


async def test_a_backup_holds_them(register: LocalRegister, period: int, database_url: str, postgres: Server,
                                   tmp_path: Path) -> None:  # fmt: skip
    number = (await create(register, period, "1100")).number
    backup(database_url, tmp_path / "copy", lambda _: None)
    with postgres.database(is_migrated=False) as url:
        restore(url, tmp_path / "copy", lambda _: None)
        other = await LocalRegister.open(url)
        try:
            assert await other.registration(number, CALLER) == await register.registration(number, CALLER)
        finally:
            await other.close()
        assert verify(url) == []


async def test_they_are_forgotten(register: LocalRegister, period: int) -> None:
    number = (await create(register, period, "1100")).number
    await register.forget_everything()
    with pytest.raises(NotFound):
        await register.registration(number, CALLER)
    assert (await change(register, 3, dailyRegistrationId=number)).anomalies[0].code == "01085-092"
