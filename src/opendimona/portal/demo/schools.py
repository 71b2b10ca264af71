"""The schools, employers and accounts of the demonstration: none of them exists."""

from collections.abc import Callable

from msgspec import Struct

from opendimona.core.identifiers import is_nsso_number


class DemoEmployer(Struct, frozen=True):
    """An employer of record; `kind` as the register's repertory knows it."""

    name: str
    nsso: int
    kind: str
    joint_committee: str


class DemoSchool(Struct, frozen=True):
    """An establishment: `power` is the index of its organising power, `staff` how many work there."""

    fase: int
    name: str
    kind: str
    city: str
    phone: str
    email: str
    power: int
    staff: int


class DemoAccount(Struct, frozen=True):
    """Somebody to sign in as; for a school or a whole power, by index, for a network, or for all."""

    email: str
    name: str
    role: str
    of: str
    school: int | None = None
    power: int | None = None
    network: str = ""


def _nsso(base: int, is_right: Callable[[int], bool] = is_nsso_number) -> int:
    return next(number for number in range(base * 100, base * 100 + 100) if is_right(number))


COMMUNITY = DemoEmployer("Communauté (traitements)", _nsso(1_999_800), "public", "XXX")
EMPLOYERS = (
    COMMUNITY,
    DemoEmployer("ASBL Écoles Saint-Exemple", _nsso(1_999_801), "private", "XXX"),
    DemoEmployer("Commune des Tilleuls", _nsso(1_999_802), "local", ""),
)
POWERS = (("ASBL Écoles Saint-Exemple", "free", 1), ("Commune des Tilleuls", "official", 2))
"""Name, network, and the index of the own employer of each organising power."""

SCHOOLS = (
    DemoSchool(93052, "Institut Saint-Exemple", "secondary", "Tilleux", "04/000 00 52", "institut@example.org", 0, 126),
    DemoSchool(93053, "École fondamentale Saint-Exemple", "primary", "Tilleux", "04/000 00 53", "ecole@example.org",
               0, 48),
    DemoSchool(93054, "Haute École Saint-Exemple", "college", "Grand-Tilleux", "04/000 00 54", "he@example.org", 0, 56),
    DemoSchool(93061, "École communale des Tilleuls", "primary", "Les Tilleuls", "081/00 00 61",
               "communale@example.org", 1, 44),
    DemoSchool(93062, "École spécialisée du Verger", "special", "Les Tilleuls", "081/00 00 62", "verger@example.org",
               1, 26),
)  # fmt: skip
CELL = "Cellule DIMONA"
ACCOUNTS = (
    DemoAccount("secretariat@example.org", "Anne Lambert", "clerk", SCHOOLS[0].name, school=0),
    DemoAccount("direction@example.org", "Marc Lebrun", "head", SCHOOLS[0].name, school=0),
    DemoAccount("pouvoir@example.org", "Claire Fontaine", "manager", POWERS[0][0], power=0),
    DemoAccount("communale@example.org", "Sofie Claes", "clerk", SCHOOLS[3].name, school=3),
    DemoAccount("cellule@example.org", "Julie Renard", "cell", CELL),
    DemoAccount("responsable@example.org", "Paul Gilles", "supervisor", CELL),
    DemoAccount("audit@example.org", "Nora Simon", "auditor", "Communauté"),
    DemoAccount("agent@example.org", "Els Peeters", "agent", "ONSS"),
    DemoAccount("local@example.org", "Ivo Martens", "local", "ONSS, gestion locale"),
    DemoAccount("louis@example.org", "Fatima Louis", "member", SCHOOLS[0].name, school=0),
    DemoAccount("federation@example.org", "Luc Charlier", "federation", "Réseau libre subventionné", network="free"),
)
PASSWORD = "demonstration"  # noqa: S105 - of accounts that exist in the sandbox only
