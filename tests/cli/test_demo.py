"""The demonstration data: fictitious, well-formed, of each kind, the same for a seed and a day, and sound."""

from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from stdnum.be import nn, vat

from opendimona.cli.demo import (
    SPARE,
    WORKERS,
    employer_entries,
    first_curl,
    load_demo,
    period_entries,
    spare_worker,
    worker_entries,
)
from opendimona.core.identifiers import is_nsso_number, is_provisional_number, is_ssin
from opendimona.register.entries import Flag
from opendimona.register.interface import Caller, Criteria
from opendimona.register.local import LocalRegister
from opendimona.register.verify import verify

DAY = date(2024, 6, 3)
DAYS = [date(2024, 1, 1), date(2024, 2, 29), DAY, date(2024, 12, 31), date(2025, 10, 1)]


def test_there_is_an_employer_of_each_kind() -> None:
    entries = employer_entries()
    assert {entry.kind for entry in entries} == {"private", "local", "public"}
    assert {flag for entry in entries for flag in entry.flags or ()} == set(get_args(Flag))
    assert any(entry.sub_entities for entry in entries)
    assert any(entry.provisional_nsso_number for entry in entries)


def test_the_numbers_are_well_formed_and_their_own() -> None:
    entries = employer_entries()
    for entry in entries:
        assert vat.is_valid(str(entry.enterprise_number))
        assert (
            is_nsso_number(int(entry.nsso_registration_number or 0))
            != is_provisional_number(int(entry.provisional_nsso_number or 0))
        )  # fmt: skip
    assert len({entry.enterprise_number for entry in entries}) == len(entries)
    workers = worker_entries()
    assert len({worker.ssin for worker in workers}) == len(workers) == WORKERS
    assert all(is_ssin(worker.ssin) and nn.is_valid(worker.ssin) for worker in workers)
    assert {worker.ssin[6:9] for worker in workers} == {"997", "998"}


@pytest.mark.parametrize("day", DAYS)
def test_the_same_seed_and_day_give_the_same(day: date) -> None:
    assert worker_entries(7) == worker_entries(7)
    assert period_entries(day, 7) == period_entries(day, 7)
    assert worker_entries(7) != worker_entries(8)


@pytest.mark.parametrize("day", DAYS)
def test_the_periods_are_possible(day: date) -> None:
    for entry in period_entries(day):
        assert entry.end_date is None or entry.start_date <= entry.end_date
        if entry.features.worker_type == "STU":
            assert entry.end_date is not None
            assert entry.start_date <= day <= entry.end_date
            assert (entry.start_date.month - 1) // 3 == (entry.end_date.month - 1) // 3
            assert (entry.start_date.day, entry.start_date.month % 3) == (1, 1)
    kinds = {entry.features.worker_type for entry in period_entries(day)}
    assert kinds == {"OTH", "STU", "EXT", "FLX", "BCW", "IVT", "TRI", "STG"}
    committees = {entry.features.joint_commission_number for entry in period_entries(day)}
    assert committees == {None, "XXX", "124", "140", "144", "302", "322"}


@pytest.mark.anyio
async def test_all_of_it_is_loaded_and_sound(register: LocalRegister, database_url: str) -> None:
    summary = await load_demo(register, DAY)
    assert (summary.employers, summary.workers) == (len(employer_entries()), WORKERS)
    assert summary.periods == len(period_entries(DAY)) > 50
    assert verify(database_url) == []
    for worker in worker_entries()[:SPARE]:
        assert not await register.search_periods(Criteria(ssin=int(worker.ssin)), Caller(client="test"), 1)


@pytest.mark.anyio
async def test_the_spare_worker_has_no_period(register: LocalRegister) -> None:
    await load_demo(register)
    first = await spare_worker(register)
    assert first == worker_entries()[0].ssin
    await register.import_periods(
        [period for period in period_entries(DAY)[:1] if setattr(period.worker, "ssin", first) is None]
    )
    assert await spare_worker(register) == worker_entries()[1].ssin


def test_the_curl_line_is_one_line_and_of_today() -> None:
    line = first_curl("http://127.0.0.1:8080")
    assert "\n" not in line
    assert line.startswith("curl ")
    assert f'"startDate": "{datetime.now(ZoneInfo("Europe/Brussels")).date()}"' in line
    assert worker_entries()[0].ssin in line
    assert "80111405125" in first_curl("http://127.0.0.1:8080", "80111405125")
