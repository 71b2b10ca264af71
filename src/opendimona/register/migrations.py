"""The schema, upgraded by numbered files, forward only, each in a transaction of its own."""

import re
from importlib.resources import files

import psycopg

LOCK = 0x0D1A0000
NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and text of every migration, in order. Raises ValueError when a number is missing or double."""
    folder = files("opendimona.register").joinpath("schema")
    found = sorted(
        (int(match[1]), item.name, item.read_text()) for item in folder.iterdir() if (match := NAME.match(item.name))
    )
    if [number for number, _, _ in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered without gaps: {[name for _, name, _ in found]}")
    return found


def schema_version(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """The number of the last migration that a database has, 0 for an empty one."""
    if connection.execute("SELECT to_regclass('schema_version')").fetchone() == (None,):
        return 0
    row = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    return int(str(row[0])) if row else 0


def migrate(dsn: str, *, up_to: int | None = None) -> list[str]:
    """Bring the database up to date (or to migration `up_to`) and name the migrations applied.

    Several servers may start at once: one upgrades, the others wait. Raises RuntimeError for a database that a newer
    program has upgraded.
    """
    applied = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        version = schema_version(connection)
        known = migrations()
        if version > len(known):
            raise RuntimeError(
                f"the database is at schema {version}, this program knows only up to {len(known)}: upgrade the program"
            )
        for number, name, text in known[version : up_to if up_to is not None else len(known)]:
            with connection.transaction():
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY, name text NOT NULL, "
                    "applied_at timestamptz NOT NULL DEFAULT now())"
                )
                connection.execute(text.encode())
                connection.execute("INSERT INTO schema_version (number, name) VALUES (%s, %s)", (number, name))
            applied.append(name)
        connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    return applied
