"""What the payroll of the demonstration paid last month: everybody who was engaged, and some whom it should not have.

The slips are those that the comparison is there to find: people who are paid and were never declared for these days,
somebody paid under the wrong employer, a number with a digit wrong.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import StringIO

from msgspec import Struct
from msgspec.structs import replace

from opendimona.portal.demo.load import employer_index
from opendimona.portal.demo.people import DemoPerson
from opendimona.portal.demo.plan import Engagement, Life
from opendimona.portal.demo.schools import EMPLOYERS, SCHOOLS

COLUMNS = ("niss", "fase", "employeur", "categorie", "debut", "fin", "jours", "nature", "mois")
UNCOVERED, OTHER_EMPLOYER, MISTYPED = 12, 40, 80
"""How many are paid without being declared; and whose line, by place, has the wrong employer or a wrong digit."""
PAID_DAYS = 9
OWN_EMPLOYER = 1


class Line(Struct, frozen=True):
    """A line of the extract; days are closed at both ends."""

    ssin: int | None
    school: int
    employer: int
    category: str
    start: date
    end: date


def extract_of(people: Sequence[DemoPerson], lives: Sequence[Life], today: date) -> bytes:
    """The extract of the month before a day (docs/payroll-extract.md); nobody without a number is paid."""
    last = today.replace(day=1) - timedelta(1)
    first = last.replace(day=1)
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for one in (*_slipped(list(_paid(people, lives, first, last))), *_undeclared(people, lives, first, last)):
        days = (one.end - one.start).days + 1
        writer.writerow((f"{one.ssin or 0:011d}", SCHOOLS[one.school].fase, EMPLOYERS[one.employer].nsso, one.category,
                         one.start, one.end, days, "travail", f"{first:%Y-%m}"))  # fmt: skip
    return text.getvalue().encode()


def _line(who: DemoPerson, one: Engagement, start: date, end: date) -> Line:
    return Line(who.ssin, one.school, employer_index(one.school, one.category), one.category, start, end)


def _paid(people: Sequence[DemoPerson], lives: Sequence[Life], first: date, last: date) -> Iterator[Line]:
    for who, life in zip(people, lives, strict=True):
        if any(declared.is_unidentified for declared in life.declared):
            continue
        for one in life.engagements:
            start, end = max(first, one.start), min(last, one.end or last)
            if start <= end:
                yield _line(who, one, start, end)


def _slipped(lines: list[Line]) -> list[Line]:
    """The lines with the employer wrong in one, and the last digit in another."""
    place = next(at for at, one in enumerate(lines) if at >= OTHER_EMPLOYER and one.employer != OWN_EMPLOYER)
    lines[place] = replace(lines[place], employer=OWN_EMPLOYER)
    ssin = lines[MISTYPED].ssin or 0
    lines[MISTYPED] = replace(lines[MISTYPED], ssin=ssin + (1 if ssin % 10 < 9 else -1))
    return lines


def _undeclared(people: Sequence[DemoPerson], lives: Sequence[Life], first: date, last: date) -> Iterator[Line]:
    """Some whose engagement is over, or has not begun, are paid for a few days all the same."""
    found = 0
    for who, life in zip(people, lives, strict=True):
        absent = [one for one in life.engagements if one.start > last or (one.end is not None and one.end < first)]
        if absent and who.ssin and len(absent) == len(life.engagements) and found < UNCOVERED:
            found += 1
            yield _line(who, absent[-1], first, first + timedelta(found % PAID_DAYS))
