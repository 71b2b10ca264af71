"""The schema: numbered without gaps, forward only, every constraint and index named."""

import re

from opendimona.register.migrations import migrations
from tests.shape.tree import SOURCE

FOLDER = SOURCE / "register" / "schema"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len([path for path in FOLDER.iterdir() if path.suffix == ".sql"])


def test_migrations_only_go_forward() -> None:
    """Old and new programs run side by side: nothing that an older one reads is taken away."""
    taken = [
        name
        for name, text in _statements()
        if re.search(r"\b(DROP|TRUNCATE)\s+(TABLE|COLUMN|SCHEMA)\b", text, re.IGNORECASE)
    ]
    assert not taken


def test_every_constraint_has_a_name() -> None:
    unnamed = []
    for name, text in _statements():
        for line in text.splitlines():
            is_constraint = re.search(r"\b(PRIMARY KEY|UNIQUE|CHECK \(|EXCLUDE|REFERENCES)\b", line)
            if is_constraint and "CONSTRAINT" not in line and not re.match(r"\s*CREATE UNIQUE INDEX \w", line):
                unnamed.append(f"{name}: {line.strip()}")
    assert not unnamed


def test_every_index_has_a_name() -> None:
    assert not [name for name, text in _statements() if re.search(r"INDEX\s+ON\b", text, re.IGNORECASE)]


def _statements() -> list[tuple[str, str]]:
    """Names and texts of the migrations, without comments."""
    return [(name, re.sub(r"--.*", "", text)) for _, name, text in migrations()]
