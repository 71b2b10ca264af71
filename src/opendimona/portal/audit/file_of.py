"""Everything that is kept of one person, in one file: the answer to somebody who asks what there is."""

import json
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from opendimona.portal.audit.models import Entry
from opendimona.portal.cell.models import JobRow, Note, Orphan
from opendimona.portal.declare.models import Approval, Draft, Filing
from opendimona.portal.insurability.models import Gap
from opendimona.portal.mine.models import OwnFile
from opendimona.portal.site.day import now
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, AppointmentVersion, Period, PeriodVersion, Person

ENTRIES_MAX = 50_000
LINES = """
    SELECT run_id, line, employer_id, school_id, worker_type, category, first_day, last_day, paid_days, kind, month
      FROM insurability_line WHERE ssin = %s ORDER BY run_id, line"""


@require_GET
def file_of(request: Page, number: int) -> HttpResponse:
    """The whole file of a person as JSON: readable by people, and by programs."""
    person = Person.objects.filter(pk=number).first()
    if person is None:
        raise Http404
    text = json.dumps(everything(person) | {"exportedAt": now(request)}, ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="dossier-{person.pk}.json"'
    return response


def everything(person: Person) -> dict[str, Any]:
    """What the portal keeps of a person, by kind. The register's own file is read with `opendimona show worker`."""
    own: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("appointments", Appointment.objects.filter(person=person)),
        ("appointmentVersions", AppointmentVersion.objects.filter(person=person)),
        ("periods", Period.objects.filter(person=person)),
        ("periodVersions", PeriodVersion.objects.filter(person=person)),
        ("declarations", Filing.objects.filter(person=person)),
        ("drafts", Draft.objects.filter(person=person)),
        ("approvals", Approval.objects.filter(person=person)),
        ("letters", Note.objects.filter(person=person)),
        ("parkedMessages", Orphan.objects.filter(person=person)),
        ("bulkActions", JobRow.objects.filter(person=person)),
        ("ownAccounts", OwnFile.objects.filter(person=person)),
    )
    found: dict[str, Any] = {"person": _fields(person)}
    found |= {name: [_fields(one) for one in rows.order_by("pk")] for name, rows in own}
    found["gaps"] = [] if person.ssin is None else [_fields(one) for one in Gap.objects.filter(ssin=person.ssin)]
    found["paid"] = _paid(person)
    entries = Entry.objects.filter(person=person.pk).order_by("pk")[:ENTRIES_MAX]
    found["audit"] = [
        {"number": one.pk, "at": one.at, "account": one.account, "school": one.school, "what": one.what,
         "table": one.table, "before": one.before, "after": one.after} for one in entries
    ]  # fmt: skip
    return found


def _fields(one: Model) -> dict[str, Any]:
    """The fields of a row; those that cannot be edited too."""
    values = model_to_dict(one)
    return {"id": one.pk} | {name: value for name, value in values.items() if name != "id"}


def _paid(person: Person) -> list[dict[str, Any]]:
    """What payroll extracts said of them."""
    if person.ssin is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LINES, [person.ssin])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
