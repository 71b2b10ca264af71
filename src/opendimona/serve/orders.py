"""What a process of the server is told by the first line of its standard input, and how it ends with its supervisor."""

import os
import signal
import sys
import time

from msgspec import Struct

from opendimona.settings import Settings

_LAST_MOMENT = 10.0


class Order(Struct, frozen=True, kw_only=True):
    """What a server process is told: the settings, the database, and the number of the listening socket it inherits."""

    settings: Settings
    dsn: str
    socket: int


def end_with_input() -> None:
    """Wait until standard input ends, as it does when the supervisor is gone, then end this process."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_MOMENT)
    os._exit(1)
