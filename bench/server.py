"""The server under test: the program's own `serve --only rest`, on a database that is there already.

`python -m bench.server` reads its order from standard input, writes its address once it answers, and ends with its
standard input.
"""

import sys

import msgspec
from msgspec import Struct

from bench.processes import end_with_input
from opendimona.serve import Running, run_server
from opendimona.settings import Settings

TOKEN_LIFE = 86_400


class Order(Struct, frozen=True, kw_only=True):
    """Which database, and how many server processes."""

    dsn: str
    processes: int


def main() -> None:
    """Serve until the standard input ends."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    end_with_input()
    settings = Settings(
        database_url=order.dsn, is_sandbox=True, is_strict=False, token_life=TOKEN_LIFE, only="rest",
    )  # fmt: skip
    run_server(settings, None, port=0, workers=order.processes, announce=_say, on_ready=_tell)


def _tell(running: Running) -> None:
    sys.stdout.write(running.url + "\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
