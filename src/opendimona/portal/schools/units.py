"""A school by its number; by that the register knows what is filed for it, as a part of its employers."""

from opendimona.portal.schools.models import School

FASE_DIGITS_MAX = 8


def unit_of(school: School) -> str:
    """The name of a school as a unit of its employers."""
    return str(school.fase)


def by_fase(text: str) -> School | None:
    """The school with the FASE number that somebody typed, None where there is none."""
    if not (text.isdecimal() and len(text) <= FASE_DIGITS_MAX):
        return None
    return School.objects.select_related("power").filter(fase=int(text)).first()
