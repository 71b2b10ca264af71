"""Lives that need somebody, one for each thing that a secretary has to see on the first page."""

from collections.abc import Callable
from datetime import timedelta

from opendimona.portal.demo.plan import Declared, Engagement, Life, World
from opendimona.portal.demo.schools import SCHOOLS
from opendimona.portal.schools.calendar import year_starting

INSTITUTE, VILLAGE = 0, 3
DAY = timedelta(1)


def forgotten_exit(world: World) -> Life:
    """Last year's period was never closed: this morning's entry was refused."""
    last = year_starting(world.year(INSTITUTE).first.year - 1, SCHOOLS[INSTITUTE].kind)
    start, end = world.today, world.working(28)
    return Life(
        [
            Engagement(school=INSTITUTE, start=last.first, end=last.last, load="12/24", note="mathématiques"),
            Engagement(school=INSTITUTE, start=start, end=end, load="10/24", note="mathématiques, intérim"),
        ],
        [
            Declared(at=world.before(last.first), act="entry", school=INSTITUTE, start=last.first),
            Declared(at=world.at(world.working(-1)), act="entry", school=INSTITUTE, start=start, end=end),
        ],
    )


def student_without_hours(world: World) -> Life:
    """A student's entry was refused: the planned hours were missing."""
    start = world.working(2)
    return Life(
        [Engagement(school=INSTITUTE, start=start, end=start, category="student", note="étude du soir")],
        [
            Declared(at=world.at(world.working(-1)), act="entry", school=INSTITUTE, category="student", start=start,
                     end=start),
        ],
    )  # fmt: skip


def to_be_identified(world: World) -> Life:
    """Somebody without an SSIN: the register has to find out who that is."""
    start, end = world.working(-2), world.working(60)
    return Life(
        [Engagement(school=INSTITUTE, start=start, end=end, load="6/24", note="anglais")],
        [
            Declared(at=world.at(world.working(-2)), act="entry", school=INSTITUTE, start=start, end=end,
                     is_unidentified=True),
        ],
    )  # fmt: skip


def ended(days: int) -> Callable[[World], Life]:
    """An engagement that ended, its period still open."""

    def story(world: World) -> Life:
        year = world.year(INSTITUTE)
        start, end = max(year.first, world.today - timedelta(30)), world.working(days)
        start = min(start, end)
        return Life(
            [Engagement(school=INSTITUTE, start=start, end=end, load="14/24", note="remplacement, sciences")],
            [Declared(at=world.before(start, 2), act="entry", school=INSTITUTE, start=start)],
        )

    return story


def starting(days: int, length: int | None, note: str, category: str = "teacher") -> Callable[[World], Life]:
    """An engagement about to start, not declared yet."""

    def story(world: World) -> Life:
        start = world.working(days)
        end = None if length is None else start + timedelta(length)
        return Life([Engagement(school=INSTITUTE, start=start, end=end, category=category, load="18/24", note=note)])

    return story


def prolonged(world: World) -> Life:
    """An interim that goes on after the end that was declared: to be extended."""
    start, declared, end = world.working(-21), world.working(1), world.working(30)
    return Life(
        [Engagement(school=INSTITUTE, start=start, end=end, load="22/22", note="remplacement, néerlandais")],
        [Declared(at=world.before(start, 2), act="entry", school=INSTITUTE, start=start, end=declared)],
    )


def declared_lately(days: int, note: str) -> Callable[[World], Life]:
    """An entry declared since the last visit, and accepted."""

    def story(world: World) -> Life:
        start = world.working(days)
        end = start + timedelta(25)
        return Life(
            [Engagement(school=INSTITUTE, start=start, end=end, load="12/24", note=note)],
            [Declared(at=world.at(world.working(-1)), act="entry", school=INSTITUTE, start=start, end=end)],
        )

    return story


def in_two_schools(world: World) -> Life:
    """In two schools under the same employer: one period covers both engagements."""
    year = world.year(INSTITUTE)
    return Life(
        [
            Engagement(school=INSTITUTE, start=year.first, end=year.last, load="12/24", note="éducation physique"),
            Engagement(school=VILLAGE, start=year.first, end=year.last, load="8/24", note="psychomotricité"),
        ],
        [Declared(at=world.before(year.first), act="entry", school=VILLAGE, start=year.first, end=year.last)],
    )


def never_came(world: World) -> Life:
    """Declared, then cancelled: the person took another job."""
    start = world.working(-14)
    return Life(
        [],
        [
            Declared(at=world.before(start, 2), act="entry", school=INSTITUTE, start=start, end=start + 20 * DAY),
            Declared(at=world.at(start - DAY), act="cancel", school=INSTITUTE, target=0),
        ],
    )


STORIES: tuple[Callable[[World], Life], ...] = (
    forgotten_exit,
    student_without_hours,
    to_be_identified,
    ended(-1),
    ended(-6),
    starting(1, 21, "remplacement, français"),
    starting(3, 60, "remplacement, géographie"),
    starting(5, None, "surveillance de midi", "support"),
    prolonged,
    declared_lately(0, "remplacement, histoire"),
    declared_lately(-1, "remplacement, latin"),
    declared_lately(2, "renfort, mathématiques"),
    in_two_schools,
    never_came,
)
