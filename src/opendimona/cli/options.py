"""Options that several commands share, and what stands behind them."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from opendimona.cli.failures import Failure
from opendimona.cli.output import say
from opendimona.core.identifiers import is_ssin
from opendimona.law.catalogue import LANGUAGES, Language
from opendimona.register.access import Source
from opendimona.register.client_entries import employer_key
from opendimona.register.interface import EmployerKey
from opendimona.settings import Settings, from_environment

BRUSSELS = ZoneInfo("Europe/Brussels")
DEFAULT_DATA = Path("var")
DEFAULT_LANGUAGE: Language = "fr"

DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The register's data folder; ./var when not given.")
]
LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", help="The language of labels and advice; that of LANG when not given, else French."),
]


def settings_for(*, is_sandbox: bool = False, is_strict: bool | None = None) -> Settings:
    """The settings of the environment. Raises Failure for one that makes no sense."""
    try:
        return from_environment(is_sandbox=is_sandbox, is_strict=is_strict)
    except ValueError as error:
        raise Failure(f"an OPENDIMONA_ variable of the environment makes no sense: {error}") from None


def source_of(data: Path | None) -> Source:
    """Which register is meant: that of OPENDIMONA_DATABASE_URL, else that of a data folder."""
    url = settings_for().database_url
    if url is None:
        return data or DEFAULT_DATA
    if data is not None:
        say("OPENDIMONA_DATABASE_URL is set and wins: the data folder is not used.")
    return url


def language_of(chosen: Language | None) -> Language:
    """The language chosen, else that of LANG, else French."""
    if chosen is not None:
        return chosen
    wanted = os.environ.get("LANG", "")[:2]
    return next((language for language in LANGUAGES if language == wanted), DEFAULT_LANGUAGE)


def moment_of(text: str, option: str) -> datetime:
    """A moment such as 2024-06-03T07:30, in Brussels unless it names its offset. Raises Failure."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"{option} is a moment such as 2024-06-03T07:30 (Brussels) or 2024-06-03T07:30+02:00") from None
    return moment.replace(tzinfo=BRUSSELS) if moment.tzinfo is None else moment


def employer_of(text: str) -> EmployerKey:
    """An employer's number as given by a person (dots and hyphens do not matter). Raises Failure."""
    key = employer_key("".join(sign for sign in text if sign not in ".- /"))
    if key is None:
        raise Failure(f"{text!r} is no NSSO number (definitive or provisional) and no enterprise number")
    return key


def read_ssin() -> int:
    """The SSIN on standard input; a person is asked for it. Raises Failure."""
    if sys.stdin.isatty():
        typer.echo("SSIN of the worker: ", nl=False, err=True)
    given = sys.stdin.readline().strip()
    digits = "".join(sign for sign in given if sign not in ".- /")
    if not is_ssin(digits):
        raise Failure("standard input must hold the worker's SSIN: eleven digits, check digits right")
    return int(digits)
