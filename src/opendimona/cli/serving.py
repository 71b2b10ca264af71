"""`opendimona serve`: the server."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.structs import replace

from opendimona.cli.demo import REST, first_curl, load_demo, spare_worker
from opendimona.cli.demo_schools import load_schools
from opendimona.cli.failures import Failure
from opendimona.cli.options import DEFAULT_DATA, DataOption, settings_for
from opendimona.cli.output import say
from opendimona.cli.session import is_empty
from opendimona.cli.teaching import add_command
from opendimona.register.local import LocalRegister
from opendimona.serve import Running, run_server
from opendimona.settings import Settings

PORT, PORT_MAX = 8080, 65535
WORKERS_MAX = 64
LOADED = "demonstration"
"""The file in a data folder which says that the demonstration data were loaded there: once gone, they do not return."""


class Demonstration:
    """The demonstration data of a server: loaded on an empty register, once, and somebody to begin with."""

    def __init__(self, settings: Settings, data: Path | None) -> None:
        self._settings = settings
        self._mark = None if data is None else data / LOADED
        self.worker: str | None = None

    def prepare(self, dsn: str) -> None:
        """Load the data if they are to be loaded, and find a worker without a period."""
        is_new = (self._mark is None or not self._mark.exists()) and is_empty(dsn)
        asyncio.run(self._prepare(dsn, is_new=is_new))

    async def _prepare(self, dsn: str, *, is_new: bool) -> None:
        register = await LocalRegister.open(dsn, lanes=1, connections=1)
        try:
            if is_new:
                loaded = await load_demo(register)
                counts = f"{loaded.employers} employers, {loaded.workers} workers, {loaded.periods} periods"
                say(f"Demonstration data: {counts}.")
                if self._settings.only != "rest":
                    say(f"Demonstration schools: {await load_schools(register)}.")
            self.worker = await spare_worker(register)
        finally:
            await register.close()
        if is_new and self._mark is not None:
            self._mark.touch(mode=0o600)


def serve(
    sandbox: Annotated[bool, typer.Option("--sandbox", help="A test world: open to all who reach the port.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="In the sandbox too, only employers and workers who are known.")
    ] = False,
    data: DataOption = None,
    host: Annotated[str, typer.Option(metavar="H", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=PORT_MAX, help=f"The port; without it {PORT}, or the next that is free."),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=WORKERS_MAX, help="How many server processes.")] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help="In the sandbox: demonstration data, if the register is empty.")
    ] = False,
    only: Annotated[Literal["portal", "rest"] | None, typer.Option("--only", help="One of the two alone.")] = None,
) -> None:
    """Start the register with its portal and its REST channel; Ctrl-C or SIGTERM stops them.

    PostgreSQL is started in the data folder, unless OPENDIMONA_DATABASE_URL names one.
    The data survive. GET /health answers UP as soon as declarations can be decided.

    Examples:
      opendimona serve --sandbox --demo                    to try things on
      opendimona serve --data /srv/dimona --port 8080      for good, behind a proxy with TLS

    Without --sandbox every request needs an access token: see `opendimona clients`.
    Exit code 3: the data folder is in use, the port is taken, or something cannot start.
    """
    if demo and not sandbox:
        raise Failure("--demo goes with --sandbox: demonstration data have no place in a real register")
    settings = replace(settings_for(is_sandbox=sandbox, is_strict=strict or None), only=only)
    folder = None if settings.database_url else data or DEFAULT_DATA
    if folder is None and data is not None:
        say("OPENDIMONA_DATABASE_URL is set and wins: the data folder is not used.")
    demonstration = Demonstration(settings, folder)

    def welcome(running: Running) -> None:
        text = _welcome(running.url, demonstration.worker, settings)
        typer.echo(text)  # flushes, so that whoever reads a pipe sees it at once

    run_server(
        settings, folder, host, PORT if port is None else port, workers, say, may_move=port is None,
        prepare=demonstration.prepare if demo else None, on_ready=welcome,
    )  # fmt: skip


def _welcome(url: str, worker: str | None, settings: Settings) -> str:
    lines = [f"OpenDimona is ready at {url}  (Ctrl-C stops it)"]
    if settings.only != "rest":
        lines.append(f"  the portal, in a browser:     {url}/")
    if settings.only != "portal":
        lines.append(f"  the REST channel, explained:  {url}{REST}/doc")
    lines.append(f"  is it up?                     {url}/health")
    if settings.is_sandbox and settings.only != "portal" and (worker is not None or not settings.is_strict):
        lines += [
            "",
            "File a declaration (a second time it will be refused: that is worth seeing too):",
            "",
            first_curl(url, worker),
            "",
            "Read its answer at the address that stands after `location:`",
            "",
            "curl -H 'Authorization: Bearer sandbox' ADDRESS",
        ]
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    add_command(app, serve)
