"""Persons, for agents: searching them, and what changes of their identity; employers who get another number."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.rest import agents_rendering, problems
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.identifications import agent_of, reason_of, unknown_ssin
from opendimona.channels.rest.searches import SoughtEmployer, employer_sought
from opendimona.core.checks.worker import is_birth_date
from opendimona.core.declaration import Address, DeclaredWorker
from opendimona.core.identifiers import is_ssin
from opendimona.core.identity.ranking import SHOWN, identity_of
from opendimona.register.agents import Overlapping
from opendimona.register.client_entries import IDENTIFICATION, PERSONS
from opendimona.register.entries import InvalidEntry, WorkerEntry
from opendimona.register.interface import NotFound

SSIN_LENGTH = 11
Name = Annotated[str, Meta(max_length=100)]


class PersonSearch(Struct, forbid_unknown_fields=True, rename="camel"):
    """Whom to search: by an SSIN, which may hold one slip, or else by names and birth date."""

    ssin: str | None = None
    family_name: Name | None = None
    given_name: Name | None = None
    birth_date: str | None = None
    gender: int | str | None = None
    place_of_birth: Name | None = None
    nationality: int | None = None
    post_code: str | None = None


class Replacement(Struct, forbid_unknown_fields=True):
    """The SSIN that was in use, and the one in force from now on."""

    former: str
    ssin: str
    reason: str | None = None
    agent: str | None = None


class Correction(Struct, forbid_unknown_fields=True):
    """A person as recorded from now on."""

    person: WorkerEntry
    reason: str | None = None
    agent: str | None = None


class Renumbering(Struct, forbid_unknown_fields=True, rename="camel"):
    """An employer by a number of now, and the NSSO number that it has from now on."""

    employer: SoughtEmployer
    nsso_registration_number: int
    reason: str | None = None
    agent: str | None = None


class Merger(Struct, forbid_unknown_fields=True):
    """An employer that turned out to be another one as well, and that other one, which stays."""

    former: SoughtEmployer
    employer: SoughtEmployer
    reason: str | None = None
    agent: str | None = None


_SEARCH = msgspec.json.Decoder(PersonSearch)
_REPLACEMENT = msgspec.json.Decoder(Replacement)
_CORRECTION = msgspec.json.Decoder(Correction)
_RENUMBERING = msgspec.json.Decoder(Renumbering)
_MERGER = msgspec.json.Decoder(Merger)


async def search_persons(context: Context, request: Request) -> Response:
    """The persons who may be meant, best first. Raises Problem."""
    await context.access.caller(request, IDENTIFICATION)
    search = decode(_SEARCH, await request.body(context.settings.body_limit))
    if search.ssin is not None:
        digits = "".join(sign for sign in search.ssin if sign not in ".- /")
        if len(digits) != SSIN_LENGTH or not (digits.isascii() and digits.isdigit()):
            raise problems.bad_body("ssin", "Not an SSIN", "Give eleven digits; one may be wrong.", "invalidInput")
        found = await context.register.agents.persons(digits)
    else:
        found = await context.register.agents.search(identity_of(_declared(search), year_of(search)), SHOWN)
    return json_response({"items": [agents_rendering.candidate(one) for one in found]})


def year_of(search: PersonSearch) -> int:
    """The year of the birth date sought: no birth is too long ago for an agent."""
    year = (search.birth_date or "")[:4]
    return int(year) if year.isascii() and year.isdigit() else 0


def _declared(search: PersonSearch) -> DeclaredWorker:
    """The identity sought, as a declaration would give it. Raises Problem."""
    if search.family_name is None and search.given_name is None:
        raise problems.bad_body("", "Nobody to search for", "Give ssin, or a name.", "invalidInput")
    if search.birth_date is not None and not is_birth_date(search.birth_date, year_of(search)):
        detail = "Give a day such as 1978-07-07, or 1978-00-00 where only the year is known."
        raise problems.bad_body("birthDate", "Invalid date", detail, "invalidInput")
    return DeclaredWorker(
        family_name=search.family_name, given_name=search.given_name, birth_date=search.birth_date,
        gender=search.gender, place_of_birth=search.place_of_birth, nationality=search.nationality,
        address=Address(post_code=search.post_code),
    )  # fmt: skip


async def post_replacement(context: Context, request: Request) -> Response:
    """Replace an SSIN; the file follows. Raises Problem."""
    caller = await context.access.caller(request, PERSONS)
    body = decode(_REPLACEMENT, await request.body(context.settings.body_limit))
    for name, digits in (("former", body.former), ("ssin", body.ssin)):
        if not is_ssin(digits):
            raise problems.bad_body(name, "Not an SSIN", "Give an SSIN, check digits right.", "invalidInput")
    reason = None if body.reason is None else reason_of(body.reason)
    try:
        moved = await context.register.agents.replace_ssin(
            int(body.former), int(body.ssin), agent_of(caller, body.agent), reason
        )
    except Overlapping as error:
        raise problems.overlapping(error.numbers) from None
    except InvalidEntry as error:
        raise _invalid(error) from None
    return json_response({"periods": moved})


async def post_correction(context: Context, request: Request) -> Response:
    """Correct what is recorded of a person. Raises Problem."""
    caller = await context.access.caller(request, PERSONS)
    body = decode(_CORRECTION, await request.body(context.settings.body_limit))
    reason = None if body.reason is None else reason_of(body.reason)
    try:
        await context.register.agents.correct_person(body.person, agent_of(caller, body.agent), reason)
    except NotFound:
        raise unknown_ssin("person.ssin") from None
    except InvalidEntry as error:
        raise _invalid(error, "person.") from None
    return Response(204)


async def post_renumbering(context: Context, request: Request) -> Response:
    """Give an employer another NSSO number. Raises Problem."""
    caller = await context.access.caller(request, PERSONS)
    body = decode(_RENUMBERING, await request.body(context.settings.body_limit))
    reason = None if body.reason is None else reason_of(body.reason)
    try:
        former = await context.register.agents.renumber_employer(
            employer_sought(body.employer), body.nsso_registration_number, agent_of(caller, body.agent), reason
        )
    except NotFound:
        raise problems.unknown_employer() from None
    except InvalidEntry as error:
        raise _invalid(error) from None
    found: dict[str, Any] = {"employerId": body.nsso_registration_number, "formerEmployerIds": list(former)}
    return json_response(found)


async def post_merger(context: Context, request: Request) -> Response:
    """Make two employers one. Raises Problem."""
    caller = await context.access.caller(request, PERSONS)
    body = decode(_MERGER, await request.body(context.settings.body_limit))
    reason = None if body.reason is None else reason_of(body.reason)
    try:
        moved = await context.register.agents.merge_employers(
            employer_sought(body.former), employer_sought(body.employer), agent_of(caller, body.agent), reason
        )
    except NotFound:
        raise problems.unknown_employer() from None
    except Overlapping as error:
        raise problems.overlapping(error.numbers) from None
    except InvalidEntry as error:
        raise _invalid(error) from None
    return json_response({"periods": moved})


def _invalid(error: InvalidEntry, prefix: str = "") -> problems.Problem:
    detail = f"Nothing was changed: {error.member} {error.problem}."
    return problems.bad_body(f"{prefix}{error.member}", "Invalid value", detail, "invalidInput")
