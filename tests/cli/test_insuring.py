"""`opendimona insurability` on a register and a portal of its own, in a process of its own: it sets Django up."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg

SOURCE = Path(__file__).parents[2] / "src"
HEAD = "niss;fase;employeur;categorie;debut;fin;jours;nature;mois"
INSURED, UNINSURED, NEAR = 80010100107, 80010100305, 80010100503
SCHOOLS = """
    SET search_path = portal;
    INSERT INTO schools_employer (name, nsso, joint_committee, is_community) VALUES ('C', 175110801, 'XXX', true);
    INSERT INTO schools_organisingpower (name, network, employer_id) SELECT 'P', 'free', id FROM schools_employer;
    INSERT INTO schools_school (fase, name, kind, city, phone, email, power_id)
    SELECT 93052, 'S', 'primary', 'T', '', '', id FROM schools_organisingpower;
    INSERT INTO public.employer (nsso, name) VALUES (175110801, 'C');
    INSERT INTO public.period (ssin, number, version, recorded_from, employer, start_date, worker_type, is_late,
                               is_locked, is_cancelled)
    SELECT 80010100107, 400000000001, 0, '2026-01-01', id, '2026-09-01', 'OTH', false, false, false FROM public.employer
"""


def program(dsn: str, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    command = [sys.executable, "-c", "from opendimona.cli import main; main()", "insurability", *arguments]
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OPENDIMONA_DATABASE_URL": dsn}
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment, check=False)


def line(who: int, days: int = 30) -> str:
    """A line of November."""
    return f"{who};93052;175110801;enseignant;{date(2026, 11, 1)};30/11/2026;{days};travail;2026-11"


def test_a_run_from_the_command_line(database_url: str) -> None:
    first = program(database_url, "-", stdin="\n".join([HEAD, line(INSURED)]))
    assert first.returncode == 2  # the portal knows no school yet
    assert "FASE" in first.stderr
    with psycopg.connect(database_url) as connection:
        connection.execute(SCHOOLS)
    good = program(database_url, "-", stdin="\n".join([HEAD, line(INSURED)]))
    assert (good.returncode, "Coverage: 30 of 30 paid days, 100.00 %." in good.stdout) == (0, True), good.stderr
    bad = program(database_url, "-", "--format", "csv", stdin="\n".join([HEAD, line(UNINSURED), line(NEAR, 31)]))
    rows = {row["gap"]: row for row in csv.DictReader(io.StringIO(bad.stdout))}
    assert (bad.returncode, rows["G1"]["days"], rows["G2"]["days"]) == (1, "30", "0")
    assert "line 3: days: " in bad.stderr
    again = program(database_url, "--again", "3", "--format", "json")
    assert [one["days"] for one in json.loads(again.stdout)] == [30, 0, 0, 0, 0, 0, 0, 0]
    for who in (INSURED, UNINSURED, NEAR):
        assert str(who) not in first.stderr + good.stdout + bad.stdout + bad.stderr + again.stdout


def test_what_cannot_be_done_says_what_to_do(database_url: str) -> None:
    assert "give a file" in program(database_url).stderr
    assert program(database_url, "nowhere.csv").returncode == 2
    unread = program(database_url, "-", stdin="a;b\n1;2\n")
    assert (unread.returncode, "niss" in unread.stderr) == (2, True)
    assert "no completed run 9" in program(database_url, "--again", "9").stderr
