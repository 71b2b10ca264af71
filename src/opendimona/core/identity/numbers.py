"""SSINs that were mistyped: those with right check digits that one slip away from what was written."""

from opendimona.core.identifiers import is_ssin

LENGTH = 11


def slips_of(digits: str) -> frozenset[int]:
    """The SSINs that one other digit, or two neighbours in the other order, make of eleven digits."""
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return frozenset()
    texts = {
        digits[:place] + other + digits[place + 1 :] for place in range(LENGTH) for other in "0123456789"
    } | {
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :] for place in range(LENGTH - 1)
    }  # fmt: skip
    return frozenset(int(text) for text in texts if text != digits and is_ssin(text))
