"""`opendimona cases`: play case files and show what differs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from opendimona.cases.format import Case
from opendimona.cases.in_process import fresh_sandbox
from opendimona.cases.over_http import HttpSandbox
from opendimona.cases.reader import UnreadableCase, find_files, read_file
from opendimona.cases.runner import Outcome, run_case
from opendimona.cases.sandbox import Sandbox
from opendimona.cli.failures import DONE, REFUSED, UNUSABLE, Failure
from opendimona.cli.output import complain, write, write_rows
from opendimona.cli.teaching import add_command


def cases(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Case files, or folders with .yaml files.")],
    url: Annotated[
        str | None, typer.Option(help="Play over HTTP on this sandbox, which forgets everything at each case.")
    ] = None,
) -> None:
    """Play case files: declarations and the answers that they must get.

    Without --url the cases run in this process, on a fresh register of their own that
    is thrown away afterwards. One line a case, then a table of what differs.

    Examples:
      opendimona cases tests/cases
      opendimona cases my-case.yaml --url http://127.0.0.1:8080

    A case:
      - case: out-on-closed-period
        title: An OUT on a period whose end the IN already gave
        steps:
        - at: 2024-06-03T07:30
          in: {startDate: 2024-06-03, endDate: 2024-06-28, workerType: OTH,
               jointCommissionNumber: XXX}
          expect: {result: A}
        - at: 2024-06-28T17:00
          out: {endDate: 2024-06-28}
          expect: {result: B, anomalies: ["00913-356"]}

    Exit code 1: at least one case differs; 2: a file cannot be read (the others are
    played); 3: the sandbox does not answer.
    """
    found, is_readable = _read(paths)
    outcomes = asyncio.run(_play(found, url)) if found else []
    _show_differences(outcomes)
    differing = sum(1 for outcome in outcomes if outcome.differences)
    write(f"{len(outcomes)} cases, {len(outcomes) - differing} as expected, {differing} different")
    if not is_readable:
        raise typer.Exit(UNUSABLE)
    raise typer.Exit(REFUSED if differing else DONE)


def _read(paths: Sequence[Path]) -> tuple[list[Case], bool]:
    """The cases of all files that can be read, and whether all could."""
    found: list[Case] = []
    is_readable = True
    for path in paths:
        try:
            files = find_files([path])
        except UnreadableCase as error:
            complain(str(error))
            is_readable = False
            continue
        for file in files:
            try:
                found += read_file(file)
            except UnreadableCase as error:
                complain(str(error))
                is_readable = False
    return found, is_readable


async def _play(found: Sequence[Case], url: str | None) -> list[Outcome]:
    outcomes = []
    async with _sandbox(url) as sandbox:
        for case in found:
            outcome = await run_case(case, sandbox)
            write(f"{'DIFFERS' if outcome.differences else 'ok':8}{case.name}  {case.title}".rstrip())
            outcomes.append(outcome)
    return outcomes


@asynccontextmanager
async def _sandbox(url: str | None) -> AsyncIterator[Sandbox]:
    if url is None:
        async with fresh_sandbox() as fresh:
            yield fresh
        return
    try:
        sandbox = HttpSandbox(url)
    except ValueError as error:
        raise Failure(str(error)) from None
    try:
        yield sandbox
    finally:
        sandbox.close()


def _show_differences(outcomes: Sequence[Outcome]) -> None:
    rows = [
        {"file": outcome.case.file, "case": outcome.case.name, "step": difference.step, "what": difference.what,
         "expected": difference.expected, "found": difference.found}
        for outcome in outcomes
        for difference in outcome.differences
    ]  # fmt: skip
    if rows:
        write("")
        write_rows(rows, ("file", "case", "step", "what", "expected", "found"), "table")


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, cases)
