"""The personnel: a list to search, and a page for each person."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from opendimona.portal.declare.states import awaited_entries
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.staff.access import employers_of, visible_person
from opendimona.portal.staff.cells import Cells
from opendimona.portal.staff.chosen import counts_of, people_of, rows_of
from opendimona.portal.staff.models import Category, Person
from opendimona.portal.staff.policies import until_august
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.selection import COLUMNS, SHOWN, TAB_NAMES, selection_of
from opendimona.portal.staff.situation import situation_of
from opendimona.portal.staff.spelling import digits_of
from opendimona.portal.staff.timeline import draw_timeline

PAGE = 50


@require_GET
def staff(request: Page) -> HttpResponse:
    """The personnel of a school; what is searched, filtered and sorted stands in the address, a number never does."""
    if digits_of(request.GET.get("q", "").strip()):
        return redirect("staff")
    day, selection = today(request), selection_of(request.GET)
    counts = counts_of(selection, request.school, day)
    page = Paginator(range(counts[selection.who]), PAGE).get_page(request.GET.get("page"))
    people = people_of(selection, request.school, day, max(0, page.start_index() - 1), page.end_index())
    rows, cells = rows_of(people, selection, request.school, day), Cells(selection.columns)
    tabs = [(selection.address(who=who), name, counts[who], who == selection.who) for who, name in TAB_NAMES.items()]
    return render(request, "staff/list.html", {
        "page": page, "rows": [(row.person, cells.of(row)) for row in rows],
        "selection": selection, "tabs": tabs,
        "categories": Category.choices, "columns": [(name, COLUMNS[name]) for name in selection.columns],
        "all_columns": COLUMNS.items(), "address": selection.address(),
        "everything": selection.address(q="", category=""), "usual": selection.address(columns=SHOWN),
        "previous": selection.address(page=page.previous_page_number()) if page.has_previous() else "",
        "next": selection.address(page=page.next_page_number()) if page.has_next() else "",
    })  # fmt: skip


@require_POST
def search(request: Page) -> HttpResponse:
    """The search field of each page: one person alone is shown, several of a name are listed."""
    typed = request.POST.get("q", "").strip()
    people = Person.objects.filter(appointments__school=request.school)
    found = list(matching(people, typed).distinct()[:2]) if typed else []
    if len(found) == 1:
        return redirect("person", found[0].pk)
    if not digits_of(typed):
        return redirect(f"{reverse('staff')}?{urlencode({'q': typed, 'who': 'all'})}")
    return render(request, "staff/not_found.html", {"is_many": len(found) > 1})


@require_GET
def person(request: Page, number: int) -> HttpResponse:
    """A person: where things stand, what to do next, periods and appointments in a picture, every declaration."""
    one = visible_person(request, number)
    day, school = today(request), request.school
    appointments = list(one.appointments.select_related("school", "employer").order_by("start"))
    ours = one.periods.filter(employer__in=employers_of(school))
    periods = list(ours.select_related("employer", "opened_by").order_by("start"))
    mine = [appointment for appointment in appointments if appointment.school_id == school.pk]
    filings = one.filings.filter(school__in=request.schools).select_related("account", "period", "employer")
    live = [period for period in periods if not period.is_cancelled]
    policies, awaited = until_august(), awaited_entries(school)
    page = {
        "person": one,
        "situations": [situation_of(a, live, appointments, day, policies, awaited) for a in mine][::-1],
        "elsewhere": [item for item in appointments if item.school_id != school.pk and (item.end or day) >= day],
        "periods": periods[::-1],
        "is_covered": any(period.overlaps(day, day) for period in live),
        "is_here": any(appointment.runs_on(day) for appointment in mine),
        "filings": filings.order_by("-declared_at"),
        "timeline": draw_timeline(periods, appointments, day),
    }
    return render(request, "staff/person.html", page)
