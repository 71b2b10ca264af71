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


def rank(wanted: Identity, records: Iterable[Record], weights: Weights, limit: int = SHOWN) -> tuple[Candidate, ...]:
    """The persons among `records` who may be the one, best first, each under the SSIN in force."""
    by_ssin = {record.ssin: record for record in records}
    best: dict[int, tuple[float, tuple[Reason, ...], Record]] = {}
    for record in by_ssin.values():
        reasons = compare(wanted, record, weights)
        points = sum(reason.points for reason in reasons)
        ssin = record.replaced_by or record.ssin
        if ssin not in best or points > best[ssin][0]:
            best[ssin] = points, reasons, record
    chances = {ssin: 2.0 ** min(points, 1000.0) for ssin, (points, _, _) in best.items()}
    whole_chance = sum(chances.values()) + 2.0 ** weights[NOBODY].points
    order = sorted(best, key=lambda ssin: (-best[ssin][0], ssin))[:limit]
    return tuple(
        Candidate(
            record=by_ssin.get(ssin, best[ssin][2]), points=best[ssin][0], certainty=chances[ssin] / whole_chance,
            reasons=best[ssin][1], found_as=None if best[ssin][2].ssin == ssin else best[ssin][2].ssin,
        )
        for ssin in order if best[ssin][0] > 0
    )  # fmt: skip


def compare(wanted: Identity, record: Record, weights: Weights) -> tuple[Reason, ...]:
    """What speaks for and against a person; nothing about what either side does not tell."""
    codes = list(compare_names(wanted, record, weights))
    if wanted.birth is not None and record.birth is not None:
        codes.append(f"birthDate/{compare_births(wanted.birth, wanted.is_day_known, record.birth)}")
    if wanted.gender is not None and record.gender in GENDERS[1:]:
        codes.append("gender/same" if wanted.gender == record.gender else "gender/different")
    if wanted.birth_place and record.birth_place:
        agreement = compare_family(normal(wanted.birth_place), normal(record.birth_place))
        codes.append("placeOfBirth/different" if agreement in ("different", "similar") else "placeOfBirth/same")
    for name, mine, theirs in (
        ("countryOfBirth", wanted.birth_country, record.birth_country),
        ("nationality", wanted.nationality, record.nationality),
        ("postCode", wanted.post_code, record.post_code),
    ):
        if mine is not None and theirs is not None:
            codes.append(f"{name}/same" if mine == theirs else f"{name}/different")
    return tuple(Reason(code, weights[code].points) for code in codes)


def compare_names(wanted: Identity, record: Record, weights: Weights) -> tuple[str, ...]:
    """What the names say, in the order in which they were declared or, where that says more, in the other one."""
    family, given = wanted.family_name, wanted.given_name
    if record.family_name is None or record.given_name is None or (family is None and given is None):
        return ()
    theirs = normal(record.family_name), normal(record.given_name)
    straight: list[str] = []
    if family is not None:
        straight.append(f"familyName/{compare_family(normal(family), theirs[0])}")
    if given is not None:
        straight.append(f"givenName/{compare_given(normal(given), theirs[1])}")
    if family is None or given is None or not straight[0].endswith("/different"):
        return tuple(straight)
    crossed = [
        f"familyName/{compare_family(normal(given), theirs[0])}",
        f"givenName/{compare_given(normal(family), theirs[1])}",
        "names/swapped",
    ]
    worth = [sum(weights[code].points for code in codes) for codes in (straight, crossed)]
    return tuple(crossed if worth[1] > worth[0] else straight)


def decided(candidates: tuple[Candidate, ...], certainty: float) -> Candidate | None:
    """The candidate whom the automatic matcher takes: the first, if it is as certain as asked."""
    return candidates[0] if candidates and candidates[0].certainty >= certainty else None
