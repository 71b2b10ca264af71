"""How identities agree: each kind of slip has its finding, and doubt is shared among those who fit."""

from datetime import date

import pytest

from opendimona.core.identity.dates import compare_births
from opendimona.core.identity.names import compare_family, compare_given, normal
from opendimona.core.identity.numbers import slips_of
from opendimona.core.identity.ranking import Identity, Record, decided, rank
from opendimona.law.identification import load_weights

BORN = date(1978, 7, 4)
ANNE = Record(ssin=1, family_name="DUBOIS", given_name="Anne Marie", birth=BORN, gender="2")
WANTED = Identity(family_name="Dubois", given_name="Anne", birth=BORN, gender="2")


@pytest.mark.parametrize(
    ("declared", "recorded", "agreement"),
    [("Müller", "MULLER", "same"), ("Mueller", "Müller", "written-otherwise"),
     ("D'Hondt", "Dhondt", "written-otherwise"), ("Van den Berghe", "VANDENBERGHE", "written-otherwise"),
     ("Berghe", "Van den Berghe", "written-otherwise"), ("Maertens", "Martens", "written-otherwise"),
     ("Claes-Peeters", "Peeters", "part"), ("Dubios", "Dubois", "typo"), ("Verstraeten", "Verstraetten", "typo"),
     ("Li", "Lo", "different"), ("Dubois", "Lambert", "different")],
)  # fmt: skip
def test_family_names(declared: str, recorded: str, agreement: str) -> None:
    assert compare_family(normal(declared), normal(recorded)) == agreement


@pytest.mark.parametrize(
    ("declared", "recorded", "agreement"),
    [("José", "JOSE", "same"), ("Jean-Pierre", "Jean Pierre", "same"), ("Anne", "Anne Marie", "first"),
     ("Marie", "Anne Marie", "part"), ("A.", "Anne", "shortened"), ("Alex", "Alexandre", "shortened"),
     ("Nathlie", "Nathalie", "typo"), ("Anne", "Karel", "different"), ("-", "Anne", "different")],
)  # fmt: skip
def test_given_names(declared: str, recorded: str, agreement: str) -> None:
    assert compare_given(normal(declared), normal(recorded)) == agreement


@pytest.mark.parametrize(
    ("recorded", "agreement"),
    [(BORN, "same"), (date(1978, 4, 7), "swapped"), (date(1978, 7, 14), "slip"), (date(1987, 7, 4), "slip"),
     (date(1978, 12, 25), "same-year"), (date(1950, 1, 1), "different")],
)  # fmt: skip
def test_birth_dates(recorded: date, agreement: str) -> None:
    assert compare_births(BORN, True, recorded) == agreement


def test_a_year_alone_agrees_with_its_days() -> None:
    assert compare_births(date(1978, 1, 1), False, BORN) == "year"
    assert compare_births(date(1979, 1, 1), False, BORN) == "different"


def test_one_who_fits_is_certain_and_two_are_not() -> None:
    weights = load_weights()
    (alone,) = rank(WANTED, [ANNE], weights)
    assert alone.certainty > 0.999
    assert decided((alone,), 0.999) == alone
    namesake = Record(ssin=2, family_name="Dubois", given_name="Anne", birth=BORN, gender="2")
    twins = rank(WANTED, [ANNE, namesake], weights)
    assert decided(twins, 0.9) is None
    assert sum(one.certainty for one in twins) <= 1


def test_swapped_names_are_seen() -> None:
    (found,) = rank(Identity(family_name="Anne", given_name="Dubois", birth=BORN), [ANNE], load_weights())
    assert "names/swapped" in [reason.code for reason in found.reasons]


def test_a_replaced_number_counts_for_the_one_in_force() -> None:
    bis = Record(ssin=3, family_name="Dubois", given_name="Anne", birth=BORN, gender="2", replaced_by=1)
    recorded = Record(ssin=1, family_name="Duboit", given_name="Anna", birth=BORN, gender="2")
    (found,) = rank(WANTED, [recorded, bis], load_weights())
    assert (found.record.ssin, found.found_as) == (1, 3)


def test_numbers_one_slip_away() -> None:
    assert 78070739119 in slips_of("78070739118")
    assert slips_of("7807073911") == frozenset()


def test_every_weight_has_its_texts() -> None:
    assert all(weight.text[language] for weight in load_weights().values() for language in ("fr", "nl", "de", "en"))
