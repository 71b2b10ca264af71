"""The queue at the command line: list, show, accept, refuse, undo; persons searched, replaced, corrected."""

import json
from typing import Any

import psycopg

from tests.cli.conftest import AT, IN, WORKER, Program, lines
from tests.register.test_local import IDENTITY

ANNE: dict[str, Any] = {**IDENTITY, "familyName": "Duboit", "givenName": "Anne", "birthDate": "1978-07-07"}
OTHER = {"ssin": "80111405125", "familyName": "LAMBERT", "givenName": "ANNE", "birthDate": "1980-11-14"}


def file_pending(program: Program) -> str:
    """The number of a declaration that waits."""
    done = program("declare", "--at", AT, "--json", "-", stdin=lines({**IN, "worker": ANNE}))
    assert done.json["declarationStatus"]["result"] == "S"
    return str(done.json["declarationStatus"]["declarationId"])


def test_from_the_queue_to_a_decision_and_back(filled: Program) -> None:
    number = file_pending(filled)
    assert number in filled("pending", "list").out
    assert [one["declarationId"] for one in filled("pending", "list", "--format", "json").json] == [int(number)]
    shown = filled("pending", "show", number, "--lang", "nl")
    assert "naam op één tikfout na (+8.5)" in " ".join(shown.out.split())
    assert filled("pending", "show", number, "--json").json["candidates"][0]["person"]["ssin"] == WORKER["ssin"]
    accepted = filled("pending", "accept", number, "--agent", "Ann", stdin=b"78070739119\n")
    assert (accepted.code, accepted.out[:8]) == (0, "Acceptée")
    again = filled("pending", "accept", number, stdin=b"78070739119\n")
    assert (again.code, again.err) == (1, "opendimona: somebody decided this declaration before\n")
    assert filled("pending", "undo", number, "--reason", "a namesake").code == 0
    assert filled("pending", "undo", number, "--reason", "a namesake").code == 1
    refused = filled("pending", "refuse", number, "--reason", "nobody there")
    assert (refused.code, "nobody there" in refused.out) == (0, True)
    assert filled("pending", "list").err == "Nothing waits.\n"


def test_what_cannot_be_decided(filled: Program) -> None:
    number = file_pending(filled)
    assert filled("pending", "accept", number, stdin=b"80111405125\n").code == 1
    assert filled("pending", "accept", number, stdin=b"1\n").code == 2
    assert filled("pending", "refuse", number, "--reason", " ").code == 2
    assert filled("pending", "show", "656309292174").code == 1


def test_persons_change_and_are_found(filled: Program, database_url: str) -> None:
    assert filled("load", "workers", "-", stdin=lines(OTHER)).code == 0
    for sought in ({"familyName": "Dubois", "birthDate": "1978-07-07"}, {"ssin": "78070739118"}):
        found = filled("persons", "search", "--format", "json", stdin=json.dumps(sought).encode())
        assert found.json[0]["person"]["ssin"] == WORKER["ssin"]
    both = b"80111405125\n78070739119\n"
    assert filled("persons", "replace", stdin=both).out == "Replaced; 0 periods followed.\n"
    assert filled("persons", "replace", stdin=both).code == 1
    corrected = filled("persons", "correct", stdin=lines({**WORKER, "familyName": "DUBOIT"}))
    assert corrected.out == "Corrected.\n"
    assert filled("persons", "renumber", "175110801", "175702307").out == "Renumbered.\n"
    assert filled("persons", "merge", "175110801", "175702307").code == 1
    assert filled("load", "employers", "-", stdin=lines({"nssoRegistrationNumber": 175110025})).code == 0
    assert filled("persons", "merge", "175110025", "175702307").out == "Merged; 0 periods went over.\n"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP INDEX person_by_birth")
    assert filled("persons", "index").out == "Built: person_by_birth.\n"
    assert filled("persons", "index").out == "All search indexes are there.\n"
