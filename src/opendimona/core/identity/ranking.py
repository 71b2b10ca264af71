"""Candidates for a declared identity, ranked, each with a certainty and with what speaks for and against it.

Every finding is worth some bits (table `identification`); the sum tells how much oftener such a pair is one person than
two strangers. The certainty of a candidate is its share among all candidates and the possibility that the person is
none of them: two who fit equally well are each at most half certain, whatever their sum. Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from opendimona.core.checks.worker import GENDERS, is_birth_date
from opendimona.core.declaration import DeclaredWorker
from opendimona.core.identity.dates import UNKNOWN_DAY, compare_births
from opendimona.core.identity.names import compare_family, compare_given, normal
from opendimona.law.identification import NOBODY, Weight

Weights = Mapping[str, Weight]
FAMILIES = {
    kind: f"familyName/{kind}" for kind in ("same", "written-otherwise", "part", "typo", "similar", "different")
}
GIVENS = {
    kind: f"givenName/{kind}"
    for kind in ("same", "written-otherwise", "first", "part", "typo", "shortened", "similar", "different")
}
BIRTHS = {kind: f"birthDate/{kind}" for kind in ("same", "swapped", "slip", "year", "same-year", "different")}
HOPELESS = 4.5
"""What names and birth date must be worth: below it nothing else makes a candidate."""
SHOWN = 20
"""The most candidates that are ranked."""


class Identity(Struct, frozen=True, kw_only=True, gc=False):
    """Who is looked for, as far as it was declared. `birth` is 1 January where only the year is known."""

    family_name: str | None = None
    given_name: str | None = None
    birth: date | None = None
    is_day_known: bool = True
    gender: str | None = None
    birth_place: str | None = None
    birth_country: int | None = None
    nationality: int | None = None
    post_code: str | None = None


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """A person of the register as searched. `replaced_by`: the SSIN that this person bears now."""

    ssin: int
    family_name: str | None = None
    given_name: str | None = None
    birth: date | None = None
    gender: str | None = None
    birth_place: str | None = None
    birth_country: int | None = None
    nationality: int | None = None
    post_code: str | None = None
    replaced_by: int | None = None


class Reason(Struct, frozen=True, gc=False):
    """One finding: a code of the weights (`familyName/typo`) and what it is worth, in bits."""

    code: str
    points: float


class Candidate(Struct, frozen=True, kw_only=True, gc=False):
    """A person who may be the one. `certainty` is between 0 and 1; `found_as`: the replaced SSIN that agreed best."""

    record: Record
    points: float
    certainty: float
    reasons: tuple[Reason, ...]
    found_as: int | None = None


def identity_of(worker: DeclaredWorker, year: int) -> Identity:
    """The identity that a declaration gives; what is malformed counts as not given. `year`: of the filing."""
    birth, is_day_known = None, True
    if worker.birth_date is not None and is_birth_date(worker.birth_date, year):
        is_day_known = worker.birth_date[4:] != UNKNOWN_DAY
        birth = date.fromisoformat(worker.birth_date if is_day_known else worker.birth_date[:4] + "-01-01")
    address = worker.address
    return Identity(
        family_name=worker.family_name, given_name=worker.given_name, birth=birth, is_day_known=is_day_known,
        gender=gender_of(worker.gender), birth_place=worker.place_of_birth,
        birth_country=whole(worker.country_of_birth), nationality=whole(worker.nationality),
        post_code=None if address is None else address.post_code,
    )  # fmt: skip


def whole(value: float | None) -> int | None:
    """A whole number, None for what is none."""
    return int(value) if value is not None and value == value // 1 else None


def gender_of(value: float | str | None) -> str | None:
    """A gender that is known: 1 or 2."""
    text = value if isinstance(value, str) or value is None else str(whole(value))
    return text if text in GENDERS[1:] else None


def rank(identity: Identity, records: Iterable[Record], weights: Weights, limit: int = SHOWN) -> tuple[Candidate, ...]:
    """The persons among `records` who may be the one, best first, each under the SSIN in force."""
    wanted, worth = Wanted(identity), {code: weight.points for code, weight in weights.items()}
    by_ssin = {record.ssin: record for record in records}
    best: dict[int, tuple[float, Record]] = {}
    for record in by_ssin.values():
        names = compare_names(wanted, record, worth)
        if identity.birth is not None and record.birth is not None:
            names.append(BIRTHS[compare_births(identity.birth, identity.is_day_known, record.birth)])
        if sum([worth[code] for code in names]) < HOPELESS:
            continue
        points = sum([worth[code] for code in findings(wanted, record, worth)])
        ssin = record.replaced_by or record.ssin
        if ssin not in best or points > best[ssin][0]:
            best[ssin] = points, record
    whole_chance = sum([2.0**points for points, _ in best.values()]) + 2.0 ** worth[NOBODY]
    order = sorted(best, key=lambda ssin: (-best[ssin][0], ssin))[:limit]
    return tuple(
        Candidate(
            record=by_ssin.get(ssin, record), points=points, certainty=2.0**points / whole_chance,
            reasons=tuple(Reason(code, worth[code]) for code in findings(wanted, record, worth)),
            found_as=None if record.ssin == ssin else record.ssin,
        )
        for ssin in order for points, record in [best[ssin]] if points > 0
    )  # fmt: skip


class Wanted:
    """An identity with its names in their normal form, once for all the records that it is compared with."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.family = None if identity.family_name is None else normal(identity.family_name)
        self.given = None if identity.given_name is None else normal(identity.given_name)
        self.place = normal(identity.birth_place) if identity.birth_place else ""


def findings(wanted: Wanted, record: Record, worth: Mapping[str, float]) -> list[str]:
    """The codes of what speaks for and against a person; nothing about what either side does not tell."""
    identity = wanted.identity
    codes = compare_names(wanted, record, worth)
    if identity.birth is not None and record.birth is not None:
        codes.append(BIRTHS[compare_births(identity.birth, identity.is_day_known, record.birth)])
    if identity.gender is not None and record.gender in GENDERS[1:]:
        codes.append("gender/same" if identity.gender == record.gender else "gender/different")
    if wanted.place and record.birth_place:
        is_same = compare_family(wanted.place, normal(record.birth_place)) not in ("different", "similar")
        codes.append("placeOfBirth/same" if is_same else "placeOfBirth/different")
    for name, mine, theirs in (
        ("countryOfBirth", identity.birth_country, record.birth_country),
        ("nationality", identity.nationality, record.nationality), ("postCode", identity.post_code, record.post_code),
    ):  # fmt: skip
        if mine is not None and theirs is not None:
            codes.append(name + ("/same" if mine == theirs else "/different"))
    return codes


def compare_names(wanted: Wanted, record: Record, worth: Mapping[str, float]) -> list[str]:
    """What the names say, in the order in which they were declared or, where that says more, in the other one."""
    family, given = wanted.family, wanted.given
    if record.family_name is None or record.given_name is None or (family is None and given is None):
        return []
    their_family, their_given = normal(record.family_name), normal(record.given_name)
    straight: list[str] = []
    if family is not None:
        straight.append(FAMILIES[compare_family(family, their_family)])
    if given is not None:
        straight.append(GIVENS[compare_given(given, their_given)])
    if family is None or given is None or straight[0] != FAMILIES["different"]:
        return straight
    crossed_family = compare_family(given, their_family)
    if crossed_family == "different":
        return straight
    crossed = [FAMILIES[crossed_family], GIVENS[compare_given(family, their_given)], "names/swapped"]
    is_better = sum([worth[code] for code in crossed]) > sum([worth[code] for code in straight])
    return crossed if is_better else straight


def decided(candidates: tuple[Candidate, ...], certainty: float) -> Candidate | None:
    """The candidate whom the automatic matcher takes: the first, if it is as certain as asked."""
    return candidates[0] if candidates and candidates[0].certainty >= certainty else None
