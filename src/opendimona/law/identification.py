"""The table of what agreements between identities are worth, read once."""

from collections.abc import Mapping
from functools import cache

import msgspec

from opendimona.law.catalogue import Text
from opendimona.law.reader import read_table
from opendimona.law.rules import Row

NOBODY = "nobody"


class Weight(Row, frozen=True, kw_only=True):
    """What one finding is worth, in bits; `text` says it in four languages."""

    code: str
    points: float
    text: Text


@cache
def load_weights() -> Mapping[str, Weight]:
    """The weights by code (`familyName/same`). Raises msgspec.ValidationError for a row that is malformed."""
    rows, _ = read_table("identification")
    return {row.code: row for row in (msgspec.convert(row, Weight) for row in rows)}
