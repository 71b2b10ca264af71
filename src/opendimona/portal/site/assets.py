"""Static files, read once, each under an address that changes with its content."""

import hashlib
from functools import cache
from pathlib import Path

import django_htmx
from msgspec import Struct

FOLDER = Path(__file__).parents[1] / "static"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx"
TYPES = {".css": b"text/css; charset=utf-8", ".js": b"text/javascript; charset=utf-8", ".svg": b"image/svg+xml"}
ROOT = "/static/"


class Asset(Struct, frozen=True):
    """A file as it is served."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@cache
def _files() -> dict[str, tuple[str, Path]]:
    """The address and the file of each name."""
    paths = [*FOLDER.iterdir(), HTMX / "htmx-2.min.js"]
    found = {}
    for path in paths:
        if path.suffix in TYPES:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            found[path.name] = (f"{ROOT}{digest}/{path.name}", path)
    return found


def address_of(name: str) -> str:
    """The address of a static file. Raises KeyError."""
    return _files()[name][0]


class Assets:
    """The static files of this process, by address."""

    def __init__(self) -> None:
        self._by_address = {
            address: Asset(
                [
                    (b"content-type", TYPES[path.suffix]),
                    (b"cache-control", b"public, max-age=31536000, immutable"),
                    (b"x-content-type-options", b"nosniff"),
                ],
                path.read_bytes(),
            )
            for address, path in _files().values()
        }

    def find(self, path: str) -> Asset | None:
        """The file at an address, if it is one."""
        return self._by_address.get(path) if path.startswith(ROOT) else None
