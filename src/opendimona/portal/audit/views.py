"""The book as the auditor reads it: by day, by who acted, by whom it was about; and as a file."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.models import Account
from opendimona.portal.audit.book import PROGRAM
from opendimona.portal.audit.models import Entry
from opendimona.portal.audit.proof import seal_of
from opendimona.portal.schools.models import School
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_download
from opendimona.portal.site.tags import moment
from opendimona.portal.site.typed import number_in, parse_day
from opendimona.portal.staff.models import Person
from opendimona.portal.staff.search import matching

PAGE, EXPORT_MAX, TYPED_MAX = 50, 100_000, 80
WORDS: Mapping[str, Any] = {"insert": gettext_lazy("ajout"), "update": gettext_lazy("changement"),
                            "delete": gettext_lazy("suppression"), "consult": gettext_lazy("consultation")}  # fmt: skip
OBJECTS: Mapping[str, Any] = {
    "accounts_account": gettext_lazy("compte"), "accounts_membership": gettext_lazy("accès"),
    "schools_school": gettext_lazy("école"), "schools_employer": gettext_lazy("employeur"),
    "schools_organisingpower": gettext_lazy("pouvoir organisateur"), "staff_person": gettext_lazy("personne"),
    "staff_appointment": gettext_lazy("affectation"), "staff_endpolicy": gettext_lazy("fin des périodes"),
    "declare_filing": gettext_lazy("déclaration"), "declare_approval": gettext_lazy("accord de la direction"),
    "accounts_identity": gettext_lazy("identité liée"), "announcements_announcement": gettext_lazy("annonce"),
    "announcements_reading": gettext_lazy("lecture d'une annonce"),
    "cell_note": gettext_lazy("lettre à une école"), "cell_reply": gettext_lazy("réponse préparée"),
    "cell_orphan": gettext_lazy("message sans dossier"), "cell_job": gettext_lazy("action en nombre"),
    "texts_textversion": gettext_lazy("texte ou calendrier"), "mine_ownfile": gettext_lazy("dossier ouvert"),
    "cell_case": gettext_lazy("affaire de la cellule"), "insurability_run": gettext_lazy("comparaison avec la paie"),
    PROGRAM: gettext_lazy("programme"),
}  # fmt: skip
"""What each table is called."""


@require_GET
def audit(request: Page) -> HttpResponse:
    """The entries that are asked for, newest first."""
    asked = {name: request.GET.get(name, "").strip()[:TYPED_MAX] for name in ("day", "who", "person")}
    page = Paginator(_chosen(request, asked), PAGE).get_page(request.GET.get("page"))
    person = Person.objects.filter(pk=number_in(asked["person"])).first() if asked["person"] else None
    return render(request, "audit/audit.html", {
        "page": page, "rows": rows_of(page.object_list), "asked": asked, "person": person,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "is_missing": "missing" in request.GET, "seal": _seal(),
    })  # fmt: skip


def _seal() -> str:
    """The seal of the whole book at this moment; nothing while it is empty."""
    last = Entry.objects.order_by("-pk").first()
    return "" if last is None else seal_of(last.pk, bytes(last.chain))


def _chosen(request: Page, asked: Mapping[str, str]) -> "QuerySet[Entry]":
    """Entries of a day, of an account by a part of its name or address, about a person by internal number."""
    found = Entry.objects.order_by("-pk")
    day = parse_day(asked["day"], today(request)) if asked["day"] else None
    if day is not None:
        found = found.filter(at__date__gte=day, at__date__lt=day + timedelta(1))
    if asked["who"]:
        those = Account.objects.filter(Q(name__icontains=asked["who"]) | Q(email__icontains=asked["who"]))
        found = found.filter(account__in=list(those.values_list("pk", flat=True)))
    if asked["person"]:
        found = found.filter(person=number_in(asked["person"]))
    return found


def rows_of(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries with the names of who acted, for which school, about whom."""
    some = list(entries)
    accounts = Account.objects.in_bulk({one.account for one in some if one.account})
    schools = School.objects.in_bulk({one.school for one in some if one.school})
    people = Person.objects.in_bulk({one.person for one in some if one.person})
    return [
        {"entry": one, "account": accounts.get(one.account or 0), "school": schools.get(one.school or 0),
         "person": people.get(one.person or 0), "what": WORDS[one.what], "object": OBJECTS.get(one.table, one.address)}
        for one in some
    ]  # fmt: skip


@require_POST
def find(request: Page) -> HttpResponse:
    """Whom the entries are to be about: typed and posted, for a number has no place in an address."""
    typed = request.POST.get("q", "").strip()[:TYPED_MAX]
    found = list(matching(Person.objects.all(), typed).order_by("search_key")[:2]) if typed else []
    query = {"person": found[0].pk} if len(found) == 1 else {"missing": "1"} if typed else {}
    return redirect(f"{reverse('audit')}?{urlencode(query)}")


@require_GET
def export(request: Page) -> HttpResponse:
    """The entries that are shown, for whoever asks what is kept of them; with everything before and after."""
    asked = {name: request.GET.get(name, "").strip()[:TYPED_MAX] for name in ("day", "who", "person")}
    rows: list[list[object]] = [[_("Numéro"), _("Quand"), _("Qui"), _("Pour l'école"), _("Quoi"), _("Objet"), _("Clé"),
                                 _("Avant"), _("Après")]]  # fmt: skip
    for row in rows_of(_chosen(request, asked)[:EXPORT_MAX]):
        one: Entry = row["entry"]
        rows.append([
            one.pk, moment(one.at.astimezone(BRUSSELS)), row["account"] or one.account, row["school"],
            row["what"], row["object"], one.key, _json(one.before), _json(one.after),
        ])  # fmt: skip
    return csv_download(rows, f"audit-{today(request)}")


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
