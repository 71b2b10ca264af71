"""Whose file a school may open: of those who work or worked there, or whom somebody found by their whole number."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from opendimona.portal.declare.models import Draft, Filing
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.site.request import Page
from opendimona.portal.staff.models import Appointment, Person

FOUND = "found"
FOUND_MAX = 50


def remember_found(request: HttpRequest, people: list[Person]) -> None:
    """These were found by their number in this session: they may be declared, though nothing binds them to us yet."""
    known: list[int] = request.session.get(FOUND, [])
    added = [one.pk for one in people if one.pk not in known]
    if added:
        request.session[FOUND] = (known + added)[-FOUND_MAX:]


def visible(request: Page) -> "QuerySet[Person]":
    """The people whose file may be opened from here."""
    bound = Q()
    for model in (Appointment, Filing, Draft):
        bound |= Q(Exists(model.objects.filter(person=OuterRef("pk"), school__in=request.schools)))
    return Person.objects.filter(bound | Q(pk__in=request.session.get(FOUND, [])))


def visible_person(request: Page, number: int) -> Person:
    """One of them. Raises Http404."""
    found = visible(request).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def employers_of(school: School) -> list[int]:
    """The employers of record under which the school declares: their periods are its business, no others."""
    return [school.power.employer_id, *Employer.objects.filter(is_community=True).values_list("pk", flat=True)]
