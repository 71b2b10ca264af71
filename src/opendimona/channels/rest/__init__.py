"""The REST channel: wire-compatible with version 2 of the official service; see `openapi/dimona-v2.yaml`."""

from opendimona.channels.rest.app import create_app

__all__ = ["create_app"]
