"""Tells the database who acts, so that what changes is written under their name; and writes what was looked at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest

ACTOR = "SELECT set_config('opendimona.actor', %s, false)"
CONSULT = """
    INSERT INTO audit_entry (account, school, address, what, "table", key, person, after)
    VALUES (%s, %s, %s, 'consult', '', %s, %s, %s)"""
CHANGE = """
    INSERT INTO audit_entry (account, school, address, what, "table", key, before, after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
PROGRAM = "register_program"
"""The programs stand in the register, where no trigger of the book is: under this name, as if it were a table."""
CONSULTED = frozenset(
    {
        "person",
        "insured",
        "receipt",
        "export",
        "export_xlsx",
        "register",
        "run",
        "run_export",
        "audit_export",
        "audit_file",
    }
)
"""Addresses at which people's data are looked at, and whose use is recorded."""
OF_PERSON = frozenset({"person", "insured", "audit_file"})


@contextmanager
def signed(request: HttpRequest, name: str) -> Iterator[None]:
    """What changes meanwhile is recorded as done by the request's account, for its school, at an address by name."""
    account, school = request.account, request.school  # type: ignore[attr-defined]
    actor = {"account": account and account.pk, "school": school and school.pk, "address": name}
    with connection.cursor() as cursor:
        cursor.execute(ACTOR, [json.dumps(actor)])
        try:
            yield
        finally:
            cursor.execute(ACTOR, [""])


@contextmanager
def acting(account: int, school: int | None, address: str) -> Iterator[None]:
    """What changes meanwhile, outside a page, is recorded as done by an account."""
    with connection.cursor() as cursor:
        cursor.execute(ACTOR, [json.dumps({"account": account, "school": school, "address": address})])
        try:
            yield
        finally:
            cursor.execute(ACTOR, [""])


def came_in(account: Any, origin: str) -> None:
    """Record that somebody signed in, and from which address of the network."""
    with connection.cursor() as cursor:
        cursor.execute(CONSULT, [account.pk, None, "sign_in", "", None, json.dumps({"from": origin})])


def program_changed(
    request: HttpRequest, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """Record a change of a program in the register: what was before (None: nothing), and what is after it."""
    account, school = request.account, request.school  # type: ignore[attr-defined]
    what = "insert" if before is None else "delete" if after is None else "update"
    values = [None if one is None else json.dumps(one) for one in (before, after)]
    with connection.cursor() as cursor:
        who = account and account.pk, school and school.pk
        cursor.execute(CHANGE, [*who, "programs", what, PROGRAM, name[:60], *values])


def consulted(
    request: HttpRequest, name: str, arguments: dict[str, object], reason: str = "", found: object = None
) -> None:
    """Record that somebody looked at people's data; outside the cell's queue, for which reason and what was found."""
    account, school = request.account, request.school  # type: ignore[attr-defined]
    number = arguments.get("number", arguments.get("key", ""))
    person = int(str(number)) if name in OF_PERSON else None
    with connection.cursor() as cursor:
        said = {"reason": reason} | ({} if found is None else {"found": found}) if reason else None
        after = None if said is None else json.dumps(said)
        cursor.execute(CONSULT, [account and account.pk, school and school.pk, name, str(number), person, after])
