"""The staff of the demonstration: three hundred persons, the same for a seed, each with a birth date of its own.

The SSINs have the serial numbers 991 and 992 of their birth dates: well-formed, and nobody's.
"""

import random
from datetime import date, timedelta

from msgspec import Struct

from opendimona.portal.demo.names import FAMILY, GIVEN

SEED = 3124
FIRST_BIRTH, LAST_BIRTH = date(1963, 1, 1), date(1994, 12, 31)
YOUNG, STUDENT_BIRTH = 1, date(2006, 2, 14)
"""The place of the one student among them, and when that one was born."""


class DemoPerson(Struct, frozen=True):
    """One of the staff. `ssin` is None for somebody who has none yet."""

    ssin: int | None
    family_name: str
    given_name: str
    birth_date: date
    gender: str


def draw_people(count: int, seed: int = SEED) -> list[DemoPerson]:
    """So many persons, grown up when their first engagement began, no two with the same name."""
    draw = random.Random(seed)  # noqa: S311 - names and dates to look at, no secrets
    births = draw.sample(range((LAST_BIRTH - FIRST_BIRTH).days), count)
    people, names = [], set()
    for place, day in enumerate(births):
        gender = "FMF"[place % 3]
        while True:
            name = (draw.choice(FAMILY), draw.choice(GIVEN[gender]))
            if name not in names:
                break
        names.add(name)
        birth = FIRST_BIRTH + timedelta(day)
        if place == YOUNG:
            birth = STUDENT_BIRTH
        people.append(DemoPerson(ssin_of(birth, gender), *name, birth, gender))
    return people


def ssin_of(birth: date, gender: str) -> int:
    """A number for a birth date that nobody bears."""
    base = int(f"{birth:%y%m%d}{991 if gender == 'M' else 992}")
    check = 97 - (base + (2_000_000_000 if birth.year >= 2000 else 0)) % 97
    return base * 100 + check
