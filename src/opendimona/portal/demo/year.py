"""A school year around a day, planned: who is appointed where, and what was declared when. The register judges it.

Most staff are as they should be. The first persons of the first school are stories, one for each thing that can need
somebody: a forgotten exit, missing hours, a person to be identified, an end overdue, a start not declared.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from opendimona.portal.demo.names import SUBJECTS
from opendimona.portal.demo.people import SEED
from opendimona.portal.demo.plan import DAY, Declared, Engagement, Life, World
from opendimona.portal.demo.schools import SCHOOLS
from opendimona.portal.demo.stories import STORIES
from opendimona.portal.schools.calendar import year_starting


def plan_lives(today: date, seed: int = SEED) -> list[Life]:
    """One life for each person, school after school; the first ones are the stories."""
    world = World(today, random.Random(seed + 1))  # noqa: S311 - dates to look at, no secrets
    lives = []
    for index, school in enumerate(SCHOOLS):
        told = [story(world) for story in STORIES] if index == 0 else []
        lives += told + [_ordinary(world, index) for _ in range(school.staff - len(told))]
    return lives


def _ordinary(world: World, school: int) -> Life:
    chance = world.draw.random()
    if chance < 0.55:
        return _tenured(world, school)
    if chance < 0.82:
        return _temporary(world, school)
    if chance < 0.92:
        return _interims(world, school)
    return _support(world, school)


def _tenured(world: World, school: int) -> Life:
    """There for years; declared once."""
    kind = SCHOOLS[school].kind
    year = world.year(school)
    start = year_starting(year.first.year - world.draw.randrange(1, 11), kind).first
    category = world.draw.choice(["teacher"] * 6 + ["assistant", "office"])
    note = world.draw.choice(SUBJECTS) if category == "teacher" else ""
    load = world.draw.choice(("24/24", "22/22", "20/20", "18/24")) if category == "teacher" else "36/36"
    return Life(
        [Engagement(school=school, start=start, category=category, load=load, note=note)],
        [Declared(at=world.before(start), act="entry", school=school, category=category, start=start)],
    )


def _temporary(world: World, school: int) -> Life:
    """A whole school year, perhaps last year's too; each entry gave its end."""
    year = world.year(school)
    life = Life()
    years = [year]
    if world.draw.random() < 0.6:
        years.insert(0, year_starting(year.first.year - 1, SCHOOLS[school].kind))
    note = world.draw.choice(SUBJECTS)
    for one in years:
        load = world.draw.choice(("24/24", "12/24", "16/24", "8/24"))
        life.engagements.append(Engagement(school=school, start=one.first, end=one.last, load=load, note=note))
        is_late = world.draw.random() < 0.04
        at = world.at(one.first + 2 * DAY) if is_late else world.before(one.first)
        life.declared.append(Declared(at=at, act="entry", school=school, start=one.first, end=one.last))
    return life


def _interims(world: World, school: int) -> Life:
    """Short replacements one after the other: some ended with an exit, some prolonged."""
    life = Life()
    for start, end in _stretches(world, school):
        life.engagements.append(
            Engagement(school=school, start=start, end=end, load="10/24", note=world.draw.choice(SUBJECTS))
        )
        entry = len(life.declared)
        way = world.draw.randrange(3)
        first_end = None if way == 0 else end - timedelta(7) if way == 1 and (end - start).days > 10 else end
        life.declared.append(
            Declared(at=world.before(start, 2), act="entry", school=school, start=start, end=first_end)
        )
        if first_end is not None and first_end < end:
            life.declared.append(Declared(at=world.at(first_end), act="extend", school=school, end=end, target=entry))
        elif first_end is None and end < world.today:
            life.declared.append(Declared(at=world.at(end), act="exit", school=school, end=end, target=entry))
    return life


def _stretches(world: World, school: int) -> Iterator[tuple[date, date]]:
    """Stretches of some weeks from the first day of the year to about today, with gaps between them."""
    day = world.year(school).first + timedelta(world.draw.randrange(40))
    for _ in range(5):
        end = day + timedelta(world.draw.randrange(10, 40))
        if end >= world.today - 3 * DAY:
            return
        yield day, end
        day = end + timedelta(world.draw.randrange(7, 30))


def _support(world: World, school: int) -> Life:
    """Kitchen, cleaning, supervision: paid by the power itself."""
    start = world.year(school).first - timedelta(365 * world.draw.randrange(1, 8))
    return Life(
        [Engagement(school=school, start=start, category="support", load="20 h", note="cantine et surveillance")],
        [Declared(at=world.before(start), act="entry", school=school, category="support", start=start)],
    )
