"""Finding the person first; whoever is not in the file is added with a number, or with all that identifies somebody."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opendimona.core.checks.addresses import is_country
from opendimona.core.identifiers import birth_of, is_ssin
from opendimona.portal.site.day import today
from opendimona.portal.site.request import Page
from opendimona.portal.site.typed import parse_day
from opendimona.portal.staff.access import remember_found
from opendimona.portal.staff.models import Person
from opendimona.portal.staff.search import matching
from opendimona.portal.staff.situation import Need, Situation
from opendimona.portal.staff.situations import situations_by_person
from opendimona.portal.staff.spelling import digits_of, search_key

FOUND_MAX, SSIN_LENGTH = 12, 11
NAMED = ("ssin", "family_name", "given_name", "birth_date")
COUNTRIES = ("country_of_birth", "nationality")
"""Fields that hold the NIS code of a country."""
IDENTITY = ("place_of_birth", *COUNTRIES, "gender", "street", "house_number", "post_code", "municipality")
LABELS = {
    "place_of_birth": gettext_lazy("Lieu de naissance"), "country_of_birth": gettext_lazy("Pays de naissance"),
    "nationality": gettext_lazy("Nationalité"), "gender": gettext_lazy("Sexe au registre"),
    "street": gettext_lazy("Rue"), "house_number": gettext_lazy("Numéro"), "post_code": gettext_lazy("Code postal"),
    "municipality": gettext_lazy("Commune"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def find(request: Page) -> HttpResponse:
    """The person to declare: a name or a number, typed and posted, for a number has no place in an address."""
    typed = request.POST.get("q", "").strip()
    found: list[Person] = []
    if typed:
        school = request.school
        people = matching(Person.objects.all(), typed)
        if len(digits_of(typed)) < SSIN_LENGTH:  # other schools' staff are found by their whole number only
            people = people.filter(appointments__school=school)
        found = list(people.distinct().order_by("search_key")[: FOUND_MAX + 1])
        remember_found(request, found)
    needs = situations_by_person(found[:FOUND_MAX], request.school, today(request)) if found else {}
    rows = [_row(one, needs.get(one.pk)) for one in found[:FOUND_MAX]]
    page = {"typed": typed, "found": rows, "is_more": len(found) > FOUND_MAX}
    template = "declare/found.html" if request.headers.get("HX-Request") else "declare/find.html"
    return render(request, template, page)


def _row(person: Person, needs: Sequence[Situation] | None) -> dict[str, object]:
    """A person with what their appointments here need next; `needs` is None for somebody who has none."""
    urgent = [one for one in needs or () if one.need not in (Need.NOTHING, Need.KEPT)]
    return {"person": person, "needs": urgent, "is_here": needs is not None}


@require_http_methods(["GET", "POST"])
def add(request: Page) -> HttpResponse:
    """Somebody who is not in the file yet."""
    values = {name: request.POST.get(name, "").strip()[:48] for name in (*NAMED, *IDENTITY)}
    typed = request.POST.get("typed", "")
    if typed:
        values |= _begun(typed.strip()[:48])
        return render(request, "declare/add.html", {"values": values, "errors": {}})
    if request.method == "GET":
        return render(request, "declare/add.html", {"values": values, "errors": {}})
    errors, person = _read(values, today(request))
    if person is None:
        return render(request, "declare/add.html", {"values": values, "errors": errors}, status=422)
    person.save()
    remember_found(request, [person])
    return redirect("person", person.pk)


def _begun(typed: str) -> dict[str, str]:
    """What is known already of somebody who was looked for and not found: their number and birth, or their names."""
    digits = digits_of(typed)
    if digits:
        birth = birth_of(digits)
        return {"ssin": typed, "birth_date": "" if birth is None else f"{birth:%d/%m/%Y}"}
    family, _space, given = typed.replace(",", " ").rpartition(" ")
    return {"family_name": family.strip() or given, "given_name": given if family.strip() else ""}


def _read(values: dict[str, str], day: date) -> tuple[dict[str, str], Person | None]:
    """The person that was typed, one known already by the same number, or what is wrong."""
    errors = {}
    digits = "".join(sign for sign in values["ssin"] if sign.isdecimal())
    birth = parse_day(values["birth_date"], day) if values["birth_date"] else None
    if values["ssin"] and not is_ssin(digits):
        errors["ssin"] = _("Ce numéro n'est pas un NISS : vérifiez les onze chiffres sur la carte d'identité.")
    for name in ("family_name", "given_name"):
        if not values[name]:
            errors[name] = _("Indiquez le nom.") if name == "family_name" else _("Indiquez le prénom.")
    if birth is None or birth >= day:
        errors["birth_date"] = _("Indiquez la date de naissance, par exemple 7/7/1978.")
    if not values["ssin"] and not any(values[name] for name in IDENTITY):
        errors["ssin"] = _("Indiquez le NISS. S'il n'y en a pas encore, complétez la partie prévue pour cela.")
    elif not values["ssin"]:
        for name in IDENTITY:
            if not values[name]:
                errors[name] = _("Sans NISS, il faut aussi : %(name)s.") % {"name": LABELS[name].lower()}
            elif name in COUNTRIES and not (values[name].isdecimal() and is_country(int(values[name][:9]))):
                errors[name] = _("Indiquez le code INS du pays, trois chiffres : 150 pour la Belgique.")
    if errors or birth is None:
        return errors, None
    known = Person.objects.filter(ssin=int(digits)).first() if digits else None
    if known is not None:
        return {}, known
    return {}, Person(
        ssin=int(digits) if digits else None, family_name=values["family_name"], given_name=values["given_name"][:24],
        birth_date=birth, search_key=search_key(values["family_name"], values["given_name"]),
        identity=None if digits else _identity(values, birth),
    )  # fmt: skip


def _identity(values: dict[str, str], birth: date) -> dict[str, object]:
    """What the register asks for without a number."""
    names = {name: values[name] for name in ("family_name", "given_name", "place_of_birth", "street", "house_number",
                                             "post_code", "municipality")}  # fmt: skip
    return {
        **names, "birth_date": birth.isoformat(), **{name: int(values[name]) for name in COUNTRIES},
        "gender": int(values["gender"]) if values["gender"] in ("0", "1", "2") else 0,
    }  # fmt: skip
