"""What is drawn is declared with numbers that exist nowhere, and accepted by the rules."""

from itertools import islice

import msgspec

from bench.decide import ordinary
from bench.draw import WORKERS, declarations, nsso, requests, ssin
from opendimona.core.declaration import Declaration
from opendimona.core.identifiers import is_nsso_number, is_ssin

SOME = 6000


def test_the_numbers_have_right_check_digits() -> None:
    assert all(is_nsso_number(nsso(employer)) for employer in range(0, 100_000, 997))
    assert all(is_ssin(ssin(worker)) for worker in range(0, WORKERS, 9973))
    assert is_ssin(ssin(WORKERS - 1))
    assert len({ssin(worker) for worker in range(100_000)}) == 100_000


def test_workers_have_one_or_two_periods() -> None:
    counts: dict[str | None, int] = {}
    for declaration in islice(declarations(1, 100), SOME):
        assert declaration.worker is not None
        counts[declaration.worker.ssin] = counts.get(declaration.worker.ssin, 0) + 1
    assert set(counts.values()) == {1, 2}


def test_a_request_says_the_same_as_the_declaration() -> None:
    bodies = [request.partition(b"\r\n\r\n")[2] for request in islice(requests(5, 100, "POST / HTTP/1.1"), 50)]
    assert [msgspec.json.decode(body, type=Declaration) for body in bodies] == list(islice(declarations(5, 100), 50))


def test_the_ordinary_file_has_as_many_periods_as_asked() -> None:
    for count in (2, 20):
        _, file, _ = ordinary(count)
        assert len({(period.start, period.end) for period in file.periods}) == count
