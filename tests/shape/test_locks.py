"""Two things that wait for each other by mistake would wait for ever: every advisory lock has a number of its own."""

import re

from tests.shape.tree import texts

NUMBER = re.compile(r"^(?:LOCK|LOCK_CLASS)\b[^=\n]*= (0x[0-9A-F]+)$", re.MULTILINE)


def test_no_two_advisory_locks_share_a_number() -> None:
    found = [
        (number, name) for name, text in texts().items() if name.startswith("src/") for number in NUMBER.findall(text)
    ]
    assert len(found) >= 6
    assert sorted({number for number, _ in found}) == sorted(number for number, _ in found)
