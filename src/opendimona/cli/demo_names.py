"""The employers and the names of the demonstration: none of them exists."""

from msgspec import Struct

from opendimona.core.file import EmployerKind
from opendimona.register.entries import Flag


class Demo(Struct, frozen=True, kw_only=True):
    """An employer of the demonstration. `work`: the worker types that it declares, under which joint committee."""

    name: str
    work: tuple[tuple[str, str | None], ...]
    kind: EmployerKind = "private"
    sub_entities: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    is_provisional: bool = False


EMPLOYERS = (
    Demo(name="Ateliers Demoulin SA", work=(("OTH", "XXX"), ("STU", "XXX"), ("IVT", "XXX"))),
    Demo(
        name="Café de la Lune",
        flags=("dailyRegistration",),
        work=(("EXT", "302"), ("FLX", "XXX"), ("STU", "XXX"), ("OTH", "XXX")),
    ),
    Demo(name="Constructions Briquet SRL", work=(("BCW", "124"), ("OTH", "XXX"))),
    Demo(name="Interim Modèle SA", work=(("OTH", "322"), ("STU", "322"))),
    Demo(name="Pouvoir organisateur Saint-Exemple", work=(("OTH", "XXX"), ("STG", "XXX"), ("STU", "XXX"))),
    Demo(name="Commune de Valombre", kind="local", work=(("OTH", None), ("STU", None), ("TRI", None))),
    Demo(
        name="Service public des Fictions",
        kind="public",
        work=(("OTH", "XXX"),),
        sub_entities=("1000000012", "1000000013"),
    ),
    Demo(name="Jeune Pousse SRL", is_provisional=True, work=(("OTH", "XXX"),)),
    Demo(name="Banque Exemple SA", flags=("securedChannelOnly",), work=(("OTH", "XXX"), ("STU", "XXX"))),
    Demo(name="Transports Sans Retour SRL", work=(("OTH", "140"),)),
    Demo(name="Ferme des Quatre Saisons", work=(("EXT", "144"), ("OTH", "XXX"))),
    Demo(name="Ancienne Dimona SA", flags=("notMigrated",), work=()),
)
FAMILY_NAMES = (
    "ABRAHAMS", "BAUDOUX", "CLAES", "DEGREEF", "DELVAUX", "DUBOIS", "EVRARD", "FRANSEN", "GERARD", "GOOSSENS",
    "HERMANS", "HUBERT", "JANSSENS", "LAMBERT", "LEMAIRE", "MAES", "MARTIN", "MERTENS", "NOEL", "PEETERS",
    "QUINTENS", "RENARD", "SIMON", "THYS", "URBAIN", "VERHOEVEN", "WAUTERS", "YERNAUX", "ZEGERS", "BENALI",
    "KOWALSKI", "OZTURK", "ROSSI", "SILVA",
)  # fmt: skip
GIVEN_NAMES = {
    "M": (
        "ADAM", "ALI", "BART", "CEDRIC", "DIRK", "EMILE", "FREDERIC", "GILLES", "HUGO", "ISMAEL", "JAN",
        "KOEN", "LUCAS", "MARC", "NOAH", "OLIVIER", "PIETER", "QUENTIN", "ROBIN", "STIJN", "THOMAS", "VICTOR",
        "WOUTER", "YANNICK",
    ),
    "F": (
        "AMINA", "ANNE", "BEATRICE", "CHLOE", "DOMINIQUE", "ELISE", "FATIMA", "GRETA", "HELENE", "INGE",
        "JULIE", "KATRIEN", "LOTTE", "MARIE", "NORA", "ODILE", "PAULINE", "RITA", "SOFIE", "TINE", "URSULA",
        "VALERIE", "WENDY", "ZOE",
    ),
}  # fmt: skip
