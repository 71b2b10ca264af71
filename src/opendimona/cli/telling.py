"""`opendimona notices`, `status` and `deliver`: what is told, what has been waiting, and a deliverer of its own."""

import asyncio
from typing import Annotated, Any

import typer

from opendimona.channels.deliveries.deliverer import Deliverer
from opendimona.channels.deliveries.events import notice_members
from opendimona.channels.rest.health import is_degraded, members
from opendimona.cli.failures import REFUSED
from opendimona.cli.options import DataOption, employer_of, settings_for
from opendimona.cli.output import Format, say, write, write_json, write_rows
from opendimona.cli.session import CLIENT, database, with_register
from opendimona.cli.teaching import add_command
from opendimona.register.interface import Caller, NoticePage
from opendimona.register.local import LocalRegister
from opendimona.serve.deliverer import deliver as run_until_ended

COLUMNS = ("noticeId", "time", "kind", "declarationId", "periodId", "result", "anomalies")
LIMIT_MAX = 10_000


def notices(
    client: Annotated[
        str, typer.Option(metavar="ID", help="The program whose notices are shown; without it, the command line's.")
    ] = CLIENT,
    employer: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Instead: what concerns this employer.")
    ] = None,
    since: Annotated[int, typer.Option(metavar="NOTICE", min=0, help="Only those after this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=LIMIT_MAX, help="The most that are shown.")] = 200,
    data: DataOption = None,
    shape: Annotated[Format, typer.Option("--format", help="How to show them.")] = "table",
) -> None:
    """Show what happened, in order: answers, later changes, reminders.

    Examples:
      opendimona notices --client payroll --since 4711
      opendimona notices --employer 175110801 --format json
    """
    mandate = None if employer is None else frozenset({employer_of(employer)})
    caller = Caller(client, mandate, is_operator=True)

    async def work(register: LocalRegister) -> NoticePage:
        await register.catch_up()
        return await register.notices(caller, since, limit, "filed" if mandate is None else "mandate")

    page = with_register(data, "notices", work)
    documents = [notice_members(notice, "") for notice in page.notices]
    rows = [document | {"anomalies": ", ".join(document.get("anomalies", []))} for document in documents]
    write_rows(rows, COLUMNS, shape, documents=documents)
    if page.has_more:
        say(f"There is more: --since {page.cursor}")


def status(data: DataOption = None, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show what has been waiting, and how long.

    Ages are in seconds. `pending`: declarations that wait for an identification;
    `oldestUntoldAge`: what is no notice yet (a deliverer is missing when it grows);
    `oldestUndeliveredAge`: what a webhook or mail address waits for.

    Example:
      opendimona status --data /srv/dimona

    Exit code 1: something waits longer than it should, as on the health page.
    """
    ages = with_register(data, "status", lambda register: register.ages())
    settings = settings_for()
    is_late = is_degraded(ages, settings.notices)
    document: dict[str, Any] = {"status": "DEGRADED" if is_late else "UP"} | members(ages) | {"notices": ages.notices}
    if as_json:
        write_json(document)
    else:
        for name, value in document.items():
            write(f"{name:22}{value}")
    if settings.mail.host is None:
        say("No mail leaves: OPENDIMONA_MAIL_HOST is not set here.")
    if is_late:
        raise typer.Exit(REFUSED)


def deliver(data: DataOption = None) -> None:
    """Deliver notices until Ctrl-C or SIGTERM, beside a server or without one.

    `opendimona serve` does this already. Several may run, on several machines: one
    works, the others stand by and take over when it ends.

    Example:
      OPENDIMONA_DATABASE_URL=postgresql://dimona@db/dimona opendimona deliver
    """
    settings = settings_for()
    with database(data, "deliver") as dsn:
        say("Delivering; Ctrl-C stops it.")
        asyncio.run(run_until_ended(Deliverer(dsn, settings, on_lead=lambda: say("This one works now."))))


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    add_command(app, notices)
    add_command(app, status)
    add_command(app, deliver)
