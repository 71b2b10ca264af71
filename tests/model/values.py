"""What the model works with: a period, a verdict, and the reading of dates, hours and numbers."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

DAY = timedelta(days=1)
NO_END = date(9999, 12, 31)
BAD = object()  # a value that is there and cannot be used, or is missing and should not be
TYPES = {"OTH", "STU", "EXT", "FLX", "BCW", "STG", "DWD", "IVT", "PMP", "ALT"}
TRAINEES = {"STG", "IVT"}  # their insurance needs to know more of them
BEGINNINGS = {
    "FLX": date(2015, 12, 1),
    "STG": date(2020, 1, 1),
    "PMP": date(2019, 1, 1),
    "ALT": date(2023, 9, 1),
}  # earlier, the type did not exist
COMMITTEES = {"124", "140", "144", "145", "149", "302", "320", "322", "XXX"}
OCCASIONAL = {"144", "145", "302", "320"}
WARNINGS = {"90373-460", "90378-460", "00025-348", "00026-348", "00028-348", "90017-369"}
HOLIDAYS = {
    date(2024, 4, 1),
    date(2024, 5, 1),
    date(2024, 5, 9),
    date(2024, 5, 20),
    date(2024, 8, 15),
    date(2024, 11, 1),
    date(2024, 11, 11),
    date(2024, 12, 25),
    date(2025, 1, 1),
    date(2025, 4, 21),
}


@dataclass(frozen=True)
class ModelPeriod:
    """One version of one employment; hours are HHMM text, `user` the client of an agency with its committee."""

    employer: str
    worker: str
    type: str
    committee: str
    start: date
    number: int = 0
    user: tuple[str, str | None] | None = None
    end: date | None = None
    start_hour: str | None = None
    end_hour: str | None = None
    planned: int | None = None
    late: bool = False
    locked: bool = False
    cancelled: bool = False

    @property
    def features(self) -> tuple[object, ...]:
        """What two periods must share to stand in each other's way."""
        return self.employer, self.worker, self.type, self.committee, self.user

    @property
    def span(self) -> tuple[object, ...]:
        return self.start, self.start_hour, self.end, self.end_hour

    @property
    def has_compulsory_end(self) -> bool:
        return self.type in ("STU", "EXT", *TRAINEES) or self.committee == "322"

    @property
    def effective_committee(self) -> str | None:
        return self.user[1] if self.committee == "322" and self.user else self.committee

    @property
    def is_limited_to_two_days(self) -> bool:
        return self.type == "EXT" and self.effective_committee in ("302", "320")

    def from_to(self) -> tuple[datetime, datetime]:
        """The half-open stretch of time that the period fills."""
        end = self.end or NO_END
        last = moment(end, self.end_hour) if self.end_hour else moment(end, "2359") + timedelta(seconds=59)
        return moment(self.start, self.start_hour), last


@dataclass
class Verdict:
    """What the register must answer, and the version of the period that follows from it."""

    codes: set[str] = field(default_factory=set)
    late: bool = False
    conflicts: set[int] = field(default_factory=set)
    exceeding: int = 0
    outcome: ModelPeriod | None = None

    @property
    def result(self) -> str:
        if self.codes - WARNINGS:
            return "B"
        return "W" if self.codes else "A"


def moment(day: date, hour: str | None = None) -> datetime:
    return datetime.combine(day, time(int(hour[:2]), int(hour[2:])) if hour else time())


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def quarter_start(day: date) -> date:
    return date(day.year, quarter(day)[1] * 3 + 1, 1)


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    day += DAY
    while day.weekday() >= 5 or day in HOLIDAYS:
        day += DAY
    return day


def is_in_domain(day: date, first_year: int, now: datetime) -> bool:
    return first_year <= day.year < now.year + 10


def known(*values: object) -> bool:
    return all(value is not BAD for value in values)


def read_date(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else BAD
    except ValueError:
        return BAD


def read_hour(text: str | None) -> Any:
    return text if text is None or re.fullmatch(r"([01][0-9]|2[0-3])[0-5][0-9]", text) else BAD


def read_planned(number: float | None) -> Any:
    if number is None:
        return None
    return int(number) if number == int(number) and 1 <= number <= 999 else BAD
