"""A Community in the portal's tables: schools, their staff with a period and an answer each, an account a school.

The tables are filled beside the program; whoever is in them is in no register, and nobody exists.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from bench.draw import ssin
from opendimona.core.identifiers import with_check
from opendimona.portal.demo.names import FAMILY, GIVEN, SUBJECTS
from opendimona.portal.staff.spelling import search_key

FIRST = 1_000_000
"""The first key of everything here: those of the demonstration come before."""
FIRST_PERIOD = 5_000_000_000
PASSWORD = "SELECT password FROM accounts_account WHERE email = 'secretariat@example.org'"
POWER = "SELECT min(id) FROM schools_organisingpower"
AUDITED = ("schools_school", "accounts_account", "accounts_membership", "staff_person", "staff_appointment",
           "declare_filing")  # fmt: skip
Row = tuple[Any, ...]


def email_of(school: int) -> str:
    """The address by which the secretary of a school signs in, with the demonstration's password."""
    return f"school-{school}@example.org"


def fill(dsn: str, schools: int, staff: int, today: date) -> None:
    """Fill the tables: `staff` persons over the schools, and the first school has an appointment of every one of them.

    Raises psycopg.Error.
    """
    with psycopg.connect(dsn, options="-c search_path=portal") as connection:
        community = _one(connection, "SELECT id FROM schools_employer WHERE is_community")
        password, power = _one(connection, PASSWORD), _one(connection, POWER)
        start = date(today.year - (today.month < 9), 9, 1)
        moment = datetime.now(UTC) - timedelta(1)

        def copy(table: str, columns: str, rows: Iterator[Row]) -> None:
            names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with connection.cursor() as cursor, cursor.copy(statement) as out:
                for row in rows:
                    out.write_row(row)

        for table in AUDITED:  # what a Community did in years is not written into the book of an hour
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER is_audited").format(sql.Identifier(table)))
        keys = range(FIRST, FIRST + schools)
        copy("schools_school", "id fase name kind city phone email power_id", (
            (key, key, f"École {key - FIRST}", "secondary", "Tilleux", "04/000 00 00", "e@example.org", power)
            for key in keys))  # fmt: skip
        copy(
            "accounts_account",
            "id password email name language is_active second_secret second_used",
            ((key, password, email_of(key - FIRST), f"Secrétariat {key - FIRST}", "fr", True, "", 0) for key in keys),
        )
        copy("accounts_membership", "account_id school_id role network", ((key, key, "clerk", "") for key in keys))
        copy("staff_person", "id ssin family_name given_name birth_date search_key", _people(staff))
        copy("staff_period", "number person_id employer_id worker_type start is_late is_cancelled opened_by_id", (
            (_period(at), FIRST + at, community, "OTH", start, False, False, _school(at, schools))
            for at in range(staff)))  # fmt: skip
        copy("staff_appointment", "person_id school_id employer_id category start load note", (
            (FIRST + at, school, community, "teacher", start, "24/24", SUBJECTS[at % len(SUBJECTS)])
            for at in range(staff) for school in {FIRST, _school(at, schools)}))  # fmt: skip
        copy("declare_filing", "id school_id person_id employer_id act category start reason payload values period_id "
             "declared_at filed_at decided_at state number anomalies is_late is_settled late_reason", (
            (UUID(int=FIRST + at), _school(at, schools), FIRST + at, community, "entry", "teacher", start, "", "{}",
             "{}", _period(at), moment, moment, moment, "accepted", _period(at), "[]", False, False, "")
            for at in range(staff)))  # fmt: skip
        copy(
            "inbox_message",
            "school_id filing_id kind state told_at is_mailed",
            ((_school(at, schools), UUID(int=FIRST + at), "answer", "accepted", moment, True) for at in range(staff)),
        )
        connection.commit()  # what is deferred to here would be in the way
        for table in AUDITED:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER is_audited").format(sql.Identifier(table)))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")  # as the database does by itself, a minute later


def _people(count: int) -> Iterator[Row]:
    draw = random.Random(count)
    for at in range(count):
        family, given = draw.choice(FAMILY), draw.choice(GIVEN["FM"[at % 2]])
        yield FIRST + at, int(ssin(at)), family, given, date(1980, 1, 1), search_key(family, given)


def _period(at: int) -> int:
    return with_check(FIRST_PERIOD + at)


def _school(at: int, schools: int) -> int:
    """Where somebody works: spread over all schools but the first."""
    return FIRST + 1 + at % (schools - 1) if schools > 1 else FIRST


def _one(connection: "psycopg.Connection[Any]", question: str) -> Any:
    found = connection.execute(question.encode()).fetchone()
    return None if found is None else found[0]
