"""The languages: every message is translated, says the same things, and is compiled as gettext reads it."""

import gettext
import io
import re

import pytest

from opendimona.portal.site.catalogues import compiled, read
from tools.messages import LANGUAGES, catalogue, messages, written

NAMES = re.compile(r"%\(\w+\)s|</?\w+>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete_and_in_order(language: str) -> None:
    text = catalogue(language).read_text(encoding="utf-8")
    known = read(text)
    assert [message for message in messages() if message not in known] == []
    assert text == written(language, known), "run make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_what_the_message_names(language: str) -> None:
    known = read(catalogue(language).read_text(encoding="utf-8"))
    differing = {key for key in messages() if set(NAMES.findall(key)) != set(NAMES.findall(known[key]))}
    assert differing == set()


def test_gettext_reads_what_we_compile() -> None:
    text = catalogue("nl").read_text(encoding="utf-8")
    found = gettext.GNUTranslations(io.BytesIO(compiled(read(text))))
    assert found.gettext("Réponses") == "Antwoorden"
    assert found.ngettext("%(count)s personne", "%(count)s personnes", 2) == "%(count)s personen"
    assert found.gettext("nobody says this") == "nobody says this"
