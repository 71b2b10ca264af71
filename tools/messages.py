"""Finds every message of the portal, and writes those that a catalogue lacks at its end, to be translated.

Messages stand in French in the program. `python tools/messages.py` adds what is missing to the catalogues of the other
languages and takes away what nobody says any more; a test fails while a translation is missing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from opendimona.portal.site.catalogues import CONTEXT, LOCALE, PLURAL, read

FOLDER = LOCALE.parent
LANGUAGES = ("nl", "de", "en")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
QUOTED = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|_)\(({QUOTED}(?:\s*,\s*{QUOTED})*)")
TEXT = re.compile(QUOTED)
HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def messages() -> dict[str, None]:
    """Every message, as gettext joins it, in the order of the files."""
    found: dict[str, None] = {}
    for path in sorted(FOLDER.rglob("*.html")):
        for name, texts in _in_template(path):
            found[_key(name, texts)] = None
    for path in sorted(FOLDER.rglob("*.py")):
        if "migrations" not in path.parts:
            for name, texts in _in_module(path):
                found[_key(name, texts)] = None
    return found


def _key(name: str, texts: list[str]) -> str:
    if name.startswith("ngettext"):
        return PLURAL.join(texts[:2])
    return CONTEXT.join(texts[:2]) if name == "pgettext" else texts[0]


def _in_template(path: Path) -> Iterator[tuple[str, list[str]]]:
    for found in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield found[1], [ast.literal_eval(text) for text in TEXT.findall(found[2])]


def _in_module(path: Path) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if texts:
                yield node.func.id, texts


def catalogue(language: str) -> Path:
    """The file of a language."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def written(language: str, known: dict[str, str]) -> str:
    """A catalogue with every message in its order."""
    parts = [HEAD.format(language=language)]
    for key in messages():
        context, _, text = key.rpartition(CONTEXT)
        one, _, many = text.partition(PLURAL)
        value = known.get(key, "")
        lines = [f"msgctxt {_quoted(context)}"] if context else []
        lines.append(f"msgid {_quoted(one)}")
        if many:
            first, _, second = value.partition(PLURAL)
            lines += [f"msgid_plural {_quoted(many)}", f"msgstr[0] {_quoted(first)}", f"msgstr[1] {_quoted(second)}"]
        else:
            lines.append(f"msgstr {_quoted(value)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main() -> None:
    """Write the catalogues anew."""
    for language in LANGUAGES:
        path = catalogue(language)
        known = read(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(written(language, known), encoding="utf-8")
        missing = sum(key not in known for key in messages())
        print(f"{language}: {len(messages())} messages, {missing} to translate")


if __name__ == "__main__":
    main()
