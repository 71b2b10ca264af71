"""What templates may say beside Django's own words."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

from opendimona.law.catalogue import AnomalyEntry, load_catalogue
from opendimona.portal.declare.states import sign_of
from opendimona.portal.site.assets import address_of
from opendimona.portal.texts.standing import advice_of

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file."""
    return address_of(name)


@register.filter
def short(day: date | None) -> str:
    """A day as 01/09/2026, or a dash for none."""
    return "–" if day is None else f"{day:%d/%m/%Y}"


@register.filter
def long(day: date | None) -> str:
    """A day with its weekday, in the language of the page."""
    return "" if day is None else date_format(day, "l j F Y")


@register.filter
def moment(value: Any) -> str:
    """A moment as 01/09/2026 08:05, in Belgium."""
    return "" if value is None else f"{localtime(value):%d/%m/%Y %H:%M}"


@register.simple_tag
def state(filing: Any) -> SafeString:
    """The state of a filing: a sign, a word, and a colour last."""
    kind, sign, word = sign_of(filing)
    return format_html('<span class="state {}"><span aria-hidden="true">{}</span> {}</span>', kind, sign, word)


@register.filter
def entry(code: str) -> AnomalyEntry:
    """What the catalogue says of an anomaly code."""
    return load_catalogue()[code]


@register.filter
def cause(anomaly: dict[str, Any]) -> str:
    """What happened, in the language of the page."""
    return load_catalogue()[anomaly["code"]].cause(_language())


@register.filter
def advice(anomaly: dict[str, Any]) -> str:
    """What to do, in the language of the page, and what the cell adds."""
    code = anomaly["code"]
    return f"{load_catalogue()[code].advice(_language())} {advice_of(code, _language())}".strip()


def _language() -> Any:
    return get_language() or "fr"


@register.filter
def unlocalized(number: float) -> str:
    """A number as drawings write it, with a point in every language."""
    return f"{number:.1f}"


@register.filter
def decimal(number: str) -> str:
    """A number written with a point, as the language of the page writes it."""
    return number if _language() == "en" else number.replace(".", ",")
