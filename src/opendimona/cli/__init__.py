"""The command line: one file per command or group, on the register's own database or, for a server, around it."""

from opendimona.cli.app import main

__all__ = ["main"]
