"""How states are shown: a sign and a word first, a colour second."""

from typing import Any

from django.utils.translation import gettext as _

from opendimona.portal.declare.models import Act, Filing, State
from opendimona.portal.schools.models import School


def awaited_entries(school: School) -> frozenset[tuple[int, int]]:
    """Person and employer of each entry of a school that is not decided yet: declaring it again would be a double."""
    found = Filing.objects.filter(school=school, act=Act.ENTRY, state__in=(State.WAITING, State.PENDING))
    return frozenset(found.values_list("person_id", "employer_id"))


def sign_of(filing: Any) -> tuple[str, str, str]:
    """Colour class, sign and word for the state of a filing (or anything with `state`, `has_warning`, `is_late`)."""
    if filing.state == State.ACCEPTED:
        if filing.is_late:
            return "wait", "!", _("Acceptée, tardive")
        if filing.has_warning:
            return "wait", "!", _("Acceptée avec avertissement")
        return "ok", "✓", _("Acceptée")
    if filing.state == State.REFUSED:
        return "no", "✕", _("Refusée")
    if filing.state == State.PENDING:
        return "wait", "◔", _("En attente à l'ONSS")
    return "idle", "…", _("En file d'attente")
