"""Declarations, periods and relations as rows: the same names in tables, CSV and JSON."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from opendimona.cli.output import Format, Row, flat, say, write_rows
from opendimona.register.interface import Caller, Criteria

View = TypeVar("View")
Find = Callable[[Criteria, Caller, int, int], Awaitable[Sequence[View]]]
PAGE = 1000
LIMIT = 1000
LIMIT_MAX = 1_000_000
EMPLOYER = ("employer.employerId", "employer.enterpriseNumber")
WORKER = ("worker.ssin", "worker.familyName", "worker.givenName")
COLUMNS = {
    "periods": (
        "periodId", "startDate", "startHour", "endDate", "endHour", "plannedHoursNumber", "plannedDaysNumber",
        "features.workerType", "features.jointCommissionNumber", "features.subEntity",
        "features.usingEmployer.enterpriseNumber", "features.usingEmployer.name", *EMPLOYER, *WORKER,
        "late", "locked", "cancelled", "oldDimonaNumber",
    ),
    "declarations": (
        "declarationStatus.declarationId", "kind", "declarationStatus.result", "declarationStatus.late",
        "declarationStatus.deadline", "anomalies",
        "declarationStatus.period.id", "declarationStatus.dailyRegistration.id", *EMPLOYER, *WORKER,
    ),
    "relations": (*EMPLOYER, *WORKER, "startDate", "endDate"),
}  # fmt: skip


async def collect(find: Find[View], criteria: Criteria, caller: Caller, limit: int) -> list[View]:
    """What a search finds, page by page, at most `limit`; says so when there is more."""
    found: list[View] = []
    while len(found) <= limit:
        page = await find(criteria, caller, min(PAGE, limit + 1 - len(found)), len(found))
        found += page
        if len(page) < PAGE:
            break
    if len(found) > limit:
        say(f"There are more than {limit}: narrow the search, or raise --limit.")
    return found[:limit]


def row_of(document: dict[str, Any]) -> Row:
    """A document of the REST channel as a row."""
    row = dict(flat(document))
    status = document.get("declarationStatus")
    if status is not None:
        row["kind"] = next((name[6:].upper() for name in document if name.startswith("dimona")), "")
        row["anomalies"] = " ".join(anomaly["errorId"] for anomaly in status.get("anomalies", []))
    return row


def write_documents(kind: str, documents: Sequence[dict[str, Any]], shape: Format, without: Iterable[str] = ()) -> None:
    """Write documents of one kind. A table leaves out the columns that are empty in every row."""
    rows = [row_of(document) for document in documents]
    columns = [column for column in COLUMNS[kind] if column not in without]
    if shape == "table":
        columns = [column for column in columns if any(row.get(column) not in (None, "", False) for row in rows)]
    write_rows(rows, columns, shape, documents=documents)


def lines_of(document: dict[str, Any]) -> Iterator[str]:
    """One document as lines `member: value`, in the order of its members."""
    for name, value in flat(document):
        if not isinstance(value, list) and not name.endswith("href"):
            shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            yield f"{name}: {shown}"
