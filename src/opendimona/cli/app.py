"""The program `opendimona`: its commands, and what becomes of everything that goes wrong in them."""

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from opendimona.cli.failures import INTERRUPTED, explain_failure
from opendimona.cli.output import complain
from opendimona.cli.teaching import as_written

# Which module holds a command. Only that one is read when a command is given: a server starts sooner.
MODULES = {
    "serve": "serving",
    "declare": "declaring",
    "show": "showing",
    "search": "searching",
    "explain": "explaining",
    "load": "loading",
    "pending": "pending",
    "persons": "persons",
    "clients": "registering",
    "webhooks": "subscribing",
    "mail": "subscribing",
    "notices": "telling",
    "status": "telling",
    "deliver": "telling",
    "cases": "casing",
    "insurability": "insuring",
    "portal": "portal",
    "verify": "keeping",
    "backup": "keeping",
    "restore": "keeping",
}
HELP = """An open register of DIMONA, Belgium's immediate declaration of employment.

First steps, in two terminals:
  opendimona serve --sandbox          a register to try things on; Ctrl-C stops it
  opendimona declare --sandbox in.json
                                      file an IN, an OUT, an UPDATE or a CANCEL
  opendimona explain 90373-333        what an anomaly means, and what to do
  opendimona explain STU              what the law says of a worker type
  opendimona show worker              a worker's file; asks for the SSIN

Which register: the one in the folder ./var, or in the folder that --data names,
whether its server runs or not; or the PostgreSQL database that the variable
OPENDIMONA_DATABASE_URL names, which then wins.

Results go to standard output, everything else to standard error. Exit codes:
  0  done; for a declaration: accepted, with a warning or not, or pending
  1  refused; not found; cases that differ; something wrong with the register
  2  a wrong command line, or input that cannot be read
  3  the register cannot be reached, is busy or in use, or cannot start
"""


def build(names: list[str]) -> typer.Typer:
    """The program with the commands of these names."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(help=as_written(HELP))(_program)
    for module in dict.fromkeys(MODULES[name] for name in names):
        import_module(f"opendimona.cli.{module}").add_to(app)
    return app


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"opendimona {version('opendimona')}")
        raise typer.Exit


def _program(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Stand before every command, with the options that need none."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program with these arguments (those of the process when not given), and end it with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    named = next((word for word in given if not word.startswith("-")), "")
    app = build([named] if named in MODULES else list(MODULES))
    try:
        app(given, prog_name="opendimona")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the results has read enough. Python would complain once more when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the outermost edge: what nobody expected goes on, what is known is told
        code, text = explain_failure(error)
        complain(text)
        sys.exit(code)
    sys.exit(0)
