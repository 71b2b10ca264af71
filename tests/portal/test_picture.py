"""The picture of the README can be drawn anew, and the one that stands there is of this portal."""

from xml.etree import ElementTree as ET

from tests.portal.conftest import CLERK, SignIn
from tools.picture import LOOK, TARGET, drawn

TEXT = "{http://www.w3.org/2000/svg}text"


def words(svg: str) -> str:
    """Everything that a picture says."""
    return " ".join(str(one.text) for one in ET.fromstring(svg).iter(TEXT))


def test_a_picture_of_the_first_page(sign_in: SignIn) -> None:
    seen = sign_in(CLERK).evaluate(LOOK)
    said, standing = words(drawn(seen["shapes"], seen["ground"])), words(TARGET.read_text())
    for part in ("Aujourd'hui", "À corriger", "La balle est chez vous", "Déclarer l'entrée", "Trouver quelqu'un"):
        assert part in said
        assert part in standing


def test_what_browsers_take_for_markup_is_escaped() -> None:
    shape = {"kind": "text", "text": "<b> & Co", "x": 1, "y": 2, "width": 3, "size": 15, "weight": "400",
             "fill": "rgb(0, 0, 0)", "underline": False}  # fmt: skip
    assert words(drawn([shape], "rgba(0, 0, 0, 0)")) == "<b> & Co"
