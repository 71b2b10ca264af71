"""`opendimona clients`: the programs that may ask for access tokens."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from opendimona.cli.failures import REFUSED, Failure
from opendimona.cli.options import DataOption
from opendimona.cli.output import Format, write, write_rows
from opendimona.cli.session import database
from opendimona.cli.teaching import add_group
from opendimona.register.client_entries import Client, ClientEntry, InvalidClient
from opendimona.register.clients import Clients

T = TypeVar("T")
PEM_MAX = 100_000
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The client id, as in the program's assertions.")]
HELP = """The programs that may ask for access tokens.

A program proves itself with a certificate: it signs an assertion with the key of the
certificate, and exchanges it for a token at /REST/oauth/v5/token.

Examples:
  opendimona clients add payroll --certificate payroll.pem --employer 175110801
  opendimona clients list
  opendimona clients revoke payroll"""


def _with_clients(data: Path | None, work: Callable[[Clients], Awaitable[T]]) -> T:
    async def run(dsn: str) -> T:
        clients = await Clients.open(dsn)
        try:
            return await work(clients)
        finally:
            await clients.close()

    with database(data, "clients", may_create=True) as dsn:
        return asyncio.run(run(dsn))


def add(
    client_id: IdArgument,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its X.509 certificate (PEM, RSA from 2048 bits).")
    ] = None,
    public_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Or its bare public key (PEM).")] = None,
    employer: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER", help="An employer it may act for; give it again for more. Without it: all."),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="A scope it may have; without it: to declare and to consult."),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The part of these employers that it is bounded to, such as a FASE number."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Register a program; one of the same id is replaced, and its tokens end.

    Examples:
      openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=payroll -keyout payroll.key -out payroll.pem
      opendimona clients add payroll --certificate payroll.pem --employer 175110801
    """
    entry = ClientEntry(
        client_id=client_id,
        certificate=None if certificate is None else _read_pem(certificate),
        public_key=None if public_key is None else _read_pem(public_key),
        employers=[number.replace(".", "").replace("-", "") for number in employer] if employer else None,
        scopes=list(scope) if scope else None,
        unit=unit,
    )
    try:
        _with_clients(data, lambda clients: clients.register(entry))
    except InvalidClient as error:
        raise Failure(f"{error.member}: {error}") from None
    write(f"{client_id} is registered.")


def show(
    data: DataOption = None,
    shape: Annotated[Format, typer.Option("--format", help="How to show them.")] = "table",
) -> None:
    """Show the programs that are registered."""
    found = [_document(client) for client in _with_clients(data, lambda clients: clients.registered())]
    rows = (
        document | {"employers": ", ".join(document.get("employers", ["all"])), "scopes": " ".join(document["scopes"])}
        for document in found
    )
    write_rows(rows, ("clientId", "validUntil", "lastUsed", "employers", "scopes", "unit"), shape, documents=found)


def revoke(client_id: IdArgument, data: DataOption = None) -> None:
    """End the registration of a program, and every token that it was given.

    Exit code 1: no such program is registered.
    """
    if not _with_clients(data, lambda clients: clients.revoke(client_id)):
        raise Failure(f"{client_id} is not registered", REFUSED)
    write(f"{client_id} is revoked.")


def _document(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = {"clientId": client.id, "scopes": list(client.scopes)}
    if client.valid_until is not None:
        document["validUntil"] = client.valid_until.isoformat()
    if client.last_used_at is not None:
        document["lastUsed"] = client.last_used_at.isoformat()
    if client.unit is not None:
        document["unit"] = client.unit
    if client.mandate is not None:
        document["employers"] = sorted(
            f"{number:010d}" if kind == "enterprise" else str(number) for kind, number in client.mandate
        )
    return document


def _read_pem(path: Path) -> str:
    try:
        with path.open(encoding="ascii") as file:
            return file.read(PEM_MAX)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Failure(f"{path}: not in PEM form") from None


def add_to(app: typer.Typer) -> None:
    """Add the group to the program."""
    add_group(app, "clients", HELP, ("add", add), ("list", show), ("revoke", revoke))
