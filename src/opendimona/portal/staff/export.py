"""The personnel as a file."""

import csv
from io import StringIO

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.tags import short

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def export(request: Page) -> HttpResponse:
    """Every appointment of the school with its person, as CSV for a spreadsheet."""
    text = StringIO()
    text.write("\ufeff")  # spreadsheets take it for what it is, accents and all
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_("Nom"), _("Prénom"), _("NISS"), _("Fonction"), _("Pour quoi"), _("Charge"), _("Premier jour"),
                     _("Dernier jour"), _("Employeur")])  # fmt: skip
    mine = request.school.appointments.select_related("person", "employer").order_by("person__search_key", "start")
    for one in mine:
        row = (
            one.person.family_name, one.person.given_name, one.person.ssin_text, one.get_category_display(), one.note,
            one.load, short(one.start), short(one.end) if one.end else "", f"{one.employer.name} {one.employer.number}",
        )  # fmt: skip
        writer.writerow([_harmless(str(value)) for value in row])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"personnel-{request.school.fase}-{today(request)}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _harmless(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
