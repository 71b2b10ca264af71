"""Writing to one school about one thing; and, in the school, reading it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from opendimona.portal.accounts.models import Account
from opendimona.portal.cell.models import Note
from opendimona.portal.declare.models import Filing
from opendimona.portal.insurability.models import Gap, GapKind, Run, RunState
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import now
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import number_in
from opendimona.portal.staff.models import Person

TEXT_MAX = 2000
PATIENCE = timedelta(1)
"""How old a gap is when the school is told of it without anybody asking."""
AT_ONCE = 200


def write(
    school: School, account: Account, text: str, at: datetime, *, about: str = "", person: Person | None = None,
    filing: Filing | None = None,
) -> Note:  # fmt: skip
    """Write to a school."""
    return Note.objects.create(
        school=school, account=account, text=text[:TEXT_MAX], written_at=at, about=about, person=person, filing=filing
    )


def unread(school: School) -> list[Note]:
    """What a school has not read, the oldest first."""
    found = Note.objects.filter(school=school, read_at=None).select_related("person", "filing", "account")
    return list(found.order_by("written_at", "pk")[:50])


@require_POST
def note_read(request: Page) -> HttpResponse:
    """Somebody of the school says that it is read."""
    number = request.POST.get("note", "")
    Note.objects.filter(pk=number_in(number), school=request.school, read_at=None).update(
        read_at=now(request), read_by=request.account
    )
    return redirect("home")


def escalate(at: datetime) -> int:
    """Tell each school of the days that were found uncovered more than a day ago and still are; how many gaps."""
    last = Run.objects.filter(state=RunState.DONE).order_by("-pk").first()
    if last is None:
        return 0
    with transaction.atomic():
        due = Gap.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            run=last, kind=GapKind.UNCOVERED, found_at__lt=at - PATIENCE, escalated_at=None, school__isnull=False
        )
        gaps = list(due.select_related("school", "employer").order_by("found_at", "pk")[:AT_ONCE])
        people = {person.ssin: person for person in Person.objects.filter(ssin__in=[gap.ssin for gap in gaps])}
        for gap in gaps:
            if gap.school is None:
                continue
            Note.objects.create(
                school=gap.school, written_at=at, person=people.get(gap.ssin),
                about=f"gap {gap.kind} {gap.ssin} {gap.employer_id} {gap.start}",
                gap={"start": f"{gap.start:%d/%m/%Y}", "end": f"{gap.end or gap.start:%d/%m/%Y}",
                     "employer": gap.employer.name},
            )  # fmt: skip
        Gap.objects.filter(pk__in=[gap.pk for gap in gaps]).update(escalated_at=at)
    return len(gaps)
