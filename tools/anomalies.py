"""Writes what is made from the catalogue, the checks and the cases: docs/anomalies.md and the index of cases.

`make anomalies` runs it; a test fails while what it would write is not what stands there.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from opendimona.cases.format import Case
from opendimona.cases.index import NAME, index
from opendimona.cases.reader import find_files, read_file
from opendimona.cli.explained_anomaly import checks_of, rule_of
from opendimona.law.catalogue import LANGUAGES, AnomalyEntry, load_catalogue, load_unreachable

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
PAGE = ROOT / "docs" / "anomalies.md"
INDEX = ROOT / "src" / "opendimona" / "cases" / NAME
EFFECTS = {"B": "refuses the declaration", "NP": "a warning"}
PREFACE = """\
This page is made by `make anomalies` from the catalogue, the checks and the cases. It shows every code of the DIMONA
glossary 2023/3, by zone (field) and block: {total} codes, of which {raised} are raised by a check and shown by a case;
the other {unreachable} cannot be met by this program, and the page says why.

The labels in French and Dutch are the official short designations (annex 30 of the glossary). Those in German and
English are ours, and so are cause and remedy, which the register gives in the four languages:
`opendimona explain 90373-333 --lang fr`. *Not confirmed*: no source says on which occasion ONSS gives the code."""


def read_cases() -> list[Case]:
    """Every case of the project, in the order of files and of cases in them."""
    return [case for file in find_files([CASES]) for case in read_file(file)]


def write_index(cases: Iterable[Case]) -> str:
    """The text of the index of cases: one code a line."""
    lines = (f"  {_json(code)}: {_json(names)}" for code, names in index(cases).items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def write_page(cases: Iterable[Case]) -> str:
    """The text of the page on anomalies."""
    cases = list(cases)
    links = {case.name: f"[{case.name}](../tests/cases/{Path(case.file).name})" for case in cases}
    names = {code: [links[name] for name in found] for code, found in index(cases).items()}
    catalogue, missing = load_catalogue(), len(load_unreachable())
    raised = sum(1 for code in catalogue if checks_of(code))
    lines = ["# Anomalies", "", PREFACE.format(total=len(catalogue), raised=raised, unreachable=missing)]
    zone = ""
    for entry in catalogue.values():
        if entry.zone != zone:
            zone = entry.zone
            lines += ["", f"## {zone} {entry.zone_name.en} (`{entry.element}`)"]
        lines += ["", f"### {entry.code}", "", *_entry(entry, names)]
    return "\n".join(lines) + "\n"


def _entry(entry: AnomalyEntry, links: Mapping[str, list[str]]) -> Iterator[str]:
    effect = f"**{entry.severity}**, {EFFECTS[entry.severity]}"
    if entry.blocking_types:
        effect += f"; refuses for {', '.join(sorted(entry.blocking_types))}"
    yield from _item("Severity", effect)
    for language in LANGUAGES:
        yield from _item(f"Label {language}", entry.label[language] + (" (ours)" if language in entry.ours else ""))
    yield from _item("Cause", entry.cause("en"))
    yield from _item("Remedy", entry.advice("en"))
    unreachable = load_unreachable().get(entry.code)
    if unreachable is not None:
        yield from _item("Never raised by this program", f"{unreachable.reason} Source: {unreachable.source}.")
    for check in checks_of(entry.code):
        yield from _item(f"Check `{check.name}`", rule_of(check))
    if entry.code in links:
        yield from _item("Cases", ", ".join(links[entry.code]))
    yield from _item("Source", entry.source)
    if entry.note is not None:
        yield from _item("Note" if entry.is_confirmed else "Not confirmed", entry.note)


def _item(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"* {name}: {' '.join(text.split())}", 120, subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def main() -> None:
    """Write both files, and name them."""
    cases = read_cases()
    for path, text in ((INDEX, write_index(cases)), (PAGE, write_page(cases))):
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
