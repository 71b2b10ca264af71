"""Reading what is left of the quotas of a worker or an employer, from their running totals: no history is counted."""

from datetime import date
from typing import LiteralString

from opendimona.core.quotas import Balance, balances
from opendimona.law.rules import Law
from opendimona.register.arrays import integers
from opendimona.register.interface import Caller, NotFound, QuotaSubject
from opendimona.register.store import Connection, fetch, read_employers
from opendimona.register.totals import READ_EMPLOYERS, READ_WORKERS

FIRST_YEAR, LAST_YEAR = 2010, 2100
"""The years that may be asked for: from the first of this Dimona."""

IN_FORCE: LiteralString = "SELECT coalesce((SELECT replaced_by FROM person WHERE ssin = %s), %s)"


async def read_balances(
    connection: Connection, law: Law, subject: QuotaSubject, year: int, caller: Caller, filed_on: date
) -> list[Balance]:
    """What is used of each quota in a year, in the order of the law's table. Raises NotFound.

    A worker's balance adds up all employers and names none, so that whoever consults may read it.
    """
    if isinstance(subject, int):
        in_force = (await fetch(connection, IN_FORCE, subject, subject))[0][0]
        rows = await fetch(connection, READ_WORKERS, integers([in_force]))
    else:
        found = await read_employers(connection, [subject])
        employer = next((one for one in found if caller.may_act_for(one)), None)
        if employer is None:
            raise NotFound
        rows = await fetch(connection, READ_EMPLOYERS, integers([employer.id]))
    totals = {(counter, quarter): used for _, counter, quarter, used in rows}
    return balances(law, "worker" if isinstance(subject, int) else "employer", totals, year, filed_on)
