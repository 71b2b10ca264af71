"""Writes the demonstration into the portal's own tables. Django is set up before this is imported."""

from datetime import datetime

import msgspec
from django.db import transaction

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.declare.answers import answered, mirrored
from opendimona.portal.declare.models import Filing, State
from opendimona.portal.declare.payload import declaration_of
from opendimona.portal.demo import schools as data
from opendimona.portal.demo.load import Demonstration, Filed, employer_index, last_visit
from opendimona.portal.demo.people import DemoPerson
from opendimona.portal.demo.plan import Life
from opendimona.portal.demo.stories import STORIES, in_two_schools
from opendimona.portal.inbox.models import Message
from opendimona.portal.mine.models import OwnFile
from opendimona.portal.schools.models import Employer, OrganisingPower, School
from opendimona.portal.staff.models import Appointment, Period, Person
from opendimona.portal.staff.spelling import search_key


@transaction.atomic
def record_demonstration(done: Demonstration, now: datetime) -> None:
    """Schools, accounts, staff, and what was declared and answered."""
    employers = [_employer(one) for one in data.EMPLOYERS]
    powers = [
        OrganisingPower.objects.create(name=name, network=network, employer=employers[index])
        for name, network, index in data.POWERS
    ]
    schools = [_school(one, powers) for one in data.SCHOOLS]
    accounts = _accounts(schools, powers, now)
    people = Person.objects.bulk_create(_person(who, life) for who, life in zip(done.people, done.lives, strict=True))
    Appointment.objects.bulk_create(
        Appointment(
            person=person, school=schools[one.school], employer=employers[employer_index(one.school, one.category)],
            category=one.category, start=one.start, end=one.end, load=one.load, note=one.note,
        )
        for person, life in zip(people, done.lives, strict=True)
        for one in life.engagements
    )  # fmt: skip
    member = Account.objects.get(memberships__role=Role.MEMBER)
    OwnFile.objects.create(account=member, person=people[STORIES.index(in_two_schools)])
    writer = _Writer(done, employers, schools, accounts, now)
    for person, filed in zip(people, done.filed, strict=True):
        for one in filed:
            writer.add(person, one)
    writer.write()


def _employer(one: data.DemoEmployer) -> Employer:
    return Employer.objects.create(
        name=one.name, nsso=one.nsso, joint_committee=one.joint_committee, is_community=one is data.COMMUNITY
    )


def _school(one: data.DemoSchool, powers: list[OrganisingPower]) -> School:
    return School.objects.create(
        fase=one.fase, name=one.name, kind=one.kind, city=one.city, phone=one.phone, email=one.email,
        power=powers[one.power],
    )  # fmt: skip


def _accounts(schools: list[School], powers: list[OrganisingPower], now: datetime) -> dict[int, Account]:
    """One account of each role; returns who declares for a school, by its index."""
    clerks = {}
    for one in data.ACCOUNTS:
        account = Account.objects.create(
            email=one.email, name=one.name, password=data.PASSWORD,
            seen_until=last_visit(now.astimezone(BRUSSELS).date()),
        )  # fmt: skip
        Membership.objects.create(
            account=account, role=one.role, school=None if one.school is None else schools[one.school],
            power=None if one.power is None else powers[one.power], network=one.network,
        )  # fmt: skip
        if one.role == "clerk" and one.school is not None:
            clerks[one.school] = account
    return clerks


def _person(who: DemoPerson, life: Life) -> Person:
    is_unknown = any(declared.is_unidentified for declared in life.declared)
    return Person(
        ssin=None if is_unknown else who.ssin, family_name=who.family_name, given_name=who.given_name,
        birth_date=who.birth_date, search_key=search_key(who.family_name, who.given_name),
    )  # fmt: skip


class _Writer:
    """Gathers filings, periods and messages, and writes each kind at once."""

    def __init__(
        self,
        done: Demonstration,
        employers: list[Employer],
        schools: list[School],
        accounts: dict[int, Account],
        now: datetime,
    ) -> None:
        self._done = done
        self._employers = employers
        self._schools = schools
        self._accounts = accounts
        self._now = now
        self._periods: dict[int, Period] = {}
        self._filings: list[Filing] = []

    def add(self, person: Person, filed: Filed) -> None:
        declared, answer = filed.declared, filed.answer
        school = self._schools[declared.school]
        number = answer.period_number
        if number in self._done.periods and number not in self._periods:
            view = self._done.periods[number]
            self._periods[number] = mirrored(view, person, self._employers[filed.employer].pk, school)
        at = min(declared.at, self._now)
        filing = Filing(
            school=school, account=self._accounts.get(declared.school), person=person,
            employer=self._employers[filed.employer], act=declared.act, category=declared.category,
            start=declared.start, end=declared.end, declared_at=at, filed_at=at, decided_at=at,
            payload=msgspec.json.encode(declaration_of(filed.wish)).decode(),
            period_id=number if number in self._periods else None, values={},
        )  # fmt: skip
        answered(filing, answer)
        self._filings.append(filing)

    def write(self) -> None:
        Period.objects.bulk_create(self._periods.values())
        Filing.objects.bulk_create(self._filings)
        Message.objects.bulk_create(
            Message(
                is_mailed=True,
                school=filing.school, filing=filing, state=filing.state, told_at=filing.declared_at,
                read_at=None if self._is_new(filing) else filing.declared_at,
            )
            for filing in self._filings
        )  # fmt: skip

    def _is_new(self, filing: Filing) -> bool:
        """Whether the school has not seen the answer yet."""
        return (self._now - filing.declared_at).days < 5 and filing.state != State.REFUSED
