"""Plays a September in the portal, story by story, and says what each took: pages, fields, keys, presses, seconds."""

import json
import sys
import time
from datetime import datetime

from playwright.sync_api import Browser, expect

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.demo.people import draw_people
from opendimona.portal.demo.schools import SCHOOLS
from opendimona.portal.demo.stories import STORIES, in_two_schools
from opendimona.portal.demo.year import plan_lives
from opendimona.portal.schools.calendar import year_of, year_starting
from tools.browser import ROOT, chromium, served
from tools.stories.cast import Cast
from tools.stories.parts import VILLAGE_INDEX
from tools.stories.september import DAYS

REPORT = ROOT / "build" / "stories.json"
FIELDS_MAX = 6
"""Fields that an entry may take, from nothing to the answer."""


def play(browser: Browser, url: str, *, is_told: bool = False) -> list[dict[str, object]]:
    """The whole September; what each story took. AssertionError where somebody could not go on."""
    cast = _cast(browser, url)
    found = []
    for days, stories in DAYS:
        cast.play(cast.working(days))
        for story in stories:
            cast.total()
            begun = time.perf_counter()
            try:
                story.play(cast)
            except Exception:
                cast.show(REPORT.parent)
                raise
            tally = cast.total()
            tally.seconds = round(time.perf_counter() - begun, 1)
            row: dict[str, object] = {"day": f"{cast.day}", "story": story.number, "what": story.title}
            row |= {name: getattr(tally, name) for name in tally.__struct_fields__}
            found.append(row | {"is_entry": story.is_entry})
            if is_told:
                print(_line(row), flush=True)
    return found


def _cast(browser: Browser, url: str) -> Cast:
    """Nobody on the stage yet; the school year to come, and whom the stories need to know."""
    kind, today = SCHOOLS[0].kind, datetime.now(BRUSSELS).date()
    first = year_starting(year_of(today, kind).first.year + 1, kind).first
    people = draw_people(sum(school.staff for school in SCHOOLS))
    shared = people[STORIES.index(in_two_schools)]
    begin = sum(school.staff for school in SCHOOLS[:VILLAGE_INDEX])
    lives = zip(people, plan_lives(today), strict=True)
    colleague = next(
        person.ssin
        for person, life in list(lives)[begin:]
        if life.engagements[0].end is None and life.engagements[0].category == "teacher"
    )
    cast = Cast(browser, url, first, first)
    cast.noted = {"shared": f"{shared.family_name} {shared.given_name}", "colleague": f"{colleague:011d}"}
    return cast


def _line(row: dict[str, object]) -> str:
    return (
        f"{row['day']}  {row['story']:<8} {row['what']:<52} {row['pages']:>5} {row['fields']:>6} {row['keys']:>5} "
        f"{row['presses']:>7} {row['seconds']:>6}"
    )


def main() -> None:
    """Play it, print the table, keep it in build/stories.json."""
    expect.set_options(timeout=20_000)
    heads = {"day": "day       ", "story": "story", "what": "", "pages": "pages", "fields": "fields", "keys": "keys",
             "presses": "presses", "seconds": "secs"}  # fmt: skip
    print(_line(heads))
    with served() as url, chromium() as browser:
        rows = play(browser, url, is_told=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1) + "\n")
    most = max(int(str(row["fields"])) for row in rows if row["is_entry"])
    print(f"{len(rows)} stories; an entry took {most} fields at most, of {FIELDS_MAX} allowed")
    sys.exit(most > FIELDS_MAX)
