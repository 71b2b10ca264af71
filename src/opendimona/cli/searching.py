"""`opendimona search`: periods, declarations and relations by employer, worker and dates."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from opendimona.channels.rest import rendering
from opendimona.cli.failures import Failure
from opendimona.cli.options import DataOption, employer_of, moment_of, read_ssin
from opendimona.cli.output import Format, say
from opendimona.cli.session import OPERATOR, with_register
from opendimona.cli.teaching import add_group
from opendimona.cli.views import LIMIT, LIMIT_MAX, Find, collect, write_documents
from opendimona.register.interface import Criteria, PeriodScope
from opendimona.register.local import LocalRegister

HELP = """Periods, declarations and relations by employer, worker and dates.

Scopes of a search for periods, as in the official consultation:
  all         the full register
  active      periods that run within --from and --to
  mutations   entries and exits within --from and --to, cancelled periods included

Examples:
  opendimona search periods --employer 175110801 --scope active --from 2024-06-01 --to 2024-06-30
  opendimona search periods --worker --format csv < ssin.txt > periods.csv
  opendimona search relations --employer 0471149091 --format json"""
EmployerOption = Annotated[
    str | None, typer.Option("--employer", metavar="NUMBER", help="An NSSO, provisional NSSO or enterprise number.")
]
WorkerOption = Annotated[bool, typer.Option("--worker", help="The worker whose SSIN stands on standard input.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="MOMENT", help="As the register knew it then: 2024-06-03T07:30.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="A table for people, JSON or CSV for programs.")]
LimitOption = Annotated[int, typer.Option(min=1, max=LIMIT_MAX, help="The most that are shown.")]


def periods(
    employer: EmployerOption = None,
    worker: WorkerOption = False,
    scope: Annotated[PeriodScope, typer.Option(help="Which periods.")] = "all",
    from_date: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day: 2024-06-01.")] = None,
    to_date: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, inclusive.")] = None,
    without_cancelled: Annotated[bool, typer.Option("--without-cancelled", help="No cancelled periods.")] = False,
    as_of: AsOfOption = None,
    shape: FormatOption = "table",
    limit: LimitOption = LIMIT,
    data: DataOption = None,
) -> None:
    """Search periods, by start date; as CSV they can be loaded again by `load periods`."""
    criteria = Criteria(
        **_who(employer, is_worker=worker), scope=scope, from_date=_day(from_date, "--from"),
        to_date=_day(to_date, "--to"), include_cancelled=not without_cancelled,
        as_of=None if as_of is None else moment_of(as_of, "--as-of"),
    )  # fmt: skip
    if criteria.from_date and criteria.to_date and criteria.from_date > criteria.to_date:
        raise Failure("--from is after --to")
    _search("periods", criteria, shape, limit, data)


def declarations(
    employer: EmployerOption = None,
    worker: WorkerOption = False,
    shape: FormatOption = "table",
    limit: LimitOption = LIMIT,
    data: DataOption = None,
) -> None:
    """Search declarations, in the order of their filing, with their answers."""
    _search("declarations", Criteria(**_who(employer, is_worker=worker)), shape, limit, data)


def relations(
    employer: EmployerOption = None,
    worker: WorkerOption = False,
    as_of: AsOfOption = None,
    shape: FormatOption = "table",
    limit: LimitOption = LIMIT,
    data: DataOption = None,
) -> None:
    """Search relations: from the first engagement of a worker by an employer to the end of the last."""
    moment = None if as_of is None else moment_of(as_of, "--as-of")
    _search("relations", Criteria(**_who(employer, is_worker=worker), as_of=moment), shape, limit, data)


def _who(employer: str | None, *, is_worker: bool) -> dict[str, Any]:
    if employer is None and not is_worker:
        raise Failure("a search needs --employer NUMBER, or --worker with the SSIN on standard input")
    return {"employer": None if employer is None else employer_of(employer), "ssin": read_ssin() if is_worker else None}


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{option} is a day such as 2024-06-01") from None


def _search(
    kind: Literal["periods", "declarations", "relations"],
    criteria: Criteria,
    shape: Format,
    limit: int,
    data: Path | None,
) -> None:
    async def read(register: LocalRegister) -> list[dict[str, Any]]:
        ways: dict[str, tuple[Find[Any], Callable[[Any, str], dict[str, Any]]]] = {
            "periods": (register.search_periods, rendering.period),
            "declarations": (register.search_declarations, rendering.declaration),
            "relations": (register.search_relations, rendering.relation),
        }
        find, show = ways[kind]
        return [show(view, "") for view in await collect(find, criteria, OPERATOR, limit)]

    found = with_register(data, "search", read)
    write_documents(kind, found, shape)
    if not found:
        say("Nothing found.")


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    add_group(app, "search", HELP, ("periods", periods), ("declarations", declarations), ("relations", relations))
