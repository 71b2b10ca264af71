"""How names and numbers are compared: without accents, signs and separators."""

import re
import unicodedata

NUMBER = re.compile(r"[\d .\-/]{5,}")


def plain(text: str) -> str:
    """A text in capitals, without accents, signs or double blanks."""
    letters = unicodedata.normalize("NFD", text.upper())
    kept = "".join(sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join(kept.split())


def search_key(family_name: str, given_name: str) -> str:
    """What a person is found by."""
    return plain(f"{family_name} {given_name}")[:80]


def digits_of(text: str) -> str:
    """The digits of a number written with any separators, or nothing when the text is no number."""
    return re.sub(r"\D", "", text) if NUMBER.fullmatch(text.strip()) else ""
