"""Names, compared as people write them: accents, particles, hyphens, slips of the keyboard, first names left out."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from opendimona.core.checks.worker import plain

PARTICLES = frozenset(
    {
        "al", "ben", "bin", "da", "dal", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos",
        "du", "el", "het", "la", "las", "le", "les", "los", "op", "ten", "ter", "van", "vande", "vanden",
        "vander", "ver", "von", "zu",
    }
)  # fmt: skip
"""Words of a family name that come and go with whoever writes it down."""
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"})
SOUNDS = (("oe", "o"), ("ae", "a"), ("ue", "u"), ("ij", "y"), ("sz", "s"), ("ck", "k"), ("ph", "f"))
"""Ways to write one sound, after which a name is the same one written otherwise."""
TYPO_LENGTH, TWO_TYPOS_LENGTH = 4, 9
UNLIKE, SIMILAR, SHORTENED_LEAST = 0.65, 0.88, 3
"""Jaro-Winkler similarity below which names without a common word are others, and from which names resemble each
other; letters that a shortened name has, unless it is an initial."""


@lru_cache(maxsize=1 << 17)
def normal(name: str) -> str:
    """A name without case, accents or signs, its words separated by one blank."""
    if name.isascii() and name.isalpha():
        return name.lower()
    return plain(name.casefold().translate(LETTERS))


@lru_cache(maxsize=1 << 16)
def core_words(name: str) -> tuple[str, ...]:
    """The words of a normal name without its particles; all of them where it has nothing else."""
    words = tuple(name.split())
    return tuple(word for word in words if word not in PARTICLES) or words


@lru_cache(maxsize=1 << 16)
def sound(name: str) -> str:
    """A normal name without blanks, and with each sound written one way."""
    found = name.replace(" ", "")
    for spelling, plain_spelling in SOUNDS:
        found = found.replace(spelling, plain_spelling)
    return found


def is_typo(one: str, other: str) -> bool:
    """Whether one slip (a letter more, fewer, other, or two swapped) parts the names; two of them in a long name."""
    length = min(len(one), len(other))
    if length < TYPO_LENGTH:
        return False
    allowed = 2 if length >= TWO_TYPOS_LENGTH else 1
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed


def is_shared(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two names have a word in common."""
    return mine[0] in theirs if len(mine) == 1 else not set(mine).isdisjoint(theirs)


@lru_cache(maxsize=1 << 14)
def compare_family(declared: str, recorded: str) -> str:
    """How two normal family names agree: the second part of a code of the weights."""
    if declared == recorded:
        return "same"
    mine, theirs = core_words(declared), core_words(recorded)
    if JaroWinkler.similarity(declared, recorded, score_cutoff=UNLIKE) < UNLIKE and not is_shared(mine, theirs):
        if "".join(mine) != "".join(theirs):
            return "different"  # most pairs are: the rest of the questions would say the same
    joined = declared.replace(" ", ""), recorded.replace(" ", "")
    if joined[0] == joined[1] or mine == theirs or sound(declared) == sound(recorded):
        return "written-otherwise"
    if sorted(mine) == sorted(theirs) or sound(" ".join(mine)) == sound(" ".join(theirs)):
        return "written-otherwise"
    if is_typo(*joined) or is_typo("".join(mine), "".join(theirs)):
        return "typo"
    if any(len(word) >= TYPO_LENGTH and word in theirs for word in mine):
        return "part"
    return "similar" if JaroWinkler.similarity(*joined, score_cutoff=SIMILAR) >= SIMILAR else "different"


@lru_cache(maxsize=1 << 14)
def compare_given(declared: str, recorded: str) -> str:
    """How two normal given names agree: the second part of a code of the weights."""
    if declared == recorded:
        return "same"
    mine, theirs = declared.split(), recorded.split()
    if JaroWinkler.similarity(declared, recorded, score_cutoff=UNLIKE) < UNLIKE and not is_shared(mine, theirs):
        return "different"
    if sound(declared) == sound(recorded):
        return "written-otherwise"
    if not mine or not theirs:
        return "different"
    if mine[0] == theirs[0]:
        return "first"
    if is_typo(mine[0], theirs[0]) or is_typo(declared.replace(" ", ""), recorded.replace(" ", "")):
        return "typo"
    if any(len(word) > 1 and word in theirs for word in mine):
        return "part"
    if is_shortened(mine[0], theirs[0]):
        return "shortened"
    return "similar" if JaroWinkler.similarity(mine[0], theirs[0], score_cutoff=SIMILAR) >= SIMILAR else "different"


def is_shortened(one: str, other: str) -> bool:
    """Whether one name is the initial or the beginning of the other."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) >= SHORTENED_LEAST)
