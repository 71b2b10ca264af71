"""The desk: one declaration without SSIN at a time, who may be meant side by side, decide, next."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opendimona.core.identifiers import is_ssin
from opendimona.core.identity.ranking import Candidate, Identity
from opendimona.portal.agents import sheet
from opendimona.portal.agents.desk import COUNTED, PASSED_MAX, how_many, next_for, take
from opendimona.portal.agents.models import Taken
from opendimona.portal.audit.book import consulted
from opendimona.portal.site.day import now, today
from opendimona.portal.site.mode import is_strict
from opendimona.portal.site.request import Page
from opendimona.portal.site.street import STREET
from opendimona.portal.site.typed import number_in, parse_day
from opendimona.register.agents import REASON_MAX, AlreadyDecided, NotDecided, Pending
from opendimona.register.entries import InvalidEntry
from opendimona.register.interface import NotFound, Unavailable

PASSED, LAST = "agents-passed", "agents-last"
FOUND_MAX = 5
NOBODY = "nobody"


View = Callable[[Page], HttpResponse]


def _or_away(view: View) -> View:
    """Say that the register does not answer, where it does not; nothing is decided then."""

    @wraps(view)
    def answered(request: Page) -> HttpResponse:
        try:
            return view(request)
        except Unavailable:
            return render(request, "agents/desk.html", {"is_away": True}, status=503)

    return answered


@require_GET
@_or_away
def desk(request: Page) -> HttpResponse:
    """The next declaration, with the persons who may be meant."""
    if "again" in request.GET:
        request.session.pop(PASSED, None)
        return redirect("agents")
    waiting = next_for(request.account, now(request), request.session.get(PASSED, []))
    return _shown(request, waiting, how_many())


def _shown(
    request: Page, waiting: Pending | None, count: int, found: tuple[Candidate, ...] | None = None, **more: Any
) -> HttpResponse:
    """The page of a declaration; `found`: persons that were looked for by hand, shown instead of the candidates."""
    page: dict[str, Any] = {
        "waiting": waiting, "count": min(count, COUNTED), "has_more": count > COUNTED, "errors": {}, "typed": {},
        "passed": len(request.session.get(PASSED, [])), "last": request.session.get(LAST),
        "is_found": found is not None,
    }  # fmt: skip
    if waiting is not None:
        consulted(request, "agents", {"number": waiting.number})
        page["declared"] = sheet.declared(waiting)
        page["persons"] = sheet.persons(waiting, waiting.candidates[:FOUND_MAX] if found is None else found)
        block = waiting.declaration.dimona_in
        page["start"] = None if block is None else parse_day(block.start_date or "", today(request))
    page |= more
    page["has_errors"] = bool(page["errors"])
    return render(request, "agents/desk.html", page, status=422 if page["errors"] else 200)


@require_POST
@_or_away
def decide(request: Page) -> HttpResponse:
    """Accept for a person, or refuse with a reason; then the next."""
    waiting = _waiting(request)
    if waiting is None:
        return redirect("agents")
    choice, reason = request.POST.get("choice", ""), request.POST.get("reason", "").strip()[:REASON_MAX]
    typed = {"choice": choice, "reason": reason}
    if choice == NOBODY and not reason:
        return _shown(request, waiting, how_many(), errors={"reason": _("Dites pourquoi : l'employeur le lira.")},
                      typed=typed)  # fmt: skip
    if choice != NOBODY and not is_ssin(choice):
        return _shown(request, waiting, how_many(), errors={"choice": _("Choisissez une personne, ou refusez.")},
                      typed=typed)  # fmt: skip
    ssin = None if choice == NOBODY else int(choice)
    try:
        answer = STREET.identify(
            waiting.number, _name(request), ssin, reason if ssin is None else None, is_strict=is_strict()
        )
    except (AlreadyDecided, NotFound):
        request.session[LAST] = {"number": waiting.number, "result": "gone"}
        return redirect("agents")
    except InvalidEntry:
        return _shown(request, waiting, how_many(), errors={"choice": _("Personne ne porte ce numéro ici.")},
                      typed=typed)  # fmt: skip
    Taken.objects.filter(number=waiting.number).delete()
    request.session[LAST] = {"number": answer.number, "result": answer.result}
    return redirect("agents")


@require_POST
def pass_by(request: Page) -> HttpResponse:
    """Leave a declaration for later, or for somebody else."""
    number = _number(request)
    if number:
        Taken.objects.filter(number=number, account=request.account).delete()
        request.session[PASSED] = [*request.session.get(PASSED, []), number][-PASSED_MAX:]
    return redirect("agents")


@require_POST
@_or_away
def undo(request: Page) -> HttpResponse:
    """Take back the decision that was just taken, with all that followed; the declaration waits again, here."""
    last, number = request.session.get(LAST) or {}, _number(request)
    reason = request.POST.get("reason", "").strip()[:REASON_MAX] or _("Erreur de l'agent.")
    if number and last.get("number") == number:
        try:
            STREET.undo(number, _name(request), reason)
            take(number, request.account, now(request))
            request.session[LAST] = {"number": number, "result": "undone"}
        except (NotDecided, NotFound):
            request.session[LAST] = {"number": number, "result": "kept"}
    return redirect("agents")


@require_POST
@_or_away
def find(request: Page) -> HttpResponse:
    """Look for somebody by hand: by number (one slip is forgiven), or by name and birth date."""
    waiting = _waiting(request)
    if waiting is None:
        return redirect("agents")
    typed = {name: request.POST.get(name, "").strip()[:80] for name in ("ssin", "family_name", "given_name", "birth")}
    digits = "".join(sign for sign in typed["ssin"] if sign.isdecimal())
    birth = parse_day(typed["birth"], today(request)) if typed["birth"] else None
    errors = {}
    if typed["birth"] and birth is None:
        errors["birth"] = _("Indiquez un jour, par exemple 5/3/1985.")
    if typed["ssin"] and len(digits) != 11:
        errors["ssin"] = _("Un NISS a onze chiffres.")
    if not digits and not (typed["family_name"] and (typed["given_name"] or birth)):
        errors["family_name"] = _("Indiquez un NISS, ou un nom avec un prénom ou une date de naissance.")
    if errors:
        return _shown(request, waiting, how_many(), errors=errors, typed=typed)
    if digits:
        found = STREET.persons(digits)
    else:
        identity = Identity(family_name=typed["family_name"], given_name=typed["given_name"] or None, birth=birth)
        found = STREET.search(identity, FOUND_MAX)
    return _shown(request, waiting, how_many(), found=tuple(found[:FOUND_MAX]), typed=typed)


def _waiting(request: Page) -> Pending | None:
    """The declaration that was posted, if it still waits and nobody else has it."""
    number = _number(request)
    if not number or not take(number, request.account, now(request)):
        request.session[LAST] = {"number": number, "result": "gone"}
        return None
    try:
        return STREET.pending(number)
    except (AlreadyDecided, NotFound):
        request.session[LAST] = {"number": number, "result": "gone"}
        return None


def _number(request: Page) -> int:
    return number_in(request.POST.get("number", ""))


def _name(request: Page) -> str:
    """Who decides, as the register records it."""
    return f"portal/{request.account.name}"
