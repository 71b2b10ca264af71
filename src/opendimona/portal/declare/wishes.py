"""Reads what was typed in a draft into a wish: formats here, rules never; the register judges the rest."""

from datetime import date

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct, field

from opendimona.core.declaration import Declaration
from opendimona.portal.declare.models import Act, Draft
from opendimona.portal.declare.payload import Identity, Wish, declaration_of, worker_type_of
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.categories import PAID_BY_POWER
from opendimona.portal.staff.models import Category, Person

FIELDS: dict[str, tuple[str, ...]] = {
    Act.ENTRY: ("category", "start", "end", "hours"),
    Act.EXIT: ("end",),
    Act.EXTEND: ("end",),
    Act.CORRECT: ("start", "end", "hours"),
    Act.CANCEL: ("reason",),
}
"""The fields that each act asks for, in the order of the page."""
LENGTH_MAX = 200
STUDENT = worker_type_of(Category.STUDENT)
HOURS_MAX = 999


class Reading(Struct):
    """What a draft says. `errors`: a sentence for each field that cannot be read; then there is nothing to send."""

    wish: Wish
    employer: Employer
    declaration: Declaration
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def read_draft(draft: Draft, today: date) -> Reading:
    """Read a draft as of a day."""
    return _Reader(draft, today).read()


def employer_for(school: School, category: str) -> Employer:
    """The employer of record of a category in a school: the power for those whom it pays itself, else the Community."""
    if category in PAID_BY_POWER:
        return school.power.employer
    return Employer.objects.get(is_community=True)


def fields_of(draft: Draft) -> tuple[str, ...]:
    """The fields that a draft asks for: planned hours only where the period may be a student's."""
    fields = FIELDS[draft.act]
    if draft.act == Act.CORRECT and draft.period is not None and draft.period.worker_type != STUDENT:
        return tuple(name for name in fields if name != "hours")
    return fields


def values_from(posted: "dict[str, str]", act: str) -> dict[str, str]:
    """The fields of an act out of a posted form, as typed."""
    return {name: posted.get(name, "")[:LENGTH_MAX] for name in FIELDS[act]}


class _Reader:
    def __init__(self, draft: Draft, today: date) -> None:
        self._draft = draft
        self._values = draft.values
        self._today = today
        self._errors: dict[str, str] = {}

    def read(self) -> Reading:
        draft = self._draft
        reason = ""
        if draft.act == Act.ENTRY:
            employer, wish = self._entry()
        else:
            period = draft.period
            if period is None:
                raise ValueError("this act is about a period")
            employer = period.employer
            end = None if draft.act == Act.CANCEL else self._end()
            start = self._day("start", required=True) if draft.act == Act.CORRECT else None
            if draft.act == Act.CANCEL:
                reason = self._reason()
            wish = Wish(
                act=draft.act, employer=employer.nsso, start=start, end=end, period=period.number,
                hours=self._hours() if draft.act == Act.CORRECT else None,
                reopen=draft.act in (Act.EXTEND, Act.CORRECT) and end is None and period.end is not None,
            )  # fmt: skip
        return Reading(wish, employer, declaration_of(wish), reason, self._errors)

    def _entry(self) -> tuple[Employer, Wish]:
        category = self._values.get("category", "")
        if category not in Category.values:
            self._errors["category"] = _("Choisissez en quelle qualité cette personne est engagée.")
            category = Category.TEACHER
        employer = employer_for(self._draft.school, category)
        person = self._draft.person
        start, end = self._day("start", required=True), self._end()
        if start is not None and end is not None and end < start:
            self._errors["end"] = _("Le dernier jour est avant le premier. Corrigez l'un des deux.")
        wish = Wish(
            act=Act.ENTRY, employer=employer.nsso, joint_committee=employer.joint_committee, ssin=person.ssin,
            identity=_identity(person), category=category, start=start, end=end, hours=self._hours(),
        )  # fmt: skip
        return employer, wish

    def _end(self) -> date | None:
        return self._day("end", required=self._draft.act == Act.EXIT)

    def _day(self, name: str, *, required: bool) -> date | None:
        typed = str(self._values.get(name, "")).strip()
        found = parse_day(typed, self._today) if typed else None
        if typed and found is None:
            self._errors[name] = _("« %(typed)s » n'est pas une date. Écrivez-la comme 1/9, 010926 ou 2026-09-01.") % {
                "typed": typed
            }
        elif required and found is None:
            first, last = _("Indiquez le premier jour de travail."), _("Indiquez le dernier jour de travail.")
            self._errors[name] = first if name == "start" else last
        return found

    def _hours(self) -> int | None:
        typed = str(self._values.get("hours", "")).strip()
        if not typed:
            return None
        if not typed.isdecimal() or int(typed) > HOURS_MAX:
            self._errors["hours"] = _("Indiquez un nombre entier d'heures, par exemple 40.")
            return None
        return int(typed)

    def _reason(self) -> str:
        reason = str(self._values.get("reason", "")).strip()
        if not reason:
            self._errors["reason"] = _("Dites pourquoi cette période est annulée : la raison reste dans le dossier.")
        return reason


def _identity(person: Person) -> Identity | None:
    if person.ssin is not None or person.identity is None:
        return None
    return msgspec.convert(person.identity, Identity)
