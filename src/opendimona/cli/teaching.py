"""Help as it was written: examples keep their lines, and every command says what its exit codes mean."""

import inspect
from collections.abc import Callable
from typing import Any

import typer

KEEP_LINES = "\b"
"""How a paragraph of help asks not to be wrapped anew."""


def as_written(text: str) -> str:
    """A help text whose paragraphs keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(f"{KEEP_LINES}\n{paragraph}" for paragraph in paragraphs)


def first_line(text: str) -> str:
    """What a list of commands says of one: the first line of its help."""
    return inspect.cleandoc(text).partition("\n")[0]


def add_command(app: typer.Typer, command: Callable[..., Any], name: str | None = None) -> None:
    """Add a function as a command, with its docstring as help."""
    text = command.__doc__ or ""
    app.command(name, help=as_written(text), short_help=first_line(text))(command)


def add_group(app: typer.Typer, name: str, text: str, *commands: tuple[str, Callable[..., Any]]) -> None:
    """Add a group of commands, each under its name."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for own, command in commands:
        add_command(group, command, own)
    app.add_typer(group, name=name, help=as_written(text), short_help=first_line(text))
