"""The page of the quick declaration. It is no oracle: what rests on recorded data is answered in the same words.

The result goes to the establishment's inbox. Named to whoever declares are only mistakes of form, and that an employer
takes no declarations by this way (90256-342), which is about nobody in particular.
"""

from datetime import datetime
from uuid import uuid4

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from opendimona.core.calendar import BRUSSELS
from opendimona.core.identifiers import is_ssin
from opendimona.law.catalogue import load_catalogue
from opendimona.portal.declare.models import Act, Filing, State
from opendimona.portal.declare.payload import Wish, declaration_of
from opendimona.portal.declare.send import send
from opendimona.portal.declare.wishes import employer_for
from opendimona.portal.schools.models import School
from opendimona.portal.schools.units import by_fase
from opendimona.portal.site.day import now, today
from opendimona.portal.site.tags import cause
from opendimona.portal.site.throttle import Throttle
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.models import Category, Person
from opendimona.portal.staff.spelling import search_key

FIELDS = ("fase", "ssin", "category", "start", "end", "hours")
OF_FORM = ("001", "003", "005")
"""Types of anomalies that speak of what was typed alone: missing, malformed, forbidden."""
CLOSED = "90256-342"
THROTTLE = Throttle()


class Typed(Struct):
    """What was typed, read; `errors` by field."""

    school: School | None
    ssin: int | None
    wish: Wish | None
    errors: dict[str, str]


@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """One entry: six fields at most, one answer."""
    values = {name: request.POST.get(name, "").strip()[:40] for name in FIELDS}
    page = {"values": values, "errors": {}, "categories": Category.choices}
    if request.method == "GET":
        return render(request, "quick/quick.html", page)
    typed = _read(values, request)
    if typed.errors or typed.school is None or typed.wish is None:
        return render(request, "quick/quick.html", page | {"errors": typed.errors, "has_errors": True}, status=422)
    if not THROTTLE.may(request.META.get("REMOTE_ADDR") or ""):
        return render(request, "quick/too_many.html", page, status=429)
    filing = _file(typed.school, typed.wish, request)
    named = [anomaly for anomaly in filing.anomalies if _may_be_named(anomaly["code"])]
    if filing.state == State.REFUSED and named:
        errors = {"main": cause(named[0])}
        return render(request, "quick/quick.html", page | {"errors": errors, "has_errors": True}, status=422)
    return render(request, "quick/done.html", {"filing": filing, "to": typed.school})


def _may_be_named(code: str) -> bool:
    return code == CLOSED or (code.endswith(OF_FORM) and code in load_catalogue())


def _read(values: dict[str, str], request: HttpRequest) -> Typed:
    errors = {}
    fase = values["fase"]
    school = by_fase(fase)
    if school is None:
        errors["fase"] = _("Aucun établissement ne porte ce numéro FASE. Vérifiez-le.")
    digits = "".join(sign for sign in values["ssin"] if sign.isdecimal())
    if not is_ssin(digits):
        errors["ssin"] = _("Ce numéro n'est pas un NISS : vérifiez les onze chiffres sur la carte d'identité.")
    if values["category"] not in Category.values:
        errors["category"] = _("Choisissez en quelle qualité cette personne est engagée.")
    day = today(request)
    start = parse_day(values["start"], day)
    end = parse_day(values["end"], day) if values["end"] else None
    if start is None:
        errors["start"] = _("Indiquez le premier jour de travail.")
    if values["end"] and (end is None or (start is not None and end < start)):
        errors["end"] = _("Indiquez un dernier jour qui n'est pas avant le premier.")
    if values["hours"] and not (values["hours"].isdecimal() and len(values["hours"]) < 4):
        errors["hours"] = _("Indiquez un nombre entier d'heures, par exemple 40.")
    if errors or school is None:
        return Typed(school, None, None, errors)
    employer = employer_for(school, values["category"])
    wish = Wish(
        act=Act.ENTRY, employer=employer.nsso, joint_committee=employer.joint_committee, ssin=int(digits),
        category=values["category"], start=start, end=end, hours=int(values["hours"]) if values["hours"] else None,
    )  # fmt: skip
    return Typed(school, int(digits), wish, {})


def _file(school: School, wish: Wish, request: HttpRequest) -> Filing:
    """File it by the unsecured channel; nobody's account declared it."""
    unknown = _("à compléter")
    person = Person.objects.get_or_create(
        ssin=wish.ssin, defaults={"family_name": unknown, "given_name": "", "search_key": search_key(unknown, "")}
    )[0]
    filing = Filing.objects.create(
        pk=uuid4(), school=school, account=None, person=person, employer=employer_for(school, wish.category),
        act=Act.ENTRY, category=wish.category, start=wish.start, end=wish.end,
        payload=msgspec.json.encode(declaration_of(wish)).decode(), declared_at=now(request),
        filed_at=datetime.now(BRUSSELS),
        values={"category": wish.category, "start": f"{wish.start:%d/%m/%Y}",
                "end": f"{wish.end:%d/%m/%Y}" if wish.end is not None else "", "hours": str(wish.hours or "")},
    )  # fmt: skip
    send(filing, "unsecured")
    return filing
