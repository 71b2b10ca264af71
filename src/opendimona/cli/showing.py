"""`opendimona show`: a declaration, a period, a daily registration, the file of an employer or a worker, quotas."""

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from opendimona.channels.rest import rendering
from opendimona.cli.answers import describe
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import BRUSSELS, DataOption, LanguageOption, employer_of, language_of, moment_of, read_ssin
from opendimona.cli.output import clean, say, write, write_json, write_rows
from opendimona.cli.session import OPERATOR, with_register
from opendimona.cli.teaching import add_group
from opendimona.cli.views import EMPLOYER, LIMIT, WORKER, collect, lines_of, write_documents
from opendimona.core.identifiers import is_period_number
from opendimona.register.balances import FIRST_YEAR, LAST_YEAR
from opendimona.register.interface import Criteria, NotFound
from opendimona.register.local import LocalRegister

HELP = """A declaration, a period, a daily registration, the file of an employer or a worker, quotas.

A worker's SSIN is read from standard input, never from the command line: other
people of the machine see the arguments of a command, and a shell remembers them."""
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="Its number, of 12 digits.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="MOMENT", help="As the register knew it then: 2024-06-03T07:30.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="As the REST channel shows it.")]
QUOTA_COLUMNS = (
    "type", "year", "quarter", "fromDate", "toDate", "unit", "limit", "used", "neutralised", "left", "signalled",
    "confirmed",
)  # fmt: skip
LimitOption = Annotated[int, typer.Option(min=1, help="The most periods, relations and declarations that are shown.")]


def number_of(text: str) -> int:
    """A declaration or period number. Raises Failure."""
    if not (text.isascii() and text.isdigit() and is_period_number(int(text))):
        raise Failure(f"{clean(text)} is no declaration or period number: 12 digits, the last two a check")
    return int(text)


def _year(text: str) -> int:
    """A year that quotas may be asked of. Never repeats what was given: it may be an SSIN. Raises Failure."""
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise Failure(f"YEAR is a year from {FIRST_YEAR} to {LAST_YEAR}; an SSIN is read from standard input")
    return int(text)


def declaration(
    number: NumberArgument, data: DataOption = None, lang: LanguageOption = None, as_json: JsonOption = False
) -> None:
    """Show a declaration and the answer in force.

    Example:
      opendimona show declaration 123456789002 --lang nl
    """
    answer = with_register(data, "show", lambda register: register.answer(number_of(number), OPERATOR))
    document = rendering.declaration(answer, "")
    if as_json:
        write_json(document)
        return
    write(describe(answer, language_of(lang)))
    filed = {name: value for name, value in document.items() if name != "declarationStatus"}
    moments = {"received": answer.received_at.isoformat(), "recorded": answer.recorded_at.isoformat()}
    for line in lines_of(filed | moments):
        write(f"  {clean(line)}")


def period(
    number: NumberArgument, data: DataOption = None, as_of: AsOfOption = None, as_json: JsonOption = False
) -> None:
    """Show a period, now or as the register knew it at a moment.

    Example:
      opendimona show period 123456789002 --as-of 2024-06-03T12:00
    """
    moment = None if as_of is None else moment_of(as_of, "--as-of")
    view = with_register(data, "show", lambda register: register.period(number_of(number), OPERATOR, moment))
    document = rendering.period(view, "")
    if as_json:
        write_json(document)
        return
    for line in lines_of(document | {"knownSince": view.recorded_from.isoformat()}):
        write(clean(line))


def registration(
    number: NumberArgument, data: DataOption = None, as_of: AsOfOption = None, as_json: JsonOption = False
) -> None:
    """Show a daily registration, now or as the register knew it at a moment.

    Example:
      opendimona show registration 123456789002
    """
    moment = None if as_of is None else moment_of(as_of, "--as-of")
    view = with_register(data, "show", lambda register: register.registration(number_of(number), OPERATOR, moment))
    document = rendering.registration(view, "")
    if as_json:
        write_json(document)
        return
    for line in lines_of(document | {"knownSince": view.recorded_from.isoformat()}):
        write(clean(line))


def employer(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="An NSSO, provisional NSSO or enterprise number.")],
    data: DataOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    limit: LimitOption = LIMIT,
) -> None:
    """Show an employer's personnel file: the relations with its workers, and their periods.

    Examples:
      opendimona show employer 175110801
      opendimona show employer 0471.149.091 --as-of 2024-01-01T00:00
    """
    moment = None if as_of is None else moment_of(as_of, "--as-of")
    _show_file(data, Criteria(employer=employer_of(number), as_of=moment), limit, as_json=as_json, is_worker=False)


def worker(
    data: DataOption = None, as_of: AsOfOption = None, as_json: JsonOption = False, limit: LimitOption = LIMIT
) -> None:
    """Show a worker's file: relations, periods and declarations. The SSIN is read from standard input.

    Examples:
      opendimona show worker                     it asks for the SSIN
      opendimona show worker --json < ssin.txt
    """
    moment = None if as_of is None else moment_of(as_of, "--as-of")
    _show_file(data, Criteria(ssin=read_ssin(), as_of=moment), limit, as_json=as_json, is_worker=True)


def quota(
    year: Annotated[str | None, typer.Argument(metavar="[YEAR]", help="This year when not given.")] = None,
    data: DataOption = None,
    number: Annotated[
        str | None, typer.Option("--employer", metavar="NUMBER", help="The quotas of an employer, not of a worker.")
    ] = None,
    shape: Annotated[
        Literal["text", "json"], typer.Option("--format", help="A table, or JSON as the REST channel shows it.")
    ] = "text",
) -> None:
    """Show what is left of each quota in a year. A worker's SSIN is read from standard input.

    Examples:
      opendimona show quota 2024                 it asks for the SSIN
      opendimona show quota --format json < ssin.txt
      opendimona show quota 2024 --employer 175110801

    Neutralised hours do not count. What is not confirmed is inferred from its source.
    """
    today = datetime.now(BRUSSELS).date()
    wanted = today.year if year is None else _year(year)
    subject = read_ssin() if number is None else employer_of(number)
    try:
        found = with_register(data, "show", lambda register: register.quotas(subject, wanted, OPERATOR, today))
    except NotFound:
        raise Failure("Not found: no employer of this register bears that number.", REFUSED) from None
    documents = [rendering.balance(left) for left in found]
    if not documents and shape == "text":
        say("No quota holds for it in this year.")
    columns = [name for name in QUOTA_COLUMNS if any(name in document for document in documents)]
    write_rows(documents, columns, "json" if shape == "json" else "table", documents=documents)


def _show_file(data: Any, criteria: Criteria, limit: int, *, as_json: bool, is_worker: bool) -> None:
    async def read(register: LocalRegister) -> dict[str, list[dict[str, Any]]]:
        relations = await collect(register.search_relations, criteria, OPERATOR, limit)
        periods = await collect(register.search_periods, criteria, OPERATOR, limit)
        found = {
            "relations": [rendering.relation(view, "") for view in relations],
            "periods": [rendering.period(view, "") for view in periods],
        }
        if is_worker:
            filed = await collect(register.search_declarations, criteria, OPERATOR, limit)
            found["declarations"] = [rendering.declaration(answer, "") for answer in filed]
        return found

    found = with_register(data, "show", read)
    if as_json:
        write_json(found)
        return
    if not any(found.values()):
        say("Nothing is known here.")
    for kind, documents in found.items():
        if documents:
            write(f"{kind}: {len(documents)}")
            write_documents(kind, documents, "table", without=WORKER if is_worker else EMPLOYER)


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    commands = (
        ("declaration", declaration), ("period", period), ("registration", registration), ("employer", employer),
        ("worker", worker), ("quota", quota),
    )  # fmt: skip
    add_group(app, "show", HELP, *commands)
