"""Programs that may ask for tokens: which employers they act for, until when their certificate holds."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import structlog
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.audit.book import program_changed
from opendimona.portal.declare.send import CLIENT
from opendimona.portal.programs.bounded import tell_register
from opendimona.portal.schools.models import Employer
from opendimona.portal.schools.units import by_fase, unit_of
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.portal.staff.access import employers_of
from opendimona.register.client_entries import (
    CONSULT,
    DECLARANT,
    MANAGE,
    Client,
    ClientEntry,
    InvalidClient,
    parse_client,
)
from opendimona.register.interface import Unavailable

log = structlog.get_logger()
SCOPES = {DECLARANT: gettext_lazy("déclarer"), CONSULT: gettext_lazy("consulter"),
          MANAGE: gettext_lazy("recevoir des messages")}  # fmt: skip
ALARMS = (7, 30, 60)
"""Days before the end of a certificate at which its program is marked."""
PEM_MAX = 20_000


@require_http_methods(["GET", "POST"])
def programs(request: Page) -> HttpResponse:
    """The programs; posted, one more, or another certificate for one that is there."""
    values = {
        "client": request.POST.get("client", "").strip()[:100], "pem": request.POST.get("pem", "")[:PEM_MAX],
        "school": request.POST.get("school", "").strip()[:9],
    }  # fmt: skip
    numbers, scopes = request.POST.getlist("employers"), request.POST.getlist("scopes")
    errors: dict[str, str] = {}
    try:
        if request.method == "POST":
            errors = _register(request, values, numbers, scopes)
            if not errors:
                return redirect("programs")
        rows = [_row(one) for one in sorted(STREET.programs(), key=lambda one: one.id)]
    except Unavailable:
        return render(request, "programs/programs.html", {"is_away": True}, status=503)
    page: dict[str, Any] = {
        "rows": rows, "values": values, "errors": errors, "has_errors": bool(errors), "scopes": SCOPES,
        "chosen": numbers, "chosen_scopes": scopes or [DECLARANT, CONSULT],
        "employers": Employer.objects.order_by("name"),
    }  # fmt: skip
    return render(request, "programs/programs.html", page, status=422 if errors else 200)


def _register(request: Page, values: dict[str, str], numbers: list[str], scopes: list[str]) -> dict[str, str]:
    """Register a program; what is wrong by field."""
    known = {str(one.pk): one for one in Employer.objects.all()}
    employers = [known[number] for number in numbers if number in known]
    if values["client"].lower() == CLIENT:
        return {"client": _("Ce nom est celui du portail lui-même.")}
    school = by_fase(values["school"])
    if values["school"] and school is None:
        return {"school": _("Aucune école ne porte ce numéro FASE.")}
    if school is not None:
        own = Employer.objects.filter(pk__in=employers_of(school))
        if not set(employers) <= set(own):
            why = _("Cette école déclare pour %(names)s : décochez les autres.")
            return {"employers": why % {"names": ", ".join(one.name for one in own)}}
        employers = employers or list(own)
    if not employers:
        return {"employers": _("Choisissez pour quels employeurs ce programme agit.")}
    wanted = [scope for scope in scopes if scope in SCOPES]
    if not wanted:
        return {"scopes": _("Choisissez ce que ce programme peut faire.")}
    is_certificate = "BEGIN CERTIFICATE" in values["pem"]
    entry = ClientEntry(
        client_id=values["client"], certificate=values["pem"] if is_certificate else None,
        public_key=None if is_certificate else values["pem"], employers=[one.nsso for one in employers], scopes=wanted,
        unit=None if school is None else unit_of(school),
    )  # fmt: skip
    try:
        if school is not None:
            tell_register(school)
        client, before = parse_client(entry, datetime.now(UTC)), _registered(entry.client_id)
        STREET.register_program(entry)
        program_changed(request, client.id, before, _kept(client))
    except InvalidClient as error:
        if error.member == "clientId":
            return {"client": _("Indiquez de 1 à 100 signes visibles, sans espace, sauf « sandbox ».")}
        return {"pem": _("Collez un certificat X.509 ou une clé publique (PEM, RSA d'au moins 2048 bits).")}
    log.info("program registered", by=request.account.pk, client=values["client"])
    return {}


def _registered(name: str) -> dict[str, Any] | None:
    """What a program may do now; None where there is none of this name."""
    return next((_kept(one) for one in STREET.programs() if one.id == name), None)


def _kept(one: Client) -> dict[str, Any]:
    """What a program may do, as the book keeps it."""
    return {
        "program": one.id, "employers": sorted(number for _kind, number in one.mandate or ()),
        "scopes": list(one.scopes), "school": one.unit, "until": one.valid_until and one.valid_until.isoformat(),
        "key": hashlib.sha256(one.public_key.encode()).hexdigest()[:16],
    }  # fmt: skip


def _row(one: Client) -> dict[str, Any]:
    """A program as shown, with the days that its certificate still holds."""
    numbers = [number for _kind, number in one.mandate or ()]
    names = Employer.objects.filter(nsso__in=numbers).order_by("name").values_list("name", flat=True)
    left = None if one.valid_until is None else (one.valid_until - datetime.now(BRUSSELS)).days
    alarm = next((days for days in ALARMS if left is not None and left <= days), None)
    school = None if one.unit is None else by_fase(one.unit)
    return {
        "id": one.id, "unit": one.unit, "school": school, "until": one.valid_until, "used": one.last_used_at,
        "left": left, "alarm": alarm, "is_over": left is not None and left < 0,
        "employers": list(names) if one.mandate is not None else [_("tous")],
        "others": max(0, len(numbers) - len(names)), "scopes": [SCOPES.get(scope, scope) for scope in one.scopes],
    }  # fmt: skip


@require_POST
def program_revoke(request: Page) -> HttpResponse:
    """End a registration, and every token that it was given."""
    name = request.POST.get("client", "")[:100]
    try:
        before = _registered(name)
        if STREET.revoke_program(name):
            program_changed(request, name, before, None)
            log.info("program revoked", by=request.account.pk, client=name)
    except Unavailable:
        log.warning("the register is away; a program was not revoked")
    return redirect("programs")
