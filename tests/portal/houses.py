"""The tables of register and portal on a real PostgreSQL, for tests that ask them without a browser."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from opendimona.core.identifiers import is_nsso_number
from opendimona.register.clients import Clients
from opendimona.register.local import LocalRegister
from tests.portal.django_for_tests import set_up

set_up()

from django.db import connections  # noqa: E402

from opendimona.portal.schools.models import Employer, OrganisingPower, School  # noqa: E402
from opendimona.portal.site.options import database_of  # noqa: E402
from opendimona.portal.site.start import prepare  # noqa: E402
from opendimona.portal.site.street import STREET  # noqa: E402
from opendimona.settings import Settings  # noqa: E402

COMMUNITY, POWER = (
    next(n for n in range(base * 100, base * 100 + 100) if is_nsso_number(n)) for base in (1_999_800, 1_999_801)
)
FIRST_SCHOOL, SECOND_SCHOOL = 93052, 93053
TABLES = "insurability_run, schools_school, schools_organisingpower, schools_employer, staff_person"


@contextmanager
def houses(dsn: str) -> Iterator[str]:
    """Make an empty database the one of both houses; the street between them is open."""
    own = connections["default"]
    own.close()
    own.settings_dict.update(database_of(dsn))
    prepare(Settings(is_sandbox=True), dsn)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    register = asyncio.run_coroutine_threadsafe(LocalRegister.open(dsn, lanes=1, connections=1), loop).result(30)
    programs = asyncio.run_coroutine_threadsafe(Clients.open(dsn), loop).result(30)
    STREET.open(register, loop, programs)
    try:
        yield dsn
    finally:
        STREET.close()
        for one in (programs, register):
            asyncio.run_coroutine_threadsafe(one.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        own.close()


def empty(dsn: str) -> None:
    """Empty both houses, but for two schools of one power and two employers."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "TRUNCATE period, journal, pending, notice, filed_for, identity_event, employer RESTART IDENTITY CASCADE"
        )
        connection.execute(f"SET search_path = portal; TRUNCATE {TABLES} CASCADE")
        connection.execute(
            "INSERT INTO public.employer (nsso, name) VALUES (%s, 'Community'), (%s, 'Power')", (COMMUNITY, POWER)
        )
    Employer.objects.create(name="Communauté", nsso=COMMUNITY, is_community=True)
    power = OrganisingPower.objects.create(
        name="ASBL", network="free", employer=Employer.objects.create(name="ASBL", nsso=POWER)
    )
    for fase in (FIRST_SCHOOL, SECOND_SCHOOL):
        School.objects.create(fase=fase, name=f"École {fase}", kind="secondary", city="Tilleux", power=power)
