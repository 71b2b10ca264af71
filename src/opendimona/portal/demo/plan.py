"""What a demonstration is planned in: engagements, declarations and lives, around a day."""

import random
from datetime import date, datetime, time, timedelta

from msgspec import Struct, field

from opendimona.core.calendar import BRUSSELS
from opendimona.law.holidays import is_working_day
from opendimona.law.school_years import SchoolYear
from opendimona.portal.demo.schools import SCHOOLS
from opendimona.portal.schools.calendar import year_of

DAY = timedelta(1)


class Engagement(Struct, kw_only=True):
    """An appointment of a person in a school (by index), paid by the community or by the power itself."""

    school: int
    start: date
    end: date | None = None
    category: str = "teacher"
    load: str = ""
    note: str = ""


class Declared(Struct, kw_only=True):
    """Something declared at a moment. `target`: which of the person's declarations made the period that it changes."""

    at: datetime
    act: str
    school: int
    category: str = "teacher"
    start: date | None = None
    end: date | None = None
    hours: int | None = None
    target: int | None = None
    is_unidentified: bool = False


class Life(Struct):
    """Everything of one person."""

    engagements: list[Engagement] = field(default_factory=list)
    declared: list[Declared] = field(default_factory=list)


class World(Struct):
    """What a plan is made of: the day, the years of each school, and the chance."""

    today: date
    draw: random.Random

    def year(self, school: int) -> SchoolYear:
        """The school year of a school."""
        return year_of(self.today, SCHOOLS[school].kind)

    def before(self, day: date, most: int = 5) -> datetime:
        """A working hour some days before a day."""
        found = day - timedelta(self.draw.randrange(1, most + 1))
        while not is_working_day(found):
            found -= DAY
        return self.at(found)

    def at(self, day: date) -> datetime:
        """A working hour of a day."""
        return datetime.combine(day, time(self.draw.randrange(8, 16), self.draw.randrange(60)), BRUSSELS)

    def working(self, days: int) -> date:
        """The working day so many days from today, or the next one in that direction."""
        found, step = self.today + timedelta(days), DAY if days >= 0 else -DAY
        while not is_working_day(found):
            found += step
        return found
