"""How people are searched: by a part of the name without accents, or by a number with any separators."""

import re
import unicodedata

from django.db.models import Q, QuerySet

from opendimona.portal.staff.models import Person

NUMBER = re.compile(r"[\d .\-/]{5,}")
DIGITS_MIN = 6


def plain(text: str) -> str:
    """A text in capitals, without accents, signs or double blanks."""
    letters = unicodedata.normalize("NFD", text.upper())
    kept = "".join(sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join(kept.split())


def search_key(family_name: str, given_name: str) -> str:
    """What a person is found by."""
    return plain(f"{family_name} {given_name}")[:80]


def digits_of(text: str) -> str:
    """The digits of a number written with any separators, or nothing when the text is no number."""
    return re.sub(r"\D", "", text) if NUMBER.fullmatch(text.strip()) else ""


def matching(people: "QuerySet[Person]", text: str) -> "QuerySet[Person]":
    """Those people whose name has every word of the text in it, or whose number begins with its digits."""
    digits = digits_of(text)
    if len(digits) >= DIGITS_MIN:
        low = int(digits.ljust(11, "0")[:11])
        high = int(digits.ljust(11, "9")[:11])
        return people.filter(ssin__gte=low, ssin__lte=high)
    condition = Q()
    for word in plain(text).split():
        condition &= Q(search_key__contains=word)
    return people.filter(condition)
