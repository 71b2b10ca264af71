"""Loads the demonstration: declares it through the register itself, then writes the portal's own record of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.declare.payload import Identity, Wish, declaration_of
from opendimona.portal.demo.people import DemoPerson, draw_people, ssin_of
from opendimona.portal.demo.plan import Declared, Life
from opendimona.portal.demo.schools import COMMUNITY, EMPLOYERS, POWERS, SCHOOLS, DemoEmployer
from opendimona.portal.demo.year import plan_lives
from opendimona.portal.staff.categories import PAID_BY_POWER
from opendimona.register.interface import Answer, Caller, Criteria, PeriodView, Register

CLIENT = "portal"
PERIODS_MAX = 100_000


class Filed(Struct):
    """A declaration of the demonstration with what was answered."""

    declared: Declared
    wish: Wish
    employer: int
    answer: Answer


class Demonstration(Struct):
    """People, their lives, what was answered, and the periods as they became, by number."""

    people: list[DemoPerson]
    lives: list[Life]
    filed: list[list[Filed]]
    periods: dict[int, PeriodView]


def employer_index(school: int, category: str) -> int:
    """Which employer pays somebody of a category in a school."""
    return POWERS[SCHOOLS[school].power][2] if category in PAID_BY_POWER else EMPLOYERS.index(COMMUNITY)


async def file_everything(register: Register, now: datetime) -> Demonstration:
    """Declare every life, in the order of each; employers and persons are in the register already."""
    people = draw_people(sum(school.staff for school in SCHOOLS))
    lives = plan_lives(now.astimezone(BRUSSELS).date())
    caller = Caller(CLIENT)
    filed = [await _file_life(register, caller, who, life, now) for who, life in zip(people, lives, strict=True)]
    periods: dict[int, PeriodView] = {}
    for employer in EMPLOYERS:
        found = await register.search_periods(Criteria(employer=("nsso", employer.nsso)), caller, PERIODS_MAX)
        periods |= {view.period.number: view for view in found}
    return Demonstration(people, lives, filed, periods)


async def _file_life(register: Register, caller: Caller, who: DemoPerson, life: Life, now: datetime) -> list[Filed]:
    done: list[Filed] = []
    for declared in life.declared:
        target = None if declared.target is None else done[declared.target].answer.period_number
        index = employer_index(declared.school, declared.category)
        wish = _wish(declared, who, EMPLOYERS[index], target)
        mine = replace(caller, unit=str(SCHOOLS[declared.school].fase))
        answer = await register.file(declaration_of(wish), mine, min(declared.at, now))
        done.append(Filed(declared, wish, index, answer))
    return done


def _wish(declared: Declared, who: DemoPerson, employer: DemoEmployer, target: int | None) -> Wish:
    identity = None
    if declared.is_unidentified:
        identity = Identity(
            family_name=who.family_name, given_name=who.given_name, birth_date=who.birth_date,
            place_of_birth="Lille", country_of_birth=111, nationality=111, gender=2 if who.gender == "F" else 1,
            street="Rue des Exemples", house_number="12", post_code="4000", municipality="Tilleux",
        )  # fmt: skip
    return Wish(
        act=declared.act, employer=employer.nsso, joint_committee=employer.joint_committee,
        ssin=None if declared.is_unidentified else who.ssin, identity=identity, category=declared.category,
        start=declared.start, end=declared.end, hours=declared.hours, period=target,
    )  # fmt: skip


def last_visit(today: date) -> datetime:
    """When the demonstration's accounts were last there: the evening before the last declarations."""
    return datetime.combine(today - timedelta(5), time(17), BRUSSELS).astimezone(UTC)


def persons_to_know(people: Sequence[DemoPerson], lives: Sequence[Life]) -> list[DemoPerson]:
    """Those whom the register of persons must know: all but the ones whom nobody has identified yet."""
    return [who for who, life in zip(people, lives, strict=True) if not _is_unidentified(life)]


def who_may_be_meant(people: Sequence[DemoPerson], lives: Sequence[Life]) -> list[DemoPerson]:
    """For each whom nobody has identified yet: the person meant, and somebody of the same name born a year before."""
    meant = [who for who, life in zip(people, lives, strict=True) if _is_unidentified(life)]
    others = [(who, who.birth_date - timedelta(365)) for who in meant]
    return meant + [
        DemoPerson(ssin_of(birth, who.gender), who.family_name, who.given_name, birth, who.gender)
        for who, birth in others
    ]


def _is_unidentified(life: Life) -> bool:
    return any(declared.is_unidentified for declared in life.declared)
