"""The schools of a Community from a file: every row is checked before the first one counts."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from django.db import transaction
from msgspec import Struct

from opendimona.core.identifiers import is_nsso_number
from opendimona.portal.schools.models import Employer, Kind, Network, OrganisingPower, School

COLUMNS = ("fase", "name", "kind", "city", "phone", "email", "power", "network", "employer")
NEEDED = ("fase", "name", "kind", "city", "power", "network", "employer")
LENGTHS = {"name": 160, "city": 80, "phone": 40, "email": 254, "power": 160}
FASE_MAX = 999_999
ROWS_MAX = 20_000
Row = Mapping[str, str]


class Outcome(Struct):
    """What became of a file: how many schools are new and changed, or what is wrong, line by line."""

    new: int = 0
    changed: int = 0
    problems: Sequence[str] = ()


def enter(text: str, community: int, community_name: str) -> Outcome:
    """Write the schools of a CSV, their organising powers and employers of record, wholly or not at all.

    `community`: the NSSO number under which the Community declares the staff that it pays. A school or a power that is
    known, by FASE number or by name, is brought up to date.
    """
    rows = _rows(text)
    problems = _problems(rows, community)
    if problems:
        return Outcome(problems=problems)
    with transaction.atomic():
        Employer.objects.filter(is_community=True).exclude(nsso=community).update(is_community=False)
        Employer.objects.update_or_create(nsso=community, defaults={"name": community_name, "is_community": True})
        found = Outcome()
        for row in rows:
            employer, _is_new = Employer.objects.get_or_create(
                nsso=_digits(row["employer"]), defaults={"name": row["power"][:120]}
            )
            power, _is_new = OrganisingPower.objects.update_or_create(
                name=row["power"], defaults={"network": row["network"], "employer": employer}
            )
            values = {name: row.get(name, "") for name in ("name", "kind", "city", "phone", "email")}
            _school, is_new = School.objects.update_or_create(fase=int(row["fase"]), defaults=values | {"power": power})
            found = Outcome(found.new + is_new, found.changed + (not is_new))
    return found


def _rows(text: str) -> list[Row]:
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    return [
        {(name or "").strip().lower(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
        for row in reader
    ]  # fmt: skip


def _digits(text: str) -> int:
    digits = "".join(sign for sign in text if sign.isdecimal())
    return int(digits) if 0 < len(digits) < 12 else 0


def _problems(rows: Sequence[Row], community: int) -> list[str]:
    """What is wrong, each with the number of its line; the first line names the columns."""
    if not rows:
        return [f"the file has no rows: the first names the columns {', '.join(COLUMNS)}, each other is a school"]
    if len(rows) > ROWS_MAX:
        return [f"the file has more than {ROWS_MAX} rows: load it in parts"]
    found = [] if is_nsso_number(community) else ["the Community's number is no NSSO number: check its last two digits"]
    seen: dict[str, int] = {}
    powers: dict[str, tuple[str, int]] = {}
    for place, row in enumerate(rows, 2):
        found += [f"line {place}: {name} is empty" for name in NEEDED if not row.get(name)]
        found += [f"line {place}: {name} is longer than {most} characters" for name, most in LENGTHS.items()
                  if len(row.get(name, "")) > most]  # fmt: skip
        fase = row.get("fase", "")
        if fase and not (fase.isdecimal() and 0 < int(fase[:9]) <= FASE_MAX):
            found.append(f"line {place}: the FASE number has digits only, six at the most")
        if fase in seen:
            found.append(f"line {place}: the FASE number stands in line {seen[fase]} already")
        seen.setdefault(fase, place)
        for name, known in (("kind", Kind.values), ("network", Network.values)):
            if row.get(name) and row[name] not in known:
                found.append(f"line {place}: {name} is one of {', '.join(known)}")
        if row.get("employer") and not is_nsso_number(_digits(row["employer"])):
            found.append(f"line {place}: employer is no NSSO number: check its last two digits")
        same = (row.get("network", ""), _digits(row.get("employer", "")))
        if powers.setdefault(row.get("power", ""), same) != same:
            found.append(f"line {place}: this organising power has another network or employer in a line before")
    return found
