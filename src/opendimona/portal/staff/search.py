"""How people are searched: by a part of the name without accents, or by a number with any separators."""

from django.db.models import Q, QuerySet

from opendimona.portal.staff.models import Person
from opendimona.portal.staff.spelling import digits_of, plain

DIGITS_MIN = 6


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
