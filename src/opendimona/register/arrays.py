"""Column values as PostgreSQL array literals.

A batch is written with one statement per table, fed by one array per column (`unnest`). Building the literals as text
is several times cheaper than adapting each element, and PostgreSQL reads them at the speed of COPY.
"""

from collections.abc import Iterable


def integers(values: Iterable[int | None]) -> str:
    """Integers, or nulls, as `{1,NULL,2}`."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def booleans(values: Iterable[bool]) -> str:
    """Booleans as `{t,f}`."""
    return "{" + ",".join(["t" if value else "f" for value in values]) + "}"


def words(values: Iterable[object]) -> str:
    """Values whose text needs no quoting inside (dates, moments, codes), or nulls, as `{"a",NULL}`."""
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in values]) + "}"


def texts(values: Iterable[str | None]) -> str:
    """Any text, or nulls, with quotes and backslashes escaped."""
    return (
        "{"
        + ",".join(
            [
                "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
                for value in values
            ]
        )
        + "}"
    )


def digests(values: Iterable[bytes]) -> str:
    """Byte strings in hexadecimal."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"
