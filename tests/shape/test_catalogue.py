"""Every anomaly can be understood in four languages, and says where it comes from."""

import re

import pytest

from opendimona.law.catalogue import LANGUAGES, AnomalyEntry, Text, load_catalogue

ENTRIES = [pytest.param(entry, id=code) for code, entry in load_catalogue().items()]


def _is_complete(text: Text) -> bool:
    return all(text[language].strip() == text[language] != "" for language in LANGUAGES)


def test_the_languages_are_four() -> None:
    assert set(LANGUAGES) == {"fr", "nl", "de", "en"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_whole(entry: AnomalyEntry) -> None:
    assert re.fullmatch(r"\d{5}-\d{3}", entry.code)
    assert _is_complete(entry.label)
    assert _is_complete(entry.zone_name)
    assert entry.source
    assert entry.is_confirmed or entry.note


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_remedy_is_a_sentence_in_each_language(entry: AnomalyEntry) -> None:
    remedies = [entry.remedy] + ([entry.pending_remedy] if entry.pending_remedy is not None else [])
    assert all(_is_complete(remedy) for remedy in remedies)
    assert all(remedy[language].endswith((".", "?", "»", ")")) for remedy in remedies for language in LANGUAGES)
    assert all(len({remedy[language] for language in LANGUAGES}) == len(LANGUAGES) for remedy in remedies)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_ours_is_marked(entry: AnomalyEntry) -> None:
    """No official German or English names were found: these two are never passed off as official."""
    assert {"de", "en"} <= set(entry.ours)
