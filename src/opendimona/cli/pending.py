"""`opendimona pending`: the queue of declarations without SSIN, deciding them, and taking a decision back."""

import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from opendimona.channels.rest import agents_rendering
from opendimona.cli.answers import describe
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import DataOption, LanguageOption, language_of, read_ssin
from opendimona.cli.output import Format, clean, flat, say, write, write_json, write_rows
from opendimona.cli.session import CLIENT, with_register
from opendimona.cli.showing import NumberArgument, number_of
from opendimona.cli.teaching import add_group
from opendimona.cli.views import LIMIT, LIMIT_MAX
from opendimona.core.identity.ranking import Candidate
from opendimona.law.catalogue import Language
from opendimona.law.identification import load_weights
from opendimona.register.agents import REASON_MAX, AlreadyDecided, Cursor, NotDecided, Pending
from opendimona.register.entries import InvalidEntry
from opendimona.register.interface import Answer
from opendimona.register.local import LocalRegister

HELP = """Declarations without SSIN, which wait until somebody says who is meant.

A worker's SSIN is read from standard input, never from the command line. Who decides is
recorded: the name of your account, unless --agent gives another.

Examples:
  opendimona pending list
  opendimona pending show 123456789002       its identity, and who may be meant
  opendimona pending accept 123456789002     asks for the SSIN
  opendimona pending refuse 123456789002 --reason "No such person was found"
  opendimona pending undo 123456789002 --reason "A namesake was taken for the worker\""""
COLUMNS = ("declarationId", "receivedAt", "employer.employerId", "employer.enterpriseNumber", "worker.familyName",
           "worker.givenName", "worker.birthDate", "dimonaIn.startDate")  # fmt: skip
CANDIDATE_COLUMNS = ("certainty", "points", "ssin", "familyName", "givenName", "birthDate", "gender", "postCode", "why")
AgentOption = Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Who decides, as it is recorded.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the declarant reads it.")]
FormatOption = Annotated[Format, typer.Option("--format", help="A table for people, JSON or CSV for programs.")]
PAGE = 1000
T = TypeVar("T")


def agent_of(name: str | None) -> str:
    """Who decides, as it is recorded. Raises Failure."""
    given = name if name is not None else getpass.getuser()
    if not given.strip() or not given.isprintable():
        raise Failure("--agent is a name")
    return f"{CLIENT}/{given.strip()}"


def reason_of(text: str) -> str:
    """A reason that may be recorded. Raises Failure."""
    if not text.strip() or len(text) > REASON_MAX or "\0" in text:
        raise Failure(f"--reason needs 1 to {REASON_MAX} characters")
    return text


def show_queue(
    limit: Annotated[int, typer.Option(min=1, max=LIMIT_MAX, help="The most that are shown.")] = LIMIT,
    shape: FormatOption = "table",
    data: DataOption = None,
) -> None:
    """Show the declarations that wait, the oldest first."""

    async def work(register: LocalRegister) -> list[Pending]:
        found: list[Pending] = []
        while len(found) < limit:
            after = Cursor(found[-1].received_at, found[-1].number) if found else None
            page = await register.agents.queue(min(PAGE, limit - len(found)), after)
            found += page
            if len(page) < PAGE:
                break
        return found

    documents = [agents_rendering.pending(one, "") for one in with_register(data, "pending", work)]
    write_rows((dict(flat(document)) for document in documents), COLUMNS, shape, documents=documents)
    if not documents:
        say("Nothing waits.")


def show(
    number: NumberArgument,
    data: DataOption = None,
    lang: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="As the REST channel shows it.")] = False,
) -> None:
    """Show a declaration that waits, and who may be meant, the most certain first.

    Example:
      opendimona pending show 123456789002 --lang nl
    """
    found = _decided(data, lambda register: register.agents.pending(number_of(number)))
    document = agents_rendering.pending(found, "")
    if as_json:
        write_json(document)
        return
    candidates = document.pop("candidates", [])
    for name, value in flat(document):
        if name != "href":
            write(f"{name}: {clean(value)}")
    language = language_of(lang)
    rows = [candidate_row(one, language) for one in found.candidates]
    write("")
    write_rows(rows, CANDIDATE_COLUMNS, "table", documents=candidates)
    if not rows:
        say("Nobody of the register of persons resembles the identity.")


def candidate_row(one: Candidate, language: Language) -> dict[str, Any]:
    """A candidate as a row, with the reasons in a language."""
    shown = agents_rendering.candidate(one)
    weights = load_weights()
    why = ", ".join(f"{weights[reason.code].text[language]} ({reason.points:+g})" for reason in one.reasons)
    return {**shown["person"], "certainty": f"{one.certainty:.1%}", "points": f"{one.points:.1f}", "why": why}


def accept(
    number: NumberArgument, agent: AgentOption = None, data: DataOption = None, lang: LanguageOption = None
) -> None:
    """Accept a declaration for the worker whose SSIN stands on standard input.

    Every rule is applied as of the moment of filing. Exit code 1: refused, or decided before.
    """
    pending, ssin = number_of(number), read_ssin()
    _tell(_decided(data, lambda register: register.agents.identify(
        pending, agent_of(agent), ssin, None)), lang)  # fmt: skip


def refuse(
    number: NumberArgument, reason: ReasonOption, agent: AgentOption = None, data: DataOption = None,
    lang: LanguageOption = None,
) -> None:  # fmt: skip
    """Refuse a declaration, with a reason that the declarant reads."""
    _tell(_decided(data, lambda register: register.agents.identify(
        number_of(number), agent_of(agent), None, reason_of(reason))), lang, is_refusal=True)  # fmt: skip


def undo(
    number: NumberArgument, reason: ReasonOption, agent: AgentOption = None, data: DataOption = None,
    lang: LanguageOption = None,
) -> None:  # fmt: skip
    """Take a decision back, with the period and all that was declared on it; the declaration waits again."""
    _tell(_decided(data, lambda register: register.agents.undo(
        number_of(number), agent_of(agent), reason_of(reason))), lang)  # fmt: skip


def _decided(data: Path | None, work: Callable[[LocalRegister], Awaitable[T]]) -> T:
    """What the register answers. Raises Failure."""
    try:
        return with_register(data, "pending", work)
    except AlreadyDecided:
        raise Failure("somebody decided this declaration before", REFUSED) from None
    except NotDecided:
        raise Failure("no decision on this declaration could be undone", REFUSED) from None
    except InvalidEntry as error:
        raise Failure(f"{error.member} {error.problem}", REFUSED) from None


def _tell(answer: Answer, lang: Language | None, *, is_refusal: bool = False) -> None:
    write(describe(answer, language_of(lang)))
    if answer.result == "B" and not is_refusal:
        raise typer.Exit(REFUSED)


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    add_group(
        app, "pending", HELP, ("list", show_queue), ("show", show), ("accept", accept), ("refuse", refuse),
        ("undo", undo),
    )  # fmt: skip
