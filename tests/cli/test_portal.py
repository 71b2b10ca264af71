"""A portal from nothing: schools from a file, the first accounts, and what is wrong with either."""

import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg

SOURCE = Path(__file__).parents[2] / "src"
HEAD = "fase;name;kind;city;phone;email;power;network;employer"
FIRST = "93052;Institut Saint-Exemple;secondary;Tilleux;04/000 00 52;;ASBL Saint-Exemple;free;199980146"
SECOND = "93061;École des Tilleuls;primary;Les Tilleuls;;;Commune des Tilleuls;official;199980243"
COMMUNITY = "199980049"


def program(dsn: str, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a command of the group."""
    command = [sys.executable, "-c", "from opendimona.cli import main; main()", "portal", *arguments]
    environment = os.environ | {
        "PYTHONPATH": str(SOURCE), "OPENDIMONA_DATABASE_URL": dsn, "OPENDIMONA_PUBLIC_URL": "https://dimona.example"
    }  # fmt: skip
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment, check=False)


def count(dsn: str, table: str) -> int:
    """How many rows a table of the portal has."""
    with psycopg.connect(dsn, options="-c search_path=portal") as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_every_row_is_checked_before_one_counts(database_url: str) -> None:
    rows = [
        HEAD, FIRST, "93052;;castle;Tilleux;;;ASBL Saint-Exemple;official;199980146",
        "x;S;primary;T;;;P;free;199980140",
    ]  # fmt: skip
    done = program(database_url, "schools", "-", "--community", COMMUNITY, stdin="\n".join(rows))
    assert done.returncode == 2
    for part in ("line 3: name is empty", "line 3: kind is one of", "stands in line 2 already", "another network",
                 "line 4: the FASE number", "line 4: employer is no NSSO", "nothing was written"):  # fmt: skip
        assert part in done.stderr
    assert count(database_url, "schools_school") == 0
    assert "no rows" in program(database_url, "schools", "-", "--community", COMMUNITY, stdin=HEAD).stderr
    wrong = program(database_url, "schools", "-", "--community", "1", stdin=f"{HEAD}\n{FIRST}")
    assert "the Community's number" in wrong.stderr


def test_schools_are_loaded_and_brought_up_to_date(database_url: str) -> None:
    text = f"{HEAD}\n{FIRST}\n{SECOND}"
    first = program(database_url, "schools", "-", "--community", COMMUNITY, stdin=text)
    assert (first.returncode, first.stdout) == (0, "2 schools are new, 0 were brought up to date.\n"), first.stderr
    moved = text.replace("Tilleux", "Grand-Tilleux").replace(";", ",")
    again = program(database_url, "schools", "-", "--community", COMMUNITY, stdin=moved)
    assert again.stdout == "0 schools are new, 2 were brought up to date.\n"
    counts = [count(database_url, table) for table in
              ("schools_school", "schools_organisingpower", "schools_employer")]  # fmt: skip
    assert counts == [2, 2, 3]


def test_the_first_administrator_comes_in(database_url: str) -> None:
    program(database_url, "schools", "-", "--community", COMMUNITY, stdin=f"{HEAD}\n{FIRST}")
    done = program(database_url, "invite", "paul@cell.example", "--name", "Paul", "--role", "supervisor")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"https://dimona\.example/invitation/\d+/\S+/\n", done.stdout)
    command = [sys.executable, "-c", "from opendimona.cli import main; main()", "serve", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OPENDIMONA_DATABASE_URL": database_url}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            address = next(found[1] for line in server.stdout if (found := re.search(r"ready at (http://\S+)", line)))
            connection = HTTPConnection(urlsplit(address).netloc)
            path = urlsplit(done.stdout.strip()).path
            connection.request("GET", path)
            answer = connection.getresponse()
            page = answer.read().decode()
            token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
            assert token
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
            form = urlencode({"csrfmiddlewaretoken": token[1], "password": "four words make one"})
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, form, headers)
            answer = connection.getresponse()
            answer.read()
            assert (answer.status, answer.headers["Location"]) == (302, "/")
            cookies = [line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or []]
            connection.request("GET", "/cell/", headers={"Cookie": "; ".join(cookies)})
            answer = connection.getresponse()
            assert "Paul" in answer.read().decode()
            connection.close()
        finally:
            server.terminate()
    again = program(database_url, "invite", "paul@cell.example", "--name", "Paul", "--role", "auditor")
    assert (again.stdout, "has a password already" in again.stderr) == ("", True)


def test_an_invitation_that_makes_no_sense_says_what_to_do(database_url: str) -> None:
    program(database_url, "schools", "-", "--community", COMMUNITY, stdin=f"{HEAD}\n{FIRST}")

    def refused(*arguments: str) -> str:
        done = program(database_url, "invite", *arguments)
        assert done.returncode == 2
        return done.stderr

    marc = ("marc@school.example", "--name", "Marc")
    assert "no mail address" in refused("marc", "--name", "Marc", "--role", "auditor")
    assert "one of reader" in refused(*marc, "--role", "king")
    assert "--school or --power" in refused(*marc, "--role", "head")
    assert "load the schools" in refused(*marc, "--role", "head", "--school", "1")
    assert "load the schools" in refused(*marc, "--role", "cell", "--school", "93052")
    assert "load the schools" in refused(*marc, "--role", "manager", "--power", "Nobody")
    assert "--network is one of" in refused(*marc, "--role", "federation", "--network", "private")
    assert "give one of" in refused(*marc, "--role", "head", "--school", "93052", "--power", "ASBL Saint-Exemple")
    assert "2027-06-30" in refused(*marc, "--role", "auditor", "--until", "tomorrow")
    assert count(database_url, "accounts_account") == 0
    good = program(database_url, "invite", *marc, "--role", "head", "--school", "93052", "--until", "2030-06-30")
    assert good.returncode == 0
    assert count(database_url, "accounts_membership") == 1


def test_who_lost_a_password_chooses_another(database_url: str) -> None:
    invite = ("invite", "Nora@example.org", "--name", "Nora", "--role", "auditor")
    assert program(database_url, *invite).returncode == 0
    done = program(database_url, "renew", "nora@example.org")
    assert re.fullmatch(r"https://dimona.example/invitation/\d+/\S+/\n", done.stdout), done.stderr
    assert "no account" in program(database_url, "renew", "nobody@example.org").stderr
    other = program(database_url, "invite", "nora@example.org", "--name", "Nora", "--role", "agent")
    assert other.returncode != 0
    assert "no other role" in other.stderr
    wrong = program(database_url, "invite", "a@example.org", "--name", "A", "--role", "cell", "--network", "free")
    assert "for a federation" in wrong.stderr
