"""POST /declarations/search, /periods/search and /relations/search: criteria in the body, one page at a time."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

import msgspec
from msgspec import Meta, Struct

from opendimona.channels.rest import problems, rendering
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.core.identifiers import enterprise_number, is_nsso_number, is_provisional_number, is_ssin
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import Caller, Criteria, EmployerKey, PeriodScope

View = TypeVar("View")
Find = Callable[[Criteria, Caller, int, int], Awaitable[Sequence[View]]]
PAGE_SIZE, PAGE_SIZE_MAX = 50, 200
_DIGITS_MAX = 6


class SoughtEmployer(Struct, forbid_unknown_fields=True, rename="camel"):
    """An employer by one of its numbers; the NSSO number is used when both are given."""

    employer_id: int | float | None = None
    enterprise_number: str | None = None


class SoughtWorker(Struct):
    """A worker by SSIN; other members are ignored."""

    ssin: str


class Search(Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of a search."""

    employer: SoughtEmployer | None = None
    worker: SoughtWorker | None = None
    scope: PeriodScope | None = None
    from_date: date | None = None
    to_date: date | None = None
    as_of: Annotated[datetime, Meta(tz=True)] | None = None
    include_cancelled: bool | None = None


_DECODER = msgspec.json.Decoder(Search)


async def search_declarations(context: Context, request: Request) -> Response:
    """Declarations in order of filing. Raises Problem."""
    return await _search(context, request, context.register.search_declarations, rendering.declaration)


async def search_periods(context: Context, request: Request) -> Response:
    """Periods by start date. Raises Problem."""
    return await _search(context, request, context.register.search_periods, rendering.period)


async def search_relations(context: Context, request: Request) -> Response:
    """Relations by worker. Raises Problem."""
    return await _search(context, request, context.register.search_relations, rendering.relation)


async def _search(
    context: Context, request: Request, find: Find[View], show: Callable[[View, str], dict[str, Any]]
) -> Response:
    caller = await context.access.caller(request, CONSULT)
    size, page = _page(request)
    search = decode(_DECODER, await request.body(context.settings.body_limit))
    criteria = _criteria(search, caller)
    # One more than a page holds tells whether there is another.
    found = await find(criteria, caller, size + 1, (page - 1) * size)
    base = context.links.base(request)
    here = f"{base}{request.scope['path']}?pageSize={size}&page="
    collection: dict[str, Any] = {"items": [show(item, base) for item in found[:size]], "self": f"{here}{page}"}
    if len(found) > size:
        collection["next"] = f"{here}{page + 1}"
    return json_response(collection)


def _page(request: Request) -> tuple[int, int]:
    fields = parse_qs(request.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return min(_positive(fields, "pageSize", PAGE_SIZE), PAGE_SIZE_MAX), _positive(fields, "page", 1)


def _positive(fields: dict[str, list[str]], name: str, default: int) -> int:
    text = fields.get(name, [str(default)])[-1]
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX) or int(text) == 0:
        raise problems.bad_query(name, f"Give a whole number from 1, of at most {_DIGITS_MAX} digits.")
    return int(text)


def _criteria(search: Search, caller: Caller) -> Criteria:
    if search.employer is None and search.worker is None and caller.mandate is None:
        raise problems.bad_body("", "Nothing to search for", "Give employer, or worker with ssin.", "invalidInput")
    if search.from_date and search.to_date and search.from_date > search.to_date:
        raise problems.bad_body("toDate", "Dates in the wrong order", "Give a toDate from fromDate on.", "invalidInput")
    if search.as_of is not None and not 1900 <= search.as_of.year < 2200:
        raise problems.bad_body("asOf", "Moment far away", "Give a moment between 1900 and 2199.", "invalidInput")
    return Criteria(
        employer=None if search.employer is None else employer_sought(search.employer),
        ssin=None if search.worker is None else ssin_sought(search.worker),
        scope=search.scope or "all",
        from_date=search.from_date,
        to_date=search.to_date,
        as_of=search.as_of,
        include_cancelled=search.include_cancelled is not False,
    )


def employer_sought(sought: SoughtEmployer) -> EmployerKey:
    """The number of an employer. Raises Problem 400."""
    if sought.employer_id is not None:
        number = int(sought.employer_id) if sought.employer_id == sought.employer_id // 1 else 0
        if is_nsso_number(number):
            return "nsso", number
        if is_provisional_number(number):
            return "provisional", number
        raise problems.bad_body(
            "employer.employerId",
            "Not an NSSO number",
            "Give an NSSO number, definitive or provisional, check digits right.",
            "invalidInput",
        )
    if sought.enterprise_number is None:
        raise problems.bad_body("employer", "Employer without a number", "Give employerId or enterpriseNumber.")
    number_given = enterprise_number(sought.enterprise_number)
    if number_given is None:
        raise problems.bad_body(
            "employer.enterpriseNumber",
            "Not an enterprise number",
            "Give the 10 digits of an enterprise number, check digits right.",
            "invalidInput",
        )
    return "enterprise", number_given


def ssin_sought(sought: SoughtWorker) -> int:
    """The number of a worker. Raises Problem 400."""
    if not is_ssin(sought.ssin):
        raise problems.bad_body(
            "worker.ssin", "Not an SSIN", "Give the 11 digits of an SSIN, check digits right.", "invalidInput"
        )
    return int(sought.ssin)
