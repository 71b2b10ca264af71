"""The receipt of a declaration, on paper: made anew from the record each time, and each time the same."""

import hashlib
from typing import Any
from uuid import UUID

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from fpdf import FPDF

from opendimona.portal.declare.models import Filing
from opendimona.portal.declare.states import sign_of
from opendimona.portal.site.onward import absolute
from opendimona.portal.site.request import Page
from opendimona.portal.site.tags import cause, moment, short

LABEL_WIDTH, LINE = 55, 7
SQUARE = 0.7
"""The side of a square of the code, in millimetres."""


@require_GET
def receipt(request: Page, key: UUID) -> HttpResponse:
    """The receipt as a PDF."""
    filing = get_object_or_404(
        Filing.objects.select_related("person", "employer", "period", "account", "school"),
        pk=key, school__in=request.schools,
    )  # fmt: skip
    address = absolute(request, reverse("verify", args=[filing.pk, seal_of(filing)]))
    response = HttpResponse(_document(filing, address), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="dimona-{filing.number or filing.pk}.pdf"'
    return response


@require_GET
def verify(request: Page, key: UUID, seal: str) -> HttpResponse:
    """Whether a receipt is genuine, for whoever holds it: its address cannot be guessed, and it names nobody."""
    filing = get_object_or_404(Filing.objects.select_related("person", "employer", "period", "school"), pk=key)
    who = f"{filing.person.given_name[:1]}. {filing.person.family_name[:1]}."
    return render(request, "declare/verify.html", {"filing": filing, "who": who, "is_same": seal == seal_of(filing)})


def seal_of(filing: Filing) -> str:
    """A digest of what was declared and answered, by which a receipt is compared with the record."""
    parts = (filing.pk, filing.payload, filing.filed_at.isoformat(), filing.number, filing.state, filing.decided_at)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def _rows(filing: Filing) -> list[tuple[str, str]]:
    rows = [
        (_("Réponse"), sign_of(filing)[2]),
        (_("Numéro de la déclaration"), filing.number_text or "-"),
        (_("Numéro de la période"), filing.period.number_text if filing.period is not None else "-"),
        (_("Déclaration"), filing.get_act_display()),
        (_("Personne"), f"{filing.person.full_name}  {filing.person.ssin_text}"),
        (_("Employeur"), f"{filing.employer.name}  {filing.employer.number}"),
        (_("Premier jour"), short(filing.start)),
        (_("Dernier jour"), short(filing.end)),
        (_("Établissement"), f"{filing.school.name}, FASE {filing.school.fase}"),
        (_("Déclarée par"), filing.account.name if filing.account is not None else "-"),
        (_("Introduite chez nous le"), moment(filing.filed_at)),
        (_("Jugée à la date du"), moment(filing.declared_at)),
        (_("Réponse reçue le"), moment(filing.decided_at) or "-"),
    ]
    return rows + [(anomaly["code"], cause(anomaly)) for anomaly in filing.anomalies]


def _document(filing: Filing, address: str) -> bytes:
    page: Any = FPDF(format="A4")
    page.set_title(_("Accusé de réception Dimona"))
    page.set_creation_date(filing.filed_at)
    page.set_margin(20)
    page.add_page()
    page.set_font("Helvetica", "B", 16)
    page.cell(0, 12, _latin(_("Accusé de réception Dimona")), new_x="LMARGIN", new_y="NEXT")
    page.ln(4)
    for label, value in _rows(filing):
        page.set_font("Helvetica", "", 10)
        top = page.get_y()
        page.multi_cell(LABEL_WIDTH, LINE, _latin(label), new_x="RIGHT", new_y="TOP")
        page.set_xy(20 + LABEL_WIDTH, top)
        page.set_font("Helvetica", "B", 10)
        page.multi_cell(0, LINE, _latin(value), new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    page.set_font("Helvetica", "", 9)
    page.multi_cell(0, 5, _latin(_("Code de contrôle : %(seal)s") % {"seal": seal_of(filing)}), new_x="LMARGIN")
    page.ln(3)
    page.multi_cell(0, 5, _latin(_("Ce reçu se vérifie ici, sans compte :")), new_x="LMARGIN", new_y="NEXT")
    page.cell(0, 5, address, link=address, new_x="LMARGIN", new_y="NEXT")
    _draw_code(page, address)
    return bytes(page.output())


def _draw_code(page: Any, address: str) -> None:
    """The address as a QR code, square by square."""
    left, top = page.get_x(), page.get_y() + 4
    for row, squares in enumerate(segno.make(address, error="m", micro=False).matrix):
        for column, is_dark in enumerate(squares):
            if is_dark:
                page.rect(left + column * SQUARE, top + row * SQUARE, SQUARE, SQUARE, style="F")


def _latin(text: str) -> str:
    """A text in the signs that the standard fonts of a PDF have."""
    return text.replace("’", "'").replace("–", "-").replace("…", "...").encode("latin-1", "replace").decode("latin-1")
