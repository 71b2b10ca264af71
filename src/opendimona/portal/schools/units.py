"""How the register knows what is filed for a school: by its number, as a part of the employers it files for."""

from opendimona.portal.schools.models import School


def unit_of(school: School) -> str:
    """The name of a school as a unit of its employers."""
    return str(school.fase)
