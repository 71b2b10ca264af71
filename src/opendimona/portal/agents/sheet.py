"""What an agent compares: each field as it was declared, and as the register of persons has it of each candidate."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from msgspec import Struct

from opendimona.core.identity.names import normal
from opendimona.core.identity.ranking import Candidate, Identity, Record, identity_of
from opendimona.law.identification import load_weights
from opendimona.register.agents import Pending

FIELDS: Sequence[tuple[str, Any]] = (
    ("family_name", gettext_lazy("Nom")), ("given_name", gettext_lazy("Prénom")),
    ("birth", gettext_lazy("Date de naissance")), ("gender", gettext_lazy("Sexe")),
    ("birth_place", gettext_lazy("Lieu de naissance")), ("birth_country", gettext_lazy("Pays de naissance")),
    ("nationality", gettext_lazy("Nationalité")), ("post_code", gettext_lazy("Code postal")),
)  # fmt: skip
GENDERS = {"1": gettext_lazy("homme"), "2": gettext_lazy("femme")}


class Field(Struct):
    """One field of one person: `sign` is = where it agrees, ≠ where it differs, "" where one side is silent."""

    label: Any
    text: str
    sign: str = ""


class Person(Struct):
    """A candidate as shown: the SSIN that is sent back, its fields, how certain, and why."""

    ssin: str
    shown_ssin: str
    fields: list[Field]
    certainty: str
    reasons: list[tuple[str, str]]
    found_as: str = ""


def declared(waiting: Pending) -> list[Field]:
    """What was declared of somebody."""
    identity = _identity(waiting)
    return [Field(label, _text(name, getattr(identity, name), identity)) for name, label in FIELDS]


def persons(waiting: Pending, candidates: Sequence[Candidate]) -> list[Person]:
    """The candidates, compared with what was declared."""
    return [_person(_identity(waiting), one) for one in candidates]


def _identity(waiting: Pending) -> Identity:
    return identity_of(waiting.declaration.worker, waiting.received_at.year)  # type: ignore[arg-type]


def _person(identity: Identity, one: Candidate) -> Person:
    weights = load_weights()
    language: Any = get_language() or "fr"
    record = one.record
    fields = [
        Field(label, _text(name, getattr(record, name), None), _sign(name, identity, record)) for name, label in FIELDS
    ]
    reasons = [(f"{reason.points:+.1f}", weights[reason.code].text[language]) for reason in one.reasons]
    return Person(
        f"{record.replaced_by or record.ssin:011d}", shown(record.ssin), fields,
        f"{one.certainty * 100:.1f}" if one.reasons else "", reasons,
        "" if one.found_as is None else shown(one.found_as),
    )  # fmt: skip


def shown(ssin: int) -> str:
    """An SSIN as it is read."""
    digits = f"{ssin:011d}"
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"


def _text(name: str, value: Any, identity: Identity | None) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y}" if identity is not None and not identity.is_day_known else f"{value:%d/%m/%Y}"
    return str(GENDERS.get(value, value)) if name == "gender" else str(value)


def _sign(name: str, identity: Identity, record: Record) -> str:
    given, known = getattr(identity, name), getattr(record, name)
    if given is None or known is None or (name == "gender" and known not in GENDERS):
        return ""
    if name == "birth" and not identity.is_day_known:
        return "=" if given.year == known.year else "≠"
    is_text = isinstance(given, str) and isinstance(known, str)
    return "=" if (normal(given) == normal(known) if is_text else given == known) else "≠"
