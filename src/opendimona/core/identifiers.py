"""The numbers of Dimona and their check digits. Pure arithmetic; python-stdnum is the oracle in the tests.

Sources: DIMONA glossary 2023/3, zones 00011, 00014, 00024, 00913, 00948; formulas recomputed on official samples.
"""

from datetime import date
from typing import NewType

Ssin = NewType("Ssin", int)
PeriodNumber = NewType("PeriodNumber", int)

NSSO_MIN, NSSO_MAX = 100006, 199999934
PROVISIONAL_MIN, PROVISIONAL_MAX = 5000000120, 5999999989
ENTERPRISE_MAX = 1999999943
NUMBER_BASE_MIN, NUMBER_BASE_MAX = 1_000_000_000, 9_999_999_999


def is_ssin(text: str) -> bool:
    """Whether `text` is eleven digits with a right check number, for a birth before or after 2000 (zone 00024)."""
    if len(text) != 11 or not (text.isascii() and text.isdigit()):
        return False
    base, check = divmod(int(text), 100)
    wanted = 97 - check
    return base % 97 == wanted or (2_000_000_000 + base) % 97 == wanted


def birth_of(ssin: str) -> date | None:
    """The day of birth that a right SSIN tells; None where it leaves month or day open (zone 00024).

    The numbers of those who are not in the national register have 20 or 40 added to the month.

    >>> str(birth_of("40020115142"))
    '1940-02-01'
    """
    if not is_ssin(ssin):
        return None
    base, check = int(ssin[:9]), int(ssin[9:])
    century = 1900 if 97 - base % 97 == check else 2000
    try:
        return date(century + int(ssin[:2]), int(ssin[2:4]) % 20, int(ssin[4:6]))
    except ValueError:
        return None


def _nsso_check(base: int) -> int:
    return 96 - base * 100 % 97 or 97


def is_nsso_number(number: int) -> bool:
    """Whether `number` is a definitive NSSO number: in its domain, with right check digits (zone 00011)."""
    return NSSO_MIN <= number <= NSSO_MAX and _nsso_check(number // 100) == number % 100


def is_provisional_number(number: int) -> bool:
    """Whether `number` is a provisional NSSO number: in its domain, with right check digits (zone 00948)."""
    return PROVISIONAL_MIN <= number <= PROVISIONAL_MAX and _nsso_check(number // 100) == number % 100


def enterprise_number(text: str) -> int | None:
    """The enterprise number in `text` (ten digits, or nine without the leading zero), or None (zone 00014)."""
    if len(text) not in (9, 10) or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if is_enterprise_number(number) else None


def is_enterprise_number(number: int) -> bool:
    """Whether `number` is an enterprise number: in its domain, not zero, with right check digits."""
    return 0 < number <= ENTERPRISE_MAX and 97 - (number // 100) % 97 == number % 100


def with_check(base: int) -> int:
    """A 12-digit declaration or period number from its ten-digit base: the base, then base mod 97 (zone 00913)."""
    return base * 100 + base % 97


def is_period_number(number: int) -> bool:
    """Whether `number` has twelve digits, the first not zero, and ends in its check number."""
    base, check = divmod(number, 100)
    return NUMBER_BASE_MIN <= base <= NUMBER_BASE_MAX and base % 97 == check
