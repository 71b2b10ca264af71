"""Small applications in place of the register's, and a program that serves one: what the tests of the supervisor start.

Arguments: the data folder ("" for none), the application's name here, then options of `run_server` as JSON.
"""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg

from opendimona.register.data_folder import DataFolderError
from opendimona.serve import ListenError, ServeError, run_server
from opendimona.settings import Settings, from_environment

HERE = "tests.serve.standin"


@asynccontextmanager
async def notes(_settings: Settings, dsn: str) -> AsyncIterator[Any]:
    """A POST stores a note and answers when it is stored; a GET says how many there are, and which process says so."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        status = "UP"
        count = None
        try:
            async with await psycopg.AsyncConnection.connect(dsn) as connection:
                if scope["method"] == "POST":
                    await connection.execute("INSERT INTO note DEFAULT VALUES")
                row = await (await connection.execute("SELECT count(*) FROM note")).fetchone()
                count = row[0] if row else None
        except psycopg.OperationalError:
            status = "DOWN"
        body = json.dumps({"status": status, "pid": os.getpid(), "count": count}).encode()
        await send({"type": "http.response.start", "status": 200 if status == "UP" else 503, "headers": []})
        await send({"type": "http.response.body", "body": body})

    yield application


@asynccontextmanager
async def broken(_settings: Settings, _dsn: str) -> AsyncIterator[Any]:
    """An application that cannot be opened."""
    raise RuntimeError("it is broken on purpose")
    yield


def prepare(dsn: str) -> None:
    """The table of `notes`."""
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (number bigint GENERATED ALWAYS AS IDENTITY)")


def say(line: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Serve until asked to stop; 1 when that was not possible."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore it (nohup)
    data, application, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    try:
        run_server(
            from_environment(),
            Path(data) if data else None,
            port=options.pop("port", 0),
            announce=say,
            prepare=prepare,
            on_ready=lambda running: say(f"ready {running.url}"),
            application=f"{HERE}:{application}",
            **options,
        )
    except (DataFolderError, ServeError, ListenError) as error:
        say(f"error {error}")
        return 1
    say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
