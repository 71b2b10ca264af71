"""Empties the portal of people: what it keeps of a sandbox that was emptied would speak of nobody any more."""

from django.db import connection

from opendimona.portal.cell.models import Case, Job, JobRow, Note, Orphan, Place
from opendimona.portal.declare.models import Approval, Draft, Filing
from opendimona.portal.inbox.models import MailLine, Message
from opendimona.portal.insurability.models import Run
from opendimona.portal.mine.models import OwnFile
from opendimona.portal.staff.models import Appointment, AppointmentVersion, Period, PeriodVersion, Person

TABLES = (MailLine, Message, Approval, Draft, Filing, Appointment, AppointmentVersion, Period, PeriodVersion, Person,
          Case, JobRow, Job, Note, Orphan, Place, OwnFile)  # fmt: skip


def forget_people() -> None:
    """Forget people, appointments, periods, drafts, filings, messages and comparisons; quick when there are none."""
    if Run.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE insurability_run CASCADE")
    if Person.objects.exists():
        names = ", ".join(model._meta.db_table for model in TABLES)  # noqa: SLF001 - Django's documented way to a name
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {names}")
