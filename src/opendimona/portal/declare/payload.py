"""From what a secretary wishes to the declaration that the register takes: the one place where acts become blocks."""

from datetime import date

from msgspec import Struct

from opendimona.core.calendar import REOPEN
from opendimona.core.declaration import (
    Address,
    Declaration,
    DeclaredEmployer,
    DeclaredFeatures,
    DeclaredWorker,
    DimonaCancel,
    DimonaIn,
    DimonaOut,
    DimonaUpdate,
    Municipality,
    SmallStatutesInformation,
)

WORKER_TYPES = {"student": "STU", "trainee-f1": "STG", "trainee-f2": "STG"}
"""The worker type of each category; OTH, an ordinary worker, for all others."""


SMALL_STATUTES = {"trainee-f1": "F1", "trainee-f2": "F2"}
"""The status of trainees within the insurance against accidents at work (glossary, block 90594), by category."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is, for want of an SSIN: all that the register asks for then."""

    family_name: str
    given_name: str
    birth_date: date
    place_of_birth: str
    country_of_birth: int
    nationality: int
    gender: int
    street: str
    house_number: str
    post_code: str
    municipality: str


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be declared. For an entry: employer, person, category, dates, `hours` of a student; else a period.

    `reopen`: the period goes on without an end.
    """

    act: str
    employer: int
    joint_committee: str = ""
    ssin: int | None = None
    identity: Identity | None = None
    category: str = ""
    start: date | None = None
    end: date | None = None
    hours: int | None = None
    period: int | None = None
    reopen: bool = False


def declaration_of(wish: Wish) -> Declaration:
    """The declaration that says what is wished."""
    end = REOPEN.isoformat() if wish.reopen else _text(wish.end)
    if wish.act == "entry":
        return Declaration(employer=DeclaredEmployer(employer_id=wish.employer), worker=_worker(wish),
                           dimona_in=_entry(wish))  # fmt: skip
    if wish.act == "exit":
        return Declaration(dimona_out=DimonaOut(period_id=wish.period, end_date=end))
    if wish.act == "cancel":
        return Declaration(dimona_cancel=DimonaCancel(period_id=wish.period))
    return Declaration(
        dimona_update=DimonaUpdate(
            period_id=wish.period, start_date=_text(wish.start), end_date=end, planned_hours_number=wish.hours
        )
    )


def worker_type_of(category: str) -> str:
    """The worker type under which a category is declared."""
    return WORKER_TYPES.get(category, "OTH")


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _entry(wish: Wish) -> DimonaIn:
    features = DeclaredFeatures(
        joint_commission_number=wish.joint_committee or None, worker_type=worker_type_of(wish.category)
    )
    status = SMALL_STATUTES.get(wish.category)
    # Of school trainees the work is taken to be that of an employee, not of a manual worker: assumed, not sourced.
    statutes = None if status is None else SmallStatutesInformation(employment_nature="EMPLOYEE", worker_status=status)
    return DimonaIn(
        start_date=_text(wish.start), end_date=_text(wish.end), planned_hours_number=wish.hours, features=features,
        small_statutes_information=statutes,
    )  # fmt: skip


def _worker(wish: Wish) -> DeclaredWorker:
    if wish.ssin is not None:
        return DeclaredWorker(ssin=f"{wish.ssin:011d}")
    who = wish.identity
    if who is None:
        return DeclaredWorker()
    address = Address(
        street=who.street, house_number=who.house_number, post_code=who.post_code,
        municipality=Municipality(name=who.municipality), country=150,
    )  # fmt: skip
    return DeclaredWorker(
        family_name=who.family_name, given_name=who.given_name, birth_date=who.birth_date.isoformat(),
        place_of_birth=who.place_of_birth, country_of_birth=who.country_of_birth, nationality=who.nationality,
        gender=who.gender, address=address,
    )  # fmt: skip
