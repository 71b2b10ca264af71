"""Parameters of an address that several endpoints take."""

from urllib.parse import parse_qs

from opendimona.channels.rest import problems
from opendimona.channels.rest.exchange import Request

_FIELDS_MAX = 20
_DIGITS_MAX = 18
_PAGE_DIGITS_MAX = 6


def fields_of(request: Request) -> dict[str, str]:
    """The last value of each parameter. Raises Problem 400 for too many."""
    text = request.scope.get("query_string", b"").decode("latin-1")
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise problems.bad_query("", f"Give at most {_FIELDS_MAX} parameters.") from None
    return {name: values[-1] for name, values in found.items()}


def position_in(fields: dict[str, str], name: str) -> int | None:
    """A position, None where none is given. Raises Problem 400."""
    text = fields.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise problems.bad_query(name, f"Give a whole number of at most {_DIGITS_MAX} digits.")
    return int(text)


def size_in(fields: dict[str, str], name: str, default: int, maximum: int) -> int:
    """How many items a page holds; more than the most counts as that. Raises Problem 400."""
    text = fields.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= _PAGE_DIGITS_MAX) or int(text) == 0:
        raise problems.bad_query(name, f"Give a whole number from 1, of at most {_PAGE_DIGITS_MAX} digits.")
    return min(int(text), maximum)
