"""A school that changes its number or name, or goes into another: its periods, rights and receipts go along.

A receipt's seal is about the declaration, not the school: those that were printed stay good.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey
from msgspec import Struct

from opendimona.portal.audit.views import OBJECTS
from opendimona.portal.schools.models import School
from opendimona.portal.schools.units import unit_of
from opendimona.portal.site.street import STREET

LIMITED: dict[str, Callable[[Any, School], bool]] = {
    "accounts_membership": lambda row, into: type(row).objects.filter(
        account=row.account_id, role=row.role, school=into
    ).exists(),
    "announcements_reading": lambda row, into: type(row).objects.filter(
        announcement=row.announcement_id, account=row.account_id, school=into
    ).exists(),
}  # fmt: skip
"""Tables in which the school that stays may have the same row already; then the other one goes."""
LISTED = """
    UPDATE announcements_announcement_schools AS a SET school_id = %s WHERE school_id = %s AND NOT EXISTS (
        SELECT 1 FROM announcements_announcement_schools AS b
         WHERE b.announcement_id = a.announcement_id AND b.school_id = %s)"""


class Count(Struct, frozen=True):
    """How many things of a kind belong to a school."""

    name: Any
    rows: int


def holdings(school: School) -> list[Count]:
    """What belongs to a school, as the audit calls it; what it has none of is left out."""
    found = [
        Count(OBJECTS[model._meta.db_table], model.objects.filter(**{field.name: school}).count())  # noqa: SLF001
        for model, field in _references()
        if model._meta.db_table in OBJECTS  # noqa: SLF001
    ]
    return [one for one in found if one.rows]


@transaction.atomic
def merge(school: School, into: School) -> None:
    """Let everything of a school belong to another; the school itself is gone.

    Raises Unavailable: then nothing has changed.
    """
    if school.pk == into.pk:
        raise ValueError("a school cannot go into itself")
    list(School.objects.select_for_update(of=("self",)).filter(pk__in=(school.pk, into.pk)).order_by("pk"))
    for model, field in _references():
        table = model._meta.db_table  # noqa: SLF001 - Django's documented way to a name
        rows = model.objects.filter(**{field.name: school})
        is_double = LIMITED.get(table)
        if is_double is not None:
            for row in rows:
                if is_double(row, into):
                    row.delete()
        rows.update(**{field.name: into})
    with connection.cursor() as cursor:
        cursor.execute(LISTED, [into.pk, school.pk, into.pk])
        cursor.execute("DELETE FROM announcements_announcement_schools WHERE school_id = %s", [school.pk])
    STREET.move_unit(unit_of(school), unit_of(into))
    school.delete()


def _references() -> "list[tuple[Any, ForeignKey[Any, Any]]]":
    """Every model of the portal that names a school, with the field in which it does."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()  # noqa: SLF001
        if isinstance(field, ForeignKey) and field.related_model is School and not model._meta.auto_created  # noqa: SLF001
    ]
