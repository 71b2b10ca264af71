"""The supervisor changes a school: another number, another name, or into another school; looked at first."""

from typing import Any

import structlog
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.forms import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.portal.schools.changing import holdings, merge
from opendimona.portal.schools.entering import FASE_MAX
from opendimona.portal.schools.models import School
from opendimona.portal.schools.units import by_fase, unit_of
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.register.interface import Unavailable

log = structlog.get_logger()
FIELDS = ("fase", "name", "city", "phone", "email")
LENGTHS = {"name": 160, "city": 80, "phone": 40, "email": 254, "fase": 9}


@require_http_methods(["GET", "POST"])
def schools(request: Page) -> HttpResponse:
    """A school by its number; posted, what is to change, shown, then changed."""
    asked = request.POST.get("school", "").strip()[:9]
    school = by_fase(asked)
    page: dict[str, Any] = {"asked": asked, "school_shown": school, "errors": {}}
    if request.method == "POST" and school is None:
        page["errors"] = {"school": _("Aucune école ne porte ce numéro FASE.")}
    elif request.method == "POST" and school is not None:
        page |= _changed(request, school)
    page["has_errors"] = bool(page["errors"])
    return render(request, "schools/schools.html", page, status=422 if page["errors"] else 200)


def _changed(request: Page, school: School) -> dict[str, Any]:
    """The page after a change was typed, looked at, or made."""
    what = request.POST.get("do", "")
    values = {name: " ".join(request.POST.get(name, str(getattr(school, name))).split())[: LENGTHS[name]]
              for name in FIELDS}  # fmt: skip
    page: dict[str, Any] = {"values": values, "holdings": holdings(school), "into": request.POST.get("into", "")[:9]}
    if what == "change":
        errors = _errors(values, school)
        if not errors:
            try:
                _write(school, values)
            except Unavailable:
                return page | {"errors": {"fase": _away()}}
            log.info("school changed", by=request.account.pk, school=school.fase)
            page |= {"done": _("L'école est changée."), "asked": values["fase"]}
        return page | {"errors": errors}
    if what in ("look", "merge"):
        into = by_fase(page["into"].strip())
        if into is None or into.pk == school.pk:
            return page | {"errors": {"into": _("Indiquez le numéro FASE de l'école qui reste.")}}
        if what == "look":
            return page | {"into_shown": into}
        log.info("school merged", by=request.account.pk, school=school.fase, into=into.fase)
        try:
            merge(school, into)
        except Unavailable:
            return page | {"into_shown": into, "errors": {"into": _away()}}
        done = _("%(school)s est entrée dans %(into)s.") % {"school": school.name, "into": into.name}
        return {"done": done, "school_shown": into, "asked": str(into.fase), "holdings": holdings(into),
                "values": {name: str(getattr(into, name)) for name in FIELDS}}  # fmt: skip
    return page


def _errors(values: dict[str, str], school: School) -> dict[str, str]:
    errors = {}
    fase = values["fase"]
    if not (fase.isdecimal() and 0 < int(fase) <= FASE_MAX):
        errors["fase"] = _("Un numéro FASE a six chiffres au plus.")
    elif School.objects.filter(fase=int(fase)).exclude(pk=school.pk).exists():
        errors["fase"] = _("Une autre école porte ce numéro : fusionnez-les plutôt.")
    if not values["name"]:
        errors["name"] = _("Indiquez le nom.")
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError:
            errors["email"] = _("Indiquez une adresse de courriel, par exemple nom@ecole.be.")
    return errors


def _away() -> str:
    return _("Le registre ne répond pas pour le moment. Réessayez dans une minute.")


def _write(school: School, values: dict[str, str]) -> None:
    before = unit_of(school)
    for name, value in values.items():
        setattr(school, name, int(value) if name == "fase" else value)
    try:
        with transaction.atomic():
            school.save()
            if unit_of(school) != before:
                STREET.move_unit(before, unit_of(school))
    except IntegrityError:
        log.warning("another school has this number meanwhile", fase=school.fase)
