"""Help with what is on the screen: where to read about it, and what to tell whoever is asked."""

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opendimona.portal.declare.models import Draft, Filing
from opendimona.portal.guide.views import PAGES
from opendimona.portal.schools.models import School

TOPICS = {
    "answer": "answers", "inbox": "answers", "receipt": "answers", "deadlines": "deadlines", "late": "deadlines",
    "missing": "conflicts", "person": "conflicts", "draft": "conflicts", "review": "conflicts",
}  # fmt: skip
"""The page of the guide that most probably answers, by the name of an address."""
PATH_MAX = 200
SECRETS = frozenset({"token", "seal"})
"""Parts of an address by which whoever has it may do something: such an address is not repeated."""


@require_GET
def help_with(request: HttpRequest) -> HttpResponse:
    """What to read, and a text for the telephone or a mail: numbers of records and codes, never a name or an SSIN."""
    path = request.GET.get("at", "")[:PATH_MAX]
    try:
        place: ResolverMatch | None = resolve(path)
    except Resolver404:
        place = None
    if place is not None and SECRETS & place.kwargs.keys():
        place = None
    school: School | None = request.school  # type: ignore[attr-defined]
    facts = list(_facts(school, place, path))
    text = "\n".join(f"{label} : {value}" for label, value in facts)
    address: str = getattr(settings, "HELP_ADDRESS")  # noqa: B009 - one of ours, that the types of Django do not know
    subject = _("Aide pour une déclaration Dimona")
    topic = TOPICS.get(place.url_name or "", "changes") if place is not None else "changes"
    return render(request, "guide/help.html", {
        "facts": facts, "pages": PAGES.items(), "name": "", "topic": topic, "topic_title": PAGES[topic],
        "title": _("Aide"), "back": path if place is not None else "", "address": address,
        "mail": f"mailto:{address}?subject={quote(subject)}&body={quote(text)}" if address else "",
    })  # fmt: skip


def _facts(school: School | None, place: ResolverMatch | None, path: str) -> Iterator[tuple[str, str]]:
    """What whoever helps will ask for."""
    if school is not None:
        yield _("École"), f"{school.name}, FASE {school.fase}"
    if place is None:
        return
    yield _("Page"), path
    key = place.kwargs.get("key")
    if school is None or key is None:
        return
    filing = Filing.objects.filter(pk=key, school=school).select_related("period").first()
    if filing is not None:
        number = filing.number_text or filing.pk
        yield _("Déclaration"), f"{filing.get_act_display()} {number}, {filing.get_state_display()}"
        if filing.period is not None:
            yield _("Période"), filing.period.number_text
        if filing.anomalies:
            yield _("Codes"), ", ".join(one["code"] for one in filing.anomalies)
    draft = Draft.objects.filter(pk=key, school=school).select_related("period").first()
    if draft is not None:
        yield _("Brouillon"), f"{draft.get_act_display()} {draft.pk}"
        if draft.period is not None:
            yield _("Période"), draft.period.number_text
