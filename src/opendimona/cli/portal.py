"""`opendimona portal`: the schools and the first accounts of a portal that is no sandbox."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from opendimona.cli.bodies import opened_file
from opendimona.cli.failures import UNUSABLE, Failure
from opendimona.cli.options import DataOption, settings_for
from opendimona.cli.output import say, write
from opendimona.cli.session import database
from opendimona.cli.teaching import add_group

HELP = """The portal's schools, and the accounts of those who let others in.

docs/going-live.md leads from an empty server to the first real declaration.

Examples:
  opendimona portal schools schools.csv --community 199980049
  opendimona portal invite paul@cell.example --name "Paul Gilles" --role supervisor
  opendimona portal invite marc@school.example --name "Marc" --role head --school 93052"""
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="The schools, CSV; - is standard input.")]
CommunityOption = Annotated[
    int, typer.Option("--community", metavar="NSSO", help="The number under which the Community declares.")
]
SIZE_MAX = 16 << 20
SHOWN = 50


def schools(
    file: FileArgument,
    community: CommunityOption,
    community_name: Annotated[str, typer.Option("--community-name", help="How it is called.")] = "Communauté",
    data: DataOption = None,
) -> None:
    """Put schools, their organising powers and employers of record in the portal.

    Every row is checked before the first one counts. A school that is known by its FASE
    number is brought up to date.

    The first line names the columns, in any order:
      fase;name;kind;city;phone;email;power;network;employer
      93052;Institut Saint-Exemple;secondary;Tilleux;;;ASBL Saint-Exemple;free;199980146
    kind: primary, secondary, special, college, centre or boarding. network: community,
    official or free. employer: the NSSO number of the organising power itself.

    Exit code 2: something in the file is wrong; each problem is named, nothing is kept.
    """
    with opened_file(file) as source:
        content = source.read(SIZE_MAX + 1)
    if len(content) > SIZE_MAX:
        raise Failure("the file is longer than 16 MiB: load it in parts")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Failure("the file is no text in UTF-8: save it as CSV in UTF-8") from None

    def work() -> None:
        from opendimona.portal.schools.entering import enter  # noqa: PLC0415  needs Django to be set up

        outcome = enter(text, community, community_name)
        for problem in outcome.problems[:SHOWN]:
            say(problem)
        if outcome.problems:
            raise Failure(f"{len(outcome.problems)} problems: nothing was written", UNUSABLE)
        write(f"{outcome.new} schools are new, {outcome.changed} were brought up to date.")

    _with_portal(data, work)


def invite(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="By which the account signs in.")],
    name: Annotated[str, typer.Option("--name", help="The name that others see.")],
    role: Annotated[str, typer.Option("--role", help="What the account is.")],
    school: Annotated[str | None, typer.Option("--school", metavar="FASE", help="For this school.")] = None,
    power: Annotated[str | None, typer.Option("--power", metavar="NAME", help="For all schools of this power.")] = None,
    network: Annotated[str | None, typer.Option("--network", help="For this network.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day.")] = None,
    data: DataOption = None,
) -> None:
    """Give somebody a role, and print the address at which they choose their password.

    Roles: reader, clerk and head of a school; manager of an organising power; cell,
    supervisor, auditor, federation and local of the Community (a federation also of a
    network); agent of ONSS, who has no other role. The address is good for seven days,
    and once. OPENDIMONA_PUBLIC_URL says where the portal is.
    """
    try:
        last = None if until is None else date.fromisoformat(until)
    except ValueError:
        raise Failure("--until is a day such as 2027-06-30") from None
    scope = {key: value for key, value in (("school", school), ("power", power), ("network", network)) if value}

    def work() -> None:
        from opendimona.portal.accounts.inviting import Unfit, invite  # noqa: PLC0415

        try:
            path = invite(email, name, role, scope, last)
        except Unfit as unfit:
            raise Failure(str(unfit)) from None
        if path:
            write((settings_for().public_url or "http://127.0.0.1:8080") + path)
        else:
            say("The account has a password already; it has the role now.")

    _with_portal(data, work)


def renew(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="By which the account signs in.")],
    data: DataOption = None,
) -> None:
    """Let somebody who lost a password, or the telephone with its codes, choose another.

    The password and the code of before no longer open the account. The address that is
    printed is good for seven days, and once.
    """

    def work() -> None:
        from opendimona.portal.accounts.inviting import Unfit, renew  # noqa: PLC0415

        try:
            path = renew(email)
        except Unfit as unfit:
            raise Failure(str(unfit)) from None
        write((settings_for().public_url or "http://127.0.0.1:8080") + path)

    _with_portal(data, work)


def _with_portal(data: Path | None, work: Callable[[], None]) -> None:
    """Do something in the portal's tables, brought up to date."""
    with database(data, "portal") as dsn:
        from opendimona.portal.site.start import prepare, with_closed_connection  # noqa: PLC0415

        prepare(settings_for(), dsn)
        with_closed_connection(work)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    add_group(app, "portal", HELP, ("schools", schools), ("invite", invite), ("renew", renew))
