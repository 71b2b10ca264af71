"""The demonstration's schools: put into the register, declared through it, and written into the portal."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import cast

from opendimona.core.calendar import BRUSSELS
from opendimona.core.file import EmployerKind
from opendimona.portal.demo.load import Demonstration, file_everything, persons_to_know, who_may_be_meant
from opendimona.portal.demo.pay import extract_of
from opendimona.portal.demo.people import draw_people
from opendimona.portal.demo.schools import EMPLOYERS, SCHOOLS
from opendimona.portal.demo.year import plan_lives
from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.local import LocalRegister


async def load_schools(register: LocalRegister, now: datetime | None = None) -> str:
    """Load the schools around a moment, and say how much that was; Django is set up."""
    moment = now or datetime.now(BRUSSELS)
    people = draw_people(sum(school.staff for school in SCHOOLS))
    lives = plan_lives(moment.astimezone(BRUSSELS).date())
    known = [*persons_to_know(people, lives), *who_may_be_meant(people, lives)]
    await register.put_employers(
        [
            EmployerEntry(
                nsso_registration_number=one.nsso, name=one.name, kind=cast("EmployerKind", one.kind),
                active_from=date(2010, 1, 1),
            )
            for one in EMPLOYERS
        ]
    )  # fmt: skip
    await register.put_workers(
        [
            WorkerEntry(
                ssin=f"{who.ssin:011d}", family_name=who.family_name.upper(), given_name=who.given_name.upper(),
                birth_date=who.birth_date, gender="MF".index(who.gender) + 1,
            )
            for who in known
        ]
    )  # fmt: skip
    done = await file_everything(register, moment)
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(_write, done, moment, lambda: _compare(done, moment, register, loop))
    filed = sum(len(one) for one in done.filed)
    return f"{len(SCHOOLS)} schools, {len(people)} staff, {filed} declarations"


def _write(done: Demonstration, moment: datetime, compare: Callable[[], None]) -> None:
    """Write it in a thread of its own, where Django may use its database; then compare what was paid last month."""
    from opendimona.portal.demo.record import record_demonstration  # noqa: PLC0415  needs Django to be set up
    from opendimona.portal.site.start import with_closed_connection  # noqa: PLC0415

    def work() -> None:
        record_demonstration(done, moment)
        compare()

    with_closed_connection(work)


def _compare(done: Demonstration, moment: datetime, register: LocalRegister, loop: asyncio.AbstractEventLoop) -> None:
    from opendimona.portal.insurability import runs  # noqa: PLC0415  needs Django to be set up
    from opendimona.portal.site.street import STREET  # noqa: PLC0415

    content = extract_of(done.people, done.lives, moment.astimezone(BRUSSELS).date())
    STREET.open(register, loop)
    try:
        runs.execute(runs.begin(content, None, datetime.now(UTC)), content)
    finally:
        STREET.close()
