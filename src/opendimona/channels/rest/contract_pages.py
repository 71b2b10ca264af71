"""The contract as served: the OpenAPI file in YAML and JSON, and a page to read."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from opendimona.channels.rest.context import Context
from opendimona.channels.rest.doc_page import render
from opendimona.channels.rest.exchange import Headers, Request, Response

_PUBLIC: Headers = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"public, max-age=300"))
# A reader of the contract may live on another site (an editor, a viewer); the contract is no secret.
_SHARED: Headers = (*_PUBLIC, (b"access-control-allow-origin", b"*"))
_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PAGE: Headers = (*_PUBLIC, (b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", _POLICY))


@cache
def _text() -> bytes:
    return files(__package__).joinpath("dimona-v2.yaml").read_bytes()


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_text())
    return document


@cache
def _json() -> bytes:
    return msgspec.json.encode(_document())


@cache
def _page() -> bytes:
    return render(_document()).encode()


async def get_yaml(_context: Context, _request: Request) -> Response:
    """The OpenAPI file."""
    return Response(200, _text(), (*_SHARED, (b"content-type", b"application/yaml")))


async def get_json(_context: Context, _request: Request) -> Response:
    """The OpenAPI document as JSON."""
    return Response(200, _json(), (*_SHARED, (b"content-type", b"application/json")))


async def get_page(_context: Context, _request: Request) -> Response:
    """The rendered page."""
    return Response(200, _page(), _PAGE)
