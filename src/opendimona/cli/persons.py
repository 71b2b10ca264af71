"""`opendimona persons`: searching the register of persons, and identities that change."""

import sys
from typing import Annotated

import msgspec
import typer

from opendimona.channels.rest import agents_rendering
from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import DataOption, LanguageOption, employer_of, language_of, read_ssin
from opendimona.cli.output import say, write, write_rows
from opendimona.cli.pending import CANDIDATE_COLUMNS, AgentOption, FormatOption, agent_of, candidate_row, reason_of
from opendimona.cli.session import database, with_register
from opendimona.cli.teaching import add_group
from opendimona.core.declaration import DeclaredWorker
from opendimona.core.identity.ranking import SHOWN, identity_of
from opendimona.register.agents import Overlapping
from opendimona.register.entries import InvalidEntry, WorkerEntry
from opendimona.register.interface import NotFound
from opendimona.register.persons import repair_indexes

HELP = """The register of persons: who is meant, and what changes of identities.

SSINs and names are read from standard input, never from the command line.

Examples:
  echo '{"familyName": "Dubois", "birthDate": "1978-07-07"}' | opendimona persons search
  printf '%s\\n' FORMER IN_FORCE | opendimona persons replace --reason "Bis number replaced"
  opendimona persons correct < person.json
  opendimona persons renumber 5000000120 175110801
  opendimona persons merge 175702307 175110801"""
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with the change.")]
INPUT_MAX = 100_000


def search(shape: FormatOption = "table", data: DataOption = None, lang: LanguageOption = None) -> None:
    """Search persons by an identity, given as JSON on standard input as in a declaration's worker.

    An SSIN ({"ssin": ".."}) may have one digit wrong.
    """
    try:
        sought = msgspec.json.decode(sys.stdin.buffer.read(INPUT_MAX), type=DeclaredWorker)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Failure("standard input must hold a JSON object such as the worker of a declaration") from None
    if sought.ssin is not None:
        digits = "".join(sign for sign in sought.ssin if sign not in ".- /")
        found = with_register(data, "persons", lambda register: register.agents.persons(digits))
    else:
        year = (sought.birth_date or "")[:4]
        wanted = identity_of(sought, int(year) if year.isascii() and year.isdigit() else 0)
        found = with_register(data, "persons", lambda register: register.agents.search(wanted, SHOWN))
    rows = [candidate_row(one, language_of(lang)) for one in found]
    write_rows(rows, CANDIDATE_COLUMNS, shape, documents=[agents_rendering.candidate(one) for one in found])
    if not rows:
        say("Nobody resembles that.")


def replace(reason: ReasonOption = None, agent: AgentOption = None, data: DataOption = None) -> None:
    """Replace an SSIN by another: standard input holds the former one, and on a second line the one in force.

    Also makes two persons one. The file follows; the former number keeps working, with a hint.
    Exit code 1: a number that cannot be taken, or periods that overlap.
    """
    former, ssin = read_ssin(), read_ssin()
    name, why = agent_of(agent), None if reason is None else reason_of(reason)
    try:
        moved = with_register(data, "persons", lambda register: register.agents.replace_ssin(former, ssin, name, why))
    except Overlapping as error:
        raise Failure(f"{error}; cancel one of them first", REFUSED) from None
    except InvalidEntry as error:
        which = "in force" if error.member == "ssin" else "before"
        raise Failure(f"the SSIN {which} {error.problem}", REFUSED) from None
    write(f"Replaced; {moved} periods followed.")


def correct(reason: ReasonOption = None, agent: AgentOption = None, data: DataOption = None) -> None:
    """Correct what is recorded of a person, given as on a line of `load workers`."""
    try:
        entry = msgspec.json.decode(sys.stdin.buffer.read(INPUT_MAX), type=WorkerEntry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Failure("standard input must hold a JSON object as on a line of `load workers`") from None
    name, why = agent_of(agent), None if reason is None else reason_of(reason)
    try:
        with_register(data, "persons", lambda register: register.agents.correct_person(entry, name, why))
    except InvalidEntry as error:
        raise Failure(f"{error.member} {error.problem}", REFUSED) from None
    except NotFound:
        raise Failure("nobody of the register of persons bears this SSIN", REFUSED) from None
    write("Corrected.")


def renumber(
    former: Annotated[str, typer.Argument(metavar="FORMER", help="A number of the employer as it is now.")],
    nsso: Annotated[str, typer.Argument(metavar="NSSO", help="Its NSSO number from now on.")],
    reason: ReasonOption = None,
    agent: AgentOption = None,
    data: DataOption = None,
) -> None:
    """Give an employer another NSSO number; the former one still leads to it, a provisional one no longer does."""
    key, (kind, number) = employer_of(former), employer_of(nsso)
    if kind != "nsso":
        raise Failure("NSSO must be a definitive NSSO number")
    name, why = agent_of(agent), None if reason is None else reason_of(reason)
    try:
        with_register(data, "persons", lambda register: register.agents.renumber_employer(key, number, name, why))
    except InvalidEntry as error:
        raise Failure(f"{error.member} {error.problem}", REFUSED) from None
    except NotFound:
        raise Failure("no employer of the repertory bears the former number", REFUSED) from None
    write("Renumbered.")


def merge(
    former: Annotated[str, typer.Argument(metavar="FORMER", help="A number of the employer that is no other.")],
    holder: Annotated[str, typer.Argument(metavar="HOLDER", help="A number of the employer that stays.")],
    reason: ReasonOption = None,
    agent: AgentOption = None,
    data: DataOption = None,
) -> None:
    """Make two employers one: the periods of FORMER go over to HOLDER, and its numbers lead there.

    Declarations wait meanwhile, about a second for ten thousand periods.
    Exit code 1: employers that cannot be one, or periods that overlap.
    """
    keys, name, why = (employer_of(former), employer_of(holder)), agent_of(agent), reason and reason_of(reason)
    try:
        moved = with_register(data, "persons", lambda register: register.agents.merge_employers(*keys, name, why))
    except Overlapping as error:
        raise Failure(f"{error}; cancel one of them first", REFUSED) from None
    except InvalidEntry as error:
        raise Failure(f"{error.member} {error.problem}", REFUSED) from None
    except NotFound:
        raise Failure("no employer of the repertory bears one of these numbers", REFUSED) from None
    write(f"Merged; {moved} periods went over.")


def index(data: DataOption = None) -> None:
    """Build the search indexes that a load which was broken off left out."""
    with database(data, "persons") as dsn:
        built = repair_indexes(dsn)
    write(f"Built: {', '.join(built)}." if built else "All search indexes are there.")


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    add_group(
        app, "persons", HELP, ("search", search), ("replace", replace), ("correct", correct), ("renumber", renumber),
        ("merge", merge), ("index", index),
    )  # fmt: skip
