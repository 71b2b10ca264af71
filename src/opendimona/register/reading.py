"""Reading what a batch needs: whose the periods are, the files of the workers, the employers, the keys used."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import chain

from opendimona.core.file import Employer
from opendimona.register import packed
from opendimona.register.arrays import integers, texts
from opendimona.register.batch import Batch, Numbered, WorkerState, is_mandated
from opendimona.register.daily import Wanted, read_registrations, wanted_by
from opendimona.register.filing import Filing
from opendimona.register.interface import EmployerKey
from opendimona.register.repertory import Repertory
from opendimona.register.store import (
    ASSUME_EMPLOYERS,
    READ_EMPLOYERS,
    READ_FILES,
    READ_KEYS,
    READ_NUMBERS,
    READ_SOME_EMPLOYERS,
    Connection,
    employer_of,
    employer_parameters,
    fetch,
    file_rows_of,
    read_employers,
)
from opendimona.register.subject import FIRST_DAY, LAST_DAY
from opendimona.register.totals import Counted, counts_employers, is_counted
from opendimona.register.units import read_units

WARMING = 500
"""How many employers are read at once in the background: few, so that no declaration waits long for them."""


def concerned(batch: Batch, filings: Iterable[Filing]) -> dict[int, tuple[date, date]]:
    """The workers that a batch concerns, each with the days that its declarations look at."""
    found: dict[int, tuple[date, date]] = {}
    for filing in filings:
        subject = filing.subject
        ssin, days = subject.ssin, subject.days
        if subject.number is not None:
            known = batch.owner_of(subject.number)
            ssin = None if known is None else known.ssin
        if ssin:
            before = found.get(ssin)
            found[ssin] = days if before is None else (min(before[0], days[0]), max(before[1], days[1]))
    return found


async def read_numbers(connection: Connection, batch: Batch, filings: Iterable[Filing]) -> None:
    """Find whose the periods and the daily registrations are that declarations refer to."""
    wanted = {filing.subject.number for filing in filings if filing.subject.number is not None}
    wanted -= batch.numbers.keys() | batch.registered.keys()
    if not wanted:
        return
    for number, ssin, entry, result, employer in await fetch(connection, READ_NUMBERS, integers(wanted)):
        is_entry = entry in "idpme"
        if entry in "zx":  # no period any more, or not in this file
            batch.numbers.pop(number, None)
        elif is_entry and result in "AW":
            batch.numbers[number] = Numbered(ssin, "known", employer)
        elif is_entry and result == "B":
            batch.numbers[number] = Numbered(ssin, "blocked", employer)
        elif entry == "r":
            batch.registered[number] = Numbered(ssin, "blocked" if result == "B" else "known", employer)


async def read_files(
    connection: Connection, batch: Batch, filings: list[Filing], repertory: Repertory, *, is_assuming: bool = True
) -> dict[tuple[str, str], tuple[bytes, int]]:
    """Read all that a batch needs: keys, employers, heads and periods of the workers. Returns the keys already used.

    `is_assuming`: write the employers that the lenient sandbox makes up; otherwise they exist for this batch only.
    """
    await read_numbers(connection, batch, filings)
    workers = concerned(batch, filings)
    counted = concerned(batch, [filing for filing in filings if may_be_counted(batch, filing)])
    repertory.check(await read_workers(connection, batch, workers, counted))
    await follow_replaced(connection, batch, workers)
    daily = [filing for filing in filings if filing.declaration.dimona_daily_registration is not None]
    if daily:
        await read_registrations(connection, batch.registrations, wanted_registrations(batch, daily))
    bounded = [filing.subject.number for filing in filings if filing.caller.is_bounded and filing.subject.number]
    if bounded:
        batch.known_units = await read_units(connection, bounded)
    used = await read_keys(connection, filings)
    await learn_employers(connection, batch, filings, repertory)
    if batch.numbers:
        await learn_clients(connection, batch, filings, repertory)
    await assume_employers(connection, batch, filings, is_assuming=is_assuming)
    return used


async def read_workers(
    connection: Connection, batch: Batch, workers: dict[int, tuple[date, date]], counted: Collection[int] = ()
) -> int:
    """Read the head of each worker's file and its current periods within the days given; the repertory's version.

    `counted`: the workers whose running totals are read too, as they are together with that head.
    """
    ssins = sorted({0, *workers})  # neighbours in the index one after the other
    windows = [workers.get(ssin, (LAST_DAY, FIRST_DAY)) for ssin in ssins]
    rows = await fetch(
        connection, READ_FILES, packed.integers(ssins), packed.days([first for first, _ in windows]),
        packed.days([last for _, last in windows]), packed.booleans([ssin in counted for ssin in ssins]),
    )  # fmt: skip
    states = batch.workers
    for row, person, period in file_rows_of(rows):
        state = states.get(row[0])
        if state is None:
            state = states[row[0]] = WorkerState(row[0], row[1] or 0, row[2] or b"", row[3], person)
        if period is not None:
            state.periods[period.number] = period
        if row[5] is not None:
            batch.totals.learn(row[0], row[5])
    states.pop(0, None)
    for ssin in workers:
        if ssin not in states:
            states[ssin] = WorkerState(ssin)
    for ssin in counted:
        batch.totals.learn(ssin, "")
    return int(rows[0][4])


def may_be_counted(batch: Batch, filing: Filing) -> bool:
    """Whether a declaration may move a counter, as far as can be told before its worker's file was read."""
    block = filing.declaration.dimona_in
    if block is None:
        return filing.subject.number is not None
    return block.features is not None and is_counted(batch.law, block.features.worker_type)


async def follow_replaced(connection: Connection, batch: Batch, workers: dict[int, tuple[date, date]]) -> None:
    """Put the files of the SSINs in force in the place of those that were replaced."""
    replaced = {
        ssin: state.person.replaced_by for ssin, state in batch.workers.items()
        if state.person is not None and state.person.replaced_by is not None
    }  # fmt: skip
    if replaced:
        successors = dict.fromkeys(replaced.values(), (FIRST_DAY, LAST_DAY))
        await read_workers(connection, batch, successors, successors)
        for ssin, new in replaced.items():
            batch.workers[ssin] = batch.workers[new]
        for number, known in batch.registered.items():
            if known.ssin in replaced:
                batch.registered[number] = Numbered(replaced[known.ssin], known.reference, known.employer)


def counted_by(batch: Batch, filings: Iterable[Filing]) -> list[Counted]:
    """Whose totals must still be read before the declarations of a batch are judged, once their files were read."""
    found = [
        batch.counted_by(filing.declaration, filing.subject) for filing in filings if may_be_counted(batch, filing)
    ]
    return [one for one in found if one is not None and (one.employers or not batch.totals.knows(one.ssin))]


async def learn_clients(connection: Connection, batch: Batch, filings: Iterable[Filing], repertory: Repertory) -> None:
    """Find the clients for whom the workers of agencies work, when declarations change periods that are counted."""
    wanted: set[EmployerKey] = set()
    for filing in filings:
        known = None if filing.subject.number is None else batch.numbers.get(filing.subject.number)
        state = None if known is None else batch.workers.get(known.ssin)
        period = None if state is None else state.periods.get(filing.subject.number or 0)
        if period is not None and period.features.user_enterprise is not None:
            if is_counted(batch.law, period.features.worker_type):
                wanted.add(("enterprise", period.features.user_enterprise))
    missing, _ = batch.recall_employers(repertory, wanted)
    if missing:
        batch.learn_employers(await read_employers(connection, missing))


def wanted_registrations(batch: Batch, filings: Iterable[Filing]) -> list[Wanted]:
    """What the declarations on daily registrations look at, of those whose worker is known."""
    found = []
    for filing in filings:
        block, number = filing.declaration.dimona_daily_registration, filing.subject.number
        known = None if number is None else batch.owner_of(number)
        if block is not None and number is not None and known is not None:
            found.append(wanted_by(block, known.ssin, number))
    return found


async def read_keys(connection: Connection, filings: list[Filing]) -> dict[tuple[str, str], tuple[bytes, int]]:
    """The idempotency keys of a batch that were used before, with the digest and the number of their first use."""
    keyed = [(filing.caller.client, filing.key.value) for filing in filings if filing.key is not None]
    if not keyed:
        return {}
    rows = await fetch(connection, READ_KEYS, texts([client for client, _ in keyed]), texts([key for _, key in keyed]))
    return {(client, key): (digest, number) for client, key, digest, number in rows}


async def learn_employers(connection: Connection, batch: Batch, filings: list[Filing], repertory: Repertory) -> None:
    """Find the employers concerned, and the clients of agencies, among those already read, else in the database."""
    wanted = {key for filing in filings for key in filing.subject.keys}
    wanted |= {filing.subject.user for filing in filings if filing.subject.user is not None}
    owners = chain(batch.numbers.values(), batch.registered.values())
    ids = {known.employer for known in owners if known.employer is not None}
    missing, missing_ids = batch.recall_employers(repertory, wanted, ids)
    if missing or missing_ids:
        rows = await fetch(connection, READ_EMPLOYERS, *employer_parameters(missing, missing_ids))
        employers = [employer_of(row) for row in rows]
        batch.learn_employers(employers)
        repertory.keep(employers)


async def warm_repertory(connection: Connection, repertory: Repertory) -> None:
    """Read employers into the repertory until it is full or has all of them, a few at a time."""
    last, is_full = 0, False
    while not is_full:
        rows = await fetch(connection, READ_SOME_EMPLOYERS, last, WARMING)
        if not rows:
            return
        last = rows[-1][1]
        is_full = not repertory.keep_of(rows[0][0], [employer_of(row[1:]) for row in rows])


async def assume_employers(connection: Connection, batch: Batch, filings: list[Filing], *, is_assuming: bool) -> None:
    """In the lenient sandbox, give the well-formed but unknown employers of this batch a place in the repertory."""
    assumed: dict[tuple[EmployerKey, ...], None] = {}
    for filing in filings:
        keys = filing.subject.keys if filing.declaration.dimona_in is not None else ()
        if not keys or filing.caller.is_strict or keys[0] in batch.employers:
            continue
        if is_mandated(keys, filing.caller):
            assumed[tuple(key for key in keys if key not in batch.employers)] = None
    for filing in filings:  # a client whose days are counted
        user, block = filing.subject.user, filing.declaration.dimona_in
        if user is None or filing.caller.is_strict or user in batch.employers or block is None:
            continue
        if counts_employers(batch.law, None if block.features is None else block.features.worker_type):
            if not any(user in keys for keys in assumed):
                assumed[user,] = None
    if not assumed:
        return
    if not is_assuming:
        batch.learn_employers([assumed_employer(dict(keys)) for keys in assumed])
        return
    columns = [
        [next((n for kind, n in keys if kind == wanted), None) for keys in assumed]
        for wanted in ("nsso", "provisional", "enterprise")
    ]
    await connection.execute(ASSUME_EMPLOYERS, [integers(column) for column in columns], prepare=True)
    every = {key for keys in assumed for key in keys}
    rows = await fetch(connection, READ_EMPLOYERS, *employer_parameters(every, ()))
    batch.learn_employers([employer_of(row) for row in rows])


def assumed_employer(numbers: dict[str, int]) -> Employer:
    """An employer that exists for one simulation only."""
    return Employer(0, numbers.get("nsso"), numbers.get("provisional"), numbers.get("enterprise"), is_assumed=True)
