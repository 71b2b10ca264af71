"""`opendimona declare`: file declarations, or ask what they would be answered."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, TypeVar

import typer
from msgspec.structs import replace

from opendimona.channels.rest import rendering
from opendimona.cli.answers import describe
from opendimona.cli.bodies import Readable, Unreadable, opened_file, read_bodies
from opendimona.cli.failures import DONE, REFUSED, UNUSABLE
from opendimona.cli.options import DataOption, LanguageOption, language_of, moment_of, settings_for
from opendimona.cli.output import complain, write, write_json
from opendimona.cli.session import OPERATOR, with_register
from opendimona.cli.teaching import add_command
from opendimona.law.catalogue import Language
from opendimona.register.interface import Answer, Caller
from opendimona.register.local import LocalRegister

T = TypeVar("T")
TOGETHER = 256
"""How many declarations of a file are at the desk at a time; it takes them in their order."""


class Filing:
    """How the declarations of one command are filed and shown."""

    def __init__(
        self, *, is_lenient: bool, is_dry_run: bool, is_json: bool, at: datetime | None, language: Language
    ) -> None:
        self.caller: Caller = replace(OPERATOR, is_strict=not is_lenient)
        self.is_dry_run = is_dry_run
        self.is_json = is_json
        self.at = at
        self.language = language
        self.base = settings_for().public_url or ""

    async def ask(self, register: LocalRegister, body: Readable | Unreadable) -> Answer | Unreadable:
        """File one declaration, or only ask."""
        if isinstance(body, Unreadable):
            return body
        at = self.at or datetime.now(UTC)
        if self.is_dry_run:
            return await register.simulate(body.declaration, self.caller, at)
        return await register.file(body.declaration, self.caller, at)

    def show(self, path: str, answer: Answer | Unreadable, *, is_alone: bool) -> int:
        """Show one answer and give its exit code."""
        if isinstance(answer, Unreadable):
            complain(f"{path}, line {answer.line}: no declaration, nothing was filed. {answer.reason}")
            if self.is_json and not is_alone:
                write_json({"line": answer.line, "status": 400, "detail": answer.reason}, is_line=True)
            return UNUSABLE
        if self.is_json:
            write_json(rendering.declaration(answer, self.base), is_line=not is_alone)
        else:
            write(describe(answer, self.language))
        return REFUSED if answer.result == "B" else DONE


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk


async def _declare(register: LocalRegister, path: str, bodies: Iterator[Readable | Unreadable], filing: Filing) -> int:
    """File them all and give the worst exit code. Raises what stopped it, once all answers that came are shown."""
    worst, count = DONE, 0
    for chunk in _chunks(bodies, TOGETHER):
        answers = await asyncio.gather(*(filing.ask(register, body) for body in chunk), return_exceptions=True)
        for body, answer in zip(chunk, answers, strict=True):
            count += 1
            if isinstance(answer, BaseException):
                complain(f"{path}, line {body.line}: no answer came; look whether it was filed, or file it again.")
            else:
                worst = max(worst, filing.show(path, answer, is_alone=count == 1 and len(chunk) == 1))
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
    return worst


def declare(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The declarations; - is standard input.")],
    data: DataOption = None,
    lang: LanguageOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Show the answers as the REST channel does; several, one a line.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="Judge as if received at this moment; the true one is recorded as well."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask: nothing is filed.")] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Employers and workers who are not known count as known.")
    ] = False,
) -> None:
    """File declarations and show their answers.

    FILE holds one body of the REST channel, or JSON Lines: one body a line, filed in
    their order. What is wrong with a declaration is told with advice; a file that
    holds no declaration is told with its line, and the other lines are filed.

    Who enters today:
      {"employer": {"enterpriseNumber": "0471149091"},
       "worker": {"ssin": "78070739119"},
       "dimonaIn": {"startDate": "2024-06-03",
                    "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"}}}
    Who leaves:
      {"dimonaOut": {"periodId": 123456789002, "endDate": "2024-06-28"}}

    Examples:
      opendimona declare in.json
      opendimona declare --dry-run --at 2024-06-03T07:30 in.json
      opendimona declare --json - < many.jsonl > answers.jsonl

    Exit code 0: all accepted, with a warning or not, or pending; 1: at least one
    refused; 2: at least one line is no declaration.
    """
    filing = Filing(
        is_lenient=sandbox, is_dry_run=dry_run, is_json=as_json, language=language_of(lang),
        at=None if at is None else moment_of(at, "--at"),
    )  # fmt: skip
    with opened_file(file) as opened:
        bodies = read_bodies(opened, file)
        first = next(bodies)  # a file that cannot be read starts no register

        def everything() -> Iterator[Readable | Unreadable]:
            yield first
            yield from bodies

        code = with_register(data, "declare", lambda register: _declare(register, file, everything(), filing))
    raise typer.Exit(code)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, declare)
