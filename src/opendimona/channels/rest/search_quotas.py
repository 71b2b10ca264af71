"""POST /quotas/search: what is left of the quotas of a worker or an employer in a year."""

import msgspec
from msgspec import Struct

from opendimona.channels.rest import moments, problems, rendering, sandbox_headers
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.decoding import decode
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.channels.rest.searches import SoughtEmployer, SoughtWorker, employer_sought, ssin_sought
from opendimona.register.balances import FIRST_YEAR, LAST_YEAR
from opendimona.register.client_entries import CONSULT
from opendimona.register.interface import NotFound, QuotaSubject


class QuotaSearch(Struct, forbid_unknown_fields=True):
    """The body of the search: exactly one of `worker` and `employer`; no year means the current one."""

    worker: SoughtWorker | None = None
    employer: SoughtEmployer | None = None
    year: int | float | None = None


_DECODER = msgspec.json.Decoder(QuotaSearch)


async def search_quotas(context: Context, request: Request) -> Response:
    """Every quota that holds in the year. Raises Problem."""
    received_at = sandbox_headers.received_at(request) if context.settings.is_sandbox else moments.now()
    caller = await context.access.caller(request, CONSULT)
    search = decode(_DECODER, await request.body(context.settings.body_limit))
    subject = _subject(search)
    year = received_at.year if search.year is None else search.year
    if not (FIRST_YEAR <= year <= LAST_YEAR and year == int(year)):
        raise problems.bad_body(
            "year", "Not a year here", f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.", "invalidInput"
        )
    try:
        found = await context.register.quotas(subject, int(year), caller, received_at.date())
    except NotFound:
        raise problems.unknown_employer() from None
    return json_response({"items": [rendering.balance(one) for one in found]})


def _subject(search: QuotaSearch) -> QuotaSubject:
    if search.worker is not None and search.employer is None:
        return ssin_sought(search.worker)
    if search.employer is not None and search.worker is None:
        return employer_sought(search.employer)
    raise problems.bad_body("", "Not exactly one subject", "Give worker with ssin, or employer.", "invalidInput")
