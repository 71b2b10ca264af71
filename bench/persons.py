"""A register of persons drawn from a seed: names by the frequencies of life, none of them anybody's.

Family names are put together from parts and given names are drawn from a list, both by Zipf's law, so that namesakes,
also some born on one day, are as frequent as among eleven million people. Serial numbers of one birth day are given out
in order, so that every SSIN is another one.
"""

import csv
import random
from bisect import bisect
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


GIVEN = {
    "1": words(
        "Jean Marc Luc Jan Jozef Pierre Michel Patrick Marie-Paul Johan Dirk Peter Thomas David Nicolas Kevin "
        "Mohamed Philippe Paul Andre Jean-Pierre Jacques Guy Daniel Alain Rene Willy Frank Geert Bart Tom "
        "Koen Wim Kris Stijn Jeroen Pieter Lucas Noah Louis Arthur Adam Liam Victor Jules Mathis Nathan "
        "Maxime Alexandre Antoine Simon Julien Quentin Francois Olivier Benoit Vincent Christophe Laurent "
        "Frederic Stephane Eric Didier Thierry Yves Serge Herman Hendrik Karel Roger Robert Albert Marcel "
        "Georges Fernand Leon Emile Gustaaf Achiel Cyriel Ahmed Youssef Mehmet Ali Rachid Hassan Mustafa "
        "Ibrahim Said Karim Giovanni Giuseppe Salvatore Antonio Jose Carlos Joao Piotr Andrzej Vlad Gheorghe "
        "Dimitri Sergei Günther Jürgen Helmut Klaus Loïc Gaël Raphaël Michaël Jérôme Rémi Zoë-Jan Jean- "
        "François Pol Mil"
    ),
    "2": words(
        "Maria Marie Martine Nathalie Anna Christine Monique Rita Isabelle Nicole Julie Sarah Laura Emma "
        "Olivia Louise Elena Mila Sofia Alice Juliette Camille Lea Lena Charlotte Manon Elise Chloe Clara Eva "
        "Anne Sophie Valerie Sandrine Caroline Veronique Catherine Dominique Patricia Brigitte Francoise "
        "Jacqueline Jeannine Simone Yvonne Denise Paula Lieve Hilde Greet Ann Els Katrien An Inge Kathleen "
        "Sofie Leen Tine Veerle Griet Nele Lotte Fien Amber Femke Fatima Khadija Aicha Samira Naima Yasmina "
        "Ayse Fatma Zeynep Elif Giulia Francesca Carmela Ana Maria-Jose Ewa Agnieszka Ioana Alexandra Tatiana "
        "Olga Ingrid Ursula Heidi Zoé Anaïs Maëlle Hélène Agnès Anne-Marie Marie-Claire Ginette Rosa "
        "Godelieve Agnes Germaine Irma Elza Lucienne Georgette Liliane Jeanne Marguerite Bertha Augusta Ida "
        "Lia Noor Yana"
    ),
}  # fmt: skip
BEGINNINGS = (*[""] * 8, "Van ", "Van den ", "De ", "Van de ", "Le ", "Du", "Vande", "Vander", "El ", "D'")
STEMS = words(
    "Aert Baert Ber Bo Bos Brou Cal Car Claes Col Cop Cor Cou Dam Dau Del Den Des Dier Dob Dom Dor Dub "
    "Duf Eck Ever Fal Fer Fla Fon Fra Gal Ger Gil Gos Gro Haes Ham Heyl Hol Hoo Jac Jans Kem Ker Kin Kok "
    "Lam Lau Leb Leen Lem Lie Lom Lou Maer Mar Mat Mees Mel Mich Mor Nau Nel Neu Nijs Oli Pau Peet Per "
    "Pier Pol Rae Rem Ren Rob Roe Rom Ros Sab Sch Ser Sim Smeul Ste Stru Tan Ten Thie Tho Til Uyt Val Ver "
    "Vin Vol Wau Wil Wout Yse Zan Zwa Güm Özt Aï Ché Flé Gué Hél Kön"
)
ENDINGS = words(
    "s aerts ens mans eau art ard in ier et elle ont oye ers ert ijn inck aer hout berg beke brouck dael "
    "damme gem hove laer man mont ne ot oux ral sel sen stra t teux tier ts vaux ville voort wijk x y ez "
    "ini otti ski ov oglu ani è ç"
)
PLACES = words(
    "Bruxelles Antwerpen Gent Charleroi Liège Brugge Namur Leuven Mons Aalst Mechelen Hasselt Kortrijk "
    "Oostende Tournai Genk Seraing Roeselare Mouscron Verviers Casablanca Istanbul Paris Roma Lille "
    "Kinshasa Bucuresti Warszawa Rotterdam"
)
FIRST, LAST = date(1936, 1, 1), date(2008, 12, 31)
COLUMNS = ("ssin", "familyName", "givenName", "birthDate", "gender", "placeOfBirth", "nationality", "postCode")


class Drawn(NamedTuple):
    """A person, as the columns of a file for `opendimona load workers`."""

    ssin: str
    family_name: str
    given_name: str
    birth: date
    gender: str
    place: str
    nationality: int
    post_code: str


class Urn:
    """Values drawn by Zipf's law: the second half as often as the first, and so on."""

    def __init__(self, values: list[str], shift: float) -> None:
        self._values = values
        self._sums = list(accumulate(1 / (rank + shift) for rank in range(len(values))))

    def draw(self, chance: random.Random) -> str:
        return self._values[bisect(self._sums, chance.random() * self._sums[-1])]


def family_names(chance: random.Random) -> list[str]:
    """Some twenty thousand family names, in a random order of frequency."""
    found = {
        beginning + (stem if not beginning.endswith(("Vande", "Vander", "Du")) else stem.lower()) + ending
        for beginning in BEGINNINGS for stem in STEMS for ending in ENDINGS
    }  # fmt: skip
    names = sorted(found)
    chance.shuffle(names)
    return names[:20_000]


def persons(seed: int, count: int) -> Iterator[Drawn]:
    """That many persons, in the order of their birth."""
    chance = random.Random(seed)
    family = Urn(family_names(chance), 30)
    given = {gender: Urn(names, 6) for gender, names in GIVEN.items()}
    places = Urn(PLACES, 2)
    days = (LAST - FIRST).days + 1
    for place in range(days):
        birth = FIRST + timedelta(place)
        born = count * (place + 1) // days - count * place // days
        serial = {"1": 1, "2": 2}
        for _ in range(born):
            gender = "1" if chance.random() < 0.5 else "2"
            name = given[gender].draw(chance)
            if chance.random() < 0.4:
                name += " " + given[gender].draw(chance)
            base = int(birth.strftime("%y%m%d")) * 1000 + serial[gender]
            serial[gender] += 2
            check = 97 - (base if birth.year < 2000 else 2_000_000_000 + base) % 97
            last = family.draw(chance)
            if chance.random() < 0.03:
                last += "-" + family.draw(chance)
            yield Drawn(
                f"{base:09d}{check:02d}", last, name, birth, gender, places.draw(chance),
                150 if chance.random() < 0.87 else 111, str(1000 + int(chance.random() * 900) * 10),
            )  # fmt: skip


def write_file(path: Path, seed: int, count: int) -> None:
    """A CSV file of that many persons."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(persons(seed, count))
