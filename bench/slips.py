"""Seeded errors of identity: what people write of somebody who is in the register, and who is really meant."""

import random
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from bench.persons import Drawn, persons
from opendimona.core.declaration import Address, DeclaredWorker
from opendimona.core.identity.dates import slips_of, swapped
from opendimona.core.identity.names import core_words

STRANGERS = 0.06
"""The share of those whom the register does not know: whoever is chosen for them is the wrong one."""


class Written(NamedTuple):
    """An identity on its way to a form."""

    family: str
    given: str
    birth: date
    gender: str
    is_day_known: bool = True


class Case(NamedTuple):
    """A declared identity, the errors in it, and the SSIN that is meant (None: nobody of the register)."""

    worker: DeclaredWorker
    errors: str
    meant: int | None


Error = Callable[[random.Random, Written], Written]


def typo(chance: random.Random, name: str) -> str:
    """One letter more, fewer, other, or two in the other order; never the first letter alone."""
    if len(name) < 4:
        return name
    place = chance.randrange(1, len(name) - 1)
    letter = chance.choice(string.ascii_lowercase)
    return chance.choice((
        name[:place] + letter + name[place:], name[:place] + name[place + 1 :],
        name[:place] + letter + name[place + 1 :],
        name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    ))  # fmt: skip


def without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def shouted(_: random.Random, one: Written) -> Written:
    return one._replace(family=without_accents(one.family).upper(), given=without_accents(one.given).upper())


def family_typo(chance: random.Random, one: Written) -> Written:
    return one._replace(family=typo(chance, one.family))


def given_typo(chance: random.Random, one: Written) -> Written:
    return one._replace(given=typo(chance, one.given))


def particles(chance: random.Random, one: Written) -> Written:
    """Particles written together, apart, or left out; hyphens as blanks."""
    joined = one.family.replace(" ", "").replace("'", "")
    bare = " ".join(core_words(one.family.lower().replace("'", " ").replace("-", " "))).title()
    return one._replace(family=chance.choice((joined, bare, one.family.replace("-", " ").replace("'", " "))))


def half_name(chance: random.Random, one: Written) -> Written:
    """One name of a double one; of a simple name, another spelling of a sound."""
    parts = one.family.split("-")
    if len(parts) > 1:
        return one._replace(family=chance.choice(parts))
    return one._replace(family=one.family.replace("ck", "k").replace("ij", "y").replace("ae", "a"))


def other_given(chance: random.Random, one: Written) -> Written:
    """Only the first given name, only the last, or the first one shortened."""
    names = one.given.split()
    return one._replace(given=chance.choice((names[0], names[-1], names[0][: chance.choice((1, 3, 4))])))


def names_swapped(_: random.Random, one: Written) -> Written:
    return one._replace(family=one.given, given=one.family)


def birth_slip(chance: random.Random, one: Written) -> Written:
    return one._replace(birth=chance.choice(sorted(day for day in slips_of(one.birth) if day.year <= 2010)))


def day_and_month(chance: random.Random, one: Written) -> Written:
    other = swapped(one.birth)
    return birth_slip(chance, one) if other is None else one._replace(birth=other)


def day_unknown(_: random.Random, one: Written) -> Written:
    return one._replace(is_day_known=False)


def other_gender(_: random.Random, one: Written) -> Written:
    return one._replace(gender="2" if one.gender == "1" else "1")


def other_birth(chance: random.Random, one: Written) -> Written:
    """Another day of the same year."""
    return one._replace(birth=date(one.birth.year, 1, 1) + timedelta(chance.randrange(365)))


ERRORS: tuple[tuple[int, Error], ...] = (
    (14, shouted), (14, family_typo), (14, given_typo), (10, particles), (5, half_name), (12, other_given),
    (7, names_swapped), (11, birth_slip), (4, day_and_month), (2, day_unknown), (4, other_gender), (1, other_birth),
)  # fmt: skip
"""Each error, and how often of a hundred it is drawn."""


def case(chance: random.Random, meant: Drawn, is_known: bool) -> Case:
    """One case: one error, for every fourth a second one, for every twentieth a third."""
    written = Written(meant.family_name, meant.given_name, meant.birth, meant.gender)
    errors = []
    for least in (0.0, 0.75, 0.8):
        if chance.random() >= least:
            error = chance.choices([each for _, each in ERRORS], [weight for weight, _ in ERRORS])[0]
            written = error(chance, written)
            errors.append(error.__name__)
        else:
            break
    birth = written.birth.isoformat() if written.is_day_known else f"{written.birth.year}-00-00"
    is_place_told = chance.random() < 0.9
    has_moved = chance.random() < 0.3
    worker = DeclaredWorker(
        family_name=written.family, given_name=written.given, birth_date=birth,
        place_of_birth=meant.place if is_place_told else "Elders", country_of_birth=150,
        nationality=meant.nationality, gender=written.gender,
        address=Address(street="Rue Neuve", post_code="9999" if has_moved else meant.post_code),
    )  # fmt: skip
    return Case(worker, " + ".join(errors), int(meant.ssin) if is_known else None)


def cases(seed: int, known: Iterable[Drawn], count: int) -> Iterator[Case]:
    """That many cases: of persons of the register, and of strangers, who are drawn like them but from another seed."""
    chance = random.Random(seed)
    mine, others = list(known), list(persons(seed + 1_000_003, max(1000, count)))
    for _ in range(count):
        is_known = chance.random() >= STRANGERS
        yield case(chance, chance.choice(mine if is_known else others), is_known)
