"""`opendimona webhooks` and `opendimona mail`: where notices are sent."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from opendimona.channels.deliveries.addresses import Forbidden, parse_url
from opendimona.channels.deliveries.events import moment
from opendimona.channels.deliveries.mail import is_mail_address
from opendimona.channels.deliveries.signature import secret_text
from opendimona.channels.rest.endpoints import members
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import DataOption, employer_of
from opendimona.cli.output import Format, say, write, write_rows
from opendimona.cli.session import CLIENT, with_register
from opendimona.cli.teaching import add_group
from opendimona.law.catalogue import Language
from opendimona.register.interface import Caller, NotFound
from opendimona.register.local import LocalRegister
from opendimona.register.notices.endpoints import Channel, TooMany, Wanted
from opendimona.register.notices.kinds import KINDS, LATER

T = TypeVar("T")
OPERATOR = Caller(CLIENT, is_operator=True)
COLUMNS = ("id", "target", "client", "employer", "kinds", "delivered", "deadLetters", "suspended", "problem")
IdArgument = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number, as `list` shows it.")]
ClientOption = Annotated[
    str, typer.Option("--client", metavar="ID", help="The program that it belongs to: what it files is told.")
]
EmployerOption = Annotated[
    str | None, typer.Option("--employer", metavar="NUMBER", help="What concerns this employer, whoever files it.")
]
KindOption = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help="A kind of notice; give it again for more.")
]
TextOption = Annotated[Language, typer.Option("--lang", help="The language of texts.")]
ShapeOption = Annotated[Format, typer.Option("--format", help="How to show them.")]
WEBHOOKS = f"""Webhooks: notices sent to a program as they come, signed.

What is sent, and how to verify it, is told in docs/operations.md. Nothing is sent to
addresses that are not public, unless OPENDIMONA_WEBHOOK_PRIVATE says yes (a sandbox does).

Kinds: {", ".join(KINDS[:4])},
{", ".join(KINDS[4:8])},
{", ".join(KINDS[8:])}.

Examples:
  opendimona webhooks add https://payroll.example/dimona --client payroll
  opendimona webhooks list
  opendimona webhooks replay 1"""
MAIL = """Mail addresses: notices sent by mail, which never names a worker.

The mail server is set by OPENDIMONA_MAIL_HOST and its likes, see docs/operations.md.

Examples:
  opendimona mail add hr@school.example --employer 175110801 --lang nl --every 3600
  opendimona mail add agents@onss.example --agents
  opendimona mail test 2"""


def _with(data: Path | None, work: Callable[[LocalRegister], Awaitable[T]]) -> T:
    """Do some work on the endpoints. Raises Failure for one that is not there."""
    try:
        return with_register(data, "notices", work)
    except NotFound:
        raise Failure("not found: `list` shows those that there are", REFUSED) from None


def _add(data: Path | None, wanted: Wanted, employer: str | None) -> tuple[int, bytes | None]:
    async def work(register: LocalRegister) -> tuple[int, bytes | None]:
        number = None
        if employer is not None:
            number = (await register.endpoints.employer(employer_of(employer), OPERATOR)).id
        endpoint, secret = await register.endpoints.add(
            Wanted(
                channel=wanted.channel, target=wanted.target, client=wanted.client, employer=number,
                is_for_agents=wanted.is_for_agents, kinds=wanted.kinds, language=wanted.language, pause=wanted.pause,
            )
        )  # fmt: skip
        return endpoint.id, secret

    try:
        return with_register(data, "notices", work)
    except NotFound:
        raise Failure("no employer of this register bears that number", REFUSED) from None
    except TooMany:
        raise Failure(f"{wanted.client} has as many as it may have: remove one", REFUSED) from None


def _kinds(given: list[str] | None) -> tuple[str, ...] | None:
    for kind in given or ():
        if kind not in KINDS:
            raise Failure(f"{kind!r} is no kind of notice; choose from {', '.join(KINDS)}")
    return tuple(dict.fromkeys(given)) if given else None


def add_webhook(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to; begins with https://.")],
    client: ClientOption = CLIENT,
    employer: EmployerOption = None,
    kind: KindOption = None,
    lang: TextOption = "fr",
    data: DataOption = None,
) -> None:
    """Register a webhook, and show its secret, this once.

    Example:
      opendimona webhooks add https://payroll.example/dimona --client payroll --kind declaration.settled
    """
    try:
        parse_url(url, may_reach_private=True)  # whether it may be reached is looked at for each delivery
    except Forbidden as error:
        raise Failure(str(error)) from None
    wanted = Wanted(channel="webhook", target=url, client=client, kinds=_kinds(kind), language=lang)
    number, secret = _add(data, wanted, employer)
    say(f"Webhook {number} is registered. Its secret, shown this once:")
    write(secret_text(secret or b""))


def add_address(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where to, as name@example.be.")],
    client: ClientOption = CLIENT,
    employer: EmployerOption = None,
    agents: Annotated[
        bool, typer.Option("--agents", help="Of the register's agents: what waits too long, of everybody.")
    ] = False,
    kind: KindOption = None,
    lang: TextOption = "fr",
    every: Annotated[
        int | None, typer.Option(metavar="SECONDS", min=0, max=604_800, help="At most one mail in that time.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Register a mail address; without --kind for all but answers that were given at once.

    Example:
      opendimona mail add hr@school.example --employer 175110801 --every 3600
    """
    if not is_mail_address(address):
        raise Failure("that is no mail address: give one, such as name@example.be")
    if agents and employer is not None:
        raise Failure("--agents and --employer do not go together: agents are told of every employer")
    wanted = Wanted(
        channel="mail", target=address, client=client, is_for_agents=agents, kinds=_kinds(kind) or LATER, language=lang,
        pause=every,
    )  # fmt: skip
    number, _ = _add(data, wanted, employer)
    write(f"Mail address {number} is registered.")


def _show(channel: Channel, data: Path | None, shape: Format) -> None:
    async def work(register: LocalRegister) -> list[dict[str, Any]]:
        found = await register.endpoints.all(channel, OPERATOR)
        employers = await register.endpoints.employers(found)
        shown = []
        for one in found:
            document = members(one, employers.get(one.employer), "") | {"client": one.client}
            del document["href"]
            shown.append(document | ({"agents": True} if one.is_for_agents else {}))
        return shown

    documents = _with(data, work)
    rows = [
        document
        | {
            "id": document.get("webhookId", document.get("mailAddressId")),
            "target": document.get("url", document.get("address")),
            "employer": " / ".join(str(number) for number in document.get("employer", {}).values()),
            "kinds": ", ".join(document.get("kinds", ["all"])),
        }
        for document in documents
    ]
    write_rows(rows, COLUMNS, shape, documents=documents)


def _group(channel: Channel, name: str) -> tuple[tuple[str, Callable[..., Any]], ...]:
    """The commands that both sorts have."""

    def show(data: DataOption = None, shape: ShapeOption = "table") -> None:
        """Show all of them, and how they fare."""
        _show(channel, data, shape)

    def remove(number: IdArgument, data: DataOption = None) -> None:
        """Send nothing there any more; its dead letters go too."""
        _with(data, lambda register: register.endpoints.remove(number, channel, OPERATOR))
        write(f"{name} {number} is removed.")

    def dead(
        number: IdArgument,
        data: DataOption = None,
        since: Annotated[int, typer.Option(min=0, help="The last notice of the page before.")] = 0,
        shape: ShapeOption = "table",
    ) -> None:
        """Show notices that could not be delivered there, and why; at most a thousand."""
        found = _with(data, lambda register: register.endpoints.dead_letters(number, channel, OPERATOR, since, 1000))
        rows = [
            {
                "notice": one.position, "time": moment(one.died_at), "attempts": one.attempts, "problem": one.problem,
                "replaying": one.is_wanted,
            }
            for one in found
        ]  # fmt: skip
        write_rows(rows, ("notice", "time", "attempts", "problem", "replaying"), shape, documents=rows)

    def replay(
        number: IdArgument,
        notice: Annotated[list[int] | None, typer.Argument(metavar="NOTICE", help="Which; without any: all.")] = None,
        data: DataOption = None,
    ) -> None:
        """Have dead letters sent again; a suspended one is served again."""
        count = _with(data, lambda register: register.endpoints.replay(number, channel, OPERATOR, notice or None))
        write(f"{count} will be sent again.")

    def test(number: IdArgument, data: DataOption = None) -> None:
        """Have a test sent; `list` tells a moment later how it went."""
        _with(data, lambda register: register.endpoints.test(number, channel, OPERATOR))
        write("A test will be sent.")

    return (("list", show), ("remove", remove), ("dead", dead), ("replay", replay), ("test", test))


def add_to(app: typer.Typer) -> None:
    """Add the groups to the program."""
    add_group(app, "webhooks", WEBHOOKS, ("add", add_webhook), *_group("webhook", "Webhook"))
    add_group(app, "mail", MAIL, ("add", add_address), *_group("mail", "Mail address"))
