"""The register of persons, filled by the million: streamed through COPY, its search indexes built afterwards.

While one chunk is written by PostgreSQL the next is read. Each chunk is taken wholly or not at all, and a person who is
known is replaced. No extension of PostgreSQL is needed; the indexes that a search needs are named here, so that a load
that was broken off shows.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, LiteralString

import psycopg
from msgspec import Struct

from opendimona.core.identifiers import is_ssin
from opendimona.register.arrays import words
from opendimona.register.entries import InvalidEntry, WorkerEntry
from opendimona.register.store import Connection, fetch

COLUMNS: LiteralString = (
    "ssin, family_name, given_name, birth_date, gender, is_flexi_eligible, is_pensioner, birth_place, birth_country, "
    "nationality, post_code"
)
REPLACE: LiteralString = """
    ON CONFLICT (ssin) DO UPDATE SET family_name = excluded.family_name, given_name = excluded.given_name,
           birth_date = excluded.birth_date, gender = excluded.gender, is_flexi_eligible = excluded.is_flexi_eligible,
           is_pensioner = excluded.is_pensioner, birth_place = excluded.birth_place,
           birth_country = excluded.birth_country, nationality = excluded.nationality, post_code = excluded.post_code"""
FAMILY_NAME: LiteralString = "name_key(family_name)"
FIRST_NAME: LiteralString = "name_key(split_part(translate(given_name, '-', ' '), ' ', 1))"
INDEXES: dict[str, LiteralString] = {
    "person_by_birth": "CREATE INDEX person_by_birth ON person (birth_date)",
    "person_by_family_name": f"CREATE INDEX person_by_family_name ON person ({FAMILY_NAME}, birth_date)",
    "person_by_given_name": f"CREATE INDEX person_by_given_name ON person ({FIRST_NAME}, birth_date)",
    "person_by_names":
        f"CREATE INDEX person_by_names ON person ({FAMILY_NAME}, {FIRST_NAME}, birth_date)",
}  # fmt: skip
"""The indexes of a search, as the schema makes them too."""
EXTENSIONS: tuple[str, ...] = ()
"""The extensions of PostgreSQL that a search needs: none."""
STAGE: LiteralString = """
    CREATE TEMPORARY TABLE person_arriving (
        line bigint GENERATED ALWAYS AS IDENTITY, ssin bigint, family_name text, given_name text, birth_date date,
        gender text, is_flexi_eligible boolean, is_pensioner boolean, birth_place text, birth_country integer,
        nationality integer, post_code text
    ) ON COMMIT DELETE ROWS"""
PUT: LiteralString = f"COPY person ({COLUMNS}) FROM STDIN"
PUT_ASIDE: LiteralString = f"COPY person_arriving ({COLUMNS}) FROM STDIN"
TAKE: LiteralString = f"""
    INSERT INTO person ({COLUMNS})
    SELECT DISTINCT ON (ssin) {COLUMNS} FROM person_arriving ORDER BY ssin, line DESC {REPLACE}"""
MISSING: LiteralString = """
    SELECT name FROM unnest(%s::text[]) AS w (name)
     WHERE NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(name) AND indisvalid)"""
MEMORY: LiteralString = "SET maintenance_work_mem = '512MB'"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Loaded(Struct, frozen=True, kw_only=True):
    """What a load did, and how long copying and indexing took, in seconds."""

    persons: int
    copying: float
    indexing: float


class Loader:
    """Takes persons into a register by chunks. `is_bulk`: search indexes are taken away first and built by `finish`."""

    def __init__(self, dsn: str, *, is_bulk: bool) -> None:
        self._connection = psycopg.connect(dsn)
        self._threads = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None
        self._began = time.monotonic()
        self.count = 0
        self._connection.execute(STAGE)
        row = self._connection.execute("SELECT EXISTS (SELECT FROM person)").fetchone()
        self._is_new = row is None or not row[0]
        self.is_bulk = is_bulk or self._is_new
        if self.is_bulk:
            for name in INDEXES:
                self._connection.execute(b"DROP INDEX IF EXISTS " + name.encode())
        self._connection.commit()

    def take(self, lines: bytes, count: int) -> None:
        """Take that many persons in, as `copy_line` writes them, after those before; returns while they are written.

        Raises psycopg.Error, of those before.
        """
        self.settle()
        self._under_way = self._threads.submit(self._write, lines)
        self.count += count

    def settle(self) -> None:
        """Wait until all that was taken in is durable. Raises psycopg.Error."""
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def _write(self, lines: bytes) -> None:
        """Write a chunk: as it comes while nobody in it is known, else by way of a table on the side."""
        if self._is_new:
            try:
                with self._connection.transaction():
                    self._copy(PUT, lines)
                return
            except psycopg.errors.UniqueViolation:
                self._is_new = False
        with self._connection.transaction():
            self._copy(PUT_ASIDE, lines)
            self._connection.execute(TAKE)

    def _copy(self, statement: LiteralString, lines: bytes) -> None:
        with self._connection.cursor().copy(statement) as copy:
            copy.write(lines)

    def finish(self) -> Loaded:
        """Build what is missing of the search indexes, and tell PostgreSQL what it holds. Raises psycopg.Error."""
        self.settle()
        copied = time.monotonic()
        self._connection.commit()
        self._connection.autocommit = True
        build_indexes(self._connection)
        self._connection.execute("VACUUM (ANALYZE) person" if self.is_bulk else "ANALYZE person")
        return Loaded(persons=self.count, copying=copied - self._began, indexing=time.monotonic() - copied)

    def close(self) -> None:
        """End the connection; what was taken in stays."""
        self._threads.shutdown()
        self._connection.close()


async def missing_indexes(connection: Connection) -> list[str]:
    """The names of the search indexes that are not there, or were not finished."""
    return [row[0] for row in await fetch(connection, MISSING, words(INDEXES))]


def build_indexes(connection: psycopg.Connection[Any]) -> None:
    """Build the search indexes that are missing; waits for other writers, and they for it."""
    connection.execute(MEMORY)
    for (name,) in connection.execute(MISSING, (list(INDEXES),)).fetchall():
        connection.execute(b"DROP INDEX IF EXISTS " + str(name).encode())
        connection.execute(INDEXES[name])


def repair_indexes(dsn: str) -> list[str]:
    """Build the search indexes that are missing; their names."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        missing = [str(name) for (name,) in connection.execute(MISSING, (list(INDEXES),)).fetchall()]
        build_indexes(connection)
    return missing


def copy_line(entry: WorkerEntry, place: int) -> str:
    """A person as a line of COPY. Raises InvalidEntry for wrong check digits or a text that cannot be stored."""
    if not is_ssin(entry.ssin):
        raise InvalidEntry(place, "ssin", "is no SSIN with right check digits")
    gender = entry.gender
    return (
        f"{entry.ssin}\t{text_of(entry.family_name, place)}\t{text_of(entry.given_name, place)}\t"
        f"{entry.birth_date or NULL}\t{NULL if gender is None else text_of(str(gender), place)}\t"
        f"{entry.flexi_eligible is not False}\t{bool(entry.pensioner)}\t{text_of(entry.place_of_birth, place)}\t"
        f"{number_of(entry.country_of_birth)}\t{number_of(entry.nationality)}\t{text_of(entry.post_code, place)}\n"
    )


NULL = "\\N"


def text_of(text: str | None, place: int) -> str:
    """A text within a line of COPY. Raises InvalidEntry for a NUL character."""
    if text is None:
        return NULL
    if text.isalnum():
        return text
    if "\0" in text:
        raise InvalidEntry(place, "familyName", "or another text holds the character U+0000")
    return text.translate(_ESCAPES) if not text.isprintable() or "\\" in text else text


def number_of(number: int | None) -> str:
    """A number within a line of COPY."""
    return NULL if number is None else str(number)
