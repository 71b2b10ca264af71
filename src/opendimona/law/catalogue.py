"""The catalogue of anomalies: for each code its severity, official label, and what to say to people in four languages.

The tables are `anomaly_types.toml` (annex 30), `anomaly_zones.toml` (the glossary's zones and blocks),
`anomaly_sources.toml`, one entry per code in `anomalies_*.toml`, and `unreachable.toml`: the codes that this program
never raises, and why.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, TypeVar, get_args

import msgspec
from msgspec import Struct

Language = Literal["fr", "nl", "de", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
T = TypeVar("T")

SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-ZÀ-Ý])")

FAMILIES = ("employer", "worker", "features", "period", "declaration", "message")
"""The files of entries, in the order of the documentation."""


class Text(Struct, frozen=True):
    """One text in the four languages; `text["fr"]` and `text.fr` are the same."""

    fr: str
    nl: str
    de: str
    en: str

    def __getitem__(self, language: Language) -> str:
        if language not in LANGUAGES:
            raise KeyError(f"No text in {language!r}: choose one of {', '.join(LANGUAGES)}.")
        return str(getattr(self, language))


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that a rule or an advice comes from."""

    what: str
    url: str


class AnomalyEntry(Struct, frozen=True, kw_only=True):
    """One anomaly code `zone-type` and all that is said about it.

    `label`: the official short designation in fr and nl; the languages named in `ours` are our own translations.
    `remedy`: what happened (its first sentence) and what to do; `pending_remedy`: the same while the declaration is
    pending (severity S), None where that never happens. `blocking_types`: the worker types for which a warning refuses
    the declaration.
    `zone_name`, `element`: the zone or block at fault, for people and in XML. `valid_from`, `valid_to`: the days on
    which the code can be raised, both inclusive, None where unbounded or unknown. `is_confirmed`: False where the
    occasion on which the code is raised is our inference; `note` then says what was not found.
    """

    code: str
    severity: Literal["B", "NP"]
    label: Text
    remedy: Text
    zone_name: Text
    element: str
    source: str
    references: tuple[Source, ...]
    pending_remedy: Text | None = None
    blocking_types: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None
    is_confirmed: bool = True
    note: str | None = None
    ours: tuple[Language, ...] = ()

    @property
    def zone(self) -> str:
        """The zone or block at fault: the first five digits of the code."""
        return self.code[:5]

    @property
    def may_be_pending(self) -> bool:
        """Whether the code also names a pending declaration, with severity S."""
        return self.pending_remedy is not None

    def is_blocking_for(self, worker_type: str) -> bool:
        """Whether the anomaly refuses the declaration of a worker of this type."""
        return self.severity == "B" or worker_type in self.blocking_types

    def is_valid_on(self, day: date) -> bool:
        """Whether the code can be raised for a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def remedy_for(self, severity: str) -> Text:
        """What to say when the anomaly is raised with this severity (B, NP or S)."""
        return self.pending_remedy if severity == "S" and self.pending_remedy is not None else self.remedy

    def cause(self, language: Language) -> str:
        """What happened: the first sentence of the remedy."""
        return SENTENCE_END.split(self.remedy[language], maxsplit=1)[0]

    def advice(self, language: Language) -> str:
        """What to do: the remedy after its first sentence."""
        return self.remedy[language].removeprefix(self.cause(language)).strip()

    def title(self, language: Language) -> str:
        """The zone and the label in one line, for headings: «Date de fin — Interdit»."""
        return f"{self.zone_name[language]} — {self.label[language]}"


class UnknownCode(KeyError):
    """A code that the catalogue does not hold; its text helps to find the right one."""

    def __str__(self) -> str:
        return str(self.args[0])


class Catalogue(Mapping[str, AnomalyEntry]):
    """All anomaly codes, in the order of their codes. An unknown code raises `UnknownCode`, a `KeyError`."""

    def __init__(self, entries: Iterable[AnomalyEntry]) -> None:
        ordered = sorted(entries, key=lambda entry: entry.code)
        self._entries = MappingProxyType({entry.code: entry for entry in ordered})
        if len(self._entries) != len(ordered):
            raise ValueError("An anomaly code has two entries.")

    def __getitem__(self, code: str) -> AnomalyEntry:
        entry = self._entries.get(code)
        if entry is None:
            raise UnknownCode(self._advice(code))
        return entry

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def _advice(self, code: str) -> str:
        zone, _, kind = code.partition("-")
        near = [known for known in self if known.startswith(f"{zone}-")]
        near = near or [known for known in self if kind and known.endswith(f"-{kind}")]
        advice = f"No anomaly has the code {code!r}. A code is five digits, a hyphen and three, such as 90373-334."
        return f"{advice} Did you mean one of {', '.join(near)}?" if near else advice


class _Kinds(Struct, frozen=True, forbid_unknown_fields=True):
    """The table of the kinds of error, by their three digits."""

    source: str
    see: str
    ours: tuple[Language, ...]
    types: dict[str, Text]


class _Glossary(Struct, frozen=True, forbid_unknown_fields=True):
    """The part of the glossary that a zone or a block stands in."""

    source: str
    see: str


class _Zone(Text, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A zone or block: its XML label and its names."""

    element: str


class _Zones(Struct, frozen=True, forbid_unknown_fields=True):
    """The table of the zones and blocks, by their five digits."""

    zone: _Glossary
    block: _Glossary
    zones: dict[str, _Zone]


class _Row(Text, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry as the table has it; its texts are the remedy."""

    severity: Literal["B", "NP"]
    pending: Text | None = None
    see: tuple[str, ...] = ()
    blocking_types: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None
    confirmed: bool = True
    note: str | None = None


class Unreachable(Struct, frozen=True, forbid_unknown_fields=True):
    """Why this program never raises some codes: the reason in English, and where that is settled."""

    codes: tuple[str, ...]
    reason: str
    source: str


def _read(name: str, shape: type[T]) -> T:
    """One table. Raises FileNotFoundError, tomllib.TOMLDecodeError, msgspec.ValidationError."""
    text = files("opendimona.law").joinpath("tables", f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), shape)


def _joined(text: Text) -> Text:
    """A text with its lines joined by blanks."""
    return Text(*(text[language].replace("\n", " ") for language in LANGUAGES))


def _entry(code: str, row: _Row, kinds: _Kinds, zones: _Zones, sources: dict[str, Source]) -> AnomalyEntry:
    """The entry of one code, with what its zone and kind of error add. Raises KeyError for a reference to nothing."""
    number, kind = code.split("-")
    zone = zones.zones[number]
    glossary = zones.block if number.startswith("9") else zones.zone
    return AnomalyEntry(
        code=code,
        severity=row.severity,
        label=kinds.types[kind],
        remedy=_joined(row),
        zone_name=_joined(zone),
        element=zone.element,
        source=f"{glossary.source} {number}; {kinds.source}, type {kind}",
        references=tuple(sources[key] for key in (glossary.see, kinds.see, *row.see)),
        pending_remedy=_joined(row.pending) if row.pending else None,
        blocking_types=row.blocking_types,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_confirmed=row.confirmed,
        note=row.note and row.note.replace("\n", " "),
        ours=kinds.ours,
    )


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of this program, read once. Raises KeyError or msgspec.ValidationError for a malformed table."""
    sources = _read("anomaly_sources", dict[str, Source])
    kinds, zones = _read("anomaly_types", _Kinds), _read("anomaly_zones", _Zones)
    return Catalogue(
        _entry(code, row, kinds, zones, sources)
        for family in FAMILIES
        for code, row in _read(f"anomalies_{family}", dict[str, _Row]).items()
    )


@cache
def load_unreachable() -> Mapping[str, Unreachable]:
    """For each code that this program never raises, why. Raises ValueError for a code that is given two reasons."""
    rows = _read("unreachable", dict[str, tuple[Unreachable, ...]])["row"]
    reasons = {code: row for row in rows for code in row.codes}
    if len(reasons) != sum(len(row.codes) for row in rows):
        raise ValueError("A code is twice in unreachable.toml.")
    return MappingProxyType(reasons)
