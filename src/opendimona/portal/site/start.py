"""Sets Django up in this process, and brings the portal's schema up to date.

Settings come as values, once, before anything else of the portal is imported; nothing is read from a settings module
that an environment variable names.
"""

import secrets
from collections.abc import Callable

import django
import psycopg
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from opendimona.portal.site import catalogues
from opendimona.portal.site.options import portal_options
from opendimona.settings import Settings

LOCK = 0x0D1A0003
PREPARE = """
    CREATE SCHEMA IF NOT EXISTS portal;
    CREATE TABLE IF NOT EXISTS portal.secret (
        id boolean CONSTRAINT secret_pkey PRIMARY KEY CONSTRAINT secret_one_row CHECK (id), value text NOT NULL)"""
DRAW = "INSERT INTO portal.secret (id, value) VALUES (true, %s) ON CONFLICT DO NOTHING"


def prepare(settings: Settings, dsn: str) -> list[str]:
    """Bring the portal's tables up to date and name the migrations applied; Django is set up afterwards.

    Several servers may start at once: one upgrades, the others wait.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute(PREPARE)
        connection.execute(DRAW, (secrets.token_urlsafe(48),))
        set_up(settings, dsn)
        own = connections["default"]
        try:
            executor = MigrationExecutor(own)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            own.close()
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]


def set_up(settings: Settings, dsn: str) -> None:
    """Set Django up for the portal on a prepared database; does nothing the second time."""
    if django_settings.configured:
        return
    catalogues.compile_all()
    django_settings.configure(**portal_options(settings, dsn, read_secret(dsn)))
    django.setup()


def read_secret(dsn: str) -> str:
    """The key that signs cookies, the same for every process; drawn once for each database."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT value FROM portal.secret").fetchone()
    if row is None:
        raise RuntimeError("the portal's tables are not prepared")
    return str(row[0])


def with_closed_connection(work: Callable[[], object]) -> None:
    """Do something with the portal's database in this thread, and let the connection go."""
    try:
        work()
    finally:
        connections["default"].close()
